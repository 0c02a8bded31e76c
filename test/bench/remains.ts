// What does a part of the bench leave behind, and how is it ended? Servers and terminals are in sessions of their own, so
// the part's process group is not all of it; but all of them stand in its TMPDIR, name it, or have it in the environment.

import {readFileSync, readdirSync, readlinkSync} from 'node:fs';
import {rm} from 'node:fs/promises';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it has ended meanwhile, or is not ours to look at
  }
};

const directoryOf = (pid: number): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
};

const belongsTo = (pid: number, folder: string): boolean =>
  directoryOf(pid).startsWith(folder) ||
  read(`/proc/${pid}/cmdline`).includes(folder) ||
  read(`/proc/${pid}/environ`).includes(folder);

const isZombie = (pid: number): boolean => / Z /.test(read(`/proc/${pid}/stat`).replace(/^.*\)/s, ''));

/** Where there is no /proc nothing is found, and the process group is what is ended. */
export const processesIn = (folder: string): readonly number[] => {
  const all = process.platform === 'linux' ? readdirSync('/proc') : [];
  return all.map(Number).filter((pid) => pid > 0 && pid !== process.pid && belongsTo(pid, folder) && !isZombie(pid));
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended meanwhile
  }
};

/** 10 s: an immediate shutdown takes tenths of a second; a process that waits for its disk gets no signal until then. */
const patienceMs = 10_000;

/** Ends whatever belongs to the folder, and removes the folder. Returns how many processes there were. */
export const endRemains = async (folder: string): Promise<number> => {
  const found = processesIn(folder);
  for (const pid of found) {
    // A postmaster ends its own at once by SIGQUIT and gives back its shared memory; by SIGKILL it would not.
    const isPostmaster = /\/postgres\0-D\0/.test(read(`/proc/${pid}/cmdline`));
    const isBackend = read(`/proc/${pid}/cmdline`).startsWith('postgres: ');
    if (!isBackend) signal(pid, isPostmaster ? 'SIGQUIT' : 'SIGKILL');
  }
  const until = performance.now() + patienceMs;
  for (let left = found; left.length > 0; left = processesIn(folder)) {
    if (performance.now() > until) {
      for (const pid of left) signal(pid, 'SIGKILL');
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await rm(folder, {recursive: true, force: true, maxRetries: 5, retryDelay: 50});
  return found.length;
};
