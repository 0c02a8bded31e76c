// What does the screen look like? The cells of the terminal as an SVG, and as a PNG where fonts with Hangul are at hand.

import {join} from 'node:path';
import {Resvg} from '@resvg/resvg-js';
import {fontFolder, hangulFolder, monospaced} from './fonts.ts';
import type {Cell, Screen} from './terminal.ts';

export type Ground = 'dark' | 'light';

// The base colours of common terminals (Tango), since 'green' is what the terminal says it is.
const palettes: Readonly<Record<Ground, Readonly<{ink: string; paper: string; base: readonly string[]}>>> = {
  dark: {
    ink: '#d3d7cf',
    paper: '#16181d',
    base: ['#2e3436', '#e05252', '#4fb51d', '#c4a000', '#5c8fd6', '#a07bb5', '#06a7aa', '#d3d7cf'],
  },
  light: {
    ink: '#1d1f21',
    paper: '#ffffff',
    base: ['#2e3436', '#cc0000', '#2f7d07', '#c4a000', '#3465a4', '#75507b', '#06989a', '#d3d7cf'],
  },
};

const cellWidth = 9;
const cellHeight = 19;
const padding = 8;

const latin = 'DejaVu Sans Mono';
const hangul = 'Nanum Gothic Coding';

/** Both weights of a monospaced Latin and of a Hangul font. */
const fontFiles: readonly string[] = [
  monospaced,
  join(fontFolder, 'DejaVuSansMono-Bold.ttf'),
  join(hangulFolder, '400Regular/NanumGothicCoding_400Regular.ttf'),
  join(hangulFolder, '700Bold/NanumGothicCoding_700Bold.ttf'),
];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

type Paint = Readonly<{ink: string; paper: string}>;

const paintOf = ({foreground, background, isInverse}: Cell, ground: Ground): Paint => {
  const {ink, paper, base} = palettes[ground];
  const front = foreground === undefined ? ink : (base[foreground % 8] ?? ink);
  const back = background === undefined ? paper : (base[background % 8] ?? paper);
  return isInverse ? {ink: back, paper: front} : {ink: front, paper: back};
};

const cellMarks = (cell: Cell, row: number, column: number, ground: Ground): string => {
  const x = padding + column * cellWidth;
  const y = padding + row * cellHeight;
  const {ink, paper} = paintOf(cell, ground);
  const width = cell.width * cellWidth;
  const marks: string[] = [];
  if (paper !== palettes[ground].paper)
    marks.push(`<rect x="${x}" y="${y}" width="${width}" height="${cellHeight}" fill="${paper}"/>`);
  if (cell.chars.trim() !== '') {
    const family = cell.width === 2 ? hangul : latin;
    const size = cell.width === 2 ? 17 : 15;
    const style = `${cell.isBold ? ' font-weight="bold"' : ''}${cell.isDim ? ' fill-opacity="0.55"' : ''}`;
    marks.push(
      `<text x="${x}" y="${y + 14.5}" font-family="${family}" font-size="${size}" fill="${ink}"${style}>${escaped(cell.chars)}</text>`,
    );
  }
  if (cell.isUnderlined) marks.push(`<rect x="${x}" y="${y + 17}" width="${width}" height="1" fill="${ink}"/>`);
  return marks.join('');
};

/** One text a cell: nothing depends on how wide a font takes its characters to be. */
export const screenSvg = (screen: Screen, ground: Ground): string => {
  const width = screen.columns() * cellWidth + 2 * padding;
  const height = screen.rows() * cellHeight + 2 * padding;
  const rows = Array.from({length: screen.rows()}, (_, row) =>
    screen
      .cells(row)
      .map((cell, column) => (cell.width === 0 ? '' : cellMarks(cell, row, column, ground)))
      .join(''),
  );
  const {x, y, isShown} = screen.cursor();
  const cursor = isShown
    ? `<rect x="${padding + x * cellWidth}" y="${padding + y * cellHeight}" width="2" height="${cellHeight}" fill="${palettes[ground].ink}"/>`
    : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${palettes[ground].paper}"/>${rows.join('\n')}${cursor}</svg>\n`;
};

export const screenPng = (screen: Screen, ground: Ground): Uint8Array =>
  new Resvg(screenSvg(screen, ground), {
    font: {loadSystemFonts: false, fontFiles: [...fontFiles], defaultFontFamily: latin},
  })
    .render()
    .asPng();
