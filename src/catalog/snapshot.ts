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
}>;

/** A dependant that cannot be dropped and recreated without loss: a table column, a policy, a function. */
export type OtherDependant = Readonly<{type: string; identity: string}>;

export type Snapshot = Readonly<{
  format: 'attempt-runbook-snapshot/1';
  /** Declared objects that exist, in the order of the runbook. */
  objects: readonly ObjectState[];
  /** Declared objects that do not exist. */
  missing: readonly string[];
  /** Views and materialised views that depend on them, in an order in which they can be created. */
  dependants: readonly ObjectState[];
  others: readonly OtherDependant[];
}>;

export const qualifiedName = (of: Readonly<{schema: string; name: string}>): string => `${of.schema}.${of.name}`;

/** The bytes whose hash is the catalog digest: the same catalog gives the same text, on any machine. */
export const snapshotText = (snapshot: Snapshot): string => `${JSON.stringify(snapshot, null, 1)}\n`;
