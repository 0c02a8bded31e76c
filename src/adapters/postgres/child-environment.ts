// How a PostgreSQL client program learns the target: by PG* variables and a private password file, never by argv.

import {readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {ProcessRun} from '../../core/ports.ts';
import {reveal} from '../../core/secret.ts';
import {FILE_MODE, removeIfPossible} from '../files.ts';
import type {CompleteSettings} from './source.ts';

/** 500: the server ends a child's statement that soon after the child is killed (milliseconds). */
const CONNECTION_CHECK_MS = 500;

/** 60 s: a child may wait for a running DDL; afterwards something else is wrong. */
const LOCK_TIMEOUT_MS = 60_000;
/** 5 min: a child that asks its own questions in between, and is still never left holding locks over a coffee. */
const IDLE_IN_TRANSACTION_MS = 300_000;

const field = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll(':', '\\:');

const PASSFILE_PREFIX = 'pgpass.';

/** A child of the target and one of a scratch database may run at once, each with its own password. */
let passfiles = 0;

/** Writes the one line that libpq needs; `*` for the host, since a bastion's address is not the server's. */
const writePassfile = (directory: string, settings: CompleteSettings, password: string): string => {
  passfiles += 1;
  const path = join(directory, `${PASSFILE_PREFIX}${process.pid}.${passfiles}`);
  writeFileSync(path, `*:*:*:${field(settings.user)}:${field(password)}\n`, {mode: FILE_MODE});
  return path;
};

/**
 * The target as a URL. Everything that is no plain character is percent-encoded, a socket's folder stands behind `?host=`: what
 * libpq, SQLAlchemy and their kin all read alike.
 */
const urlOf = (settings: CompleteSettings, password: string, scheme = 'postgresql'): string => {
  const {host, user, database, sslmode, sslrootcert} = settings;
  // Of a tunnel, its end on this machine: PGHOSTADDR leads there, and what a URL says of the port wins over PGPORT.
  const port = settings.line?.port ?? settings.port;
  const isSocket = host.startsWith('/');
  const parameters = [
    ...(isSocket
      ? [
          ['host', host],
          ['port', `${port}`],
        ]
      : []),
    ...(sslmode === undefined ? [] : [['sslmode', sslmode]]),
    ...(sslrootcert === undefined ? [] : [['sslrootcert', sslrootcert]]),
  ].map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`);
  const login = `${encodeURIComponent(user)}${password === '' ? '' : `:${encodeURIComponent(password)}`}`;
  const address = isSocket ? '' : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  return `${scheme}://${login}@${address}/${encodeURIComponent(database)}${query}`;
};

const urlFor = (
  settings: CompleteSettings,
  password: string,
  {scheme, password: given, percentDoubled}: NonNullable<ProcessRun['url']>,
): string => {
  const url = urlOf(settings, given === 'omitted' ? '' : password, scheme);
  return percentDoubled === true ? url.replaceAll('%', '%%') : url;
};

/** A process that was killed while a child ran has left its password behind; whoever has the directory now removes it. */
export const removePassfiles = (directory: string): void => {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch {
    // Gone, or not ours to read: then there is nothing that could be removed.
    return;
  }
  for (const name of names) if (name.startsWith(PASSFILE_PREFIX)) removeIfPossible(join(directory, name));
};

/** The folder of a Unix socket, and the number in its name. */
export type RelaySocket = Readonly<{host: string; port: number}>;

export type ChildTarget = Readonly<{
  variables: Readonly<Record<string, string>>;
  /** The same by way of a relay's socket on this machine. */
  through: (at: RelaySocket) => Readonly<Record<string, string>>;
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
  options: Readonly<{serverVersionNum: number}> & Pick<ProcessRun, 'timeoutMs' | 'lockTimeoutMs' | 'readOnly' | 'url'>,
): ChildTarget => {
  const password = settings.password === undefined ? '' : reveal(settings.password);
  const passfile = password === '' ? settings.passfile : writePassfile(directory, settings, password);
  const pgOptions = [
    `-c lock_timeout=${options.lockTimeoutMs ?? LOCK_TIMEOUT_MS}`,
    // pg_dump and pg_restore set these three to 0 for themselves; then their own options and the watch of their locks hold.
    `-c statement_timeout=${options.timeoutMs}`,
    `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS}`,
    ...(options.readOnly === true ? ['-c default_transaction_read_only=on'] : []),
    '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
    ...(options.serverVersionNum >= 140_000 ? [`-c client_connection_check_interval=${CONNECTION_CHECK_MS}`] : []),
  ];
  const variablesOf = (of: CompleteSettings): Readonly<Record<string, string>> => ({
    PGHOST: of.host,
    // A tunnel ends on this machine; the certificate is that of the host at its other end.
    ...(of.line !== undefined ? {PGHOSTADDR: '127.0.0.1'} : of.hostaddr === undefined ? {} : {PGHOSTADDR: of.hostaddr}),
    PGPORT: `${of.line?.port ?? of.port}`,
    PGUSER: of.user,
    PGDATABASE: of.database,
    PGAPPNAME: applicationName,
    PGCLIENTENCODING: 'UTF8',
    PGCONNECT_TIMEOUT: '10',
    PGOPTIONS: pgOptions.join(' '),
    ...(of.sslmode === undefined ? {} : {PGSSLMODE: of.sslmode}),
    ...(of.sslrootcert === undefined ? {} : {PGSSLROOTCERT: of.sslrootcert}),
    ...(of.sslcert === undefined ? {} : {PGSSLCERT: of.sslcert}),
    ...(of.sslkey === undefined ? {} : {PGSSLKEY: of.sslkey}),
    ...(passfile === undefined ? {} : {PGPASSFILE: passfile}),
    ...(options.url === undefined ? {} : {[options.url.variable]: urlFor(of, password, options.url)}),
  });
  return {
    variables: variablesOf(settings),
    through: ({host, port}) => {
      const {hostaddr: _, line: __, ...rest} = settings;
      return variablesOf({...rest, host, port, sslmode: 'disable'});
    },
    dispose: () => {
      if (password !== '' && passfile !== undefined) removeIfPossible(passfile);
    },
  };
};
