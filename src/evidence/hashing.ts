// How a file of any size is hashed, compared or, when it is small, taken into memory.

import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import type {ByteRange, Content} from '../core/content.ts';

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A file as a list has it. */
export type Hashed = Readonly<{path: string; bytes: number; sha256: string}>;

/** Told what was done since it was told last. Throws to end the work. */
export type Tell = (bytes: number) => void;

/** 256 MiB: a journal of a million records; whatever else is read whole is far below it. */
const MOST_IN_MEMORY = 2 ** 28;

/** More than is ever held in memory at once was asked for, by a file that says it is a journal, a list or a report. */
export class TooBigForMemory extends Error {
  readonly path: string;
  constructor(path: string) {
    super(`${path} is too big to be read at once`);
    this.path = path;
  }
}

export const wholeOf = async ({path, bytes, open}: Content, range?: ByteRange): Promise<Uint8Array> => {
  const {start, end} = range ?? {start: 0, end: bytes};
  if (end - start > MOST_IN_MEMORY) throw new TooBigForMemory(path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of open(range)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** Whether two streams have the same bytes, however they are cut into pieces. */
export const sameBytes = async (
  a: AsyncIterable<Uint8Array>,
  b: AsyncIterable<Uint8Array>,
  tell: Tell = () => undefined,
): Promise<boolean> => {
  const other = b[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  try {
    for await (const chunk of a) {
      for (let at = 0; at < chunk.byteLength; ) {
        if (rest.byteLength === 0) {
          const next = await other.next();
          if (next.done === true) return false;
          rest = next.value;
        }
        const length = Math.min(rest.byteLength, chunk.byteLength - at);
        if (Buffer.compare(chunk.subarray(at, at + length), rest.subarray(0, length)) !== 0) return false;
        rest = rest.subarray(length);
        at += length;
      }
      tell(chunk.byteLength);
    }
    while (rest.byteLength === 0) {
      const next = await other.next();
      if (next.done === true) return true;
      rest = next.value;
    }
    return false;
  } finally {
    await other.return?.();
  }
};
