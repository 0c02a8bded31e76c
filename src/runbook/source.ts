// Is this text what it looks like: UTF-8, and free of characters that a reviewer cannot see?

import type {Position, Problem, ProblemDetail} from './problems.ts';

/** A decoded file and what is wrong with its characters. */
export type Source = Readonly<{file: string; text: string; problems: readonly Problem[]}>;

/** Turns an offset (UTF-16 code units) into a line and a column. Logarithmic; the line table is made once. */
export const positions = (text: string): ((offset: number) => Position) => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return {line: low + 1, column: offset - (starts[low] ?? 0) + 1};
  };
};

// Bidi controls can make a DBA read `DROP` as part of a comment (CVE-2021-42574); zero-width characters make two
// equal-looking names differ; a NUL ends a string for the server. U+2028 and U+2029 are line breaks to some editors and
// not to others.
//
// DI: default ignorable, what no font draws: zero-width characters, Hangul fillers, variation selectors, tags.
const hidden = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{DI}]/gu;

const named = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Characters that nobody sees, as offsets; also asked about scalar values, where an escape may have produced them. */
export const hiddenCharacters = (text: string): readonly Readonly<{offset: number; character: string}>[] =>
  [...text.matchAll(hidden)].map((match) => ({offset: match.index, character: named(match[0])}));

/** The offset where the text first differs from its composed form, line by line: one finding a line is enough. */
const decomposedLines = (text: string): readonly number[] => {
  const found: number[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const composed = line.normalize('NFC');
    if (composed !== line) {
      let at = 0;
      while (line[at] === composed[at]) at += 1;
      found.push(start + at);
    }
    start += line.length + 1;
  }
  return found;
};

type Rules = Readonly<{
  maxBytes: number;
  /** Documents are stricter than SQL: a tab has no width in YAML, and equal-looking texts must have equal digests. */
  document: boolean;
}>;

/** Decodes a file and lists what is wrong with its characters. The text is '' when there is nothing worth parsing. */
export const readSource = (file: string, bytes: Uint8Array, {maxBytes, document}: Rules): Source => {
  if (bytes.byteLength > maxBytes) {
    const detail = {code: 'file-too-big', bytes: bytes.byteLength, limit: maxBytes} as const;
    return {file, text: '', problems: [{...detail, file, path: '', line: 1, column: 1}]};
  }
  // Not fatal: the replacement character then says where the broken byte is. A file that really has one is refused too.
  const text = new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes);
  const positionOf = positions(text);
  const at = (offset: number, detail: ProblemDetail): Problem => ({...detail, ...positionOf(offset), file, path: ''});

  const broken = text.indexOf('\ufffd');
  if (broken >= 0) return {file, text: '', problems: [at(broken, {code: 'not-utf8'})]};

  const problems: Problem[] = [];
  const marked = text.startsWith('\ufeff');
  if (marked) problems.push(at(0, {code: 'byte-order-mark'}));
  for (const {offset, character} of hiddenCharacters(text)) {
    if (offset > 0 || !marked) problems.push(at(offset, {code: 'hidden-character', character}));
  }
  if (document) {
    // One of each is enough: the remedy is one setting of the editor, and a file of CRLF would drown everything else.
    const carriageReturn = text.indexOf('\r');
    if (carriageReturn >= 0) problems.push(at(carriageReturn, {code: 'carriage-return'}));
    const tab = text.indexOf('\t');
    if (tab >= 0) problems.push(at(tab, {code: 'tab'}));
    for (const offset of decomposedLines(text)) problems.push(at(offset, {code: 'not-nfc'}));
  }
  return {file, text, problems};
};
