// What a libpq service says: a section of the operator's service file, else of the system's.

import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import type {SourceProblem} from '../../core/trouble.ts';
import {errorCode, errorMessage} from '../files.ts';
import {settingsOf, type ConnectionSettings} from './connection-url.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where installers of libpq put the system's file; libpq has its own compiled in, which nobody can ask it for here. */
const SYSTEM_FOLDERS = ['/etc/postgresql-common', '/etc/sysconfig/pgsql', '/etc'] as const;

/** The operator's own file first; the first that has the section says all of it. */
const serviceFiles = (env: Environment): readonly string[] => [
  env['PGSERVICEFILE'] ?? join(env['HOME'] ?? homedir(), '.pg_service.conf'),
  ...(env['PGSYSCONFDIR'] === undefined ? SYSTEM_FOLDERS : [env['PGSYSCONFDIR']]).map((folder) =>
    join(folder, 'pg_service.conf'),
  ),
];

const sectionOf = (text: string, name: string): Readonly<Record<string, string>> | undefined => {
  let isIn = false;
  let values: Record<string, string> | undefined;
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const header = /^\[(.*)\]$/.exec(line);
    if (header !== null) {
      // As in libpq the section ends with the next one, also when that has the same name.
      if (values !== undefined) return values;
      isIn = header[1] === name;
      if (isIn) values = {};
    } else if (isIn && values !== undefined) {
      const at = line.indexOf('=');
      if (at > 0) values[line.slice(0, at).trim()] ??= line.slice(at + 1).trim();
    }
  }
  return values;
};

export type ServiceResult =
  | Readonly<{ok: true; settings: ConnectionSettings}>
  | Readonly<{ok: false; problem: SourceProblem}>;

export const readService = (name: string, env: Environment): ServiceResult => {
  const [own = '', ...system] = serviceFiles(env);
  for (const path of [own, ...system]) {
    try {
      const values = sectionOf(readFileSync(path, 'utf8'), name);
      if (values !== undefined && Object.keys(values).length > 0) return {ok: true, settings: settingsOf(values)};
    } catch (error) {
      const isMissing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
      // Of the system's files most are not there; the operator's own, named by him, has to be.
      if (!isMissing || (path === own && env['PGSERVICEFILE'] !== undefined)) {
        return {ok: false, problem: {code: 'file-unreadable', path, message: errorMessage(error)}};
      }
    }
  }
  return {ok: false, problem: {code: 'service-missing', name, path: own}};
};
