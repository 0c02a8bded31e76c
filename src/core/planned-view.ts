// What a change will make of the columns of a declared view, as the target itself described it before the change.

/** A CREATE [OR REPLACE] VIEW in a script. */
export type CreatedView = Readonly<{
  /** `schema.name`, or the name alone where none is written. */
  name: string;
  /** True for CREATE OR REPLACE. */
  replaces: boolean;
  /** The names in parentheses behind the view's, which go before those of the query. */
  columns: readonly string[];
  query: string;
}>;

export type ReplacePrediction =
  | Readonly<{possible: true}>
  | Readonly<{
      possible: false;
      /** What the server would say first, all of it 42P16: a column missing, under another name, or of another type. */
      because: 'dropped' | 'name' | 'type' | 'collation';
      /** The existing column that is in the way, and its place from 1. */
      column: string;
      position: number;
      before: string;
      after: string;
    }>;

export type PlannedView = Readonly<{
  object: string;
  /** The script under `sql/<runbook>/`. */
  file: string;
  replaces: boolean;
  /** Absent when the target could not describe the new query: it may need what the script makes before it. */
  prediction?: ReplacePrediction;
  /** Columns that change their name or type, or come, or go; `before` or `after` is then ''. */
  columns: readonly Readonly<{position: number; before: string; after: string}>[];
}>;
