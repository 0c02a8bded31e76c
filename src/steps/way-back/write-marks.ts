// Asks the server where it stands: which numbers it gave out, what it has counted, and which objects there are.

import type {Inventory, NamedObject} from '../../core/way-back/made-since.ts';
import type {WriteMarks} from '../../core/way-back/writes-since.ts';
import {success, type Result} from '../../core/failure.ts';
import type {DatabaseSession} from '../../core/ports.ts';
import type {Scope} from '../backup-scope.ts';
import {historyOf} from './history.ts';

const OURS = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** Large objects lie in a table of the catalog; what a partitioned table holds is counted in its partitions. */
const COUNTS_SQL = `
SELECT n.nspname || '.' || c.relname AS "table", c.relfilenode::text AS file,
  pg_stat_get_tuples_inserted(c.oid)::text AS inserted, pg_stat_get_tuples_updated(c.oid)::text AS changed,
  pg_stat_get_tuples_deleted(c.oid)::text AS deleted
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND (${OURS} OR c.oid = 'pg_largeobject'::regclass)
ORDER BY 1`;

const SERVER_SQL = `
SELECT pg_postmaster_start_time()::text AS "startedAt", coalesce(pg_stat_get_db_stat_reset_time(oid)::text, '') || '/' ||
  -- A crash that the postmaster survives loses all counters, and shows in this time alone (15 and later).
  coalesce((SELECT stats_reset::text FROM pg_stat_bgwriter), '') AS "countsFrom"
FROM pg_database WHERE datname = current_database()`;

const OBJECTS_SQL = `
SELECT i.type, i.identity, n.nspname AS schema
FROM pg_depend d JOIN pg_namespace n ON n.oid = d.refobjid, pg_identify_object(d.classid, d.objid, 0) i
WHERE d.refclassid = 'pg_namespace'::regclass AND i.type IS NOT NULL AND ${OURS}
ORDER BY 1, 2`;

/** A view is built on others by its rule, a table by its constraints and defaults, and any of them by a row type. */
const BUILT_ON_SQL = `
WITH come AS (
  SELECT d.classid, d.objid, i.type, i.identity
  FROM pg_depend d JOIN pg_namespace n ON n.oid = d.refobjid, pg_identify_object(d.classid, d.objid, 0) i
  WHERE d.refclassid = 'pg_namespace'::regclass AND ${OURS}
    AND i.type || ' ' || i.identity IN (SELECT json_array_elements_text($1::json))
), part AS (
  SELECT type, identity, classid, objid FROM come
  UNION SELECT come.type, come.identity, d.classid, d.objid FROM come JOIN pg_depend d
    ON d.refclassid = come.classid AND d.refobjid = come.objid AND d.deptype IN ('a', 'i')
)
SELECT DISTINCT part.type, part.identity, i.identity AS onto
FROM part JOIN pg_depend d USING (classid, objid), pg_identify_object(d.refclassid, d.refobjid, 0) i
WHERE d.refclassid <> 'pg_namespace'::regclass AND i.identity <> part.identity`;

type Counts = Omit<WriteMarks, 'snapshot'>;

/**
 * The counters, which know no snapshot. Before a backup they are read before its state is fixed: what is committed between
 * the two is then counted once too often, and never left out. Outside of a transaction, which a refusal would end.
 * @param only these tables; all when absent.
 */
export const countsNow = async (session: DatabaseSession, only?: readonly string[]): Promise<Result<Counts>> => {
  const server = await session.query(SERVER_SQL);
  if (!server.ok) return server;
  const counts = await session.query(COUNTS_SQL);
  if (!counts.ok) return counts;
  const history = await historyOf(session);
  if (!history.ok) return history;
  const {timeline} = history.value;
  const {startedAt, countsFrom} = server.value.rows[0] ?? {};
  return success({
    startedAt: startedAt ?? '',
    countsFrom: countsFrom ?? '',
    ...(timeline === undefined ? {} : {timeline}),
    tables: counts.value.rows.flatMap((row) => {
      const table = row['table'] ?? '';
      if (only?.includes(table) === false) return [];
      const number = (name: string): number => Number(row[name] ?? '0');
      return [
        {
          table,
          file: row['file'] ?? '',
          inserted: number('inserted'),
          changed: number('changed'),
          deleted: number('deleted'),
        },
      ];
    }),
  });
};

/** As text, which core reads. */
const snapshotNow = async (session: DatabaseSession): Promise<Result<string>> => {
  const answer = await session.query('SELECT pg_current_snapshot()::text AS snapshot');
  return answer.ok ? success(answer.value.rows[0]?.['snapshot'] ?? '') : answer;
};

/** Every object that lies in a schema of its own right. */
export const inventoryNow = async (session: DatabaseSession): Promise<Result<Inventory>> => {
  const schemas = await session.query(`SELECT n.nspname::text AS name FROM pg_namespace n WHERE ${OURS} ORDER BY 1`);
  if (!schemas.ok) return schemas;
  const objects = await session.query(OBJECTS_SQL);
  if (!objects.ok) return objects;
  return success({
    schemas: schemas.value.rows.map((row) => row['name'] ?? ''),
    objects: objects.value.rows.map((row) => ({
      type: row['type'] ?? '',
      identity: row['identity'] ?? '',
      schema: row['schema'] ?? '',
    })),
  });
};

/** The same objects, with what each is built on. */
export const builtOn = async (
  session: DatabaseSession,
  come: readonly NamedObject[],
): Promise<Result<readonly NamedObject[]>> => {
  if (come.length === 0) return success([]);
  const keys = come.map(({type, identity}) => `${type} ${identity}`);
  const answer = await session.query(BUILT_ON_SQL, {values: [JSON.stringify(keys)]});
  if (!answer.ok) return answer;
  const {rows} = answer.value;
  return success(
    come.map((of) => ({
      ...of,
      onto: rows.flatMap((row) =>
        row['type'] === of.type && row['identity'] === of.identity ? [row['onto'] ?? ''] : [],
      ),
    })),
  );
};

/** What a backup keeps beside it. Of a backup of some tables nobody asks which objects stand in its way. */
export type BackupMarks = WriteMarks & Readonly<{inventory?: Inventory}>;

/** @param counts from before. Whatever is written in between is then seen by the numbers of transactions alone. */
const marksNow = async (session: DatabaseSession, counts: Counts): Promise<Result<WriteMarks>> => {
  const snapshot = await snapshotNow(session);
  return snapshot.ok ? success({snapshot: snapshot.value, ...counts}) : snapshot;
};

/** @param counts from before the state of the backup was fixed; everything else is asked at that state. */
export const marksOf = async (session: DatabaseSession, counts: Counts, scope: Scope): Promise<Result<BackupMarks>> => {
  const marks = await marksNow(session, counts);
  if (!marks.ok || scope.kind !== 'database') return marks;
  const inventory = await inventoryNow(session);
  return inventory.ok ? success({...marks.value, inventory: inventory.value}) : inventory;
};

/** Where the server stands now, of the tables that the backup holds. */
export const marksSince = async (session: DatabaseSession, before: BackupMarks): Promise<Result<WriteMarks>> => {
  const only = before.inventory === undefined ? before.tables.map(({table}) => table) : undefined;
  const counts = await countsNow(session, only);
  return counts.ok ? marksNow(session, counts.value) : counts;
};
