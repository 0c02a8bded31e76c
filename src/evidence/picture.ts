// How the cells of a screen become a picture: an SVG in which each sign stands in its own cell, whatever font draws it.

import {MASK} from './redaction.ts';

export type CellLook = Readonly<{
  color?: 'green' | 'red' | 'yellow' | 'cyan';
  bold?: boolean;
  dimColor?: boolean;
  inverse?: boolean;
  underline?: boolean;
}>;

/** What a reader sees as one character, and how many columns it takes. */
export type Cell = Readonly<{text: string; width: number; look: CellLook}>;

export type Ground = 'dark' | 'light';

export type Picture = Readonly<{
  columns: number;
  rows: readonly (readonly Cell[])[];
  ground: Ground;
  /** Read out where the picture cannot be seen. */
  title: string;
  lang: string;
}>;

const palettes: Readonly<
  Record<Ground, Readonly<{ink: string; paper: string}> & Record<NonNullable<CellLook['color']>, string>>
> = {
  dark: {ink: '#d3d7cf', paper: '#16181d', green: '#4fb51d', red: '#e05252', yellow: '#c4a000', cyan: '#06a7aa'},
  light: {ink: '#1d1f21', paper: '#ffffff', green: '#2f7d07', red: '#cc0000', yellow: '#8a6d00', cyan: '#06787a'},
};

const CELL_WIDTH = 9;
/** As high as the letters of the fonts below: the lines of a border touch. */
const CELL_HEIGHT = 18;
const PADDING = 8;
const FONT_SIZE = 15;
/** Where the letters stand, from the top of a cell. */
const BASELINE = 14;

/** For signs of one column, and for those of two: a font that has both may draw a sign of the first kind too wide. */
const NARROW = "'DejaVu Sans Mono', Menlo, Consolas, 'Noto Sans Mono', D2Coding, 'Liberation Mono', monospace";
const WIDE =
  "D2Coding, NanumGothicCoding, 'Noto Sans Mono CJK KR', 'Sarasa Mono K', 'Apple SD Gothic Neo', 'Malgun Gothic', NanumGothic, monospace";

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

type Run = Readonly<{text: string; from: number; width: number; isWide: boolean; look: CellLook}>;

const PLAIN = /^[\x21-\x7e]$/;
/** Cells of one span share it; only neighbours of two spans are compared by what they look like. */
const sameLook = (a: CellLook, b: CellLook): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Words of plain letters in one piece, so that they can be selected and searched for; any other sign in its own. */
const runsOf = (cells: readonly Cell[]): readonly Run[] => {
  const runs: Run[] = [];
  let word: {-readonly [K in keyof Run]: Run[K]} | undefined;
  let at = 0;
  for (const {text, width, look} of cells) {
    const isPlain = PLAIN.test(text);
    if (isPlain && word !== undefined && sameLook(word.look, look)) {
      word.text += text;
      word.width += width;
    } else {
      const run = {text, from: at, width, isWide: width > 1, look};
      runs.push(run);
      word = isPlain ? run : undefined;
    }
    at += width;
  }
  return runs;
};

/** What is not letters: the ground of a run that is not the picture's own, and a line under it. */
const blocksOf = (run: Run, y: number, ground: Ground): string => {
  const {ink, paper} = palettes[ground];
  const front = run.look.color === undefined ? ink : palettes[ground][run.look.color];
  const at = `x="${PADDING + run.from * CELL_WIDTH}" width="${run.width * CELL_WIDTH}"`;
  const back = run.look.inverse === true ? `<rect ${at} y="${y}" height="${CELL_HEIGHT}" fill="${front}"/>` : '';
  const line = run.look.inverse === true ? paper : front;
  return run.look.underline === true
    ? `${back}<rect ${at} y="${y + CELL_HEIGHT - 2}" height="1" fill="${line}"/>`
    : back;
};

const textOf = (run: Run, y: number, ground: Ground): string => {
  if (run.text.trim() === '') return '';
  const {look} = run;
  const front = look.color === undefined ? palettes[ground].ink : palettes[ground][look.color];
  const fill = look.inverse === true ? palettes[ground].paper : front;
  const family = run.isWide ? ` font-family="${WIDE}"` : '';
  const style = `${look.bold === true ? ' font-weight="bold"' : ''}${look.dimColor === true ? ' fill-opacity="0.6"' : ''}`;
  const width = run.width * CELL_WIDTH;
  // A letter that is narrower or wider than its cell is fitted into it.
  return `<text x="${PADDING + run.from * CELL_WIDTH}" y="${y + BASELINE}" textLength="${width}" lengthAdjust="spacingAndGlyphs" fill="${fill}"${style}${family}>${escaped(run.text)}</text>`;
};

export const pictureSvg = ({columns, rows, ground, title, lang}: Picture): string => {
  const width = columns * CELL_WIDTH + 2 * PADDING;
  const height = rows.length * CELL_HEIGHT + 2 * PADDING;
  const lines = rows.map((cells, row) => {
    const y = PADDING + row * CELL_HEIGHT;
    const runs = runsOf(cells);
    const marks = [...runs.map((run) => blocksOf(run, y, ground)), ...runs.map((run) => textOf(run, y, ground))];
    return `<g>${marks.join('')}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xml:lang="${lang}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${NARROW}" font-size="${FONT_SIZE}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="${palettes[ground].paper}"/>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
};

/** How many values are masked in it: what the operator saw is masked row by row, as in the recording. */
export const maskedIn = ({rows}: Picture): number =>
  rows.reduce(
    (sum, cells) =>
      sum +
      cells
        .map(({text}) => text)
        .join('')
        .split(MASK).length -
      1,
    0,
  );

/** Every sign that a font has to have. */
export const signsOf = ({rows}: Picture): ReadonlySet<string> =>
  new Set(rows.flatMap((cells) => cells.flatMap(({text}) => [...text])));
