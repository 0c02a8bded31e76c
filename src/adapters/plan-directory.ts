// The plan as it lies in a run: a copy of what was approved, which `sha256sum -c plan.sha256` checks without us.

import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {FILE_MODE, makeDirectories, sha256, syncDirectory} from './files.ts';
import {projectFile, readProject, type ProjectPlace} from './project-folder.ts';
import type {FolderFiles, RunbookFolder} from './runbook-folder.ts';

type ListedFile = Readonly<{path: string; sha256: string}>;

export const LIST = 'plan.sha256';

/** Writes the files and their list; synced, since the first event of the journal names their digest. */
export const writePlan = (
  directory: string,
  files: readonly Readonly<{path: string; bytes: Uint8Array}>[],
  list: string,
): void => {
  const folders = new Set([directory]);
  for (const {path, bytes} of files) {
    const folder = dirname(join(directory, path));
    makeDirectories(folder);
    writeFileSync(join(directory, path), bytes, {mode: FILE_MODE, flush: true});
    folders.add(folder);
  }
  writeFileSync(join(directory, LIST), list, {mode: FILE_MODE, flush: true});
  // Every folder: a file whose name is lost is lost, and a run without its plan cannot be continued.
  for (const folder of folders) syncDirectory(folder);
};

/** Reads back what the list names; a file that is gone is left out, and the comparison will say so. */
export const readPlan = (directory: string, listed: readonly ListedFile[]): FolderFiles =>
  new Map(
    listed.flatMap(({path}) =>
      existsSync(join(directory, path)) ? [[path, new Uint8Array(readFileSync(join(directory, path)))] as const] : [],
    ),
  );

export const readList = (directory: string): string => readFileSync(join(directory, LIST), 'utf8');

/** The bytes that are there; undefined for a file that is gone or that the disk does not give back. */
const bytesOf = (path: string): Uint8Array | undefined => {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    // Whatever keeps it from being read, it is not what was approved.
    return undefined;
  }
};

/** Paths whose bytes in `files` are not those of the list. */
const differing = (listed: readonly ListedFile[], files: FolderFiles): readonly string[] =>
  listed.flatMap(({path, sha256: expected}) => {
    const bytes = files.get(path);
    return bytes !== undefined && sha256(bytes) === expected ? [] : [path];
  });

const sourceOf = (source: RunbookFolder, path: string): string => {
  if (path === 'runbook.yaml') return source.yaml;
  if (path.startsWith('alembic/')) return projectFile(source, path);
  return path.startsWith('sql/') ? join(source.sql, path.slice('sql/'.length)) : join(dirname(source.yaml), path);
};

/**
 * Files that are no longer what was approved: in the run's own copy, or in the folder that it was copied from, where a
 * reviewer would look. A source folder that is not on this machine says nothing.
 */
export const changedFiles = (
  directory: string,
  listed: readonly ListedFile[],
  digest: string,
  source: RunbookFolder | undefined,
  projects: readonly ProjectPlace[] = [],
): readonly string[] => {
  const list = bytesOf(join(directory, LIST));
  const copies = listed.flatMap(({path}) => {
    const bytes = bytesOf(join(directory, path));
    return bytes === undefined ? [] : [[path, bytes] as const];
  });
  const own = list !== undefined && sha256(list) === digest ? differing(listed, new Map(copies)) : [LIST];
  if (source === undefined || !existsSync(source.yaml)) return own;
  const inSource = listed.filter(({path}) => path !== 'parameters.json');
  const there = new Map(
    inSource.flatMap(({path}) => {
      const from = sourceOf(source, path);
      const bytes = bytesOf(from);
      return bytes === undefined ? [] : [[path, bytes] as const];
    }),
  );
  // A revision that came since would be found by Alembic as well, and may lead it elsewhere.
  const known = new Set(listed.map(({path}) => path));
  const added = projects.flatMap((place) => [...readProject(source, place).keys()]).filter((path) => !known.has(path));
  return [...new Set([...own, ...differing(inSource, there), ...added])];
};
