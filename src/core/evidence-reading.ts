// What can be asked of a file that a run has kept, without ever holding all of it.

import type {Result} from './failure.ts';
import type {Sha256} from './ids.ts';

/** A piece of a text: bytes `from` up to `to` of `of`, never with half a character at its ends. */
export type EvidencePiece = Readonly<{text: string; from: number; to: number; of: number}>;

export type EvidenceHash = Readonly<{bytes: number; sha256: Sha256}>;

/** Only files below `transcripts/` and `artifacts/` of the run directory; every path is relative to it. */
export type EvidenceReader = Readonly<{
  /** @param from the first byte; negative counts from the end. @param most bytes of the piece. */
  piece: (path: string, from: number, most: number) => Promise<Result<EvidencePiece>>;
  /** Reads the whole file again and says what it is now. */
  hash: (path: string) => Promise<Result<EvidenceHash>>;
}>;
