// What can have happened in a run. Events are past tense, small, and only ever appended.

import type {ApprovalProof, Lapse} from './approval.ts';
import type {Head} from './approval-statement.ts';
import type {EndedSession, Found} from './doubt.ts';
import type {Artifact, Facts} from './facts.ts';
import type {Failure} from './failure.ts';
import type {CopyOf, Environment, Identity, Instant, RunId, Sha256, StepId, TargetIdentity} from './ids.ts';
import type {TargetTrust} from './known-target.ts';
import type {Locale} from './text.ts';

/** How an effect is recognised later: the name its sessions carry in pg_stat_activity, and what it was going to run. */
export type Receipt = Readonly<{applicationName: string; statements: readonly string[]}>;

/** What was found out about a step whose outcome nobody wrote down. */
/** 'incomplete': it took effect in part, or may have; what is missing is a failure, and a human may start the step again. */
export type Verdict = 'took-effect' | 'incomplete' | 'had-no-effect' | 'still-running' | 'cannot-tell';

export type Outcome = 'completed' | 'rolled-back' | 'abandoned';

type OfAttempt = Readonly<{step: StepId; attempt: number}>;

type Decided = OfAttempt &
  Readonly<{
    /** Who decided; `recordedBy` is at the keyboard. */
    by: string;
    recordedBy: Identity;
    plan: Sha256;
    head: Head;
    expires?: Instant;
    reason?: string;
    statement: Readonly<{path: string; sha256: Sha256}>;
    proof: ApprovalProof;
  }>;

export type RunEvent =
  | Readonly<{
      type: 'RunOpened';
      run: RunId;
      runbook: string;
      plan: Sha256;
      environment: Environment;
      operator: Identity;
      target: TargetIdentity;
      /** How the target was known to be this environment's; absent for rehearsals, and in older journals. */
      trust?: TargetTrust;
      tool: string;
      /** In which language and time zone its operator reads; absent in older journals. Decides nothing but how a report looks. */
      reader?: Readonly<{locale: Locale; timeZone: string}>;
      /** A rehearsal on a copy says of what. */
      copyOf?: CopyOf;
    }>
  | Readonly<{
      type: 'RunResumed';
      operator: Identity;
      target: TargetIdentity;
      droppedBytes: number;
      /** The version that writes from here on; absent in older journals. */
      tool?: string;
      /** The server was restored or failed over since the run was opened: what was committed then may be gone. */
      historyChanged?: true;
    }>
  | (OfAttempt & Readonly<{type: 'StepStarted'; receipt: Receipt; by: Identity}>)
  | (OfAttempt &
      Readonly<{
        type: 'TransactionOpened';
        xid: string;
        backendPid: number;
        /** How far the server had written its WAL for good; a server that has written less was put back since. */
        walFlushed?: string;
      }>)
  | Readonly<{type: 'ItemChecked'; step: StepId; item: string; by: Identity; note?: string}>
  | (OfAttempt & Readonly<{type: 'ArtifactSealed'; artifact: Artifact}>)
  /** A file that a person added, with what it shows. `fileName`: what it was called; `scanned`: looked through for secrets. */
  | Readonly<{
      type: 'EvidenceAttached';
      step?: StepId;
      artifact: Artifact;
      fileName: string;
      scanned: boolean;
      note: string;
      by: Identity;
    }>
  /** What the step said could not be kept, or not all of it; what it did counts all the same. */
  | (OfAttempt & Readonly<{type: 'TranscriptLost'; failure: Failure}>)
  | (OfAttempt & Readonly<{type: 'StepSucceeded'; facts: Facts}>)
  | (OfAttempt & Readonly<{type: 'StepFailed'; failure: Failure}>)
  /** `because`: what happened to its connection or its program; absent after a crash, where nobody was left to see. */
  | (OfAttempt & Readonly<{type: 'StepInterrupted'; because?: Failure}>)
  | (OfAttempt &
      Readonly<{
        type: 'StepReconciled';
        verdict: Verdict;
        /** Who says so: the database that was asked, or a human who looked. */
        by: 'probe' | Identity;
        detail: string;
        /** Absent in older journals, and when a human says it. */
        found?: Found;
        facts?: Facts;
        /** What is missing after an effect in part. */
        failure?: Failure;
      }>)
  /** A change that had taken effect was looked for once more; `holds` is absent where nobody could tell. */
  | (OfAttempt & Readonly<{type: 'StepProbedAgain'; holds?: boolean; detail: string; found?: Found}>)
  /** On the operator's word: the sessions that the attempt has left in the target are going to be ended. */
  | (OfAttempt & Readonly<{type: 'OrphanCancellationBegun'; by: Identity}>)
  | (OfAttempt & Readonly<{type: 'OrphansEnded'; sessions: readonly EndedSession[]; failure?: Failure}>)
  /** A human looked where no program could be asked; `note` says what he saw and where. */
  | Readonly<{type: 'StepConfirmed'; step: StepId; note: string; by: Identity}>
  | Readonly<{type: 'StepWaived'; step: StepId; reason: string; by: Identity}>
  /** A person approved, or refused, what stood at `head`; `statement` is the text of it, sealed. */
  | (Decided & Readonly<{type: 'ApprovalGranted'}>)
  | (Decided & Readonly<{type: 'ApprovalRefused'}>)
  /** A dangerous step was about to start, and an approval before it no longer counts: it has to be given again. */
  | (OfAttempt & Readonly<{type: 'ApprovalLapsed'; lapse: Lapse}>)
  /** The snapshot is taken again: what was done since is done again, in its turn. */
  | Readonly<{type: 'StepsReopened'; steps: readonly StepId[]; by: Identity}>
  | Readonly<{type: 'RollbackBegun'; option: string; reason: string; by: Identity}>
  /** The run's directory, or its target, was taken from a process that had it, on the word of `by`. */
  | Readonly<{
      type: 'HandedOver';
      what: 'run' | 'target';
      from: Readonly<{run: RunId; operator: string; pid: number; since: string}>;
      to: RunId;
      by: Identity;
    }>
  /** The process did not run for a while: the machine slept, or somebody stopped it. `lockLostTo`: who has the target now. */
  | Readonly<{type: 'SleepNoticed'; sleptMs: number; lockLostTo?: string}>
  /** The operator was given a psql on the target; whatever he did there is in its recording. `readOnly`: as it began. */
  | Readonly<{type: 'ShellOpened'; number: number; readOnly: boolean; by: Identity}>
  | Readonly<{type: 'ShellEnded'; number: number; exitCode?: number; failure?: Failure}>
  | Readonly<{type: 'RunClosed'; outcome: Outcome; by: Identity; reason?: string}>;

/** How many values were masked in the words of an event before it was written, by rule; absent when none was. */
export type Masked = Readonly<{masked?: Readonly<Record<string, number>>}>;

/** An event as a line of the journal: `prev` is the SHA-256 of the line before it, so that lines form a chain. */
export type Recorded = Readonly<{v: 1; seq: number; at: Instant; prev: Sha256}> & RunEvent & Masked;
