// How a new runbook gets into a folder: whole or not at all, and never over anything that is there.

import {existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, rmdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {errorCode, errorMessage, isFileTrouble} from './files.ts';

export type NewRunbook = Readonly<{
  id: string;
  runbook: ReadonlyMap<string, string>;
  sql: ReadonlyMap<string, string>;
}>;

export type WrittenRunbook =
  | Readonly<{ok: true; paths: readonly string[]}>
  | Readonly<{ok: false; path: string; because: 'exists'}>
  | Readonly<{ok: false; path: string; because: 'refused'; message: string}>;

const writeAllBelow = (folder: string, files: ReadonlyMap<string, string>): void => {
  for (const [name, text] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), {recursive: true});
    // Not private as a run is: it is going to be reviewed and committed.
    writeFileSync(path, text, {mode: 0o644, flush: true});
  }
};

/** Takes the name for us alone; somebody who makes it in the same moment is told, not overwritten. */
const taken = (path: string): boolean => {
  mkdirSync(dirname(path), {recursive: true});
  try {
    mkdirSync(path);
    return false;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return true;
    throw error;
  }
};

/** Written beside and moved into place, the SQL first: a runbook that can be seen is complete. */
export const writeNewRunbook = (directory: string, {id, runbook, sql}: NewRunbook): WrittenRunbook => {
  const [atRunbook, atSql] = [join(directory, 'runbook', id), join(directory, 'sql', id)];
  for (const path of [atRunbook, atSql]) if (existsSync(path)) return {ok: false, path, because: 'exists'};
  const made: string[] = [];
  let partial: string | undefined;
  try {
    mkdirSync(directory, {recursive: true});
    partial = mkdtempSync(join(directory, '.attempt-runbook-init-'));
    writeAllBelow(join(partial, 'runbook'), runbook);
    writeAllBelow(join(partial, 'sql'), sql);
    for (const path of [atSql, atRunbook]) {
      if (taken(path)) {
        for (const of of made) rmSync(of, {recursive: true, force: true});
        return {ok: false, path, because: 'exists'};
      }
      made.push(path);
    }
    renameSync(join(partial, 'sql'), atSql);
    renameSync(join(partial, 'runbook'), atRunbook);
    return {
      ok: true,
      paths: [
        ...[...runbook.keys()].map((name) => join(atRunbook, name)),
        ...[...sql.keys()].map((name) => join(atSql, name)),
      ],
    };
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    for (const path of made) rmSync(path, {recursive: true, force: true});
    return {ok: false, path: directory, because: 'refused', message: errorMessage(error)};
  } finally {
    if (partial !== undefined) rmSync(partial, {recursive: true, force: true});
    for (const folder of ['runbook', 'sql']) {
      try {
        rmdirSync(join(directory, folder));
      } catch {
        // It is not empty: others are in it, or the new one.
      }
    }
  }
};
