// Could CREATE OR REPLACE VIEW go from one list of columns to another, and if not, which column is in the way?

type Column = Readonly<{name: string; type: string; collation?: string}>;

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

/**
 * The server keeps the existing columns in their places with their names, types and collations; new ones may only
 * follow at the end. It looks at the number first, then at each column in order: name, type with its modifier, collation.
 */
export const replacePrediction = (before: readonly Column[], after: readonly Column[]): ReplacePrediction => {
  const missing = before[after.length];
  if (missing !== undefined) {
    const position = after.length + 1;
    return {possible: false, because: 'dropped', column: missing.name, position, before: missing.name, after: ''};
  }
  for (const [at, was] of before.entries()) {
    const is = after[at];
    if (is === undefined) break;
    const no = {possible: false, column: was.name, position: at + 1} as const;
    if (is.name !== was.name) return {...no, because: 'name', before: was.name, after: is.name};
    if (is.type !== was.type) return {...no, because: 'type', before: was.type, after: is.type};
    if ((is.collation ?? '') !== (was.collation ?? '')) {
      return {...no, because: 'collation', before: was.collation ?? '', after: is.collation ?? ''};
    }
  }
  return {possible: true};
};
