// How whole lines are kept as they came, in one text, and cut into lines only where somebody looks.

import {visible} from '../text/visible.ts';

export type OutputKind = 'stdout' | 'stderr' | 'note';

export type Block = Readonly<{
  stream: OutputKind;
  /** Each of its lines ends with a line feed. */
  text: string;
  /** The number of its first line over all lines ever seen. */
  first: number;
  count: number;
}>;

// A line without an end, such as a progress bar, must not grow for ever.
const keptCharacters = 4000;

export const limited = (text: string): string => (text.length > keptCharacters ? text.slice(0, keptCharacters) : text);

/** How many lines a text of whole lines has, and how long the longest of them is. */
const measured = (text: string): Readonly<{count: number; longest: number}> => {
  let count = 0;
  let longest = 0;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    count += 1;
    longest = Math.max(longest, end - start);
    start = end + 1;
  }
  return {count, longest};
};

/** Joined, and so a text of its own: a mere piece of a long line would keep all of it in the memory. */
const shortened = (whole: string): string => whole.split('\n').map(limited).join('\n');

/** @param whole ends with a line feed. */
export const blockOf = (stream: OutputKind, whole: string, first: number): Block => {
  const text = whole.includes('\r') ? whole.replaceAll('\r\n', '\n') : whole;
  const {count, longest} = measured(text);
  return {stream, text: longest > keptCharacters ? shortened(text) : text, first, count};
};

/** 16 Ki characters: a child that says one line at a time leaves some thirty blocks, and not five thousand. */
const blockCharacters = 16_384;

/** The two as one block; none when they do not belong together. */
export const joined = (before: Block | undefined, after: Block): Block | undefined =>
  before?.stream === after.stream && before.text.length + after.text.length <= blockCharacters
    ? {...before, text: before.text + after.text, count: before.count + after.count}
    : undefined;

/** Those of its lines that are numbered from `from` up to `to`, harmless for a terminal. */
export const linesOf = ({text, first, count}: Block, from: number, to: number): readonly string[] => {
  const lines: string[] = [];
  const last = Math.min(to, first + count);
  let start = 0;
  for (let line = first; line < last; line += 1) {
    const end = text.indexOf('\n', start);
    if (line >= from) lines.push(visible(text.slice(start, end)));
    start = end + 1;
  }
  return lines;
};

/** The numbers of its lines that contain the text. @param wanted in lower case, without a line feed. */
export const linesWith = (block: Block, wanted: string): readonly number[] => {
  const text = visible(block.text).toLowerCase();
  const found: number[] = [];
  let line = block.first;
  let start = 0;
  for (let hit = text.indexOf(wanted); hit !== -1; hit = text.indexOf(wanted, start)) {
    for (let end = text.indexOf('\n', start); end < hit; end = text.indexOf('\n', start)) {
      line += 1;
      start = end + 1;
    }
    found.push(line);
    line += 1;
    start = text.indexOf('\n', hit) + 1;
  }
  return found;
};
