// Who holds the lock of a target, as the holder says of itself and as the server sees it.

import type {Client} from 'pg';
import type {Blocker} from '../../core/failure.ts';
import type {Row} from '../../core/ports.ts';
import type {TargetHolder} from '../../core/trouble.ts';
import {SESSION_COLUMNS, sessionOf} from './session-row.ts';

/** PostgreSQL cuts application_name after 63 bytes. */
const NAME_LIMIT = 63;

export type HeldBy = Readonly<{run: string; operator: string}>;

const prefixOf = (run: string): string => `attempt-runbook/${run}/`;
const lockPrefixOf = (run: string): string => `${prefixOf(run)}lock/`;

/**
 * `attempt-runbook/<run>/lock/<operator>@<host>`: the domain of a long host gives way first, then the end of the operator's
 * name. What is not ASCII would arrive as question marks anyway; the whole name is in the session's statements.
 */
export const lockName = ({run, operator}: HeldBy): string => {
  const room = NAME_LIMIT - lockPrefixOf(run).length;
  const [name = '', host = ''] = operator.replaceAll(/[^\x20-\x7e]/g, '?').split(/@(?=[^@]*$)/);
  const short = `@${host.length + name.length + 1 > room ? (host.split('.')[0] ?? '') : host}`.slice(0, room - 1);
  return `${lockPrefixOf(run)}${name.slice(0, room - short.length)}${short}`;
};

/**
 * Begins each statement of the lock's session, so that pg_stat_activity shows the whole of it, in any alphabet, to roles
 * that may see the statement. A comment must not end early, nor open another one.
 */
export const marked = (by: HeldBy, sql: string): string =>
  `/* attempt-runbook ${JSON.stringify(by).replaceAll(/[*/]/g, (sign) => (sign === '*' ? '\\u002a' : '\\u002f'))} */ ${sql}`;

const markOf = (query: string): HeldBy | undefined => {
  try {
    const found = /^\/\* attempt-runbook (\{.*?\}) \*\//.exec(query)?.[1];
    if (found === undefined) return undefined;
    const {run, operator} = JSON.parse(found) as Partial<HeldBy>;
    return typeof run === 'string' && typeof operator === 'string' ? {run, operator} : undefined;
  } catch {
    // Cut by track_activity_query_size, or somebody else's comment.
    return undefined;
  }
};

// What belongs to other roles (statement, address, start) is NULL for a role without pg_read_all_stats.
const HOLDER_SQL = `
SELECT a.application_name AS name, coalesce(a.query, '') AS query, coalesce(a.usename::text, '') AS user,
       coalesce(host(a.client_addr), '') AS address, a.pid::text AS pid,
       coalesce(to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') AS since
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::bigint::oid AND l.pid <> pg_backend_pid()
  AND l.objid IN (SELECT shown::bigint::oid FROM json_array_elements_text($2::json) AS wanted(shown))
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

type HolderRow = Readonly<Record<'name' | 'query' | 'user' | 'address' | 'pid' | 'since', string>>;

/**
 * @param keys the class of the locks and their keys, a JSON array, as pg_locks shows them.
 * @returns one holder, also when several have one each; undefined when nobody has any by now.
 */
export const holderOf = async (client: Client, keys: readonly [string, string]): Promise<TargetHolder | undefined> => {
  const {rows} = await client.query<HolderRow>(HOLDER_SQL, [...keys]);
  const row = rows[0];
  if (row === undefined) return undefined;
  const [, run, operator = ''] = /^attempt-runbook\/([^/]+)\/lock\/(.*)$/s.exec(row.name) ?? [];
  const mark = markOf(row.query);
  return {
    // The name decides which run it is: it is what is compared before a session is ended.
    ...(run === undefined ? {} : {run}),
    operator: mark !== undefined && mark.run === run ? mark.operator : operator,
    session: row.name,
    user: row.user,
    address: row.address,
    pid: Number(row.pid),
    since: row.since,
  };
};

/** `kim@laptop, run r-2abcd, pid 4711`: for one who lost the lock. */
export const holderName = ({run, operator, session, pid}: TargetHolder): string =>
  [run === undefined ? session : operator, ...(run === undefined ? [] : [run]), `pid ${pid}`]
    .filter((part) => part !== '')
    .join(', ');

const AT_WORK_SQL = `
SELECT ${SESSION_COLUMNS} FROM pg_stat_activity a
WHERE starts_with(a.application_name, $1) AND NOT starts_with(a.application_name, $2) AND a.pid <> pg_backend_pid()
ORDER BY a.pid`;

/** Sessions of a run other than that of its lock: a change, a check or a dump at work. */
export const atWork = async (client: Client, run: string): Promise<readonly Blocker[]> =>
  (await client.query<Row>(AT_WORK_SQL, [prefixOf(run), lockPrefixOf(run)])).rows.map(sessionOf);

/** One statement compares and ends: between two, the pid could have become somebody else's. */
const END_SQL = `
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid = $1::int AND starts_with(application_name, $2) AND datname = current_database()`;

/** Ends the session that holds the lock for this run, and no other. */
export const endLockSession = async (client: Client, pid: number, run: string): Promise<void> => {
  await client.query(END_SQL, [pid, lockPrefixOf(run)]);
};
