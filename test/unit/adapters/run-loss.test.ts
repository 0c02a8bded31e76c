// Does a process tell a run that was taken over from one whose files were removed, in whatever order that happens?

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createJournal, type JournalFile} from '../../../src/adapters/journal-file.ts';
import {lockRun, thisProcess, type RunLock} from '../../../src/adapters/run-lock.ts';
import {runLoss} from '../../../src/adapters/run-loss.ts';
import {runDirectory, type RunDirectory} from '../../../src/adapters/run-directory.ts';
import {operator} from '../../support/events.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const clock = {
  now: () => NOW,
  monotonicMs: () => 0,
  pause: async () => undefined,
  random: () => 0,
};

let folder: string;
let directory: RunDirectory;
let lock: RunLock;
let journal: JournalFile;

/** A run that this process has, with a record in its journal and one other file. */
const openRunIn = (run: string): void => {
  directory = runDirectory(folder, run);
  mkdirSync(directory.path);
  const locked = lockRun(directory.path, 'lee', NOW);
  if (!locked.ok) throw new Error('not taken');
  lock = locked.lock;
  journal = createJournal(directory.journal, clock);
  journal.append({type: 'SleepNoticed', sleptMs: 1});
  writeFileSync(join(directory.path, 'connection.json'), '{}');
};

const loss = () => runLoss(directory, lock, journal);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loss-'));
  openRunIn('r-22222');
});

afterEach(() => {
  journal.close();
  rmSync(folder, {recursive: true});
});

const orders = (names: readonly string[]): readonly (readonly string[])[] =>
  names.length < 2
    ? [names]
    : names.flatMap((name) => orders(names.filter((other) => other !== name)).map((rest) => [name, ...rest]));

describe('a run directory that is removed', () => {
  it.each(
    orders(['lock.1', 'journal.ndjson', 'connection.json']).map((order) => [order.join(', then '), order] as const),
  )('is never taken for taken over: %s', (_, order) => {
    expect(loss()).toBeUndefined();
    for (const name of order) {
      rmSync(join(directory.path, name));
      const left = readdirSync(directory.path);
      if (left.includes('lock.1') && left.includes('journal.ndjson')) expect(loss()).toBeUndefined();
      else
        expect(loss()).toEqual({
          by: 'removal',
          file: left.includes('journal.ndjson') ? 'lock.1' : 'journal.ndjson',
        });
    }
    rmSync(directory.path, {recursive: true});
    expect(loss()).toEqual({by: 'removal', file: 'r-22222'});
  });
});

describe('a run that another process takes over', () => {
  const theirs = (): void =>
    writeFileSync(
      join(directory.path, 'lock.2'),
      JSON.stringify({
        ...thisProcess(),
        host: 'elsewhere',
        operator: 'kim',
        since: NOW,
      }),
    );
  const theirRecord = (): void => appendFileSync(directory.journal, '{"type":"RunResumed"}\n');

  it('is lost to whoever has the newer lock, and to somebody once they are gone as well', () => {
    const holder = {
      pid: process.pid,
      host: 'elsewhere',
      operator: 'kim',
      since: NOW,
    };
    theirs();
    expect(loss()).toEqual({by: 'process', holder});
    theirRecord();
    rmSync(join(directory.path, 'lock.1'));
    expect(loss()).toEqual({by: 'process', holder});
    rmSync(join(directory.path, 'lock.2'));
    // No lock is left; the record that is not ours says that somebody was here.
    expect(loss()).toEqual({by: 'process'});
  });

  it('is ours again when they give it back without a record', () => {
    theirs();
    rmSync(join(directory.path, 'lock.2'));
    expect(loss()).toBeUndefined();
  });
});

it('counts every record of its own as its own', () => {
  for (let nth = 1; nth <= 3; nth += 1) {
    journal.append({
      type: 'RunClosed',
      outcome: 'abandoned',
      by: operator,
      reason: '글자 둘',
    });
    expect(journal.bytes()).toBe(statSync(directory.journal).size);
  }
  rmSync(join(directory.path, 'lock.1'));
  expect(existsSync(directory.journal)).toBe(true);
  expect(loss()).toEqual({by: 'removal', file: 'lock.1'});
});
