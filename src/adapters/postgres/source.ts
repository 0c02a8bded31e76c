// Where a connection comes from: an environment variable, a service, or a file; never a URL on the command line.

import {existsSync, readFileSync} from 'node:fs';
import {homedir, userInfo} from 'node:os';
import {join} from 'node:path';
import type {SourceProblem} from '../../core/trouble.ts';
import {errorMessage} from '../files.ts';
import {learned} from './known-secrets.ts';
import type {Line} from '../tunnel/tunnel.ts';
import {parseConnectionUrl, settingsOf, type ConnectionSettings} from './connection-url.ts';
import {passwordFrom} from './password-file.ts';
import {readService} from './service-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type SourceResult =
  | Readonly<{ok: true; settings: ConnectionSettings}>
  | Readonly<{ok: false; problem: SourceProblem}>;

const fromUrl = (source: string, url: string): SourceResult => {
  const parsed = parseConnectionUrl(url);
  return parsed.ok ? parsed : {ok: false, problem: {code: 'url-invalid', source, problem: parsed.problem}};
};

/** A URL, one of another driver, or libpq's `host=… password=…`: it may hold a password, so it is not repeated. */
const holdsConnection = (source: string): boolean =>
  /^postgres(ql)?(\+\w+)?:\/\//i.test(source) || /:\/\/[^/]*@|\bpassword\s*=/i.test(source);

const homeOf = (env: Environment): string => env['HOME'] ?? homedir();

const named = (source: string, env: Environment): SourceResult => {
  const at = source.indexOf(':');
  const rest = source.slice(at + 1);
  switch (at > 0 && rest !== '' ? source.slice(0, at) : '') {
    case 'env': {
      const url = env[rest];
      return url === undefined || url === ''
        ? {ok: false, problem: {code: 'variable-missing', name: rest}}
        : fromUrl(source, url);
    }
    case 'service':
      return readService(rest, env);
    case 'file': {
      // No shell has seen it on the screen, where it is typed as well.
      const path = rest.startsWith('~/') ? join(homeOf(env), rest.slice(2)) : rest;
      try {
        return fromUrl(source, readFileSync(path, 'utf8').trim());
      } catch (error) {
        return {ok: false, problem: {code: 'file-unreadable', path, message: errorMessage(error)}};
      }
    }
    default:
      return {ok: false, problem: {code: 'source-unknown', source}};
  }
};

/**
 * What the source says, and beneath it the service that it, or PGSERVICE, names.
 * @param source `env:NAME`, `service:NAME` or `file:PATH` (a file that holds one URL).
 */
export const resolveSource = (source: string, env: Environment): SourceResult => {
  if (holdsConnection(source)) return {ok: false, problem: {code: 'source-is-url'}};
  const given = named(source, env);
  if (!given.ok || source.startsWith('service:')) return given;
  const service = given.settings.service ?? env['PGSERVICE'];
  if (service === undefined || service === '') return given;
  const under = readService(service, env);
  return under.ok ? {ok: true, settings: {...under.settings, ...given.settings}} : under;
};

/** PG* variables by the setting that each is. */
const VARIABLES = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  user: 'PGUSER',
  dbname: 'PGDATABASE',
  password: 'PGPASSWORD',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  passfile: 'PGPASSFILE',
} as const;

/** Where libpq's builds look for a server of this machine. */
const SOCKET_FOLDERS = ['/var/run/postgresql', '/tmp'] as const;

/** libpq goes to the socket of its build when nobody names a host; which build a child uses is not ours to know. */
const defaultHost = (port: number): string =>
  SOCKET_FOLDERS.find((folder) => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? 'localhost';

/** The files in ~/.postgresql that libpq takes when nobody names others, as far as they are there. */
const ownFiles = (home: string): Partial<Pick<ConnectionSettings, 'sslrootcert' | 'sslcert' | 'sslkey'>> => {
  const own = (name: string): string | undefined => {
    const path = join(home, '.postgresql', name);
    return existsSync(path) ? path : undefined;
  };
  const [sslrootcert, sslcert, sslkey] = [own('root.crt'), own('postgresql.crt'), own('postgresql.key')];
  return {
    ...(sslrootcert === undefined ? {} : {sslrootcert}),
    ...(sslcert === undefined || sslkey === undefined ? {} : {sslcert, sslkey}),
  };
};

/** What libpq would use for everything the source left open: PG* variables, the password file, its built-in defaults. */
export const completed = (settings: ConnectionSettings, env: Environment): CompleteSettings => {
  const home = homeOf(env);
  const variables = Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([key, name]) => (env[name] ? [[key, env[name]]] : [])),
  );
  const base = {...ownFiles(home), ...settingsOf(variables), ...settings};
  const user = base.user ?? userInfo().username;
  const port = base.port ?? 5432;
  const host = base.host ?? base.hostaddr ?? defaultHost(port);
  const whole = {...base, host, port, user, database: base.database ?? user};
  // Before anything can be done with it that somebody may speak of.
  if (whole.password !== undefined) return learned(whole);
  const passfile = base.passfile ?? join(home, '.pgpass');
  const {password, ignored} = passwordFrom(passfile, whole);
  return learned({
    ...whole,
    ...(password === undefined ? {} : {password}),
    ...(ignored === undefined ? {} : {ignoredPassfile: passfile}),
  });
};

export type CompleteSettings = ConnectionSettings &
  Readonly<{
    host: string;
    port: number;
    user: string;
    database: string;
    /** The tunnel through which `host` and `port` are reached. */
    line?: Line;
    /** A password file that others can read: nothing was taken from it. */
    ignoredPassfile?: string;
  }>;

export const isSocket = ({host}: Readonly<{host: string}>): boolean => host.startsWith('/');

export const addressOf = (settings: Readonly<{host: string; port: number}>): string =>
  isSocket(settings) ? settings.host : `${settings.host}:${settings.port}`;
