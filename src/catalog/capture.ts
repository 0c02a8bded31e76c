// How a snapshot is taken: three catalog queries on a session that may be in the middle of a transaction.

import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession, Row} from '../core/ports.ts';
import {DECLARED_SQL, DEPENDANTS_SQL, STATE_SQL} from './capture-sql.ts';
import {quoteQualified} from './names.ts';
import type {ObjectState, OtherDependant, Snapshot} from './snapshot.ts';

const text = (row: Row, column: string): string => row[column] ?? '';

const statesOf = async (session: DatabaseSession, oids: readonly string[]): Promise<Result<readonly ObjectState[]>> => {
  if (oids.length === 0) return success([]);
  const answer = await session.query(STATE_SQL, {values: [JSON.stringify(oids)]});
  if (!answer.ok) return answer;
  // The shape is the query's own: json_build_object above is the only place where it is made.
  return success(answer.value.rows.map((row) => JSON.parse(text(row, 'state')) as ObjectState));
};

/**
 * The catalog state of the declared objects and their dependants.
 * @param declared names as `schema.name`, in the order of the runbook.
 */
export const captureSnapshot = async (
  session: DatabaseSession,
  declared: readonly string[],
): Promise<Result<Snapshot>> => {
  const names = JSON.stringify(declared.map(quoteQualified));
  const found = await session.query(DECLARED_SQL, {values: [names]});
  if (!found.ok) return found;
  const present = found.value.rows.map((row, at) => ({
    name: declared[at] ?? '',
    oid: row['oid'],
    kind: row['relkind'],
  }));
  const reached = await session.query(DEPENDANTS_SQL, {values: [names]});
  if (!reached.ok) return reached;
  const relations = reached.value.rows
    .filter((row) => row['part'] === 'relation')
    .toSorted(
      (a, b) => Number(text(a, 'depth')) - Number(text(b, 'depth')) || Number(text(a, 'oid')) - Number(text(b, 'oid')),
    )
    .map((row) => text(row, 'oid'));
  const others: readonly OtherDependant[] = reached.value.rows
    .filter((row) => row['part'] === 'other')
    .map((row) => ({type: text(row, 'type'), identity: text(row, 'identity')}));
  // A declared object that is a table has no state to replay: dropping it loses data, so it is never dropped by us.
  const isView = (kind: string | null | undefined): boolean => kind === 'v' || kind === 'm';
  const oids = present.flatMap(({oid, kind}) => (typeof oid === 'string' && isView(kind) ? [oid] : []));
  const objects = await statesOf(session, oids);
  if (!objects.ok) return objects;
  const dependants = await statesOf(
    session,
    relations.filter((oid) => !oids.includes(oid)),
  );
  if (!dependants.ok) return dependants;
  return success({
    format: 'attempt-runbook-snapshot/1',
    objects: objects.value,
    missing: present.flatMap(({name, oid}) => (typeof oid === 'string' ? [] : [name])),
    dependants: dependants.value,
    others,
  });
};
