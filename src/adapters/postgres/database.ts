// Sessions on the target: each with its name, its timeouts and a pinned search_path, every value as the server's text.

import type {Client, QueryConfig, QueryResult} from 'pg';
import {failed, success, type Result} from '../../core/failure.ts';
import type {Database, DatabaseSession, Rows, SessionOptions} from '../../core/ports.ts';
import {ANSWER_GRACE_MS, connectClient, endClient, hangUp} from './client.ts';
import {connectFailure, JOINT, queryFailure, withLine, type Sent} from './errors.ts';
import {otherSessions} from './other-sessions.ts';
import {prepare} from './session-settings.ts';
import type {CompleteSettings} from './source.ts';

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

/** The longest that a timer can wait; pg takes 0 for its own default. */
const NO_LIMIT_MS = 2_147_483_647;

/** pg takes a limit for one answer, though its types do not say so. */
const ask = (
  client: Client,
  text: string,
  values: readonly string[] | undefined,
  answerMs: number,
): Promise<QueryResult | readonly QueryResult[]> =>
  client.query({text, query_timeout: answerMs, ...(values === undefined ? {} : {values: [...values]})} as QueryConfig);

/** Asks the server to end what this backend does now. A new connection: the old one is busy. */
const cancelBackend = async (settings: CompleteSettings, applicationName: string, pid: number): Promise<void> => {
  try {
    const client = await connectClient(settings, applicationName);
    await client.query('SELECT pg_cancel_backend($1::int)', [pid]).finally(() => endClient(client));
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
  let hangingUp: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    void cancelBackend(settings, applicationName, pid);
    // Whoever asked to stop does not wait for a line that says nothing any more.
    hangingUp = setTimeout(() => hangUp(client), ANSWER_GRACE_MS);
  };
  const answerMs = options.statementTimeoutMs === 0 ? NO_LIMIT_MS : options.statementTimeoutMs + ANSWER_GRACE_MS;
  options.signal?.addEventListener('abort', onAbort, {once: true});
  const refused = async (error: unknown, sent: Pick<Sent, 'sql' | 'file' | 'linesBefore'>) =>
    failed(
      await withLine(
        queryFailure(error, {
          ...sent,
          statementTimeoutMs: options.statementTimeoutMs,
          cancelled: options.signal?.aborted === true,
        }),
        settings,
      ),
    );
  client.on('notice', ({severity = '', code = '', message = ''}) => options.onNotice?.({pid, severity, code, message}));
  return {
    backendPid: pid,
    query: async (sql, {values, file, linesBefore} = {}) => {
      try {
        return success(rowsOf(await ask(client, sql, values, answerMs)));
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
        return success(allRowsOf(await ask(client, statements.join(JOINT), undefined, answerMs)));
      } catch (error) {
        return refused(error, {sql: statements});
      }
    },
    close: async () => {
      options.signal?.removeEventListener('abort', onAbort);
      clearTimeout(hangingUp);
      await endClient(client);
    },
  };
};

/** The target as steps see it; every session carries `applicationName`. */
export const databaseOf = (settings: CompleteSettings, applicationName: string): Database => {
  const connectAs = async (name: string, options: SessionOptions): Promise<Result<DatabaseSession>> => {
    let client: Client;
    try {
      client = await connectClient(settings, name);
    } catch (error) {
      return failed(await withLine(connectFailure(error, settings), settings));
    }
    try {
      const prepared = await prepare(client, name, options);
      if (!prepared.ok) {
        await endClient(client);
        return prepared;
      }
      const session = sessionOf(client, prepared.value, settings, name, options);
      if (options.role === undefined) return success(session);
      const set = await session.query(`SET ROLE "${options.role.replaceAll('"', '""')}"`);
      if (set.ok) return success(session);
      await session.close();
      return failed({code: 'application-role-missing', role: options.role});
    } catch (error) {
      await endClient(client);
      return failed(await withLine(connectFailure(error, settings), settings));
    }
  };
  return {connect: (options) => connectAs(applicationName, options), ...otherSessions(connectAs, applicationName)};
};
