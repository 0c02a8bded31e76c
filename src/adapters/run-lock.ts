// Who may write into a run directory: one process, known by its pid, its host and the moment it started.

import {randomUUID} from 'node:crypto';
import {linkSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {join} from 'node:path';
import type {Holder} from '../core/trouble.ts';
import {identifyProcess, judgeProcess, type ProcessIdentity} from './embedded/processes.ts';
import {FILE_MODE, errorCode} from './files.ts';

export type LockHolder = Readonly<{process: ProcessIdentity; host: string; operator: string; since: string}>;

/** What is told of the holder. */
export const holderOf = (holder: LockHolder | undefined): Holder | undefined =>
  holder === undefined
    ? undefined
    : {pid: holder.process.pid, host: holder.host, operator: holder.operator, since: holder.since};

export type RunLock = Readonly<{release: () => void}>;

/**
 * Locks are numbered: a lock whose process is dead is not removed but succeeded by the next number, created exclusively.
 * Of two processes that find the same dead holder, exactly one can create that number; removing the dead lock first
 * would let the slower one remove the lock of the faster.
 */
const numberOf = (name: string): number => (/^lock\.\d+$/.test(name) ? Number(name.slice(5)) : 0);

const newest = (directory: string): number => Math.max(0, ...readdirSync(directory).map(numberOf));

const readHolder = (path: string): LockHolder | undefined => {
  try {
    // It got its name when it was whole; one that is gone by now was let go of, or succeeded by the next number.
    return JSON.parse(readFileSync(path, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
};

/** The file appears under its name with its content, or not at all: an empty lock would look like a dead one. */
const createWhole = (path: string, content: string): void => {
  const partial = `${path}.${randomUUID()}`;
  try {
    writeFileSync(partial, content, {flag: 'wx', mode: FILE_MODE, flush: true});
    linkSync(partial, path);
  } finally {
    rmSync(partial, {force: true});
  }
};

/** True when the holder may still be at work: alive here, or on a machine or in a container we cannot look into. */
const holds = (holder: LockHolder): boolean => holder.host !== hostname() || judgeProcess(holder.process) !== 'dead';

/** Takes the run for this process, or says who has it. */
export const lockRun = (
  directory: string,
  operator: string,
  now: string,
): Readonly<{ok: true; lock: RunLock}> | Readonly<{ok: false; holder: LockHolder | undefined}> => {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new Error('this process cannot find itself');
  const current = newest(directory);
  const holder = current === 0 ? undefined : readHolder(join(directory, `lock.${current}`));
  if (holder !== undefined && holds(holder)) return {ok: false, holder};
  const path = join(directory, `lock.${current + 1}`);
  const mine: LockHolder = {process: self, host: hostname(), operator, since: now};
  try {
    createWhole(path, `${JSON.stringify(mine)}\n`);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return {ok: false, holder: readHolder(path)};
    throw error;
  }
  // While we were slow, the number after ours may have been taken, and what was below it removed: then we came too late.
  const last = newest(directory);
  if (last > current + 1) {
    rmSync(path, {force: true});
    return {ok: false, holder: readHolder(join(directory, `lock.${last}`))};
  }
  for (let old = 1; old <= current; old += 1) rmSync(join(directory, `lock.${old}`), {force: true});
  const release = (): void => {
    try {
      rmSync(path, {force: true});
    } catch {
      // A lock that the disk does not let go of names a process that has ended, which the next one finds out.
    }
  };
  return {ok: true, lock: {release}};
};
