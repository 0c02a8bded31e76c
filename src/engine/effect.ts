// One effect from its started event to its outcome, and one question to the target about an effect that has none.

import {isDangerous} from '../core/decide.ts';
import type {Action} from '../core/definition.ts';
import type {RunEvent} from '../core/event.ts';
import type {Failure} from '../core/failure.ts';
import type {StepId} from '../core/ids.ts';
import type {OutputStream, Progress, Scribe, Transcripts} from '../core/ports.ts';
import {stepState, type RunState} from '../core/state.ts';
import type {StepContext} from '../steps/kind.ts';
import {perform, reconcile} from '../steps/registry.ts';
import {probeAgain} from '../steps/way-back/probe-again.ts';
import {recordedDatabase, recordedProcesses, recordedScratch} from './recorded.ts';
import type {SessionMessage} from './session.ts';

export type Attempt = Readonly<{
  step: StepId;
  attempt: number;
  append: (event: RunEvent) => void;
  tell: (message: SessionMessage) => void;
  show: (progress: Progress | undefined) => void;
  transcripts: Transcripts;
  signal: AbortSignal;
  contextOf: (step: StepId, attempt: number, scribe: Scribe, signal: AbortSignal) => StepContext;
}>;

/** A change whose connection broke, or whose program died on its own, may have taken effect: the target will be asked. */
const leavesDoubt = (action: Action, failure: Failure): boolean => {
  if (!isDangerous(action)) return false;
  switch (failure.code) {
    case 'connection-lost':
    case 'timed-out':
      return true;
    case 'process-failed':
      return failure.exitCode === undefined;
    default:
      return false;
  }
};

export const performEffect = async (action: Action, of: Attempt): Promise<void> => {
  const {step, attempt, append, tell, show, signal} = of;
  const opened = of.transcripts.open(step, attempt);
  if (!opened.ok) {
    // Nothing was asked of the target yet: what cannot be recorded is not begun.
    append({type: 'StepFailed', step, attempt, failure: opened.failure});
    return;
  }
  const transcript = opened.value;
  const scribe: Scribe = {
    transactionOpened: (xid, backendPid, walFlushed) =>
      append({
        type: 'TransactionOpened',
        step,
        attempt,
        xid,
        backendPid,
        ...(walFlushed === undefined ? {} : {walFlushed}),
      }),
    sealed: (artifact) => append({type: 'ArtifactSealed', step, attempt, artifact}),
    output: (stream: OutputStream, text) =>
      tell({type: 'output', step, attempt, stream, text: transcript.write(stream, text)}),
    progress: show,
  };
  const bare = of.contextOf(step, attempt, scribe, signal);
  const context: StepContext = {
    ...bare,
    database: recordedDatabase(bare.database, transcript.record, bare.clock),
    processes: recordedProcesses(bare.processes, transcript.record),
    scratch: recordedScratch(bare.scratch, transcript.record, bare.clock),
  };
  const outcome = await perform(action, context);
  if (outcome === undefined) throw new Error(`a ${action.kind} step cannot be performed`);
  show(undefined);
  const sealed = await transcript.close();
  if (!sealed.ok) append({type: 'TranscriptLost', step, attempt, failure: sealed.failure});
  else for (const artifact of sealed.value) append({type: 'ArtifactSealed', step, attempt, artifact});
  if (outcome.ok) append({type: 'StepSucceeded', step, attempt, facts: outcome.value});
  else if (leavesDoubt(action, outcome.failure)) {
    append({type: 'StepInterrupted', step, attempt, because: outcome.failure});
  } else append({type: 'StepFailed', step, attempt, failure: outcome.failure});
};

export const reconcileStep = async (action: Action, state: RunState, of: Attempt): Promise<void> => {
  const {step, attempt, append, show, signal} = of;
  const doubt = stepState(state, step);
  if (doubt.status !== 'in-doubt') return;
  const scribe: Scribe = {
    // Reconciling only asks; an effect here would be an effect that nobody started.
    transactionOpened: () => {
      throw new Error('a reconciliation opened a transaction');
    },
    // What it finds is evidence; a transcript it has none, since it may ask more than once.
    sealed: (artifact) => append({type: 'ArtifactSealed', step, attempt, artifact}),
    output: () => undefined,
    progress: show,
  };
  const context = of.contextOf(step, attempt, scribe, signal);
  if (doubt.ending !== undefined) {
    const ended = await context.database.endSessionsNamed(doubt.receipt.applicationName);
    const told = ended.ok ? {sessions: ended.value} : {sessions: [], failure: ended.failure};
    append({type: 'OrphansEnded', step, attempt, ...told});
  }
  const {verdict, detail, found, facts, failure} = await reconcile(action, doubt, context);
  show(undefined);
  append({
    type: 'StepReconciled',
    step,
    attempt,
    verdict,
    by: 'probe',
    detail,
    ...(found === undefined ? {} : {found}),
    ...(facts === undefined ? {} : {facts}),
    ...(failure === undefined ? {} : {failure}),
  });
};

/** A change that took effect is looked for once more: it only asks, and keeps no transcript, since it may ask often. */
export const probeStepAgain = async (action: Action, of: Attempt): Promise<void> => {
  const {step, attempt, append, show, signal} = of;
  if (action.kind !== 'migration') throw new Error(`nothing can be asked again about a ${action.kind} step`);
  const scribe: Scribe = {
    transactionOpened: () => {
      throw new Error('a probe opened a transaction');
    },
    sealed: (artifact) => append({type: 'ArtifactSealed', step, attempt, artifact}),
    output: () => undefined,
    progress: show,
  };
  const {holds, detail, found} = await probeAgain(action, of.contextOf(step, attempt, scribe, signal));
  show(undefined);
  append({
    type: 'StepProbedAgain',
    step,
    attempt,
    ...(holds === undefined ? {} : {holds}),
    detail,
    ...(found === undefined ? {} : {found}),
  });
};
