// Where runs lie on this machine, and what is in the folder of one.

import {mkdirSync, readFileSync, readdirSync, rmSync, statSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {randomInt} from 'node:crypto';
import {DIRECTORY_MODE, makeDirectories, syncDirectory, writeWhole} from './files.ts';

/** Digits and letters that nobody confuses when they are read out on a call at night. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

export const defaultRunsDirectory = (env: Readonly<Record<string, string | undefined>>): string =>
  join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'attempt-runbook', 'runs');

/** `r-` and five characters: short enough for application_name, 28 million of them. */
const newRunId = (): string => `r-${Array.from({length: 5}, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;

export type RunDirectory = Readonly<{run: string; path: string; journal: string}>;

export const runDirectory = (runs: string, run: string): RunDirectory => ({
  run,
  path: join(runs, run),
  journal: join(runs, run, 'journal.ndjson'),
});

/** Makes an empty run directory under a name that no run has. */
export const createRunDirectory = (runs: string): RunDirectory => {
  makeDirectories(runs);
  for (;;) {
    const directory = runDirectory(runs, newRunId());
    // Not recursive: an existing directory is another run's, and the next name is tried.
    try {
      mkdirSync(directory.path, {mode: DIRECTORY_MODE});
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
      throw error;
    }
    try {
      for (const folder of ['plan', 'transcripts', 'artifacts']) {
        mkdirSync(join(directory.path, folder), {mode: DIRECTORY_MODE});
      }
      syncDirectory(runs);
      return directory;
    } catch (error) {
      removeRunDirectory(directory);
      throw error;
    }
  }
};

/** Takes back a directory that no run has begun in. */
export const removeRunDirectory = ({path}: RunDirectory): void => {
  try {
    rmSync(path, {recursive: true, force: true});
  } catch {
    // The disk that refused the run refuses this too; what stays has no first event, and no run goes on from it.
  }
};

/** Every folder with a journal, newest journal first. */
export const listRuns = (runs: string): readonly RunDirectory[] => {
  let names: readonly string[];
  try {
    names = readdirSync(runs);
  } catch {
    // No runs yet.
    return [];
  }
  const changedAt = (path: string): number => {
    try {
      return statSync(path).mtimeMs;
    } catch {
      return 0;
    }
  };
  return names
    .filter((name) => name.startsWith('r-'))
    .map((name) => runDirectory(runs, name))
    .map((directory) => ({directory, at: changedAt(directory.journal)}))
    .filter(({at}) => at > 0)
    .toSorted((a, b) => b.at - a.at)
    .map(({directory}) => directory);
};

/** A small JSON file beside the journal: how the target is reached again, the embedded server of a rehearsal. */
export const writeNote = (directory: RunDirectory, name: string, value: unknown): void =>
  writeWhole(join(directory.path, name), `${JSON.stringify(value, null, 2)}\n`);

export const readNote = (directory: RunDirectory, name: string): unknown => {
  try {
    return JSON.parse(readFileSync(join(directory.path, name), 'utf8')) as unknown;
  } catch {
    // Absent or unreadable: the caller asks the operator instead.
    return undefined;
  }
};
