// The bytes of a runbook and of its SQL files, as they lie in a folder; nothing is understood here.

import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {basename, dirname, join, relative, resolve, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {errorCode} from './files.ts';

/** `runbook.yaml`, the lists beside it as `signers/<path>`, and every file below the SQL folder as `sql/<path>`. */
export type FolderFiles = ReadonlyMap<string, Uint8Array>;

const filesBelow = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory, {recursive: true, withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
};

/** The folder of the runbooks that come with the tool: beside `src` in a checkout, beside `dist` in a package. */
export const shippedRunbooks = (): string => {
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'package.json'))) return join(directory, 'runbook');
    if (directory === dirname(directory)) throw new Error('the tool cannot find its own package');
  }
};

export const runbookNames = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory, {withFileTypes: true})
      .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, 'runbook.yaml')))
      .map(({name}) => name)
      .toSorted();
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
};

/**
 * The folder `runbook` of the project that somebody stands in: here or above, up to the root of the repository or the home
 * folder. Beyond those a folder of that name is nobody's in particular.
 */
export const projectRunbooks = (from: string, home: string | undefined): string | undefined => {
  for (let at = resolve(from); ; at = dirname(at)) {
    const folder = join(at, 'runbook');
    if (runbookNames(folder).length > 0) return folder;
    if (at === dirname(at) || at === home || existsSync(join(at, '.git'))) return undefined;
  }
};

/** A runbook's folder, or its runbook.yaml, as the folder it lies in and its name. */
export const runbookAt = (path: string): Readonly<{directory: string; name: string}> => {
  const whole = resolve(path);
  const folder = basename(whole) === 'runbook.yaml' ? dirname(whole) : whole;
  return {directory: dirname(folder), name: basename(folder)};
};

export type RunbookFolder = Readonly<{yaml: string; sql: string; answers: string}>;

/** `<runbooks>/<name>/runbook.yaml` with its SQL in `<runbooks>/../sql/<name>/`. */
export const runbookFolder = (directory: string, name: string): RunbookFolder => ({
  yaml: join(resolve(directory), name, 'runbook.yaml'),
  sql: join(resolve(directory), '..', 'sql', name),
  answers: join(resolve(directory), name, 'answers.rehearsal.yaml'),
});

export const readRunbookFolder = ({yaml, sql}: Pick<RunbookFolder, 'yaml' | 'sql'>): FolderFiles => {
  const files = new Map<string, Uint8Array>();
  if (existsSync(yaml)) files.set('runbook.yaml', readFileSync(yaml));
  const signers = join(dirname(yaml), 'signers');
  for (const path of filesBelow(signers)) files.set(`signers/${path}`, readFileSync(join(signers, path)));
  for (const path of filesBelow(sql)) files.set(`sql/${path}`, readFileSync(join(sql, path)));
  return files;
};

export const readBytes = (path: string): Uint8Array | undefined => {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};
