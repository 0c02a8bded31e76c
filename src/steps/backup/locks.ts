// Has the server room for the locks of a dump? pg_dump locks every table that it dumps, all of them until it ends.

import {quoteQualified} from '../../catalog/names.ts';
import type {BackupStep} from '../../core/definition.ts';
import {failed, success, type FailureOf, type Result} from '../../core/failure.ts';
import type {DatabaseSession} from '../../core/ports.ts';

export type Room = Required<Pick<FailureOf<'locks-too-few'>, 'tables' | 'room' | 'setting'>>;

const EVERYTHING = `c.relnamespace NOT IN (
  SELECT oid FROM pg_namespace WHERE starts_with(nspname, 'pg_') OR nspname = 'information_schema')`;
const NAMED = 'c.oid IN (SELECT to_regclass(name) FROM json_array_elements_text($1::json) AS declared(name))';

const roomSql = (which: string): string => `
SELECT count(*)::text AS tables, current_setting('max_locks_per_transaction') AS setting,
       (current_setting('max_locks_per_transaction')::int * (SELECT sum(current_setting(name)::int) + 1 FROM unnest(ARRAY[
          'max_connections', 'max_prepared_transactions', 'max_worker_processes', 'max_wal_senders',
          CASE WHEN current_setting('autovacuum_worker_slots', true) IS NULL THEN 'autovacuum_max_workers'
               ELSE 'autovacuum_worker_slots' END]) AS slots(name)))::text AS room
FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND ${which}`;

/** `room` is what the server lays out for all who can hold a lock; it takes more from memory that nobody has claimed. */
export const roomForLocks = async (
  session: DatabaseSession,
  {scope = 'database'}: BackupStep,
): Promise<Result<Room>> => {
  const answer =
    typeof scope === 'string'
      ? await session.query(roomSql(EVERYTHING))
      : await session.query(roomSql(NAMED), {values: [JSON.stringify(scope.tables.map(quoteQualified))]});
  if (!answer.ok) return answer;
  const [row = {}] = answer.value.rows;
  const of = (column: string): number => Number(row[column] ?? '0');
  return success({tables: of('tables'), room: of('room'), setting: of('setting')});
};

/** Measured: a server ends at 843 locks with room for 420, at 2,867 with 1,220, at 12,872 with 7,808. Below this a dump may yet succeed. */
const certainEnd = (room: number): number => 2 * room + 1000;

/** Before the dump: it would fail after minutes, and until then others would find no lock either. */
export const roomEnough = (room: Room): Result<void> =>
  room.tables > certainEnd(room.room) ? failed({code: 'locks-too-few', ...room}) : success(undefined);
