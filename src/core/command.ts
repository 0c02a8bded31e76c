// What a human or a script may ask of a run, and the reasons for which the run says no.

import type {Lapse} from './approval.ts';
import type {ApprovalDecision} from './approval-statement.ts';
import type {ApprovalProblem} from './decide-approval.ts';
import type {LockLoss} from './failure.ts';
import type {StepId} from './ids.ts';
import type {Newer} from './newer.ts';
import type {Holder} from './trouble.ts';

export type Command =
  | Readonly<{type: 'CheckItem'; step: StepId; item: string; note?: string}>
  /** Starts, or starts again, the step that is next. A dangerous step wants the target's name typed. */
  | Readonly<{type: 'StartStep'; step: StepId; confirm?: string}>
  /** An approver's word, given here: with a key (a file, or a public one that an agent has), or as a typed name. */
  | Readonly<{
      type: 'GiveApproval';
      step: StepId;
      decision: ApprovalDecision;
      approver: string;
      reason?: string;
      key?: string;
    }>
  /** The same, signed elsewhere: the file of the signature, and that of the text when it was not written by this run. */
  | Readonly<{type: 'ImportApproval'; step: StepId; signature: string; statement?: string}>
  /** Leaves an optional step out; where a program could not be asked, says what was seen instead. */
  | Readonly<{type: 'WaiveStep'; step: StepId; reason: string}>
  /** Asks the target again about a step in doubt. */
  | Readonly<{type: 'ProbeStep'; step: StepId}>
  /** A human says what became of a step that no probe could settle. */
  | Readonly<{type: 'SettleStep'; step: StepId; verdict: 'took-effect' | 'had-no-effect'; reason: string}>
  /** Ends the sessions that an attempt in doubt has left in the target: its own, and wants the target's name typed. */
  | Readonly<{type: 'CancelOrphans'; step: StepId; confirm: string}>
  /**
   * The catalog is another one than the snapshot has, and that is in order: the snapshot is taken again, and with it whatever
   * was done, ticked and approved since.
   */
  | Readonly<{type: 'TakeSnapshotAgain'}>
  | Readonly<{type: 'BeginRollback'; option: string; reason: string; confirm: string}>
  | Readonly<{type: 'AbandonRun'; reason: string}>
  /** Ends the effect that is running, at the next point where that is safe. */
  | Readonly<{type: 'CancelEffect'}>;

export type Refusal = Readonly<
  | {code: 'run-closed'}
  | {code: 'run-damaged'; seq: number}
  | ({code: 'run-newer'} & Newer)
  | {code: 'journal-failed'; message: string}
  | {code: 'run-taken-over'; holder?: Holder}
  | {code: 'run-removed'; file: string}
  | {code: 'step-unknown'; step: StepId}
  | {code: 'item-unknown'; step: StepId; item: string}
  | {code: 'not-this-step'; step: StepId; next: StepId | undefined}
  | {code: 'not-a-checklist'; step: StepId}
  | {code: 'not-an-approval'; step: StepId}
  | {code: 'approval-not-taken'; step: StepId; problem: ApprovalProblem}
  /** An approval before the step does not count any more: the run goes back to it. */
  | {code: 'approval-lapsed'; step: StepId; approval: StepId; lapse: Lapse}
  | {code: 'already-done'; step: StepId}
  | {code: 'already-running'; step: StepId}
  | {code: 'nothing-running'}
  | {code: 'in-doubt'; step: StepId}
  | {code: 'not-in-doubt'; step: StepId}
  | {code: 'not-probed'; step: StepId}
  | {code: 'mandatory'; step: StepId}
  | {code: 'reason-missing'}
  | {code: 'note-missing'; step: StepId; item: string}
  | {code: 'confirmation-missing'; expected: string}
  | {code: 'option-unknown'; option: string}
  | {code: 'option-impossible'; option: string; because: string}
  | {code: 'nothing-to-roll-back'}
  /** The snapshot is not what stands in the way, or the change has begun. */
  | {code: 'snapshot-not-stale'}
  | {code: 'plan-changed'; files: readonly string[]}
  /** The lock of the target is no longer ours: somebody may be changing the same objects. */
  | ({code: 'target-lock-lost'} & LockLoss)
>;
