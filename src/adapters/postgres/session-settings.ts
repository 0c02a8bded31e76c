// Which settings every session of ours has before its first statement, and did they arrive?

import type {Client} from 'pg';
import {failed, success, type Result} from '../../core/failure.ts';
import type {SessionOptions} from '../../core/ports.ts';

/** 500 ms: the server notices a dead client within that and ends its statement, before a human can try again. */
const CONNECTION_CHECK_MS = 500;
const IDLE_IN_TRANSACTION_MS = 60_000;
/** 4 GiB: a sample that spills more than that is an incident of its own (measured: 7 GB at a million results). */
const TEMP_FILE_LIMIT_KB = 4 * 1024 * 1024;

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** Without these a session is not what the operator was promised. */
const wantedSettings = (options: SessionOptions): Readonly<Record<string, string>> => ({
  search_path: 'pg_catalog',
  lock_timeout: `${options.lockTimeoutMs}ms`,
  statement_timeout: `${options.statementTimeoutMs}ms`,
  idle_in_transaction_session_timeout: `${options.idleInTransactionTimeoutMs ?? IDLE_IN_TRANSACTION_MS}ms`,
  default_transaction_read_only: options.readOnly ? 'on' : 'off',
  standard_conforming_strings: 'on',
  // Compiling a catalog query takes 300 ms and running it one; under our lock that is time that readers wait.
  ...(options.jit === true ? {} : {jit: 'off'}),
  client_min_messages: 'warning',
  DateStyle: 'ISO, YMD',
  TimeZone: 'UTC',
});

/**
 * The server's side of a line that died without a word: after about 25 s it knows, and lets go of the session and of its
 * locks; by default after two hours. A Unix socket has no such line, and takes the settings without a word.
 */
export const KEEP_ALIVE_SQL = `
SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
       set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '25000', false)`;

/** Settings that not every role or server has; without them the session works, only less guarded. */
const optionalSettings = (options: SessionOptions, version: number): readonly string[] => [
  ...(version >= 140_000 ? [`SET client_connection_check_interval = '${CONNECTION_CHECK_MS}ms'`] : []),
  KEEP_ALIVE_SQL,
  ...(options.readOnly ? [`SET temp_file_limit = '${TEMP_FILE_LIMIT_KB}kB'`] : []),
];

type Prepared = Readonly<Record<string, string | null>>;

/** Sets them, and says them as the server writes them (30s for 30000ms), with the backend's pid and the version. */
const set = async (client: Client, settings: Readonly<Record<string, string>>): Promise<Prepared> => {
  const calls = Object.entries(settings).map(
    ([name, value]) => `set_config('${name}', ${literal(value)}, false) AS "${name}"`,
  );
  const {rows} = await client.query<Prepared>(
    `SELECT ${calls.join(', ')}, pg_backend_pid()::text AS pid, current_setting('server_version_num') AS version`,
  );
  return rows[0] ?? {};
};

const readBack = async (client: Client, settings: Readonly<Record<string, string>>): Promise<Prepared> => {
  const names = [...Object.keys(settings), 'application_name'];
  const calls = names.map((name) => `current_setting('${name}') AS "${name}"`);
  const {rows} = await client.query<Prepared>(`SELECT ${calls.join(', ')}, pg_backend_pid()::text AS pid`);
  return rows[0] ?? {};
};

/**
 * Prepares the session and asks in another round trip whether it is prepared: whatever stands between us and the server
 * and hands statements to other sessions would otherwise leave the change without its lock_timeout.
 * @returns the backend's pid, or which settings are not there.
 */
export const prepare = async (
  client: Client,
  applicationName: string,
  options: SessionOptions,
): Promise<Result<number>> => {
  const settings = wantedSettings(options);
  const {version, ...wanted} = await set(client, settings);
  const actual = await readBack(client, settings);
  const missing = Object.entries({...wanted, application_name: applicationName}).flatMap(([name, value]) =>
    actual[name] === value ? [] : [`${name}: ${value ?? ''} -> ${actual[name] ?? ''}`],
  );
  if (missing.length > 0) return failed({code: 'session-unguarded', missing});
  // temp_file_limit wants a superuser, tcp_user_timeout a system that has it; each that is missing leaves the others.
  for (const statement of optionalSettings(options, Number(version ?? '0'))) {
    await client.query(statement).catch(() => undefined);
  }
  return success(Number(wanted['pid'] ?? '0'));
};
