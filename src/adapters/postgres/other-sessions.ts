// Who else is in the target: who stands in the way of a change, and what an attempt that is gone has left behind.

import type {EndedSession} from '../../core/doubt.ts';
import {success, type Blocker, type Result} from '../../core/failure.ts';
import type {Database, DatabaseSession, Row, SessionOptions, SessionQuery} from '../../core/ports.ts';
import {SESSION_COLUMNS, sessionOf} from './session-row.ts';

const LOOK = {readOnly: true, statementTimeoutMs: 5000, lockTimeoutMs: 1000} as const;

/** 2 s: a cancelled statement has rolled back by then, and its server process has found that its client is gone. */
const CANCELLED_WITHIN_MS = 2000;
/** 5 s: a server process that was told to end has done so, unless it is stuck in the kernel. */
const TERMINATED_WITHIN_MS = 5000;
const LOOK_AGAIN_MS = 50;

/**
 * Along pg_blocking_pids, from the waiting sessions of the attempt to whoever keeps those waiting that keep us waiting. It
 * names holders and those who stand in line before us alike; in line is who awaits the very lock that we await and has
 * nothing of it. A prepared transaction blocks as pid 0, and is found by its lock.
 *
 * Of sessions that wait no more the server knows nothing. Then readers and writers of a table are in nobody's way: what a
 * change makes anew only reads it.
 */
const BLOCKERS_SQL = `
WITH RECURSIVE edge(waiting, pid) AS (
  SELECT a.pid, blocking.pid
  FROM pg_stat_activity a CROSS JOIN LATERAL unnest(pg_blocking_pids(a.pid)) AS blocking(pid)
  WHERE a.application_name = $3 AND a.wait_event_type = 'Lock'
  UNION
  SELECT edge.pid, blocking.pid FROM edge CROSS JOIN LATERAL unnest(pg_blocking_pids(edge.pid)) AS blocking(pid)
), lock AS MATERIALIZED (
  SELECT l.*, ROW(l.locktype, l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid, l.objid,
                  l.objsubid)::text AS what
  FROM pg_locks l
), awaited AS (
  SELECT edge.pid, l.what FROM edge JOIN lock l ON l.pid = edge.waiting AND NOT l.granted
), near AS (
  SELECT l.pid, l.virtualtransaction FROM lock l
  WHERE NOT EXISTS (SELECT FROM edge) AND l.granted AND l.locktype = 'relation'
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (l.relation IN (SELECT to_regclass(name)::oid FROM json_array_elements_text($1::json) AS of(name))
      OR l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
         AND l.relation IN (SELECT to_regclass(name)::oid FROM json_array_elements_text($2::json) AS of(name)))
), seen AS (
  SELECT edge.pid, CASE WHEN EXISTS (SELECT FROM awaited w JOIN lock l ON l.what = w.what AND l.pid = w.pid
                                     WHERE w.pid = edge.pid HAVING NOT bool_or(l.granted))
                        THEN 'waits' ELSE 'holds' END AS role
  FROM edge
  UNION
  SELECT near.pid, 'holds' FROM near JOIN pg_stat_activity a ON a.pid = near.pid WHERE a.application_name <> $3
), prepared AS (
  SELECT DISTINCT x.gid, x.owner, x.prepared
  FROM (SELECT l.virtualtransaction FROM awaited w JOIN lock l ON l.what = w.what WHERE w.pid = 0 AND l.granted AND l.pid IS NULL
        UNION SELECT virtualtransaction FROM near WHERE pid IS NULL) AS of
  JOIN lock t ON t.virtualtransaction = of.virtualtransaction AND t.locktype = 'transactionid' AND t.pid IS NULL
  JOIN pg_prepared_xacts x ON x.transaction = t.transactionid
)
SELECT ${SESSION_COLUMNS}, seen.role
FROM seen JOIN pg_stat_activity a ON a.pid = seen.pid
WHERE a.pid <> pg_backend_pid() AND NOT (a.application_name = $3 AND coalesce(a.wait_event_type, '') = 'Lock')
UNION ALL
SELECT '0', owner::text, '', '', '', round(extract(epoch FROM now() - prepared) * 1000)::text, NULL, gid, 'holds'
FROM prepared
ORDER BY role, pid`;

const NAMED_SQL = `
SELECT ${SESSION_COLUMNS} FROM pg_stat_activity a WHERE a.application_name = $1 AND a.pid <> pg_backend_pid() ORDER BY a.pid`;

/** The very sessions: the exact name, our own role and database, and looked up in the statement that ends them. */
const OURS = `application_name = $1 AND pid <> pg_backend_pid() AND usename = session_user
  AND datname = current_database() AND backend_type = 'client backend'`;
const PIDS_SQL = `SELECT pid::text FROM pg_stat_activity WHERE ${OURS} ORDER BY pid`;
const CANCEL_SQL = `SELECT pid::text, pg_cancel_backend(pid)::text FROM pg_stat_activity WHERE ${OURS}`;
const TERMINATE_SQL = `SELECT pid::text, pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE ${OURS}`;

const QUERIES_SQL = `
SELECT pid::text, coalesce(query, '') AS query, CASE WHEN backend_start IS NULL THEN current_user::text END AS hidden
FROM pg_stat_activity
WHERE pid::text IN (SELECT json_array_elements_text($1::json)) ORDER BY pid`;

/** Where the statement is hidden, the server's `<insufficient privilege>` is no query. */
const queryOf = (row: Row): SessionQuery =>
  row['hidden']
    ? {pid: Number(row['pid']), query: '', hiddenFrom: row['hidden']}
    : {pid: Number(row['pid']), query: row['query'] ?? ''};

const quoted = (name: string): string =>
  // The first dot ends the schema; whatever follows is the name.
  [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)]
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');

const pidsOf = async (session: DatabaseSession, name: string): Promise<Result<readonly number[]>> => {
  const answer = await session.query(PIDS_SQL, {values: [name]});
  return answer.ok ? success(answer.value.rows.map((row) => Number(row['pid']))) : answer;
};

/** Looks until none of them is left or the time is over; says which are left. */
const leftAfter = async (
  session: DatabaseSession,
  name: string,
  withinMs: number,
): Promise<Result<readonly number[]>> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const left = await pidsOf(session, name);
    if (!left.ok || left.value.length === 0 || performance.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
};

const endAll = async (session: DatabaseSession, name: string): Promise<Result<readonly EndedSession[]>> => {
  const found = await pidsOf(session, name);
  if (!found.ok) return found;
  const cancelled = await session.query(CANCEL_SQL, {values: [name]});
  if (!cancelled.ok) return cancelled;
  const stubborn = await leftAfter(session, name, CANCELLED_WITHIN_MS);
  if (!stubborn.ok) return stubborn;
  const terminated = await session.query(TERMINATE_SQL, {values: [name]});
  if (!terminated.ok) return terminated;
  const left = await leftAfter(session, name, TERMINATED_WITHIN_MS);
  if (!left.ok) return left;
  return success(
    found.value.map((pid) => ({
      pid,
      how: left.value.includes(pid) ? 'stayed' : stubborn.value.includes(pid) ? 'terminated' : 'cancelled',
    })),
  );
};

type Connect = (name: string, options: SessionOptions) => Promise<Result<DatabaseSession>>;

/** @param applicationName of the attempt whose sessions wait. */
export const otherSessions = (
  connect: Connect,
  applicationName: string,
): Pick<Database, 'blockers' | 'sessionsNamed' | 'endSessionsNamed' | 'queriesOf'> => {
  const looking = async <T>(use: (session: DatabaseSession) => Promise<Result<T>>): Promise<Result<T>> => {
    // Under another name than the attempt's, or it would find itself.
    const connected = await connect('attempt-runbook/look', LOOK);
    if (!connected.ok) return connected;
    try {
      return await use(connected.value);
    } finally {
      await connected.value.close();
    }
  };
  const listed = (sql: string, values: readonly string[]): Promise<Result<readonly Blocker[]>> =>
    looking(async (session) => {
      const answer = await session.query(sql, {values});
      return answer.ok ? success(answer.value.rows.map(sessionOf)) : answer;
    });
  return {
    blockers: ({objects, tables}) =>
      listed(BLOCKERS_SQL, [...[objects, tables].map((names) => JSON.stringify(names.map(quoted))), applicationName]),
    sessionsNamed: (name) => listed(NAMED_SQL, [name]),
    endSessionsNamed: (name) => looking((session) => endAll(session, name)),
    queriesOf: (pids) =>
      looking(async (session) => {
        const answer = await session.query(QUERIES_SQL, {values: [JSON.stringify(pids.map(String))]});
        if (!answer.ok) return answer;
        return success(answer.value.rows.map(queryOf));
      }),
  };
};
