// What a row of the screen is made of: spans of text with a tone, measured in columns.

import {cut, displayWidth, head, wrapped} from '../text/width.ts';

/** A tone repeats what a word or a sign already says; it never says anything alone. */
export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'warn' | 'accent' | 'inverse' | 'underline';
export type Span = Readonly<{text: string; tone: Tone}>;
export type Line = readonly Span[];

export const span = (text: string, tone: Tone = 'plain'): Span => ({text, tone});
export const line = (text: string, tone: Tone = 'plain'): Line => [{text, tone}];
export const blank: Line = [];

export const lineWidth = (of: Line): number => of.reduce((sum, {text}) => sum + displayWidth(text), 0);

const shortened = (of: Line, columns: number): Line => {
  const kept: Span[] = [];
  let room = columns;
  for (const part of of) {
    const width = displayWidth(part.text);
    if (width <= room) {
      kept.push(part);
      room -= width;
    } else {
      kept.push({...part, text: head(part.text, room)});
      break;
    }
  }
  return kept;
};

/** The line in exactly `columns` columns: padded, or cut with `..` at its end. */
export const fit = (of: Line, columns: number): Line => {
  const width = lineWidth(of);
  if (width === columns) return of;
  if (width < columns) return [...of, span(' '.repeat(columns - width))];
  const short = columns > 2 ? [...shortened(of, columns - 2), span('..', 'dim')] : shortened(of, columns);
  const missing = columns - lineWidth(short);
  return missing > 0 ? [...short, span(' '.repeat(missing))] : short;
};

/** Left and right text at the two ends of a row; the left one gives way. */
export const ends = (left: Line, right: Line, columns: number): Line => {
  const room = columns - lineWidth(right);
  return room <= 0 ? fit(left, columns) : [...fit(left, room), ...right];
};

/** A text wrapped into `columns`, every line after the first set in by `indent`. */
export const paragraph = (text: string, columns: number, tone: Tone = 'plain', indent = 0): readonly Line[] =>
  wrapped(text, columns - indent).map((row, at) => line(at === 0 ? row : ' '.repeat(indent) + row, tone));

/** A label in its own column, and a text that wraps beside it. */
export const labelled = (label: string, text: string, labelWidth: number, columns: number, tone: Tone = 'plain') =>
  wrapped(text, Math.max(8, columns - labelWidth)).map(
    (row, at): Line => [
      ...fit(at === 0 ? line(cut(label, labelWidth - 1), 'dim') : blank, labelWidth),
      span(row, tone),
    ],
  );

/** Lines side by side: every row of `left` is made `leftWidth` wide. */
export const beside = (left: readonly Line[], leftWidth: number, right: readonly Line[]): readonly Line[] =>
  Array.from({length: Math.max(left.length, right.length)}, (_, at) => [
    ...fit(left[at] ?? blank, leftWidth),
    ...(right[at] ?? blank),
  ]);

/** Every span of a line in one tone. */
export const toned = (of: Line, tone: Tone): Line => of.map(({text}) => ({text, tone}));
