// How the files of a run are read by what is made from them: whole where they are small, in pieces where they may not be.

import type {ByteRange, Content} from '../core/content.ts';
import {wholeOf} from './hashing.ts';

/** What a run wrote down; paths are those of its directory, `journal.ndjson`, `transcripts/smoke.1.log`. */
export type Payload = Readonly<{
  paths: readonly string[];
  /** Undefined when there is no such file. */
  sizeOf: (path: string) => number | undefined;
  /**
   * All of a file, or the range of it; undefined when there is no such file.
   * Never ask for all of a transcript: it may be larger than memory, and is refused from 256 MiB on.
   */
  read: (path: string, range?: ByteRange) => Promise<Uint8Array | undefined>;
}>;

export const payloadOf = (files: readonly Content[]): Payload => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return {
    paths: [...byPath.keys()].toSorted(),
    sizeOf: (path) => byPath.get(path)?.bytes,
    read: async (path, range) => {
      const file = byPath.get(path);
      return file === undefined ? undefined : wholeOf(file, range);
    },
  };
};
