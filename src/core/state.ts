// What is known about a run: the fold of its journal, as plain JSON values.

import type {Attachment} from './attachment.ts';
import type {RecordedApproval} from './approval.ts';
import type {Found} from './doubt.ts';
import type {Receipt, Verdict, Outcome} from './event.ts';
import type {Artifact, Facts} from './facts.ts';
import type {Failure} from './failure.ts';
import type {CopyOf, Environment, Identity, Instant, RunId, Sha256, StepId, TargetIdentity} from './ids.ts';
import type {TargetTrust} from './known-target.ts';

/** What a probe of the database found out about a step in doubt. */
export type Probe = Readonly<{verdict: Verdict; by: 'probe' | Identity; detail: string; found?: Found; at: Instant}>;

export type Started = Readonly<{
  attempt: number;
  receipt: Receipt;
  startedAt: Instant;
  /** The server that the attempt was begun on. */
  target?: TargetIdentity;
  xid?: string;
  backendPid?: number;
  walFlushed?: string;
}>;

export type StepState =
  | Readonly<{status: 'waiting'; attempt: number; probe?: Probe}>
  | (Started & Readonly<{status: 'running'}>)
  /** `ending`: the sessions that it has left are being ended, on somebody's word. */
  | (Started & Readonly<{status: 'in-doubt'; because?: Failure; probe?: Probe; ending?: Readonly<{by: Identity}>}>)
  | Readonly<{
      status: 'succeeded';
      attempt: number;
      facts: Facts;
      verdict: 'pass' | 'amber';
      startedAt: Instant;
      endedAt: Instant;
      probe?: Probe;
    }>
  | Readonly<{status: 'failed'; attempt: number; failure: Failure; startedAt: Instant; endedAt: Instant}>
  | Readonly<{
      status: 'blocked';
      attempt: number;
      failure: Extract<Failure, {code: 'lock-timeout'}>;
      startedAt: Instant;
      endedAt: Instant;
    }>
  | Readonly<{status: 'waived'; attempt: number; reason: string; by: Identity; at: Instant}>;

/** An attempt that another one of the same step came after; `failure` is the code of what stopped it. */
export type EndedAttempt = Readonly<{attempt: number; status: StepState['status']; failure?: Failure['code']}>;

export type CheckedItem = Readonly<{by: Identity; at: Instant; note?: string}>;

export type OpenedRun = Readonly<{
  run: RunId;
  runbook: string;
  plan: Sha256;
  environment: Environment;
  operator: Identity;
  target: TargetIdentity;
  copyOf?: CopyOf;
  trust?: TargetTrust;
  at: Instant;
}>;

export type RunState = Readonly<{
  opened?: OpenedRun;
  steps: Readonly<Record<StepId, StepState>>;
  items: Readonly<Record<StepId, Readonly<Record<string, CheckedItem>>>>;
  artifacts: readonly Readonly<{step: StepId; attempt: number; artifact: Artifact}>[];
  /** What people added, in the order in which they did. */
  attachments?: readonly Attachment[];
  /** Attempts whose output could not be kept whole. */
  lostTranscripts?: readonly Readonly<{step: StepId; attempt: number; failure: Failure}>[];
  /** Decisions of approvers, in their order. */
  approvals?: Readonly<Record<StepId, readonly RecordedApproval[]>>;
  /** Who else than its opener has gone on with the run. */
  operators?: readonly Identity[];
  rollback?: Readonly<{option: string; reason: string; by: Identity; at: Instant}>;
  closed?: Readonly<{outcome: Outcome; at: Instant}>;
  resumed: number;
  /** How many times a psql was opened on the target beside the steps. */
  shells?: number;
  /** Transactions that this run has opened to write, whatever became of them. */
  xids?: readonly string[];
  /** How the attempts before the last one ended, of steps that were started again. */
  earlier?: Readonly<Record<StepId, readonly EndedAttempt[]>>;
  /** How each change was begun that took effect, so that it can be in doubt once more. */
  applied?: Readonly<Record<StepId, Started>>;
  /** When each change was last found in place, as the number of the record. */
  probedAgain?: Readonly<Record<StepId, number>>;
  /** The record after which what was committed before may be gone. */
  historyDoubted?: number;
  /** The last record by which a step was done. */
  progressed?: number;
  /** The server as the latest process found it. */
  target?: TargetIdentity;
  seq: number;
  at?: Instant;
}>;

export const emptyState: RunState = {steps: {}, items: {}, artifacts: [], resumed: 0, seq: 0};

const untouched: StepState = {status: 'waiting', attempt: 0};

/** hasOwn: a step may be called `constructor`, which every object seems to have. */
export const stepState = (state: RunState, step: StepId): StepState =>
  (Object.hasOwn(state.steps, step) ? state.steps[step] : undefined) ?? untouched;

export const earlierAttempts = (state: RunState, step: StepId): readonly EndedAttempt[] =>
  (Object.hasOwn(state.earlier ?? {}, step) ? state.earlier?.[step] : undefined) ?? [];

/** The facts of a step's success, when it succeeded and they are of the kind asked for. */
export const factsOf = <K extends Facts['kind']>(
  state: RunState,
  kind: K,
): readonly Readonly<{step: StepId; facts: Extract<Facts, {kind: K}>}>[] =>
  Object.entries(state.steps).flatMap(([step, of]) =>
    of.status === 'succeeded' && of.facts.kind === kind ? [{step, facts: of.facts as Extract<Facts, {kind: K}>}] : [],
  );
