// Sessions on the target: each with its name, its timeouts and a pinned search_path, every value as the server's text.

import {readFileSync} from 'node:fs';
import {Client, type ClientConfig, type QueryResult} from 'pg';
import {failed, success, type Blocker, type Result} from '../../core/failure.ts';
import type {Database, DatabaseSession, Rows, SessionOptions} from '../../core/ports.ts';
import {reveal} from '../../core/secret.ts';
import {connectFailure, JOINT, queryFailure, type Sent} from './errors.ts';
import {addressOf, isSocket, type CompleteSettings} from './source.ts';

/** 10 s: a bastion on a bad line answers within that; a wrong address should not hold anybody for a minute. */
const CONNECT_TIMEOUT_MS = 10_000;
/** 500 ms: the server notices a dead client within that and ends its statement, before a human can try again. */
const CONNECTION_CHECK_MS = 500;
const IDLE_IN_TRANSACTION_MS = 60_000;
/** 4 GiB: a sample that spills more than that is an incident of its own (measured: 7 GB at a million results). */
const TEMP_FILE_LIMIT_KB = 4 * 1024 * 1024;

/** Everything as text: a bigint, a numeric or a timestamp loses nothing on its way into the evidence. */
const asText = {getTypeParser: () => (value: string) => value} as unknown as NonNullable<ClientConfig['types']>;

type Ssl = NonNullable<ClientConfig['ssl']>;

const isLoopback = ({host}: CompleteSettings): boolean => /^(localhost|127\.|::1$)/.test(host);

/** The ways in which to try, in order, as libpq does for its sslmodes; on loopback plain first, since nobody listens in. */
const sslAttempts = (settings: CompleteSettings): readonly Ssl[] => {
  const {sslmode, sslrootcert} = settings;
  const ca = sslrootcert === undefined ? {} : {ca: readFileSync(sslrootcert, 'utf8')};
  const unverified = {rejectUnauthorized: false, ...ca};
  if (isSocket(settings)) return [false];
  switch (sslmode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, unverified];
    case undefined:
    case 'prefer':
      return isLoopback(settings) ? [false, unverified] : [unverified, false];
    case 'verify-ca':
      return [{rejectUnauthorized: true, checkServerIdentity: () => undefined, ...ca}];
    case 'verify-full':
      return [{rejectUnauthorized: true, ...ca}];
    default:
      return [unverified];
  }
};

/** The server offers no encryption, or insists on it: worth another try. A wrong password is not. */
const wantsOtherSsl = (error: unknown): boolean =>
  /does not support SSL connections|no encryption|SSL off|SSL encryption/i.test(
    error instanceof Error ? error.message : '',
  );

/** A connected client that tries encryption in the order that libpq would. */
export const connectClient = async (settings: CompleteSettings, applicationName: string): Promise<Client> => {
  const attempts = sslAttempts(settings);
  for (const [at, ssl] of attempts.entries()) {
    const client = new Client(clientConfig(settings, applicationName, ssl));
    // Without a listener a connection that breaks between two queries would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (at === attempts.length - 1 || !wantsOtherSsl(error)) throw error;
    }
  }
  throw new Error('no way to connect');
};

const clientConfig = (settings: CompleteSettings, applicationName: string, ssl: Ssl): ClientConfig => ({
  host: settings.host,
  port: settings.port,
  user: settings.user,
  database: settings.database,
  ...(settings.password === undefined ? {} : {password: reveal(settings.password)}),
  ssl,
  application_name: applicationName,
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  keepAlive: true,
  types: asText,
});

/** A message of several statements answers with several results. */
const allRowsOf = (result: QueryResult | readonly QueryResult[]): readonly Rows[] =>
  [result].flat().map(({fields, rows}) => ({
    columns: (fields ?? []).map(({name}) => name),
    rows,
    count: rows.length,
    types: (fields ?? []).map(({dataTypeID: oid, dataTypeModifier: modifier}) => ({oid, modifier})),
  }));

/** The last result is the script's answer. */
const rowsOf = (result: QueryResult | readonly QueryResult[]): Rows =>
  allRowsOf(result).at(-1) ?? {columns: [], rows: [], count: 0};

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const sessionSettings = (options: SessionOptions): string => {
  const set = (name: string, value: string): string => `set_config('${name}', ${literal(value)}, false)`;
  return `SELECT ${[
    set('search_path', 'pg_catalog'),
    set('lock_timeout', `${options.lockTimeoutMs}ms`),
    set('statement_timeout', `${options.statementTimeoutMs}ms`),
    set('idle_in_transaction_session_timeout', `${options.idleInTransactionTimeoutMs ?? IDLE_IN_TRANSACTION_MS}ms`),
    set('default_transaction_read_only', options.readOnly ? 'on' : 'off'),
    set('standard_conforming_strings', 'on'),
    // Compiling a catalog query takes 300 ms and running it one; under our lock that is time that readers wait.
    ...(options.jit === true ? [] : [set('jit', 'off')]),
    set('client_min_messages', 'warning'),
    set('DateStyle', 'ISO, YMD'),
    set('TimeZone', 'UTC'),
  ].join(', ')}, pg_backend_pid()::text AS pid, current_setting('server_version_num') AS version`;
};

/** Settings that not every role or server has; without them the session works, only less guarded. */
const optionalSettings = (options: SessionOptions, version: number): readonly string[] => [
  ...(version >= 140_000 ? [`SET client_connection_check_interval = '${CONNECTION_CHECK_MS}ms'`] : []),
  ...(options.readOnly ? [`SET temp_file_limit = '${TEMP_FILE_LIMIT_KB}kB'`] : []),
];

const prepare = async (client: Client, options: SessionOptions): Promise<number> => {
  const {rows} = await client.query<{pid: string; version: string}>(sessionSettings(options));
  for (const statement of optionalSettings(options, Number(rows[0]?.version ?? '0'))) {
    // temp_file_limit wants a superuser; the statement timeout still bounds what a role without it can do.
    await client.query(statement).catch(() => undefined);
  }
  return Number(rows[0]?.pid ?? '0');
};

/** Asks the server to end what this backend does now. A new connection: the old one is busy. */
const cancelBackend = async (settings: CompleteSettings, applicationName: string, pid: number): Promise<void> => {
  try {
    const client = await connectClient(settings, applicationName);
    await client.query('SELECT pg_cancel_backend($1::int)', [pid]).finally(() => client.end());
  } catch {
    // The statement's own timeout ends it then.
  }
};

const sessionOf = (
  client: Client,
  pid: number,
  settings: CompleteSettings,
  applicationName: string,
  options: SessionOptions,
): DatabaseSession => {
  const onAbort = (): void => void cancelBackend(settings, applicationName, pid);
  options.signal?.addEventListener('abort', onAbort, {once: true});
  const refused = (error: unknown, sent: Pick<Sent, 'sql' | 'file' | 'linesBefore'>) =>
    failed(
      queryFailure(error, {
        ...sent,
        statementTimeoutMs: options.statementTimeoutMs,
        cancelled: options.signal?.aborted === true,
      }),
    );
  return {
    backendPid: pid,
    query: async (sql, {values, file, linesBefore} = {}) => {
      try {
        const result = values === undefined ? await client.query(sql) : await client.query(sql, [...values]);
        return success(rowsOf(result));
      } catch (error) {
        return refused(error, {
          sql,
          ...(file === undefined ? {} : {file}),
          ...(linesBefore === undefined ? {} : {linesBefore}),
        });
      }
    },
    queryAll: async (statements) => {
      try {
        return success(allRowsOf(await client.query(statements.join(JOINT))));
      } catch (error) {
        return refused(error, {sql: statements});
      }
    },
    close: async () => {
      options.signal?.removeEventListener('abort', onAbort);
      await client.end().catch(() => undefined);
    },
  };
};

const BLOCKERS_SQL = `
SELECT DISTINCT a.pid::text, coalesce(a.usename::text, '') AS user, a.application_name AS application,
       coalesce(a.state, '') AS state,
       round(extract(epoch FROM now() - coalesce(a.xact_start, a.backend_start)) * 1000)::text AS age
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted AND l.pid NOT IN (pg_backend_pid(), $2::int)
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.relation IN (SELECT to_regclass(name)::oid FROM json_array_elements_text($1::json) AS declared(name))
ORDER BY 1`;

const NAMED_SQL = `
SELECT pid::text, coalesce(usename::text, '') AS user, application_name AS application, coalesce(state, '') AS state,
       round(extract(epoch FROM now() - coalesce(xact_start, backend_start)) * 1000)::text AS age
FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid() ORDER BY 1`;

const sessions = ({rows}: Rows): readonly Blocker[] =>
  rows.map((row) => ({
    pid: Number(row['pid']),
    user: row['user'] ?? '',
    application: row['application'] ?? '',
    state: row['state'] ?? '',
    ageMs: Number(row['age'] ?? '0'),
  }));

const LOOK = {readOnly: true, statementTimeoutMs: 5000, lockTimeoutMs: 1000} as const;

/** The target as steps see it; every session carries `applicationName`. */
export const databaseOf = (settings: CompleteSettings, applicationName: string): Database => {
  const connectAs = async (name: string, options: SessionOptions): Promise<Result<DatabaseSession>> => {
    let client: Client;
    try {
      client = await connectClient(settings, name);
    } catch (error) {
      return failed(connectFailure(error, addressOf(settings), settings.user));
    }
    try {
      const pid = await prepare(client, options);
      const session = sessionOf(client, pid, settings, name, options);
      if (options.role === undefined) return success(session);
      const set = await session.query(`SET ROLE "${options.role.replaceAll('"', '""')}"`);
      if (set.ok) return success(session);
      await session.close();
      return failed({code: 'application-role-missing', role: options.role});
    } catch (error) {
      await client.end().catch(() => undefined);
      return failed(connectFailure(error, addressOf(settings), settings.user));
    }
  };
  const look = async (sql: string, values: readonly string[]): Promise<Result<readonly Blocker[]>> => {
    // Under another name than the attempt's, or it would find itself.
    const connected = await connectAs('attempt-runbook/look', LOOK);
    if (!connected.ok) return connected;
    const answer = await connected.value.query(sql, {values});
    await connected.value.close();
    return answer.ok ? success(sessions(answer.value)) : answer;
  };
  return {
    connect: (options) => connectAs(applicationName, options),
    blockers: async (relations, waitingPid) => {
      const names = JSON.stringify(
        relations.map((name) =>
          name
            .split('.')
            .map((part) => `"${part.replaceAll('"', '""')}"`)
            .join('.'),
        ),
      );
      const found = await look(BLOCKERS_SQL, [names, `${waitingPid}`]);
      return found.ok ? found.value : [];
    },
    sessionsNamed: (name) => look(NAMED_SQL, [name]),
  };
};
