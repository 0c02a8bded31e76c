// How lines are framed: a border with a title at its upper left and tabs or a word at its upper right.

import {cut, displayWidth} from '../text/width.ts';
import {blank, fit, lineWidth, span, type Line, type Tone} from './line.ts';
import type {Border} from './theme.ts';

export type PanelOptions = Readonly<{
  title: string;
  right?: Line;
  /** Columns and rows with the border. */
  width: number;
  height: number;
  border: Border;
  tone?: Tone;
}>;

/** Columns inside a panel of this width: two of border, two of air. */
export const innerWidth = (width: number): number => width - 4;

const top = ({title, right = blank, width, border, tone = 'plain'}: PanelOptions): Line => {
  const rightWidth = right.length === 0 ? 0 : lineWidth(right) + 2;
  const name = title === '' ? '' : ` ${cut(title, width - 6 - rightWidth)} `;
  const filler = Math.max(0, width - 2 - displayWidth(name) - rightWidth - 1);
  return [
    span(border.topLeft, tone),
    span(name, 'strong'),
    span(border.across.repeat(filler), tone),
    ...(right.length === 0 ? [] : [span(' '), ...right, span(' ')]),
    span(border.across + border.topRight, tone),
  ];
};

/** Exactly `height` rows of exactly `width` columns; lines that do not fit are left out. */
export const panel = (lines: readonly Line[], options: PanelOptions): readonly Line[] => {
  const {width, height, border, tone = 'plain'} = options;
  const side = span(border.down, tone);
  const rows = Array.from(
    {length: Math.max(0, height - 2)},
    (_, at): Line => [side, span(' '), ...fit(lines[at] ?? blank, innerWidth(width)), span(' '), side],
  );
  const bottom: Line = [span(border.bottomLeft + border.across.repeat(width - 2) + border.bottomRight, tone)];
  return [top(options), ...rows, bottom];
};
