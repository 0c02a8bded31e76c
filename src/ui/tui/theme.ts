// How a tone and a border look on this terminal: with or without colour, with or without box-drawing characters.

import type {Tone} from './line.ts';

export type Theme = Readonly<{ascii: boolean; colour: boolean}>;

export type Look = Readonly<{
  color?: 'green' | 'red' | 'yellow' | 'cyan';
  bold?: boolean;
  dimColor?: boolean;
  inverse?: boolean;
  underline?: boolean;
}>;

// Only the default foreground and background and base colours that are readable on light and dark ground; where a base
// colour is weak on one of them (yellow on white), bold carries it.
const coloured: Record<Tone, Look> = {
  plain: {},
  strong: {bold: true},
  dim: {dimColor: true},
  good: {color: 'green'},
  bad: {color: 'red', bold: true},
  warn: {color: 'yellow', bold: true},
  accent: {color: 'cyan', bold: true},
  inverse: {inverse: true},
  underline: {underline: true},
};

const withoutColour = ({color: _, ...rest}: Look): Look => rest;

export const lookOf = (tone: Tone, theme: Theme): Look =>
  theme.colour ? coloured[tone] : withoutColour(coloured[tone]);

export type Border = Readonly<{
  topLeft: string;
  topRight: string;
  bottomLeft: string;
  bottomRight: string;
  across: string;
  down: string;
}>;

const border = (signs: string): Border => {
  const [topLeft = '', across = '', topRight = '', down = '', bottomLeft = '', bottomRight = ''] = signs;
  return {topLeft, across, topRight, down, bottomLeft, bottomRight};
};

const single = border('┌─┐│└┘');
const double = border('╔═╗║╚╝');
const asciiSingle = border('+-+|++');
const asciiDouble = border('#=#I##');

/** A double border means production. */
export const borderOf = (theme: Theme, isProduction: boolean): Border =>
  theme.ascii ? (isProduction ? asciiDouble : asciiSingle) : isProduction ? double : single;

export const ruleOf = (theme: Theme): string => (theme.ascii ? '-' : '─');

/** Signs of neutral width only: none of them is two columns wide in a Korean terminal. */
const signs = {
  done: '✓',
  now: '▸',
  waiting: '◦',
  failed: '✗',
  doubt: '?',
  blocked: '!',
  amber: '!',
  waived: '-',
} as const;

export type Sign = keyof typeof signs;
export const signOf = (sign: Sign): string => signs[sign];

const asciiOf: Readonly<Record<string, string>> = {'✓': '+', '▸': '>', '◦': '.', '✗': 'x'};

/** The texts of the whole house use the signs; for a terminal that has ASCII only they are replaced when drawn. */
export const signsFor = (text: string, theme: Theme): string =>
  theme.ascii ? text.replace(/[✓▸◦✗]/g, (sign) => asciiOf[sign] ?? sign) : text;
