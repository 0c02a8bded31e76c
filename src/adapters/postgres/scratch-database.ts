// How a database is made that is known to be ours, and why nothing else is ever dropped.

import {failed, success, type Result} from '../../core/failure.ts';
import type {RunId} from '../../core/ids.ts';
import type {DatabaseSession} from '../../core/ports.ts';

/** Made once a run and kept in its directory, before the first database: nobody else can know the token. */
export type Mark = Readonly<{run: RunId; token: string}>;

export const newToken = (): string => crypto.randomUUID().replaceAll('-', '');

const commentOf = ({run, token}: Mark): string =>
  `scratch database of attempt-runbook, run ${run}, mark ${token}; that run drops it`;

/**
 * A kill between CREATE DATABASE and COMMENT would leave a database without a comment, and the two cannot share a
 * transaction. So CREATE DATABASE itself writes a number that only the token gives: a connection limit far above any
 * server's, which therefore limits nothing.
 */
const limitOf = ({token}: Mark): number => 1_000_000 + Number.parseInt(token.slice(0, 7), 16);

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

// A drop that was killed leaves the limit -2 and, as its transaction never committed, the comment.
const OURS_SQL = `
SELECT datname AS name, (comment = $2 OR comment IS NULL AND datconnlimit = $3::int)::text AS ours
FROM (SELECT datname, datconnlimit, shobj_description(oid, 'pg_database') AS comment FROM pg_database) AS found
WHERE starts_with(datname, $1) ORDER BY 1`;

type Named = Readonly<{name: string; ours: boolean}>;

const named = async (session: DatabaseSession, mark: Mark, prefix: string): Promise<Result<readonly Named[]>> => {
  const answer = await session.query(OURS_SQL, {values: [prefix, commentOf(mark), `${limitOf(mark)}`]});
  return answer.ok
    ? success(answer.value.rows.map((row) => ({name: row['name'] ?? '', ours: row['ours'] === 'true'})))
    : answer;
};

/** Drops the database if it is there; refuses one that does not carry the mark. FORCE ends sessions in it, all of them ours. */
export const dropMarked = async (session: DatabaseSession, mark: Mark, name: string): Promise<Result<void>> => {
  const found = await named(session, mark, name);
  if (!found.ok) return found;
  const one = found.value.find((of) => of.name === name);
  if (one === undefined) return success(undefined);
  if (!one.ours) return failed({code: 'scratch-not-ours', name});
  const dropped = await session.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);
  return dropped.ok ? success(undefined) : dropped;
};

/** An empty, marked database under this name; an earlier one of the same mark makes room. */
export const createMarked = async (session: DatabaseSession, mark: Mark, name: string): Promise<Result<void>> => {
  const gone = await dropMarked(session, mark, name);
  if (!gone.ok) return gone;
  // template0: what an administrator has put into template1 would stand in the way of a dump that holds it as well.
  const made = await session.query(
    `CREATE DATABASE ${quoted(name)} TEMPLATE template0 CONNECTION LIMIT ${limitOf(mark)}`,
  );
  if (!made.ok) return made;
  const marked = await session.query(`COMMENT ON DATABASE ${quoted(name)} IS ${literal(commentOf(mark))}`);
  return marked.ok ? success(undefined) : marked;
};

/** Every database of this mark whose name begins so. */
export const dropAllMarked = async (
  session: DatabaseSession,
  mark: Mark,
  prefix: string,
): Promise<Result<readonly string[]>> => {
  const found = await named(session, mark, prefix);
  if (!found.ok) return found;
  const ours = found.value.filter(({ours: isOurs}) => isOurs).map(({name}) => name);
  for (const name of ours) {
    const dropped = await dropMarked(session, mark, name);
    if (!dropped.ok) return dropped;
  }
  return success(ours);
};

/** Which of these roles the server does not have. */
export const missingRoles = async (
  session: DatabaseSession,
  names: readonly string[],
): Promise<Result<readonly string[]>> => {
  const answer = await session.query(
    `SELECT name FROM json_array_elements_text($1::json) AS wanted(name)
     WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) ORDER BY 1`,
    {values: [JSON.stringify(names)]},
  );
  return answer.ok ? success(answer.value.rows.map((row) => row['name'] ?? '')) : answer;
};
