// What is written down of the declared objects, and of everything that depends on them, before a change.

export type Grant = Readonly<{grantee: string; grantor: string; privilege: string; grantable: boolean}>;

export type ColumnState = Readonly<{
  name: string;
  type: string;
  default: string | null;
  comment: string | null;
  grants: readonly Grant[];
}>;

/** Everything that DROP takes away from a view or a materialised view. Names come unquoted; SQL texts are the server's. */
export type ObjectState = Readonly<{
  schema: string;
  name: string;
  kind: 'view' | 'materialized view';
  owner: string;
  /** reloptions as `key=value`, sorted: security_barrier, security_invoker, check_option, storage parameters. */
  options: readonly string[];
  definition: string;
  columns: readonly ColumnState[];
  comment: string | null;
  /** Effective privileges: where the catalog holds none, the built-in default of the owner. Sorted. */
  grants: readonly Grant[];
  rules: readonly string[];
  triggers: readonly string[];
  /** Index definitions of a materialised view, with their names. */
  indexes: readonly string[];
  populated: boolean;
  /** Whatever else differs from a new object, as the statements that bring it back: comments of rules, triggers and
   * indexes, statistics targets, storage, tablespaces, the index it is clustered on. */
  settings: readonly string[];
  /** Of the type that its rows have. Absent in snapshots of format 1, which did not look at it. */
  rowType?: Readonly<{comment: string | null; grants: readonly Grant[]}>;
  /** Its own and its parts' DEPENDS ON EXTENSION, as statements. Absent in format 1. */
  extensions?: readonly string[];
  on?: readonly string[];
}>;

/** What is not a relation and falls with one: the statement that makes it, and how it is addressed in others. */
export type PartState = Readonly<{
  kind: 'function' | 'procedure' | 'policy' | 'rule' | 'trigger' | 'column default' | 'statistics object';
  /** The server's own words for it: `public.total(integer)`, `own on public.note`. */
  name: string;
  /** Of the part itself, or of the table that it belongs to. */
  owner: string;
  /** Quoted, with its keyword, as DROP, ALTER and COMMENT take it. */
  address: string;
  /** The statement that locks it, or the table it belongs to, and changes nothing. */
  lock: string;
  definition: string;
  grants: readonly Grant[];
  /** The columns of the views whose rows a function gives to others, which know them by their position. */
  rowColumns: readonly string[];
  settings: readonly string[];
  /** Absent in format 1. */
  extensions?: readonly string[];
  /**
   * What it hangs on directly, by qualified name: declared objects and other dependants; a column of a declared table as
   * `schema.table(column)`. Absent in format 1: then it is taken to hang on all of them.
   */
  on?: readonly string[];
}>;

export type Dependant = ObjectState | PartState;

/** A dependant that cannot be dropped and recreated without loss: a table column, an index, a constraint of a table. */
export type OtherDependant = Readonly<{type: string; identity: string; on?: readonly string[]}>;

export type Snapshot = Readonly<{
  format: 'attempt-runbook-snapshot/1' | 'attempt-runbook-snapshot/2';
  /** Declared objects that exist, in the order of the runbook. */
  objects: readonly ObjectState[];
  /** Declared objects that do not exist. */
  missing: readonly string[];
  /** What depends on them and can be made again, in an order in which it can be created. */
  dependants: readonly Dependant[];
  others: readonly OtherDependant[];
  /** Declared objects and dependants, each after all that it hangs on. Absent in format 1. */
  order?: readonly string[];
}>;

export const isRelation = (of: Dependant): of is ObjectState => of.kind === 'view' || of.kind === 'materialized view';

/** One name for one object: a policy and a rule may have the same, so those say what they are. */
export const qualifiedName = (of: Dependant): string =>
  isRelation(of) ? `${of.schema}.${of.name}` : `${of.kind} ${of.name}`;

/** Declared objects and dependants in an order in which they can be created. */
export const inOrder = ({objects, dependants, order}: Snapshot): readonly Dependant[] => {
  const all: readonly Dependant[] = [...objects, ...dependants];
  if (order === undefined) return all;
  const place = new Map(order.map((name, at) => [name, at]));
  return all.toSorted((a, b) => (place.get(qualifiedName(a)) ?? 0) - (place.get(qualifiedName(b)) ?? 0));
};

/** The bytes whose hash is the catalog digest: the same catalog gives the same text, on any machine. */
export const snapshotText = (snapshot: Snapshot): string => `${JSON.stringify(snapshot, null, 1)}\n`;
