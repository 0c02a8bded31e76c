// What a step shows before it acts: the exact SQL or argv, what it locks, and what it will take and put back.

import type {Acceptance} from './acceptance.ts';
import type {CatalogChange} from './failure.ts';
import type {Sha256} from './ids.ts';
import type {Meeting, Saying} from './script-effects.ts';
import type {PlannedView} from './planned-view.ts';
import type {MissingRight} from './rights.ts';
import type {SignersStanding} from './signers/standing.ts';

export type PreviewPart = Readonly<{title: string; language: 'sql' | 'argv' | 'shell' | 'text'; text: string}>;

export type Impact = Readonly<{
  objects: readonly string[];
  /** `isBarred`: a right is missing without which it cannot be dropped, or not put back. */
  takenAndPutBack: readonly Readonly<{kind: string; name: string; owner: string; isBarred?: true}>[];
  /** Rights that the login lacks; the change is not begun without them. */
  unmet?: readonly MissingRight[];
  grants: number;
  comments: number;
  options: number;
  notReplayable: readonly string[];
  /** Options that a CREATE OR REPLACE loses without a word, although nothing is dropped, and the tool sets again. */
  kept: readonly Readonly<{object: string; options: readonly string[]}>[];
  /** What the runbook lets go, with its reason; `found` is false when the snapshot has no such object. */
  accepted: readonly (Acceptance & Readonly<{found: boolean}>)[];
  /** What becomes of the columns of the declared views. */
  planned: readonly PlannedView[];
  /** What the script says beside making objects anew: that is the change as well, and stays. */
  said?: readonly Saying[];
  /** Statements of which nobody can tell what they change. */
  unread?: readonly Saying[];
  /** Where the script would meet what is dropped for it: the change will be refused. */
  meetings?: readonly Meeting[];
  /** Materialised views among what is taken, which are filled anew while the lock is held. */
  refilled?: readonly string[];
  lock: 'ACCESS EXCLUSIVE' | 'none' | 'SHARE UPDATE EXCLUSIVE';
  /** What of the captured is locked so; every declared object when absent, as where the script was not read. */
  locked?: readonly string[];
  lockTimeoutMs: number;
  /** How long others will be shut out, about, as far as it is the tool's own doing; and when that is ended. */
  hold?: Readonly<{statements: number; aboutMs: number; limitMs: number}>;
  /** Of a migration that Alembic makes: what it took on the copy, and the statements that it sent there. */
  alembic?: Readonly<{
    /** Absent while it was not rehearsed: then nobody knows. */
    taken?: readonly CatalogChange[];
    statements?: Readonly<{path: string; sha256: Sha256; count: number}>;
  }>;
}>;

/** What a backup will take, about: sizes by the catalog, rates by constants that are low on purpose or by an earlier backup. */
export type BackupEstimate = Readonly<{
  /** Tables as they are on the disk of the target, without indexes. */
  sourceBytes: number;
  dumpBytes: number;
  /** With the proof. */
  durationMs: number;
  /** What the restore that proves it takes, indexes included. */
  scratchBytes: number;
  basis: 'constant' | 'earlier';
}>;

export type Preview = Readonly<{
  parts: readonly PreviewPart[];
  /** What a change takes and puts back, known once the snapshot step has run. */
  impact?: Impact;
  /** What a backup will take, when the target could be asked. */
  estimate?: BackupEstimate;
  /** Of an approval: whether the list of signers allows it to be given. */
  signers?: SignersStanding;
}>;
