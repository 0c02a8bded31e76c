// Where a connection comes from: an environment variable, a service, or a file; never a URL on the command line.

import {readFileSync} from 'node:fs';
import {homedir, userInfo} from 'node:os';
import {join} from 'node:path';
import type {SourceProblem} from '../../core/trouble.ts';
import {errorMessage} from '../files.ts';
import {parseConnectionUrl, settingsOf, type ConnectionSettings} from './connection-url.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type SourceResult =
  | Readonly<{ok: true; settings: ConnectionSettings}>
  | Readonly<{ok: false; problem: SourceProblem}>;

const fromUrl = (source: string, url: string): SourceResult => {
  const parsed = parseConnectionUrl(url);
  return parsed.ok ? parsed : {ok: false, problem: {code: 'url-invalid', source, problem: parsed.problem}};
};

const readService = (name: string, env: Environment): SourceResult => {
  const path = env['PGSERVICEFILE'] ?? join(homedir(), '.pg_service.conf');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return {ok: false, problem: {code: 'file-unreadable', path, message: errorMessage(error)}};
  }
  let section: string | undefined;
  const values: Record<string, string> = {};
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const header = /^\[(.*)\]$/.exec(line);
    if (header !== null) section = header[1];
    else if (section === name) {
      const at = line.indexOf('=');
      if (at > 0) values[line.slice(0, at).trim()] = line.slice(at + 1).trim();
    }
  }
  return Object.keys(values).length === 0
    ? {ok: false, problem: {code: 'service-missing', name, path}}
    : {ok: true, settings: settingsOf(values)};
};

/** A URL, one of another driver, or libpq's `host=… password=…`: it may hold a password, so it is not repeated. */
const holdsConnection = (source: string): boolean =>
  /^postgres(ql)?(\+\w+)?:\/\//i.test(source) || /:\/\/[^/]*@|\bpassword\s*=/i.test(source);

/** @param source `env:NAME`, `service:NAME` or `file:PATH` (a file that holds one URL). */
export const resolveSource = (source: string, env: Environment): SourceResult => {
  if (holdsConnection(source)) return {ok: false, problem: {code: 'source-is-url'}};
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
    case 'file':
      try {
        return fromUrl(source, readFileSync(rest, 'utf8').trim());
      } catch (error) {
        return {ok: false, problem: {code: 'file-unreadable', path: rest, message: errorMessage(error)}};
      }
    default:
      return {ok: false, problem: {code: 'source-unknown', source}};
  }
};

/** What libpq would use for everything the source left open: PG* variables, then its built-in defaults. */
export const completed = (settings: ConnectionSettings, env: Environment) => {
  const service = settings.service ?? env['PGSERVICE'];
  const fromService = service === undefined ? undefined : readService(service, env);
  const base = {
    ...settingsOf({
      ...(env['PGHOST'] ? {host: env['PGHOST']} : {}),
      ...(env['PGPORT'] ? {port: env['PGPORT']} : {}),
      ...(env['PGUSER'] ? {user: env['PGUSER']} : {}),
      ...(env['PGDATABASE'] ? {dbname: env['PGDATABASE']} : {}),
      ...(env['PGPASSWORD'] ? {password: env['PGPASSWORD']} : {}),
      ...(env['PGSSLMODE'] ? {sslmode: env['PGSSLMODE']} : {}),
      ...(env['PGSSLROOTCERT'] ? {sslrootcert: env['PGSSLROOTCERT']} : {}),
      ...(env['PGPASSFILE'] ? {passfile: env['PGPASSFILE']} : {}),
    }),
    ...(fromService?.ok === true ? fromService.settings : {}),
    ...settings,
  };
  const user = base.user ?? userInfo().username;
  return {...base, host: base.host ?? 'localhost', port: base.port ?? 5432, user, database: base.database ?? user};
};

export type CompleteSettings = ReturnType<typeof completed>;

export const isSocket = ({host}: Readonly<{host: string}>): boolean => host.startsWith('/');

export const addressOf = (settings: Readonly<{host: string; port: number}>): string =>
  isSocket(settings) ? settings.host : `${settings.host}:${settings.port}`;
