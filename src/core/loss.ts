// What a restore of the backup would take back, per table, and what that is known by.

import type {WritesSince, WrittenTable} from './way-back/writes-since.ts';

export type TableNow = Readonly<{
  table: string;
  rows: number;
  rowsAtBackup?: number;
  /** Rows that are new or changed since, by the column that says when a row was written: others may be as well. */
  changedSince?: number;
}>;

/** What one table would lose; `rows` is what was written since and is not in the backup. */
export type Loss = Readonly<{
  table: string;
  rows: number;
  /** True only where it is proven that nobody wrote; everything else is a lower bound, or somebody's count. */
  exact: boolean;
  /** 'counters': what the server counted. 'rewritten': the table was rewritten, emptied or made anew, which no count tells. */
  by?: 'counters' | 'rewritten';
  /** Bounds that follow from counts; rows that were inserted and deleted again show in none. */
  inserted: Bound;
  /** Absent where changed rows cannot be told. */
  changed?: Bound;
  /** Rows of the backup that are gone now, and would come back. */
  deleted: Bound;
}>;

export type Bound = Readonly<{atLeast: number; atMost?: number}>;

const exactly = (rows: number): Bound => ({atLeast: rows, atMost: rows});

/** N rows more than in the backup were inserted at least, and N fewer are gone at least; so much is seen without a count. */
const seenIn = ({rows, rowsAtBackup, changedSince}: TableNow) => {
  const more = Math.max(0, rows - (rowsAtBackup ?? rows));
  const fewer = Math.max(0, (rowsAtBackup ?? rows) - rows);
  // A column that nobody keeps would give fewer writes than there are new rows; the count is then the better bound.
  return {more, fewer, written: Math.max(changedSince ?? 0, more)};
};

const lowerBound = (now: TableNow): Loss => {
  const {more, fewer, written} = seenIn(now);
  return {
    table: now.table,
    rows: written,
    exact: false,
    inserted: {atLeast: more},
    deleted: {atLeast: fewer},
  };
};

const countedLoss = (now: TableNow, counted: WrittenTable | undefined): Loss => {
  if (counted?.isRewritten === true) return {...lowerBound(now), by: 'rewritten'};
  const {more, fewer, written} = seenIn(now);
  const {inserted, changed, deleted} = counted ?? {inserted: 0, changed: 0, deleted: 0};
  return {
    table: now.table,
    // What the rows themselves show may not have been counted yet.
    rows: Math.max(inserted + changed, written),
    exact: false,
    by: 'counters',
    inserted: exactly(Math.max(inserted, more)),
    changed: exactly(changed),
    deleted: exactly(Math.max(deleted, fewer)),
  };
};

/** Of the declared tables, and of every other table that is known to have been written. */
export const lossOf = (tables: readonly TableNow[], writes: WritesSince): readonly Loss[] => {
  switch (writes.known) {
    case 'none':
      return tables.map(({table}) => ({
        table,
        rows: 0,
        exact: true,
        inserted: exactly(0),
        changed: exactly(0),
        deleted: exactly(0),
      }));
    case 'counted': {
      const others = writes.tables.filter(({table}) => !tables.some((of) => of.table === table));
      const all = [...tables, ...others.map(({table}) => ({table, rows: 0}))];
      return all.map((of) =>
        countedLoss(
          of,
          writes.tables.find(({table}) => table === of.table),
        ),
      );
    }
    case 'unknown':
      return tables.map(lowerBound);
  }
};
