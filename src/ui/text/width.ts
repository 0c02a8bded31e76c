// How many columns a text takes on the screen, and how it is cut, padded and wrapped by columns instead of by length.

import stringWidth from 'string-width';

const ascii = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});

export const displayWidth = (text: string): number => (ascii.test(text) ? text.length : stringWidth(text));

/** What a reader sees as one character each; a cut never falls inside one. */
export const graphemes = (text: string): readonly string[] =>
  ascii.test(text) ? [...text] : Array.from(segmenter.segment(text), ({segment}) => segment);

/** The longest beginning that fits into `columns`. */
export const head = (text: string, columns: number): string => {
  if (columns <= 0) return '';
  if (ascii.test(text)) return text.slice(0, columns);
  let taken = '';
  let width = 0;
  for (const grapheme of graphemes(text)) {
    width += displayWidth(grapheme);
    if (width > columns) break;
    taken += grapheme;
  }
  return taken;
};

/** The longest end that fits into `columns`. */
export const tail = (text: string, columns: number): string => {
  const parts = graphemes(text);
  let from = parts.length;
  let width = 0;
  while (from > 0) {
    width += displayWidth(parts[from - 1] ?? '');
    if (width > columns) break;
    from -= 1;
  }
  return parts.slice(from).join('');
};

// Two full stops and not an ellipsis: that sign is two columns wide in some Korean terminals.
const mark = '..';

/** The text, or as much of it as fits, with `..` where something was left out. */
export const cut = (text: string, columns: number): string => {
  if (displayWidth(text) <= columns) return text;
  return columns <= mark.length ? head(text, columns) : head(text, columns - mark.length) + mark;
};

const padEnd = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - displayWidth(text)));

/** Exactly `columns` wide. */
export const fitted = (text: string, columns: number): string => padEnd(cut(text, columns), columns);

const broken = (word: string, columns: number): readonly string[] => {
  const pieces: string[] = [];
  let rest = word;
  while (displayWidth(rest) > columns) {
    // A grapheme wider than the column count would otherwise never get smaller.
    const piece = head(rest, columns) || (graphemes(rest)[0] ?? '');
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return rest === '' ? pieces : [...pieces, rest];
};

/** Breaks at spaces, and inside words only where a word is wider than the column. Newlines and indents are kept. */
export const wrapped = (text: string, columns: number): readonly string[] =>
  text.split('\n').flatMap((paragraph) => {
    if (displayWidth(paragraph) <= columns) return [paragraph];
    const indent = /^ */.exec(paragraph)?.[0] ?? '';
    const lines: string[] = [];
    let line = indent;
    let isEmpty = true;
    for (const word of paragraph
      .slice(indent.length)
      .split(' ')
      .flatMap((part) => broken(part, columns))) {
      const longer = isEmpty ? line + word : `${line} ${word}`;
      if (displayWidth(longer) <= columns || (isEmpty && line === '')) {
        line = longer;
      } else {
        if (!isEmpty) lines.push(line);
        line = word;
      }
      isEmpty = false;
    }
    return [...lines, line];
  });
