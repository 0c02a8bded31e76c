// What does the directory of an embedded server hold, and whose is it?
import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import {chmod, chown, mkdir, mkdtemp, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Outcome} from './problem.ts';
import {failed, fileProblem} from './problem.ts';
import type {ProcessIdentity} from './processes.ts';
import {identifyProcess} from './processes.ts';
import type {ServerUser} from './unprivileged.ts';
import {canReach} from './unprivileged.ts';

/** `ar-XXXXXX`: short, because the socket path inside has little room. */
export const directoryPrefix = 'ar-';

// The port only names the socket file here; no port of the machine is opened.
export const serverPort = 5432;

// sun_path holds 108 bytes on Linux and 104 on macOS and the BSDs, with the closing zero.
const socketPathLimitBytes = process.platform === 'linux' ? 107 : 103;

export function dataIn(directory: string): string {
  return join(directory, 'data');
}

export function socketsIn(directory: string): string {
  return join(directory, 's');
}

export function logIn(directory: string): string {
  return join(directory, 'log');
}

export function copiedProgramsIn(directory: string): string {
  return join(directory, 'programs');
}

/** The owner: a process; null for a server that was left running on purpose; undefined if this is no directory of ours. */
export function readOwner(directory: string): ProcessIdentity | null | undefined {
  try {
    const content = JSON.parse(readFileSync(ownerIn(directory), 'utf8')) as {readonly owner: ProcessIdentity | null};
    return content.owner;
  } catch {
    return undefined; // no file, or one that `writeOwner`, which renames a whole file into place, has not written
  }
}

/** Whether anything is left of a server that could be attached to. */
export function serverRemains(directory: string): boolean {
  return readOwner(directory) !== undefined;
}

/** Synchronous: `detach()` is called on the way out. */
export function writeOwner(directory: string, owner: ProcessIdentity | null): void {
  const aside = `${ownerIn(directory)}.${process.pid}`;
  writeFileSync(aside, `${JSON.stringify({v: 1, owner})}\n`, {mode: 0o600});
  renameSync(aside, ownerIn(directory));
}

/** Makes us the one whose end makes the server an abandoned one. */
export function takeOwnership(directory: string): void {
  writeOwner(directory, identifyProcess(process.pid) ?? null);
}

function ownerIn(directory: string): string {
  return join(directory, 'owner.json');
}

/**
 * A new directory below `base`, else below the first of the usual places whose socket path is short enough (macOS' own
 * temporary folder is long) and which the server's user can enter (root's TMPDIR may be private).
 */
export async function createServerDirectory(
  user: ServerUser,
  base?: string,
): Promise<Outcome<{readonly directory: string}>> {
  const bases = base === undefined ? [tmpdir(), '/tmp', '/var/tmp'] : [base];
  const short = bases.filter(
    (candidate) => Buffer.byteLength(socketFileIn(join(candidate, `${directoryPrefix}XXXXXX`))) <= socketPathLimitBytes,
  );
  if (short.length === 0) {
    return failed({
      code: 'socket-path-too-long',
      path: socketFileIn(join(bases[0] ?? '', `${directoryPrefix}XXXXXX`)),
      limitBytes: socketPathLimitBytes,
    });
  }
  try {
    for (const candidate of short) {
      if (!(await canReach(user, candidate))) continue;
      const directory = await mkdtemp(join(candidate, directoryPrefix));
      takeOwnership(directory); // first of all: what has no owner is never swept
      await furnish(directory, user);
      return {ok: true, directory};
    }
  } catch (error) {
    return failed(fileProblem(error, bases.join(', ')));
  }
  return failed({code: 'directory-unusable', path: short.join(', '), reason: 'EACCES'});
}

async function furnish(directory: string, user: ServerUser): Promise<void> {
  // Sockets in a folder only the server's user (and root) can enter: access is by trust, so this mode is the lock.
  for (const part of [dataIn(directory), socketsIn(directory)]) {
    await mkdir(part, {mode: 0o700});
    if (user.uid !== undefined && user.gid !== undefined) await chown(part, user.uid, user.gid);
  }
  // As root the outer folder stays root's, so that `nobody` can replace neither log nor owner; it may only pass through.
  if (user.uid !== undefined) await chmod(directory, 0o711);
}

function socketFileIn(directory: string): string {
  return join(socketsIn(directory), `.s.PGSQL.${serverPort}`);
}

/** Whether there is a data directory that initdb finished; the reason when we may not even look. */
export async function dataDirectoryState(directory: string): Promise<'there' | 'gone' | {readonly reason: string}> {
  try {
    await stat(join(dataIn(directory), 'PG_VERSION'));
    return 'there';
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return reason === 'ENOENT' ? 'gone' : {reason};
  }
}
