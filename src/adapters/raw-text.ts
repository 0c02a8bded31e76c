// How bytes that are no UTF-8 travel as text and become the same bytes again.
//
// Each byte that belongs to no character becomes a lone surrogate, 0x80 as U+DC80, as Python does it (PEP 383). The text
// can be cut, searched and redacted like any other, is shown as escapes, and no byte is lost on the way to a transcript.

import {isUtf8} from 'node:buffer';

/** How many bytes the character that begins with this byte has; 1 for what begins none. */
const lengthOf = (byte: number): number =>
  byte >= 0xc2 && byte <= 0xdf ? 2 : byte >= 0xe0 && byte <= 0xef ? 3 : byte >= 0xf0 && byte <= 0xf4 ? 4 : 1;

/** Where a last character begins that is not whole yet; the end when there is none. */
const wholeUntil = (bytes: Buffer): number => {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at -= 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return at + lengthOf(byte) > bytes.length ? at : bytes.length;
  }
  return bytes.length;
};

const decode = (bytes: Buffer): string => {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    const length = lengthOf(byte);
    if (byte < 0x80 || (length > 1 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)))) {
      at += length;
      continue;
    }
    text += bytes.toString('utf8', from, at) + String.fromCharCode(0xdc00 + byte);
    at += 1;
    from = at;
  }
  return text + bytes.toString('utf8', from);
};

export type RawDecoder = Readonly<{push: (bytes: Buffer) => string; end: () => string}>;

/** For one stream; a character that comes in two pieces is one. */
export const rawDecoder = (): RawDecoder => {
  let held = Buffer.alloc(0);
  return {
    push: (bytes) => {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const until = wholeUntil(all);
      held = Buffer.from(all.subarray(until));
      return decode(all.subarray(0, until));
    },
    end: () => {
      const rest = held;
      held = Buffer.alloc(0);
      return decode(rest);
    },
  };
};

/** The bytes that the text came from. */
export const rawBytes = (text: string): Buffer => {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const pieces = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    pieces.map((piece, at) => (at % 2 === 1 ? Buffer.of(piece.charCodeAt(0) - 0xdc00) : Buffer.from(piece, 'utf8'))),
  );
};
