// How is one part of the bench run, so that no other part notices how it ends?

import {spawn} from 'node:child_process';
import {chmodSync, mkdtempSync, realpathSync} from 'node:fs';
import {loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Figure} from './part.ts';
import {endRemains} from './remains.ts';
import {rowOf, type Row} from './row.ts';

/** What the part's process sends. */
export type Message = Readonly<{minutes: number} | {figure: Figure} | {failed: string} | {ended: true}>;

const entry = fileURLToPath(new URL('entry/part.ts', import.meta.url));
const minuteMs = 60_000;
/** Half a minute to read its own file, on a machine that does everything else as well. */
const startMs = 30_000;

export type RunOptions = Readonly<{
  name: string;
  file: string;
  isQuick: boolean;
  /** Ends the part as the operator's Ctrl+C does. */
  signal: AbortSignal;
  gave: (row: Row) => void;
}>;

/** True when the part ended by itself, with everything that it had to say. */
export const runPart = async ({name, file, isQuick, signal, gave}: RunOptions): Promise<boolean> => {
  // Short: the socket of a server in it has a hundred bytes for its path. Open: as root, servers run as nobody.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'b-')));
  chmodSync(folder, 0o755);
  const when = () => ({load: Math.round((loadavg()[0] ?? 0) * 10) / 10, at: new Date().toISOString()});
  const child = spawn(process.execPath, [entry, file, ...(isQuick ? ['--quick'] : [])], {
    detached: true,
    stdio: ['ignore', 2, 2, 'ipc'],
    env: {...process.env, TMPDIR: folder},
  });
  let timer: NodeJS.Timeout | undefined;
  const outcome = await new Promise<string | undefined>((resolve) => {
    const bound = (ms: number, words: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => resolve(words), ms);
    };
    bound(startMs, `its file was not read within ${startMs / 1000} s`);
    child.on('message', (message: Message) => {
      if ('ended' in message) resolve(undefined);
      else if ('failed' in message) resolve(message.failed);
      else if ('minutes' in message) bound(message.minutes * minuteMs, `did not end within ${message.minutes} minutes`);
      else {
        try {
          gave(rowOf(name, message.figure, when()));
        } catch (error) {
          resolve(String(error));
        }
      }
    });
    child.once('error', (error) => resolve(String(error)));
    child.once('close', (code, by) => resolve(`its process ended with ${by ?? code} before it was done`));
    signal.addEventListener('abort', () => resolve('interrupted'), {once: true});
    if (signal.aborted) resolve('interrupted');
  });
  clearTimeout(timer);
  if (child.pid !== undefined) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // all of its group have ended
    }
  }
  await endRemains(folder);
  if (outcome !== undefined) gave({part: name, failed: outcome, ...when()});
  return outcome === undefined;
};
