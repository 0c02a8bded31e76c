// Who else is in the target: who stands in the way of a change, and what an attempt that is gone has left behind.

import type {EndedSession} from '../../core/doubt.ts';
import {success, type Blocker, type Result} from '../../core/failure.ts';
import type {Database, DatabaseSession, Row, SessionOptions} from '../../core/ports.ts';

const LOOK = {readOnly: true, statementTimeoutMs: 5000, lockTimeoutMs: 1000} as const;

/** 2 s: a cancelled statement has rolled back by then, and its server process has found that its client is gone. */
const CANCELLED_WITHIN_MS = 2000;
/** 5 s: a server process that was told to end has done so, unless it is stuck in the kernel. */
const TERMINATED_WITHIN_MS = 5000;
const LOOK_AGAIN_MS = 50;

const COLUMNS = `a.pid::text, coalesce(a.usename::text, '') AS user, a.application_name AS application,
       coalesce(a.state, '') AS state, concat_ws(' ', a.wait_event_type, a.wait_event) AS waits,
       round(extract(epoch FROM now() - coalesce(a.xact_start, a.backend_start)) * 1000)::text AS age`;

/**
 * Who holds a lock on one of the relations, who waits in line for one, and who blocks our own session at this moment,
 * whatever the relation. A line forms behind every waiting DDL, so those in it are as good as holders to whoever is last.
 */
const BLOCKERS_SQL = `
WITH seen AS (
  SELECT l.pid, l.granted FROM pg_locks l
  WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.relation IN (SELECT to_regclass(name)::oid FROM json_array_elements_text($1::json) AS declared(name))
  UNION ALL
  SELECT blocking.pid, NULL FROM unnest(pg_blocking_pids($2::int)) AS blocking(pid)
), roles AS (
  SELECT pid, CASE WHEN coalesce(bool_or(granted), true) THEN 'holds' ELSE 'waits' END AS role FROM seen GROUP BY pid
)
SELECT ${COLUMNS}, roles.role
FROM roles JOIN pg_stat_activity a ON a.pid = roles.pid
WHERE a.pid NOT IN (pg_backend_pid(), $2::int)
ORDER BY roles.role, a.pid`;

const NAMED_SQL = `
SELECT ${COLUMNS} FROM pg_stat_activity a WHERE a.application_name = $1 AND a.pid <> pg_backend_pid() ORDER BY a.pid`;

/** The very sessions: the exact name, our own role and database, and looked up in the statement that ends them. */
const OURS = `application_name = $1 AND pid <> pg_backend_pid() AND usename = session_user
  AND datname = current_database() AND backend_type = 'client backend'`;
const PIDS_SQL = `SELECT pid::text FROM pg_stat_activity WHERE ${OURS} ORDER BY pid`;
const CANCEL_SQL = `SELECT pid::text, pg_cancel_backend(pid)::text FROM pg_stat_activity WHERE ${OURS}`;
const TERMINATE_SQL = `SELECT pid::text, pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE ${OURS}`;

const QUERIES_SQL = `
SELECT pid::text, coalesce(query, '') AS query FROM pg_stat_activity
WHERE pid::text IN (SELECT json_array_elements_text($1::json)) ORDER BY pid`;

const sessionOf = (row: Row): Blocker => ({
  pid: Number(row['pid']),
  user: row['user'] ?? '',
  application: row['application'] ?? '',
  state: row['state'] ?? '',
  ageMs: Number(row['age'] ?? '0'),
  ...(row['waits'] ? {waitsFor: row['waits']} : {}),
  ...(row['role'] === 'holds' || row['role'] === 'waits' ? {role: row['role']} : {}),
});

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

export const otherSessions = (
  connect: Connect,
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
    blockers: async (relations, waitingPid) => {
      const found = await listed(BLOCKERS_SQL, [JSON.stringify(relations.map(quoted)), `${waitingPid}`]);
      return found.ok ? found.value : [];
    },
    sessionsNamed: (name) => listed(NAMED_SQL, [name]),
    endSessionsNamed: (name) => looking((session) => endAll(session, name)),
    queriesOf: (pids) =>
      looking(async (session) => {
        const answer = await session.query(QUERIES_SQL, {values: [JSON.stringify(pids.map(String))]});
        if (!answer.ok) return answer;
        return success(answer.value.rows.map((row) => ({pid: Number(row['pid']), query: row['query'] ?? ''})));
      }),
  };
};
