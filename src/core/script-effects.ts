// What a script says of the objects of a database, as far as its text can be read: what it says is meant.

/** Privileges by the server's names in capitals; `undefined` is ALL. */
export type RightsSaid = Readonly<{
  /** A role, PUBLIC, or undefined for the role that runs the script. */
  grantee: string | undefined;
  privileges: readonly string[] | undefined;
  /** Of the whole object when absent; then a REVOKE takes the rights on its columns as well. */
  columns?: readonly string[];
  revokes: boolean;
  /** WITH GRANT OPTION, or REVOKE GRANT OPTION FOR, which leaves the right itself. */
  option?: true;
}>;

export type RelationKind = 'view' | 'materialized view' | 'table' | 'other';

export type Said = Readonly<
  | {what: 'create'; kind: RelationKind; replaces: boolean}
  | {what: 'drop'; kind: RelationKind}
  | {what: 'rename'; to: string}
  | {what: 'owner'}
  | {what: 'option'; key: string}
  | {what: 'comment'; kind: RelationKind}
  | ({what: 'rights'} & RightsSaid)
  | {what: 'default'; column: string}
  | {what: 'column comment'; column: string}
  /** Its type is changed, or it goes: what reads the column has to fall. */
  | {what: 'column'; column: string}
  | {what: 'column name'; column: string; to: string}
  /** Makes, drops, alters or comments on what belongs to the object. */
  | {what: 'part'; part: 'trigger' | 'rule' | 'index' | 'policy'; name: string}
  | {what: 'row type comment'}
  | ({what: 'row type rights'} & RightsSaid)
  | {what: 'refresh'}
  /** Something else, where the object stays the same one. */
  | {what: 'other'; kind: RelationKind}
>;

/** Where in the plan it is said, and the statement on one line. */
export type Saying = Readonly<{file: string; line: number; text: string}>;

/** `schema.name` as the catalog has it; `schema.*` for every relation of a schema; a routine without its arguments. */
export type Effect = Saying & Readonly<{object: string; of: 'relation' | 'routine' | 'index'}> & Said;

export type ScriptEffects = Readonly<{
  /** In the order of the script. */
  effects: readonly Effect[];
  /** Statements of which nobody can tell from their text what they change: EXECUTE, CALL, a function of somebody's. */
  opaque: readonly Saying[];
}>;

/** Everything that is said of one relation, in order. */
export const saidOf = ({effects}: ScriptEffects, object: string): readonly Effect[] => {
  const schema = `${object.slice(0, object.indexOf('.'))}.*`;
  return effects.filter((one) => one.of === 'relation' && (one.object === object || one.object === schema));
};

export const isDropped = (effects: ScriptEffects, object: string): boolean =>
  saidOf(effects, object).some(({what}) => what === 'drop');

/** A dependant that the tool would drop for the script and make again after it, and what of the script it would meet. */
export type Meeting = Readonly<{
  object: string;
  /** `read-between`: `by`, which the script drops and makes, reads it. `said-of`: the script speaks of it at `by`. */
  because: 'read-between' | 'said-of';
  by: string;
}>;
