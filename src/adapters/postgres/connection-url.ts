// What a database URL means, as libpq and SQLAlchemy users write it.

import {secret, type Secret} from '../../core/secret.ts';

/** Where and as whom to connect. What is absent comes from PG* variables, the service file or libpq's defaults. */
export type ConnectionSettings = Readonly<{
  host?: string;
  /** Where to connect in place of what `host` resolves to; certificates are held against `host`. */
  hostaddr?: string;
  port?: number;
  database?: string;
  user?: string;
  password?: Secret;
  sslmode?: string;
  sslrootcert?: string;
  sslcert?: string;
  sslkey?: string;
  passfile?: string;
  service?: string;
}>;

export type UrlProblem = 'not-a-postgresql-url' | 'several-hosts' | 'port-invalid';

const KEYS = [
  'host',
  'hostaddr',
  'port',
  'user',
  'password',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'passfile',
  'service',
  'dbname',
] as const;
type Key = (typeof KEYS)[number];

/** Turns libpq's parameter names into settings; unknown names are left out. */
export const settingsOf = (values: Readonly<Partial<Record<Key, string>>>): ConnectionSettings => {
  const {host, hostaddr, port, user, password, sslmode, sslrootcert, sslcert, sslkey, passfile, service, dbname} =
    values;
  return {
    ...(host ? {host} : {}),
    ...(hostaddr ? {hostaddr} : {}),
    ...(port ? {port: Number(port)} : {}),
    ...(dbname ? {database: dbname} : {}),
    ...(user ? {user} : {}),
    ...(password ? {password: secret(password)} : {}),
    ...(sslmode ? {sslmode} : {}),
    ...(sslrootcert ? {sslrootcert} : {}),
    ...(sslcert ? {sslcert} : {}),
    ...(sslkey ? {sslkey} : {}),
    ...(passfile ? {passfile} : {}),
    ...(service ? {service} : {}),
  };
};

const pick = (from: (name: Key) => string | null | undefined): ConnectionSettings =>
  settingsOf(
    Object.fromEntries(
      KEYS.flatMap((key) => {
        const value = from(key);
        return value === null || value === undefined || value === '' ? [] : [[key, value]];
      }),
    ),
  );

/**
 * Reads `postgresql://`, `postgres://` and SQLAlchemy's `postgresql+driver://` URLs. Parameters after `?` win over the
 * parts before it, as in libpq; `host` may be a socket directory.
 */
export const parseConnectionUrl = (
  text: string,
): Readonly<{ok: true; settings: ConnectionSettings}> | Readonly<{ok: false; problem: UrlProblem}> => {
  const match = /^postgres(?:ql)?(?:\+[a-z0-9_]+)?:\/\/(.*)$/is.exec(text.trim());
  if (match === null) return {ok: false, problem: 'not-a-postgresql-url'};
  const [authority = '', query = ''] = (match[1] ?? '').split(/\?(.*)/s);
  const parts = /^(?:([^@/]*)@)?(\[[^\]]*\]|[^:/]*)(?::([^/]*))?(?:\/(.*))?$/s.exec(authority);
  if (parts === null) return {ok: false, problem: 'not-a-postgresql-url'};
  const [, userinfo = '', host = '', port = '', path = ''] = parts;
  if (host.includes(',') || port.includes(',')) return {ok: false, problem: 'several-hosts'};
  const [user = '', password] = userinfo.split(/:(.*)/s);
  let decoded: Partial<Record<Key, string>>;
  try {
    decoded = {
      host: decodeURIComponent(host.replace(/^\[|\]$/g, '')),
      port,
      dbname: decodeURIComponent(path),
      user: decodeURIComponent(user),
      ...(password === undefined ? {} : {password: decodeURIComponent(password)}),
    };
  } catch {
    // A bare % in a user name or password: it must be written as %25.
    return {ok: false, problem: 'not-a-postgresql-url'};
  }
  const parameters = new URLSearchParams(query.replaceAll('+', '%2B'));
  const settings = pick((key) => parameters.get(key) ?? decoded[key]);
  const isPort =
    settings.port === undefined || (Number.isInteger(settings.port) && settings.port > 0 && settings.port < 65_536);
  return isPort ? {ok: true, settings} : {ok: false, problem: 'port-invalid'};
};
