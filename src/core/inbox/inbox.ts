// What lies in a run's inbox: the signed words of people in other terminals, and what is none; never to be trusted.

import type {Refusal} from '../command.ts';
import type {ApprovalDecision} from '../approval-statement.ts';
import type {Instant, Sha256, StepId} from '../ids.ts';

/** Where it lies in the run's directory. Whoever is not the live session writes here, and nowhere else. */
export const INBOX = 'inbox';

/** 64 KiB: a statement has 2 KiB and a signature one; whatever is longer is neither. */
export const MOST_INBOX_BYTES = 64 * 1024;

/** 10 s: both halves are written within milliseconds; one that is alone for longer was left by a process that ended. */
export const HALF_AFTER_MS = 10_000;

/** Why what lies there is not even looked at as an approval. */
export type StrayProblem =
  /** Not `<sha256>.txt` or `<sha256>.sig`. */
  | Readonly<{why: 'foreign-name'}>
  /** A link, a pipe, a folder, a device. */
  | Readonly<{why: 'not-a-file'}>
  | Readonly<{why: 'other-owner'; uid: number}>
  /** `mode` in octal: others could have written it. */
  | Readonly<{why: 'open-to-others'; mode: string}>
  | Readonly<{why: 'too-large'; limitBytes: number}>
  /** A text without its signature, the other way round, or a file that was not written to its end. */
  | Readonly<{why: 'half'}>
  /** The text's SHA-256 is not its name. */
  | Readonly<{why: 'other-content'}>
  | Readonly<{why: 'unreadable'; message: string}>;

export type InboxProblem =
  | StrayProblem
  /** The run looked at it as an approval, and said no. */
  | Readonly<{why: 'refused'; refusal: Refusal}>;

export type InboxEntry =
  /** `sha256` is that of the text; `names` are the files, as they lie there. */
  | Readonly<{
      kind: 'words';
      names: readonly string[];
      sha256: Sha256;
      text: string;
      signature: Uint8Array;
    }>
  | Readonly<{kind: 'stray'; names: readonly string[]; problem: StrayProblem}>;

/** For whoever has the run: the only one who takes anything out. Nothing here throws. */
export type Inbox = Readonly<{
  /** Everything that can be judged at this moment, oldest first; what still waits for its other half is left out. */
  look: (now: Instant) => readonly InboxEntry[];
  /** It is in the journal: its files go. */
  taken: (entry: InboxEntry) => void;
  /** Its files are moved aside, with the reason; where the disk refuses that, they are not looked at again. */
  refused: (entry: InboxEntry, problem: InboxProblem) => void;
}>;

/** What a front tells of it. */
export type InboxNews =
  | Readonly<{was: 'taken'; step: StepId; by: string; decision: ApprovalDecision}>
  | Readonly<{was: 'refused'; names: readonly string[]; problem: InboxProblem}>;
