// What will a change make of the declared views? Asked while nothing has changed yet, without running anything.

import {columnChanges, replacePrediction} from '../catalog/replace.ts';
import {qualifiedName, type Snapshot} from '../catalog/snapshot.ts';
import type {CreatedView, PlannedView} from '../core/planned-view.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import type {StepContext} from './kind.ts';

type Described = readonly Readonly<{name: string; type: string}>[];

/** Parameter 1: a JSON array of {oid, modifier}. */
const TYPES_SQL = `
SELECT format_type((t.item ->> 'oid')::oid, (t.item ->> 'modifier')::integer) AS type
FROM json_array_elements($1::json) WITH ORDINALITY AS t(item, position) ORDER BY t.position`;

/**
 * The columns of a query that is planned and of which no row is fetched. It takes the lock of any reader on what it
 * reads, and none on the view that it is for, which it does not know. Undefined when the server cannot make sense of it
 * yet, or would have to wait for somebody.
 */
const described = async (
  session: DatabaseSession,
  {query, columns}: CreatedView,
): Promise<Result<Described | undefined>> => {
  // A failure would end the transaction that the snapshot is taken in.
  const kept = await session.query('SAVEPOINT described');
  if (!kept.ok) return kept;
  const answer = await session.query(`SELECT * FROM (\n${query}\n) AS planned LIMIT 0`);
  // Back in either case: the locks go with it.
  const undone = await session.query('ROLLBACK TO SAVEPOINT described');
  if (!undone.ok) return undone;
  if (!answer.ok) return answer.failure.code === 'connection-lost' ? answer : success(undefined);
  const types = await session.query(TYPES_SQL, {values: [JSON.stringify(answer.value.types ?? [])]});
  if (!types.ok) return types;
  return success(
    answer.value.columns.map((name, at) => ({
      name: columns[at] ?? name,
      type: types.value.rows[at]?.['type'] ?? '',
    })),
  );
};

const plannedView = async (
  session: DatabaseSession,
  file: string,
  view: CreatedView,
  snapshot: Snapshot,
): Promise<Result<PlannedView | undefined>> => {
  // A name without a schema could be any; the lint asks for one.
  const object = snapshot.objects.find((of) => of.kind === 'view' && qualifiedName(of) === view.name);
  if (object === undefined) return success(undefined);
  const after = await described(session, view);
  if (!after.ok) return after;
  const base = {object: view.name, file, replaces: view.replaces};
  if (after.value === undefined) return success({...base, columns: []});
  return success({
    ...base,
    prediction: replacePrediction(object.columns, after.value),
    columns: columnChanges(object.columns, after.value),
  });
};

/** Of every migration of the runbook, in its order. The session is in a READ ONLY transaction. */
export const plannedViews = async (
  context: StepContext,
  session: DatabaseSession,
  snapshot: Snapshot,
): Promise<Result<readonly PlannedView[]>> => {
  const files = context.runbook.steps.flatMap((step) =>
    step.kind === 'migration' && step.migrator === 'sql' && step.transaction === 'whole' ? step.apply : [],
  );
  const planned: PlannedView[] = [];
  for (const file of files) {
    for (const view of context.createdViews(context.sql(file))) {
      const one = await plannedView(session, file, view, snapshot);
      if (!one.ok) return one;
      if (one.value !== undefined) planned.push(one.value);
    }
  }
  return success(planned);
};
