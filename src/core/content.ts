// What a file of evidence is to whoever hashes, copies or packs it: a name, a size, and its bytes a piece at a time.

/** From `start` up to, not including, `end`. */
export type ByteRange = Readonly<{start: number; end: number}>;

export type Content = Readonly<{
  path: string;
  bytes: number;
  /** Anew from the beginning each time; a transcript may be larger than memory. Throws what the reader of it throws. */
  open: (range?: ByteRange) => AsyncIterable<Uint8Array>;
}>;

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** A small file, made or read before. */
export const inMemory = (path: string, bytes: Uint8Array): Content => ({
  path,
  bytes: bytes.byteLength,
  open: ({start, end} = {start: 0, end: bytes.byteLength}) => once(bytes.subarray(start, end)),
});

/** Of a stream that can only be read from its beginning. */
export async function* partOf(whole: AsyncIterable<Uint8Array>, {start, end}: ByteRange): AsyncIterable<Uint8Array> {
  let at = 0;
  for await (const chunk of whole) {
    const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
    if (piece.byteLength > 0) yield piece;
    at += chunk.byteLength;
    if (at >= end) return;
  }
}
