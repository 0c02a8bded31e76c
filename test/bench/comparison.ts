// What has moved since another run of the bench? The ratios are compared: the figures belong to the machine and its load.

import type {MeasuredRow, Row} from './row.ts';
import {line, quantity, times} from './table.ts';

export type Moved = 'moved' | 'not moved' | 'only here' | 'only there' | 'failed here' | 'failed there';

const keyOf = (row: Row): string => ('failed' in row ? `${row.part}\n` : `${row.part}\n${row.what}`);
const isMeasured = (row: Row): row is MeasuredRow => !('failed' in row);
/** Memory has no peer; then the figure itself is compared. */
const comparable = ({ratio, value}: MeasuredRow): number => ratio ?? value;

export type Compared = Readonly<{part: string; what: string; moved: Moved; now?: MeasuredRow; earlier?: MeasuredRow}>;

/** Two spreads that have a value in common may be the same thing measured twice. */
const hasMoved = (now: MeasuredRow, earlier: MeasuredRow): boolean =>
  now.spread[0] > earlier.spread[1] || now.spread[1] < earlier.spread[0];

export const compare = (now: readonly Row[], earlier: readonly Row[]): readonly Compared[] => {
  const before = new Map(earlier.filter(isMeasured).map((row) => [keyOf(row), row]));
  const failedBefore = new Set(earlier.filter((row) => !isMeasured(row)).map(({part}) => part));
  const failedNow = new Set(now.filter((row) => !isMeasured(row)).map(({part}) => part));
  const partsNow = new Set(now.map(({part}) => part));
  const found = now.filter(isMeasured).map((row): Compared => {
    const {part, what} = row;
    const other = before.get(keyOf(row));
    before.delete(keyOf(row));
    if (other !== undefined)
      return {part, what, now: row, earlier: other, moved: hasMoved(row, other) ? 'moved' : 'not moved'};
    return {part, what, now: row, moved: failedBefore.has(part) ? 'failed there' : 'only here'};
  });
  // What `--only` has left out has not gone.
  const gone = [...before.values()].filter(({part}) => partsNow.has(part));
  return [
    ...found,
    ...gone.map((row): Compared => {
      const {part, what} = row;
      return {part, what, earlier: row, moved: failedNow.has(part) ? 'failed here' : 'only there'};
    }),
  ];
};

const shown = (row: MeasuredRow | undefined): string => {
  if (row === undefined) return '';
  return row.ratio === undefined ? quantity(row.value, row.unit) : times(row.ratio);
};

const changeOf = ({now, earlier}: Compared): string => {
  if (now === undefined || earlier === undefined) return '';
  const percent = (comparable(now) / comparable(earlier) - 1) * 100;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(0)} %`;
};

export const comparisonOf = (compared: readonly Compared[]): readonly string[] => [
  line(['part', 'what', 'ratio then', 'ratio now', 'change', '']),
  line(['---', '---', '---:', '---:', '---:', '---']),
  ...compared.map((one) => line([one.part, one.what, shown(one.earlier), shown(one.now), changeOf(one), one.moved])),
  '',
  `${compared.filter(({moved}) => moved === 'moved').length} of ${compared.length} moved by more than their spread`,
];
