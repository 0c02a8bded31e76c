// How do the readers of a view fare while a test or the bench changes it?

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

export type Fared = Readonly<{reads: number; medianMs: number; longestMs: number; errors: readonly string[]}>;

export type Readers = Readonly<{stop: () => Promise<Fared>}>;

/** Names the columns that everybody reads, and reads no row: what is left of the time is the wait for the lock. */
const QUERY = 'SELECT id, student_id, item_id FROM public.attempt LIMIT 0';

/** Reads over this many connections, in a process of its own, until it is stopped. */
export const startReaders = async (url: string, connections = 20): Promise<Readers> => {
  const entry = fileURLToPath(new URL('entry/readers.ts', import.meta.url));
  const child = spawn(process.execPath, [entry, url, `${connections}`, QUERY], {stdio: ['pipe', 'pipe', 'inherit']});
  const lines: AsyncIterator<string> = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done === true) throw new Error('the readers ended before they were stopped');
    return next.value;
  };
  await line();
  return {
    stop: async () => {
      child.stdin.end();
      const fared = JSON.parse(await line()) as Fared;
      if (child.exitCode === null) await once(child, 'exit');
      return fared;
    },
  };
};
