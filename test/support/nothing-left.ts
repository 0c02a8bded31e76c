// Has a rehearsal put away its server, with every process and every folder of it?

import {execFileSync} from 'node:child_process';
import {readFileSync, readdirSync, readlinkSync} from 'node:fs';
import {expect} from 'vitest';
import type {Place} from './headless.ts';

/** Processes of this machine that have anything to do with a folder: in their arguments, or as their own. */
export const processesOf = (folder: string): readonly string[] => {
  if (process.platform !== 'linux') {
    const all = execFileSync('ps', ['-axo', 'pid=,args='], {encoding: 'utf8'}).split('\n');
    return all.filter((line) => line.includes(folder));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const said = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const where = readlinkSync(`/proc/${pid}/cwd`);
        return said.includes(folder) || where.startsWith(folder) ? [`${pid} ${said}`] : [];
      } catch {
        // Ended while we looked.
        return [];
      }
    });
};

export const expectNothingLeft = (place: Place): void => {
  expect(place.leftovers()).toEqual([]);
  expect(processesOf(place.temporary)).toEqual([]);
};
