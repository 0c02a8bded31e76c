// How a snapshot is taken: one catalog query on a session that may be in the middle of a transaction.

import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession, Row, Rows} from '../core/ports.ts';
import {catalogSql} from './capture-sql.ts';
import {creationOrder} from './order.ts';
import {isRelation, qualifiedName, type Dependant, type OtherDependant, type Snapshot} from './snapshot.ts';

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

type Reached = Readonly<{
  /** Declared views and dependants, each after all that it hangs on. */
  keys: readonly string[];
  /** Of the dependants among them. */
  addresses: readonly CatalogAddress[];
  others: readonly OtherDependant[];
  onOf: (key: string) => readonly string[];
}>;

/** How names hang on names, through what has no name of its own: the rule of a view, the type of its rows. */
const hangingOn = (rows: readonly Row[], nameOf: (key: string) => string | undefined) => {
  const below = new Map<string, string[]>();
  const columns = new Map<string, string[]>();
  const add = (to: Map<string, string[]>, key: string, value: string): void => {
    const known = to.get(key);
    if (known === undefined) to.set(key, [value]);
    else known.push(value);
  };
  for (const row of rows) {
    const [from, to] = [text(row, 'key'), text(row, 'leads')];
    if (row['row'] === 'edge') add(below, to, from);
    if (row['row'] === 'reads') add(columns, `${from} ${to}`, text(row, 'part'));
  }
  return (key: string): readonly string[] => {
    const found = new Set<string>();
    const seen = new Set([key]);
    const walk = (at: string): void => {
      for (const from of below.get(at) ?? []) {
        const name = nameOf(from);
        const read = columns.get(`${from} ${at}`);
        if (name !== undefined) for (const one of read?.map((column) => `${name}(${column})`) ?? [name]) found.add(one);
        else if (!seen.has(from)) {
          seen.add(from);
          walk(from);
        }
      }
    };
    walk(key);
    found.delete(nameOf(key) ?? '');
    return [...found].toSorted();
  };
};

type Named = Readonly<{key: string; name: string; isTable: boolean}>;

const reachedFrom = (rows: readonly Row[], roots: readonly Named[], named: ReadonlyMap<string, string>): Reached => {
  const nodes = rows.filter((row) => row['row'] === 'node');
  const replayed = new Map(
    nodes.flatMap((row) => (row['part'] === 'other' ? [] : [[text(row, 'key'), text(row, 'identity')] as const])),
  );
  const edges = rows.flatMap((row) =>
    row['row'] === 'edge' ? [{from: text(row, 'key'), to: text(row, 'leads')}] : [],
  );
  const {keys, circular} = creationOrder(edges, (key) => replayed.get(key) ?? '');
  const outer = (key: string): boolean => (replayed.get(key) ?? '') !== '';
  const otherNames = new Map(
    nodes.flatMap((row) =>
      row['part'] === 'other' && text(row, 'key') !== ''
        ? [[text(row, 'key'), `${text(row, 'type')} ${text(row, 'identity')}`] as const]
        : [],
    ),
  );
  const rootNames = new Map(roots.map(({key, name}) => [key, name]));
  const onOf = hangingOn(rows, (key) => rootNames.get(key) ?? named.get(key) ?? otherNames.get(key));
  const tables = new Set(roots.flatMap(({name, isTable}) => (isTable ? [name] : [])));
  const isOfTable = (name: string): boolean => tables.has(name.replace(/\([^()]*\)$/, '')) || tables.has(name);
  // A table is never dropped by us: what hangs on nothing but declared tables stands in no way of a change.
  const standing = new Set<string>();
  const byName = new Map<string, readonly string[]>();
  for (const [key, name] of otherNames) byName.set(name, [...(byName.get(name) ?? []), ...onOf(key)]);
  const hangsOnTablesAlone = (name: string, seen: ReadonlySet<string> = new Set()): boolean => {
    if (isOfTable(name) || seen.has(name) || standing.has(name)) return true;
    const on = byName.get(name);
    if (on === undefined) return false;
    const alone = on.every((one) => hangsOnTablesAlone(one, new Set([...seen, name])));
    if (alone) standing.add(name);
    return alone;
  };
  const others = nodes.flatMap((row): readonly OtherDependant[] => {
    if (row['part'] !== 'other') return [];
    const [type, identity] = [text(row, 'type'), text(row, 'identity')];
    const key = text(row, 'key');
    // What cannot be given back to an object stands and falls with that object.
    const about = text(row, 'leads');
    if (key === '') {
      const name = rootNames.get(about) ?? named.get(about) ?? otherNames.get(about);
      return name !== undefined && isOfTable(name) ? [] : [{type, identity, on: name === undefined ? [] : [name]}];
    }
    return tables.size > 0 && hangsOnTablesAlone(`${type} ${identity}`) ? [] : [{type, identity, on: onOf(key)}];
  });
  return {
    keys: keys.filter((key) => outer(key) || rootNames.has(key)),
    addresses: keys.filter(outer).map(addressOf),
    others: [
      ...others,
      ...circular
        .filter(outer)
        .map((key) => ({type: 'circular dependant', identity: replayed.get(key) ?? '', on: onOf(key)})),
    ],
    onOf,
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
  const isView = (kind: string | null | undefined): boolean => kind === 'v' || kind === 'm';
  const roots = present.flatMap(({key, kind, name}) =>
    typeof key === 'string' ? [{key, name, isTable: !isView(kind)}] : [],
  );
  const names = new Map([...states].map(([key, state]) => [key, qualifiedName(state)]));
  const {keys, addresses, others, onOf} = reachedFrom(rows, roots, names);
  const stateAt = ({class: of, oid}: CatalogAddress): readonly Dependant[] => {
    const state = states.get(`${of} ${oid}`);
    return state === undefined ? [] : [{...state, on: onOf(`${of} ${oid}`)}];
  };
  // A declared object that is a table has no state to replay: dropping it loses data, so it is never dropped by us.
  const views = roots.flatMap(({key, isTable}) => (isTable ? [] : [addressOf(key)]));
  const ordered = keys.flatMap((key) => names.get(key) ?? []);
  const objects = views.flatMap(stateAt).filter(isRelation);
  return {
    snapshot: {
      format: 'attempt-runbook-snapshot/2',
      objects,
      missing: present.flatMap(({name, key}) => (typeof key === 'string' ? [] : [name])),
      dependants: addresses.flatMap(stateAt),
      others,
      // One that nothing hangs on and that hangs on nothing is in no edge.
      order: [...objects.map(qualifiedName).filter((name) => !ordered.includes(name)), ...ordered],
    },
    addresses: [...views, ...addresses],
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
