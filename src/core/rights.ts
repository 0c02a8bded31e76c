// Which right does the login of a change lack, for what, and which statement gives it?

/**
 * 'application-role': SET ROLE for the steps that read as the application; 'owner': drop, make again and give back what
 * belongs to a role; 'grantor': give again what that role gave; 'create': CREATE in a schema; 'alter': alter a table of
 * that role; 'table': build an index on one; 'version-table': write where Alembic keeps its revision.
 */
export type RightNeed = 'application-role' | 'owner' | 'grantor' | 'create' | 'alter' | 'table' | 'version-table';

export type MissingRight = Readonly<{
  need: RightNeed;
  /** Who lacks it: the login, or of 'create' the owner to whom something is given back. */
  who: string;
  /** The role that it may not act for; of 'create' the schema, of 'version-table' the privilege. */
  what: string;
  /** There is no such role at all. */
  isAbsent?: true;
  /** What cannot be done without it, by name. */
  objects: readonly string[];
  /** What a role that may do so runs, once. Absent where no single right is the answer. */
  cure?: string;
}>;

/** Of what is missing, what keeps this object from being dropped or put back. */
export const lackingFor = (missing: readonly MissingRight[], object: string): readonly MissingRight[] =>
  missing.filter(({objects}) => objects.includes(object));

/** What a way back would want beyond what the change does. */
export type LackingBack = Readonly<{option: string; missing: readonly MissingRight[]}>;
