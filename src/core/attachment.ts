// What a person adds to the evidence of a run, and why a file is not taken.

import type {Artifact} from './facts.ts';
import type {Identity, Instant, StepId} from './ids.ts';

/** A file as the run keeps it. */
export type KeptFile = Readonly<{
  artifact: Artifact;
  /** As it was called where it came from; the run keeps it under a name that every system takes. */
  fileName: string;
  /** True when it is text and was looked through for secrets; nobody looks into a picture. */
  scanned: boolean;
}>;

export type Attachment = KeptFile & Readonly<{step?: StepId; note: string; by: Identity; at: Instant}>;

/** 32 MB: every screenshot and every log that somebody will read; a dump belongs into a backup step. */
export const MOST_ATTACHED_BYTES = 32_000_000;

export type AttachProblem = Readonly<
  /** The journal ends with the closing of the run, and may be signed already. */
  | {code: 'run-closed'}
  /** Nothing can be written into this run here and now. */
  | {code: 'run-read-only'}
  | {code: 'step-unknown'; step: string; known: readonly string[]}
  | {code: 'note-missing'}
  | {code: 'missing' | 'link' | 'directory' | 'not-a-file' | 'empty'; path: string}
  | {code: 'too-big'; path: string; mostBytes: number}
  | {code: 'unreadable'; path: string; message: string}
  /** The run's directory did not take it. */
  | {code: 'not-kept'; path: string; message: string}
>;

export type AttachRequest = Readonly<{path: string; note: string; step?: StepId}>;

export type Attachments = Readonly<{
  /** Copies the file into the run directory, whole or not at all. */
  keep: (
    path: string,
  ) => Promise<Readonly<{ok: true; value: KeptFile}> | Readonly<{ok: false; problem: AttachProblem}>>;
  /** Takes back a copy that no record names. */
  discard: (kept: KeptFile) => void;
}>;
