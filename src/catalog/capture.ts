// How a snapshot is taken: a few catalog queries on a session that may be in the middle of a transaction.

import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession, Row} from '../core/ports.ts';
import {DECLARED_SQL, DEPENDANTS_SQL} from './capture-sql.ts';
import {quoteQualified} from './names.ts';
import {creationOrder} from './order.ts';
import {
  isRelation,
  type Dependant,
  type ObjectState,
  type OtherDependant,
  type PartState,
  type Snapshot,
} from './snapshot.ts';
import {partsSql, STATE_SQL} from './state-sql.ts';

/** Where an object is in the catalog, for as long as nobody drops it; never part of a snapshot. */
export type CatalogAddress = Readonly<{class: string; oid: string}>;

export type Captured = Readonly<{
  snapshot: Snapshot;
  /** Of every object in it, the declared ones first, then the dependants in their order. */
  addresses: readonly CatalogAddress[];
}>;

const text = (row: Row, column: string): string => row[column] ?? '';

const parsed = async <T>(
  session: DatabaseSession,
  sql: string,
  values: readonly unknown[],
): Promise<Result<readonly T[]>> => {
  if (values.length === 0) return success([]);
  const answer = await session.query(sql, {values: [JSON.stringify(values)]});
  if (!answer.ok) return answer;
  // The shape is the query's own: json_build_object is the only place where it is made.
  return success(answer.value.rows.map((row) => JSON.parse(text(row, 'state')) as T));
};

const addressOf = (key: string): CatalogAddress => ({
  class: key.slice(0, key.indexOf(' ')),
  oid: key.slice(key.indexOf(' ') + 1),
});

type Reached = Readonly<{addresses: readonly CatalogAddress[]; others: readonly OtherDependant[]}>;

const reachedFrom = (rows: readonly Row[]): Reached => {
  const nodes = rows.filter((row) => row['row'] === 'node');
  const replayed = new Map(
    nodes.flatMap((row) => (row['part'] === 'other' ? [] : [[text(row, 'key'), text(row, 'identity')] as const])),
  );
  const edges = rows.flatMap((row) =>
    row['row'] === 'edge' ? [{from: text(row, 'key'), to: text(row, 'leads')}] : [],
  );
  const {keys, circular} = creationOrder(edges, (key) => replayed.get(key) ?? '');
  const outer = (key: string): boolean => (replayed.get(key) ?? '') !== '';
  return {
    addresses: keys.filter(outer).map(addressOf),
    others: [
      ...nodes.flatMap((row) =>
        row['part'] === 'other' ? [{type: text(row, 'type'), identity: text(row, 'identity')}] : [],
      ),
      ...circular.filter(outer).map((key) => ({type: 'circular dependant', identity: replayed.get(key) ?? ''})),
    ],
  };
};

/** The states in the order of the addresses: relations with one query, everything else with another. */
const statesOf = async (
  session: DatabaseSession,
  addresses: readonly CatalogAddress[],
): Promise<Result<readonly Dependant[]>> => {
  const inClass = (of: CatalogAddress): boolean => of.class === 'pg_class';
  const oids = addresses.filter(inClass).map(({oid}) => oid);
  const relations = await parsed<ObjectState>(session, STATE_SQL, oids);
  if (!relations.ok) return relations;
  const others = addresses.filter((of) => !inClass(of));
  const parts = await parsed<PartState>(session, partsSql(others.map((of) => of.class)), others);
  if (!parts.ok) return parts;
  const [nextRelation, nextPart] = [relations.value.values(), parts.value.values()];
  return success(
    addresses.flatMap((of) => {
      const next: IteratorResult<Dependant, undefined> = (inClass(of) ? nextRelation : nextPart).next();
      return next.done === true ? [] : [next.value];
    }),
  );
};

/**
 * The catalog state of the declared objects and their dependants, with where each of them is.
 * @param declared names as `schema.name`, in the order of the runbook.
 */
export const captureCatalog = async (
  session: DatabaseSession,
  declared: readonly string[],
): Promise<Result<Captured>> => {
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
  const {addresses, others} = reachedFrom(reached.value.rows);
  // A declared object that is a table has no state to replay: dropping it loses data, so it is never dropped by us.
  const isView = (kind: string | null | undefined): boolean => kind === 'v' || kind === 'm';
  const roots = present.flatMap(({oid, kind}) =>
    typeof oid === 'string' && isView(kind) ? [{class: 'pg_class', oid}] : [],
  );
  const all = [...roots, ...addresses];
  const states = await statesOf(session, all);
  if (!states.ok) return states;
  return success({
    snapshot: {
      format: 'attempt-runbook-snapshot/1',
      objects: states.value.slice(0, roots.length).filter(isRelation),
      missing: present.flatMap(({name, oid}) => (typeof oid === 'string' ? [] : [name])),
      dependants: states.value.slice(roots.length),
      others,
    },
    addresses: all,
  });
};

/** The snapshot alone. */
export const captureSnapshot = async (
  session: DatabaseSession,
  declared: readonly string[],
): Promise<Result<Snapshot>> => {
  const captured = await captureCatalog(session, declared);
  return captured.ok ? success(captured.value.snapshot) : captured;
};
