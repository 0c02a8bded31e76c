// Could CREATE OR REPLACE VIEW go from one list of columns to another, and if not, which column is in the way?

import type {PlannedView, ReplacePrediction} from '../core/planned-view.ts';

type Column = Readonly<{name: string; type: string; collation?: string}>;

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

/** What changes from one list to the other, place by place: `attempt_no bigint` to `attempt_no integer`. */
export const columnChanges = (before: readonly Column[], after: readonly Column[]): PlannedView['columns'] => {
  const spelt = (column: Column | undefined): string => (column === undefined ? '' : `${column.name} ${column.type}`);
  return Array.from({length: Math.max(before.length, after.length)}, (_, at) => ({
    position: at + 1,
    before: spelt(before[at]),
    after: spelt(after[at]),
  })).filter((change) => change.before !== change.after);
};
