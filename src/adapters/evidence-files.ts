// What a run directory gives to its evidence, and how evidence is written so that no half of it bears the final name.

import {readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join, relative, sep} from 'node:path';
import {FILE_MODE, makeDirectories, syncDirectory, syncFile, writeWhole} from './files.ts';
import type {RunDirectory} from './run-directory.ts';

type File = Readonly<{path: string; bytes: Uint8Array}>;

/** Dumps hold the data itself: the journal names them by hash, and they stay where they are. */
const isEvidence = (path: string): boolean =>
  path === 'journal.ndjson' ||
  path.startsWith('journal.torn-') ||
  path.startsWith('plan/') ||
  path.startsWith('transcripts/') ||
  (path.startsWith('artifacts/') && !/\.(dump|partial|stand-in\.ndjson)(\/|$)/.test(path));

export const evidenceFiles = ({path: root}: RunDirectory): readonly File[] =>
  readdirSync(root, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(isEvidence)
    .map((path) => ({path, bytes: new Uint8Array(readFileSync(join(root, path)))}));

/**
 * A bundle as it was handed over: the archive's bytes, or every file of an unpacked one. Throws the system's error.
 * Links are not followed: what they lead to is not in the bundle.
 */
export const readEvidence = (path: string): Readonly<{archive: Uint8Array} | {files: readonly File[]}> => {
  if (!statSync(path).isDirectory()) return {archive: new Uint8Array(readFileSync(path))};
  const entries = readdirSync(path, {recursive: true, withFileTypes: true}).filter((entry) => !entry.isDirectory());
  return {
    files: entries.map((entry) => {
      const from = join(entry.parentPath, entry.name);
      const bytes = entry.isFile() ? new Uint8Array(readFileSync(from)) : new Uint8Array();
      return {path: relative(path, from).split(sep).join('/'), bytes};
    }),
  };
};

/** Writes a directory under another name first, so that it appears whole; an earlier one is replaced. */
export const writeDirectory = (path: string, files: readonly File[]): void => {
  const partial = `${path}.partial`;
  rmSync(partial, {recursive: true, force: true});
  const folders = new Set<string>();
  for (const file of files) {
    const folder = dirname(join(partial, file.path));
    makeDirectories(folder);
    writeFileSync(join(partial, file.path), file.bytes, {mode: FILE_MODE});
    syncFile(join(partial, file.path));
    folders.add(folder);
  }
  for (const folder of folders) syncDirectory(folder);
  rmSync(path, {recursive: true, force: true});
  renameSync(partial, path);
  syncDirectory(dirname(path));
};

export const writeArchive = (path: string, bytes: Uint8Array): void => {
  makeDirectories(dirname(path));
  writeWhole(path, bytes);
};
