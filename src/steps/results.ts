// How result rows become text: for the transcript, and for the evidence where a runbook declares them as evidence.

import type {Finding} from '../core/failure.ts';
import type {Row, Rows} from '../core/ports.ts';

/** Enough for a human to see the pattern; all rows are counted, whatever is shown. */
export const KEPT_ROWS = 50;

/** 200 characters: an identifier or a sentence fits, a document does not. */
const CELL_WIDTH = 200;

const cell = (value: string | null): string => {
  if (value === null) return 'NULL';
  return value.length > CELL_WIDTH ? `${value.slice(0, CELL_WIDTH)} (${value.length} characters)` : value;
};

export const kept = (rows: readonly Row[]): readonly Finding[] => rows.slice(0, KEPT_ROWS);

/** One line a row, `column=value`, so that wide rows stay readable in a narrow pane. */
export const rowLines = (rows: readonly Row[]): string =>
  kept(rows)
    .map(
      (row) =>
        `${Object.entries(row)
          .map(([name, value]) => `${name}=${cell(value)}`)
          .join('  ')}\n`,
    )
    .join('') + (rows.length > KEPT_ROWS ? `(${rows.length - KEPT_ROWS} more rows)\n` : '');

export const shapeLine = ({columns, count}: Rows): string => `${count} rows (${columns.join(', ')})\n`;
