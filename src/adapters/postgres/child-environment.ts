// How a PostgreSQL client program learns the target: by PG* variables and a private password file, never by argv.

import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {reveal} from '../../core/secret.ts';
import {FILE_MODE, removeIfPossible} from '../files.ts';
import type {CompleteSettings} from './source.ts';

/** 500: the server ends a child's statement that soon after the child is killed (milliseconds). */
const CONNECTION_CHECK_MS = 500;

const field = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll(':', '\\:');

/** A child of the target and one of a scratch database may run at once, each with its own password. */
let passfiles = 0;

/** Writes the one line that libpq needs; `*` for the host, since a bastion's address is not the server's. */
const writePassfile = (directory: string, settings: CompleteSettings, password: string): string => {
  passfiles += 1;
  const path = join(directory, `pgpass.${process.pid}.${passfiles}`);
  writeFileSync(path, `*:*:*:${field(settings.user)}:${field(password)}\n`, {mode: FILE_MODE});
  return path;
};

export type ChildTarget = Readonly<{
  variables: Readonly<Record<string, string>>;
  /** Removes the password file. */
  dispose: () => void;
}>;

/**
 * @param directory where the password file may lie while the child runs (0700).
 * @param serverVersionNum decides which settings the server knows.
 */
export const childTarget = (
  settings: CompleteSettings,
  applicationName: string,
  directory: string,
  options: Readonly<{serverVersionNum: number; lockTimeoutMs?: number | undefined}>,
): ChildTarget => {
  const password = settings.password === undefined ? '' : reveal(settings.password);
  const passfile = password === '' ? settings.passfile : writePassfile(directory, settings, password);
  const pgOptions = [
    ...(options.lockTimeoutMs === undefined ? [] : [`-c lock_timeout=${options.lockTimeoutMs}`]),
    ...(options.serverVersionNum >= 140_000 ? [`-c client_connection_check_interval=${CONNECTION_CHECK_MS}`] : []),
  ];
  return {
    variables: {
      PGHOST: settings.host,
      PGPORT: `${settings.port}`,
      PGUSER: settings.user,
      PGDATABASE: settings.database,
      PGAPPNAME: applicationName,
      PGCLIENTENCODING: 'UTF8',
      PGCONNECT_TIMEOUT: '10',
      ...(pgOptions.length === 0 ? {} : {PGOPTIONS: pgOptions.join(' ')}),
      ...(settings.sslmode === undefined ? {} : {PGSSLMODE: settings.sslmode}),
      ...(settings.sslrootcert === undefined ? {} : {PGSSLROOTCERT: settings.sslrootcert}),
      ...(passfile === undefined ? {} : {PGPASSFILE: passfile}),
    },
    dispose: () => {
      if (password !== '' && passfile !== undefined) removeIfPossible(passfile);
    },
  };
};
