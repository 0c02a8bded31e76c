// How a snapshot is taken: one catalog query on a session that may be in the middle of a transaction.

import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession, Row, Rows} from '../core/ports.ts';
import {catalogSql} from './capture-sql.ts';
import {creationOrder} from './order.ts';
import {isRelation, type Dependant, type OtherDependant, type Snapshot} from './snapshot.ts';

/** Where an object is in the catalog, for as long as nobody drops it; never part of a snapshot. */
export type CatalogAddress = Readonly<{class: string; oid: string}>;

export type Captured = Readonly<{
  snapshot: Snapshot;
  /** Of every object in it, the declared ones first, then the dependants in their order. */
  addresses: readonly CatalogAddress[];
}>;

const text = (row: Row, column: string): string => row[column] ?? '';

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

/** What the rows of `catalogSql` say. */
export const capturedFrom = ({rows}: Rows, declared: readonly string[]): Captured => {
  const present = rows
    .filter((row) => row['row'] === 'declared')
    .toSorted((a, b) => Number(a['part']) - Number(b['part']))
    .map((row, at) => ({name: declared[at] ?? '', key: row['key'], kind: row['type']}));
  // The shape is the query's own: json_build_object is the only place where it is made.
  const states = new Map(
    rows.flatMap((row) =>
      row['row'] === 'state' ? [[text(row, 'key'), JSON.parse(text(row, 'state')) as Dependant] as const] : [],
    ),
  );
  const stateAt = ({class: of, oid}: CatalogAddress): readonly Dependant[] => {
    const state = states.get(`${of} ${oid}`);
    return state === undefined ? [] : [state];
  };
  const {addresses, others} = reachedFrom(rows);
  // A declared object that is a table has no state to replay: dropping it loses data, so it is never dropped by us.
  const isView = (kind: string | null | undefined): boolean => kind === 'v' || kind === 'm';
  const roots = present.flatMap(({key, kind}) => (typeof key === 'string' && isView(kind) ? [addressOf(key)] : []));
  return {
    snapshot: {
      format: 'attempt-runbook-snapshot/1',
      objects: roots.flatMap(stateAt).filter(isRelation),
      missing: present.flatMap(({name, key}) => (typeof key === 'string' ? [] : [name])),
      dependants: addresses.flatMap(stateAt),
      others,
    },
    addresses: [...roots, ...addresses],
  };
};

/**
 * The catalog state of the declared objects and their dependants, with where each of them is.
 * @param declared names as `schema.name`, in the order of the runbook.
 */
export const captureCatalog = async (
  session: DatabaseSession,
  declared: readonly string[],
): Promise<Result<Captured>> => {
  const answer = await session.query(catalogSql(declared));
  return answer.ok ? success(capturedFrom(answer.value, declared)) : answer;
};

/** The snapshot alone. */
export const captureSnapshot = async (
  session: DatabaseSession,
  declared: readonly string[],
): Promise<Result<Snapshot>> => {
  const captured = await captureCatalog(session, declared);
  return captured.ok ? success(captured.value.snapshot) : captured;
};
