// What does a row of the bench hold, and how are rounds made into it?

import type {Figure, Measured, Unit} from './part.ts';

/** From the lowest to the highest that it can be taken for. */
export type Spread = readonly [low: number, high: number];

export type MeasuredRow = Readonly<{
  part: string;
  what: string;
  value: number;
  unit: Unit;
  beside?: Readonly<{what: string; value: number}>;
  ratio?: number;
  /** Of the ratio, or of the value where nothing stands beside it. */
  spread: Spread;
  goal?: Readonly<{ratio: number} | {value: number}>;
  remark?: string;
  load: number;
  at: string;
}>;
export type FailedRow = Readonly<{part: string; failed: string; load: number; at: string}>;
export type Row = MeasuredRow | FailedRow;

/** Interpolated between its neighbours, so that the median of an even number lies between the two in the middle. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below = Number.NaN, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
};
export const median = (values: readonly number[]): number => quantile(values, 0.5);

const roundsOf = (measured: Measured): readonly number[] => (typeof measured === 'number' ? [measured] : measured);

/** What a single measurement is taken for, since nothing is known of its spread. */
const ONCE = 0.2;
/** Two runs on one idle machine differ by that much, however little their rounds do. */
const ALWAYS = 0.05;
/** From here on a single round says nothing: half of the rounds lie between the quartiles. */
const MANY = 8;

export const spreadOf = (rounds: readonly number[]): Spread => {
  const middle = median(rounds);
  if (rounds.length === 1) return [middle * (1 - ONCE), middle * (1 + ONCE)];
  const outside = rounds.length < MANY ? 0 : 0.25;
  return [
    Math.min(quantile(rounds, outside), middle * (1 - ALWAYS)),
    Math.max(quantile(rounds, 1 - outside), middle * (1 + ALWAYS)),
  ];
};

const ratios = (own: readonly number[], beside: readonly number[]): readonly number[] => {
  const middle = median(beside);
  const isPaired = own.length === beside.length;
  return own.map((value, round) => value / (isPaired ? (beside[round] ?? middle) : middle));
};

export const rowOf = (part: string, figure: Figure, when: Readonly<{load: number; at: string}>): MeasuredRow => {
  const {what, unit = 'ms', goal, remark} = figure;
  const own = roundsOf(figure.measured);
  const value = median(own);
  if (!Number.isFinite(value)) throw new Error(`'${what}' was not measured`);
  const shared = {part, what, value, unit, ...(goal && {goal}), ...(remark && {remark}), ...when};
  if (figure.beside === undefined) return {...shared, spread: spreadOf(own)};
  const peer = roundsOf(figure.beside.measured);
  const beside = {what: figure.beside.what, value: median(peer)};
  if (!(beside.value > 0)) throw new Error(`'${beside.what}' beside '${what}' was not measured`);
  return {...shared, beside, ratio: value / beside.value, spread: spreadOf(ratios(own, peer))};
};
