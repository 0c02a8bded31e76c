// How the kept files of a run are read for a look: a piece at a time, and none that lies outside of the run directory.

import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import {join} from 'node:path';
import type {EvidenceReader} from '../core/evidence-reading.ts';
import {failed, success} from '../core/failure.ts';
import {runFiles} from './run-files.ts';
import {errorMessage} from './files.ts';

/** A journal that somebody has written by hand may name anything. */
const isInside = (path: string): boolean =>
  /^(?:transcripts|artifacts)\//.test(path) && !path.split('/').some((part) => part === '..' || part === '');

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x80 && byte < 0xc0;

/** How many bytes at the end are the beginning of a character that goes on behind them. */
const openBytes = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? back : 0;
  }
  return 0;
};

/** Where the first whole character begins; what is no UTF-8 at all begins at once. */
const wholeFrom = (bytes: Uint8Array): number => {
  for (let at = 0; at < 4; at += 1) if (!isContinuation(bytes[at])) return at;
  return 0;
};

export const evidenceReader = (root: string): EvidenceReader => {
  const files = runFiles(root);
  const outside = (path: string) =>
    failed({code: 'artifact-unreadable', path, message: 'it does not lie in the run directory'});
  return {
    piece: async (path, from, most) => {
      if (!isInside(path)) return outside(path);
      try {
        // oxlint-disable-next-line no-bitwise
        const file = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
        try {
          const found = await file.stat();
          if (!found.isFile()) return failed({code: 'artifact-unreadable', path, message: 'it is not a file'});
          const start = Math.min(found.size, from < 0 ? Math.max(0, found.size + from) : from);
          const {bytesRead, buffer} = await file.read(Buffer.alloc(Math.min(most, found.size - start)), 0, null, start);
          const bytes = buffer.subarray(0, bytesRead);
          const skipped = start === 0 ? 0 : wholeFrom(bytes);
          const isEnd = start + bytesRead >= found.size;
          const end = bytesRead - (isEnd ? 0 : openBytes(bytes));
          const text = bytes.subarray(skipped, Math.max(skipped, end)).toString('utf8');
          return success({text, from: start + skipped, to: start + Math.max(skipped, end), of: found.size});
        } finally {
          await file.close();
        }
      } catch (error) {
        return failed({code: 'artifact-unreadable', path, message: errorMessage(error)});
      }
    },
    hash: async (path) => {
      if (!isInside(path)) return outside(path);
      const hashed = await files.hash(path);
      return hashed.ok ? success({bytes: hashed.value.bytes, sha256: hashed.value.sha256}) : hashed;
    },
  };
};
