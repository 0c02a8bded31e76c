// What does this machine offer: room on its disks, files that nobody else reads, letters that can be drawn?

import {constants, type Stats} from 'node:fs';
import {access, stat, statfs} from 'node:fs/promises';
import {dirname} from 'node:path';

/** The directory, or the nearest above it that is there: what is made later is made on the same disk. */
export const nearest = async (path: string): Promise<string> => {
  for (let at = path; ; at = dirname(at)) {
    try {
      await stat(at);
      return at;
    } catch {
      if (at === dirname(at)) return at;
    }
  }
};

/** Bytes that an ordinary user may still write there. */
export const freeBytes = async (path: string): Promise<number> => {
  const {bavail, bsize} = await statfs(await nearest(path));
  return bavail * bsize;
};

export const isWritable = async (path: string): Promise<boolean> => {
  try {
    await access(await nearest(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Undefined: not there. */
export const modeOf = async (path: string): Promise<Pick<Stats, 'mode'> | undefined> => {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
};

export const isReadableByOthers = ({mode}: Pick<Stats, 'mode'>): boolean => (mode & 0o077) !== 0;
