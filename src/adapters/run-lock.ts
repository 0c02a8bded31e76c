// Who may write into a run directory: one process, known by its pid, its host and the moment it started.

import {randomUUID} from 'node:crypto';
import {linkSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {join} from 'node:path';
import type {Holder} from '../core/trouble.ts';
import {identifyProcess, judgeProcess, type ProcessIdentity} from './embedded/processes.ts';
import {FILE_MODE, errorCode, removeIfPossible} from './files.ts';

export type ProcessOnHost = Readonly<{process: ProcessIdentity; host: string}>;

export type LockHolder = ProcessOnHost & Readonly<{operator: string; since: string}>;

export const thisProcess = (): ProcessOnHost => {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new Error('this process cannot find itself');
  return {process: self, host: hostname()};
};

/** What is told of the holder. */
export const holderOf = (holder: LockHolder | undefined): Holder | undefined =>
  holder === undefined
    ? undefined
    : {pid: holder.process.pid, host: holder.host, operator: holder.operator, since: holder.since};

export type RunLock = Readonly<{
  release: () => void;
  /** Which of the numbered locks is this process's. */
  number: number;
  /** Lets the predecessor's lock go: until then, releasing ours gives the run back to it. */
  settle: () => void;
}>;

/**
 * Locks are numbered: a lock whose process is dead is not removed but succeeded by the next number, created exclusively.
 * Of two processes that find the same dead holder, exactly one can create that number; removing the dead lock first
 * would let the slower one remove the lock of the faster.
 */
const numberOf = (name: string): number => (/^lock\.\d+$/.test(name) ? Number(name.slice(5)) : 0);

/** 0 where there is none. */
export const newestLock = (names: readonly string[]): number => Math.max(0, ...names.map(numberOf));

const newest = (directory: string): number => newestLock(readdirSync(directory));

export const readHolder = (path: string): LockHolder | undefined => {
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
    removeIfPossible(partial);
  }
};

/** A process on another machine or in another container may live or not; nobody here can look. */
export const judgeHolder = ({process: identity, host}: ProcessOnHost): 'alive' | 'dead' | 'unknown' =>
  host === hostname() ? judgeProcess(identity) : 'unknown';

/** Whether somebody may be at work on the run: false only when no process has it, or the one that had it is dead. */
export const isInUse = (directory: string): boolean => {
  const current = newest(directory);
  const holder = current === 0 ? undefined : readHolder(join(directory, `lock.${current}`));
  return holder !== undefined && judgeHolder(holder) !== 'dead';
};

export type LockedRun =
  /** `from`: the holder from which it was taken over. */
  | Readonly<{ok: true; lock: RunLock; from?: LockHolder}>
  /** `judged` is true when the holder lives for certain; only one that cannot be looked at can be taken over. */
  | Readonly<{ok: false; holder: LockHolder | undefined; judged: boolean}>;

/**
 * Takes the run for this process, or says who has it.
 * @param takeOver takes it also from a process that cannot be looked at from here.
 */
export const lockRun = (directory: string, operator: string, now: string, takeOver = false): LockedRun => {
  const self = thisProcess();
  const current = newest(directory);
  const holder = current === 0 ? undefined : readHolder(join(directory, `lock.${current}`));
  const life = holder === undefined ? 'dead' : judgeHolder(holder);
  const from = life === 'unknown' && takeOver ? holder : undefined;
  if (life !== 'dead' && from === undefined) return {ok: false, holder, judged: life === 'alive'};
  const path = join(directory, `lock.${current + 1}`);
  const mine: LockHolder = {...self, operator, since: now};
  try {
    createWhole(path, `${JSON.stringify(mine)}\n`);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return {ok: false, holder: readHolder(path), judged: true};
    throw error;
  }
  // While we were slow, the number after ours may have been taken, and what was below it removed: then we came too late.
  const last = newest(directory);
  if (last > current + 1) {
    removeIfPossible(path);
    return {ok: false, holder: readHolder(join(directory, `lock.${last}`)), judged: true};
  }
  const settle = (): void => {
    for (let old = 1; old <= current; old += 1) removeIfPossible(join(directory, `lock.${old}`));
  };
  // A dead process needs no lock; one that is taken over keeps its own until the taking over has come about.
  if (from === undefined) settle();
  // A lock that the disk does not let go of names a process that has ended, which the next one finds out.
  const release = (): void => removeIfPossible(path);
  const lock = {release, settle, number: current + 1};
  return {ok: true, lock, ...(from === undefined ? {} : {from})};
};
