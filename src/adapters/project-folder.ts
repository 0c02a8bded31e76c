// Where is a project that a runbook names, and which of its files decide what it will do?

import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join, relative, resolve, sep} from 'node:path';
import {failed, success, type Result} from '../core/failure.ts';
import type {FolderFiles, RunbookFolder} from './runbook-folder.ts';

/** The folder that holds `runbook/` and `sql/`. */
const rootOf = ({sql}: Pick<RunbookFolder, 'sql'>): string => resolve(sql, '..', '..');

export const projectFolder = (source: RunbookFolder | undefined, directory: string): Result<string> => {
  const path = source === undefined ? directory : resolve(rootOf(source), directory);
  return source !== undefined && existsSync(path)
    ? success(path)
    : failed({code: 'artifact-unreadable', path, message: 'no such folder on this machine'});
};

/** What Alembic reads of a project: its ini, and every Python file below its scripts. */
export type ProjectPlace = Readonly<{directory: string; config: string; scripts: string}>;

/** As keys of the plan: `alembic/`, then the path below the folder that holds `runbook/` and `sql/`. */
export const readProject = (
  folder: Pick<RunbookFolder, 'sql'>,
  {directory, config, scripts}: ProjectPlace,
): FolderFiles => {
  const root = rootOf(folder);
  const base = resolve(root, directory);
  const python = (below: string): readonly string[] => {
    try {
      return readdirSync(below, {recursive: true, withFileTypes: true})
        .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.py'))
        .map((entry) => join(entry.parentPath, entry.name));
    } catch {
      // Not there, or not ours to read: the checks say what is missing.
      return [];
    }
  };
  const paths = [join(base, config), ...python(join(base, scripts))].filter((path) => existsSync(path));
  return new Map(
    paths.map((path) => [`alembic/${relative(root, path).split(sep).join('/')}`, new Uint8Array(readFileSync(path))]),
  );
};

/** A file of the plan's in the folder that it was copied from. */
export const projectFile = (folder: Pick<RunbookFolder, 'sql'>, key: string): string =>
  join(rootOf(folder), key.slice('alembic/'.length));
