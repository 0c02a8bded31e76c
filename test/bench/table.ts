// How does a person read the rows of the bench?

import type {Unit} from './part.ts';
import type {MeasuredRow, Row} from './row.ts';

export const quantity = (value: number, unit: Unit): string => {
  switch (unit) {
    case 'ms':
      if (value >= 60_000) return `${(value / 60_000).toFixed(1)} min`;
      if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
      return value >= 10 ? `${Math.round(value)} ms` : `${value.toFixed(value >= 1 ? 1 : 3)} ms`;
    case 'KiB':
      return value >= 10_240 ? `${Math.round(value / 1024)} MB` : `${Math.round(value)} KiB`;
  }
};

export const times = (ratio: number): string => `${ratio.toFixed(2)} x`;

const goalOf = ({goal, ratio, value, unit}: MeasuredRow): string => {
  if (goal === undefined) return '';
  const [is, most, said] =
    'ratio' in goal
      ? [ratio ?? Number.NaN, goal.ratio, times(goal.ratio)]
      : [value, goal.value, quantity(goal.value, unit)];
  return `${said}: ${is <= most ? 'met' : 'missed'}`;
};

export const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' / ')).join(' | ')} |`;

export const tableOf = (rows: readonly Row[]): readonly string[] => [
  line(['part', 'what', 'measured', 'beside', 'ratio', 'goal', 'remark']),
  line(['---', '---', '---:', '---:', '---:', '---', '---']),
  ...rows.map((row) => {
    if ('failed' in row) return line([row.part, `failed: ${row.failed}`, '', '', '', '', '']);
    const beside = row.beside === undefined ? '' : `${quantity(row.beside.value, row.unit)} ${row.beside.what}`;
    const ratio = row.ratio === undefined ? '' : times(row.ratio);
    return line([row.part, row.what, quantity(row.value, row.unit), beside, ratio, goalOf(row), row.remark ?? '']);
  }),
];
