// Which embedded servers have lost their owner, and how do we clear them away?
import {lstat, readdir} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {directoryPrefix, readOwner} from './directory.ts';
import {judgeProcess} from './processes.ts';
import {removeServer} from './server.ts';

/**
 * Removes the servers below `base` (without it, below every place where `startEmbeddedServer` may put one) whose owner process
 * has died, and returns their directories. A server that was left running by `detach()` stays, and so does what `keep` names:
 * the servers of runs that crashed and can still be resumed.
 */
export async function sweepAbandonedServers(
  base?: string,
  keep: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> {
  const bases = base === undefined ? new Set([tmpdir(), '/tmp', '/var/tmp']) : new Set([base]);
  const removed: string[] = [];
  for (const place of bases) {
    for (const name of await readdir(place).catch((): string[] => [])) {
      const directory = join(place, name);
      if (!name.startsWith(directoryPrefix) || keep.has(directory) || !(await isAbandoned(directory))) continue;
      const gone = await removeServer(directory).then(
        () => true,
        () => false, // a courtesy must not stop the run that begins; the next sweep tries again
      );
      if (gone) removed.push(directory);
    }
  }
  return removed;
}

/** Removes this one server if its owner has died; false when there is nothing to remove, or nothing that may be. */
export async function removeAbandoned(directory: string): Promise<boolean> {
  if (!(await isAbandoned(directory))) return false;
  await removeServer(directory);
  return true;
}

async function isAbandoned(directory: string): Promise<boolean> {
  const found = await lstat(directory).catch(() => undefined);
  // Temporary folders are everybody's: a link, or another user's directory made to look like ours, is not ours to remove.
  if (found === undefined || !found.isDirectory() || found.uid !== process.getuid?.()) return false;
  const owner = readOwner(directory);
  return owner !== undefined && owner !== null && judgeProcess(owner) === 'dead';
}
