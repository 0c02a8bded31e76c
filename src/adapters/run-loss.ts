// Does this process still have its run, and if not: has another process taken it, or were its files removed?

import {readdirSync} from 'node:fs';
import {basename, join} from 'node:path';
import type {RunLoss} from '../core/trouble.ts';
import {errorCode} from './files.ts';
import {journalBytes, type JournalFile} from './journal-file.ts';
import {holderOf, newestLock, readHolder, type RunLock} from './run-lock.ts';
import type {RunDirectory} from './run-directory.ts';

/** The names in the run's folder; undefined where it is gone. */
const namesIn = (path: string): readonly string[] | undefined => {
  try {
    return readdirSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const lossOf = (directory: RunDirectory, mine: number, writtenBytes: number): RunLoss | undefined => {
  const {path, journal} = directory;
  const removed = (file: string): RunLoss => ({by: 'removal', file});
  // Twice where our lock is not found: of a lock and its successor, created before the first is removed, a listing that
  // is taken meanwhile may show neither.
  for (let look = 1; look <= 2; look += 1) {
    const names = namesIn(path);
    if (names === undefined) return removed(basename(path));
    const last = newestLock(names);
    if (last > mine) {
      const holder = holderOf(readHolder(join(path, `lock.${last}`)));
      return {by: 'process', ...(holder === undefined ? {} : {holder})};
    }
    if (last === mine) return names.includes(basename(journal)) ? undefined : removed(basename(journal));
  }
  // No lock at all. Whoever takes a run over lets the predecessor's lock go only when their own first record is in the
  // journal: in a journal that holds no record but ours, nobody has been.
  const bytes = journalBytes(journal);
  if (bytes === undefined) return removed(basename(journal));
  return bytes > writtenBytes ? {by: 'process'} : removed(`lock.${mine}`);
};

/** What became of the run while this process had it open; undefined as long as it is this process's. */
export const runLoss = (
  directory: RunDirectory,
  lock: Pick<RunLock, 'number'>,
  journal: Pick<JournalFile, 'bytes'>,
): RunLoss | undefined => {
  try {
    return lossOf(directory, lock.number, journal.bytes());
  } catch {
    // A directory that cannot be read cannot be written either; the journal will say so.
    return undefined;
  }
};
