// What giving an approval needs of the world: the journal as it is on disk, files, keys, and ssh-keygen.

import type {SignerList} from './approval.ts';
import type {History} from './approval-standing.ts';
import type {SignatureCheck} from './decide-approval.ts';
import type {ApprovalStep} from './definition.ts';
import type {Artifact} from './facts.ts';
import type {Instant, Sha256, StepId} from './ids.ts';
import type {ReadSigners} from './signers/standing.ts';
import type {SignatureProblem} from './trouble.ts';

export type Kept = Readonly<{ok: true; artifact: Artifact}> | Readonly<{ok: false; path: string; message: string}>;

/** The signers of a step, wherever they come from: `file` is what ssh-keygen reads. */
export type Signers = Readonly<{list: SignerList; file?: string; sha256?: Sha256}>;

export type Approvals = Readonly<{
  /** The journal as it is on disk, which is what gets signed. */
  history: () => History;
  /** Statements that were written for this attempt, newest first: `path` in the run's directory. */
  written: (step: StepId, attempt: number) => readonly Readonly<{path: string; text: string}>[];
  absolute: (path: string) => string;
  keepStatement: (step: StepId, attempt: number, text: string) => Kept;
  keepSignature: (statement: string, signature: Uint8Array) => Kept;
  /** A copy of the list that the operator gave; the plan's lies in the plan. */
  keepSigners: (signers: Signers) => Kept | undefined;
  signers: (step: ApprovalStep) => Signers;
  /** Who is on that list now. */
  listed: (step: ApprovalStep, at: Instant) => ReadSigners;
  sign: (
    text: string,
    key: string,
  ) => Promise<Readonly<{ok: true; signature: Uint8Array}> | Readonly<{ok: false; problem: SignatureProblem}>>;
  /** Undefined when this machine has no ssh-keygen. */
  check: (text: string, signature: Uint8Array, signers: Signers) => Promise<SignatureCheck | undefined>;
  read: (
    path: string,
  ) => Readonly<{ok: true; bytes: Uint8Array}> | Readonly<{ok: false; path: string; message: string}>;
  /** Fingerprints of the public keys in the home of whoever is at the keyboard. */
  ownKeys: () => readonly string[];
  sha256: (text: string | Uint8Array) => Sha256;
}>;
