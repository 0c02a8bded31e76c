// What a restore of the backup would take back, per table, as far as counts and a column of times can tell.

export type TableNow = Readonly<{
  table: string;
  rows: number;
  rowsAtBackup?: number;
  /** Rows that are new or changed since, by the column that says when a row was written. */
  changedSince?: number;
}>;

/** What one table would lose; `rows` is what was written since and is not in the backup. */
export type Loss = Readonly<{
  table: string;
  rows: number;
  /** False: `rows` is a lower bound, since only counts can be compared. */
  exact: boolean;
  /** Bounds that follow from counts; rows that were inserted and deleted again show in none. */
  inserted: Bound;
  /** Absent where changed rows cannot be told. */
  changed?: Bound;
  /** Rows of the backup that are gone now, and would come back. */
  deleted: Bound;
}>;

export type Bound = Readonly<{atLeast: number; atMost?: number}>;

/**
 * N rows more than in the backup were inserted at least, and N fewer are gone at least. Where a column says when a row
 * was written, W rows are new or changed: that bounds both from above.
 */
export const lossOf = (tables: readonly TableNow[]): readonly Loss[] =>
  tables.map(({table, rows, rowsAtBackup, changedSince}) => {
    const more = Math.max(0, rows - (rowsAtBackup ?? rows));
    const fewer = Math.max(0, (rowsAtBackup ?? rows) - rows);
    if (changedSince === undefined) {
      return {table, rows: more, exact: false, inserted: {atLeast: more}, deleted: {atLeast: fewer}};
    }
    // A column that nobody keeps would give fewer writes than there are new rows; the count is then the better bound.
    const written = Math.max(changedSince, more);
    return {
      table,
      rows: written,
      exact: changedSince >= more,
      inserted: {atLeast: more, atMost: written},
      changed: {atLeast: 0, atMost: written - more},
      // Without a count at the backup nobody knows how many there were.
      deleted: rowsAtBackup === undefined ? {atLeast: 0} : {atLeast: fewer, atMost: fewer + written - more},
    };
  });
