// What an event changes. Total: what is in the journal has happened, so it is never refused.

import {approvalsOf, type RecordedApproval} from './approval.ts';
import type {Recorded} from './event.ts';
import {verdictOf, type Facts} from './facts.ts';
import {rollbackStepId, type Identity, type StepId} from './ids.ts';
import type {Failure} from './failure.ts';
import {earlierAttempts, emptyState, stepState, type RunState, type Started, type StepState} from './state.ts';

const withStep = (state: RunState, step: StepId, next: StepState): RunState => ({
  ...state,
  steps: {...state.steps, [step]: next},
});

/** In doubt afresh: an earlier probe of the same attempt no longer counts. */
const inDoubt = (
  step: Extract<StepState, {status: 'running' | 'in-doubt'}>,
  because?: Failure,
): Extract<StepState, {status: 'in-doubt'}> => ({
  status: 'in-doubt',
  attempt: step.attempt,
  receipt: step.receipt,
  startedAt: step.startedAt,
  ...(step.target === undefined ? {} : {target: step.target}),
  ...(step.xid === undefined ? {} : {xid: step.xid}),
  ...(step.backendPid === undefined ? {} : {backendPid: step.backendPid}),
  ...(step.walFlushed === undefined ? {} : {walFlushed: step.walFlushed}),
  ...(because === undefined ? {} : {because}),
});

const startedAt = (state: StepState, fallback: string): string => ('startedAt' in state ? state.startedAt : fallback);

const changed = (state: RunState, event: Recorded): RunState => {
  switch (event.type) {
    case 'RunOpened':
      return {
        ...state,
        target: event.target,
        opened: {
          run: event.run,
          runbook: event.runbook,
          plan: event.plan,
          environment: event.environment,
          operator: event.operator,
          target: event.target,
          ...(event.trust === undefined ? {} : {trust: event.trust}),
          at: event.at,
          ...(event.copyOf === undefined ? {} : {copyOf: event.copyOf}),
        },
      };
    case 'RunResumed':
      return withOperator(
        {
          ...state,
          resumed: state.resumed + 1,
          target: event.target,
          ...(event.historyChanged === true ? {historyDoubted: event.seq} : {}),
        },
        event.operator,
      );
    case 'StepStarted':
      return withStep(withEarlier(state, event.step), event.step, {
        status: 'running',
        attempt: event.attempt,
        receipt: event.receipt,
        startedAt: event.at,
        ...(state.target === undefined ? {} : {target: state.target}),
      });
    case 'TransactionOpened': {
      const step = stepState(state, event.step);
      const known = {...state, xids: [...(state.xids ?? []), event.xid]};
      return step.status === 'running'
        ? withStep(known, event.step, {
            ...step,
            xid: event.xid,
            backendPid: event.backendPid,
            ...(event.walFlushed === undefined ? {} : {walFlushed: event.walFlushed}),
          })
        : known;
    }
    case 'ItemChecked': {
      const checked = {by: event.by, at: event.at, ...(event.note === undefined ? {} : {note: event.note})};
      return {
        ...state,
        items: {...state.items, [event.step]: {...state.items[event.step], [event.item]: checked}},
      };
    }
    case 'ArtifactSealed':
      return {
        ...state,
        artifacts: [...state.artifacts, {step: event.step, attempt: event.attempt, artifact: event.artifact}],
      };
    case 'EvidenceAttached': {
      const {step, artifact, fileName, scanned, note, by, at} = event;
      const attached = {artifact, fileName, scanned, note, by, at, ...(step === undefined ? {} : {step})};
      return {...state, attachments: [...(state.attachments ?? []), attached]};
    }
    case 'TranscriptLost': {
      const lost = {step: event.step, attempt: event.attempt, failure: event.failure};
      return {...state, lostTranscripts: [...(state.lostTranscripts ?? []), lost]};
    }
    case 'ShellOpened':
      return {...state, shells: event.number};
    case 'ShellEnded':
      return state;
    case 'SleepNoticed':
      // The target's lock may have been lost and taken again meanwhile.
      return {...state, historyDoubted: event.seq};
    case 'StepSucceeded':
      return withStep(withApplied(state, event.step, event.facts), event.step, {
        status: 'succeeded',
        attempt: event.attempt,
        facts: event.facts,
        verdict: verdictOf(event.facts),
        startedAt: startedAt(stepState(state, event.step), event.at),
        endedAt: event.at,
      });
    case 'StepFailed': {
      const times = {startedAt: startedAt(stepState(state, event.step), event.at), endedAt: event.at};
      return withStep(
        state,
        event.step,
        event.failure.code === 'lock-timeout'
          ? {status: 'blocked', attempt: event.attempt, failure: event.failure, ...times}
          : {status: 'failed', attempt: event.attempt, failure: event.failure, ...times},
      );
    }
    case 'StepInterrupted': {
      const step = stepState(state, event.step);
      if (step.status !== 'running' && step.status !== 'in-doubt') return state;
      return withStep(state, event.step, inDoubt(step, event.because));
    }
    case 'StepReconciled':
      return reconciled(state, event);
    case 'StepProbedAgain':
      return probedAgain(state, event);
    case 'OrphanCancellationBegun': {
      const step = stepState(state, event.step);
      return step.status === 'in-doubt'
        ? withStep(state, event.step, {...inDoubt(step), ending: {by: event.by}})
        : state;
    }
    case 'OrphansEnded': {
      const step = stepState(state, event.step);
      return step.status === 'in-doubt' ? withStep(state, event.step, inDoubt(step)) : state;
    }
    case 'StepConfirmed': {
      const step = stepState(state, event.step);
      const facts: Facts = {kind: 'settled', note: event.note, by: event.by};
      const verdict = verdictOf(facts);
      const {attempt} = step;
      const times = {startedAt: startedAt(step, event.at), endedAt: event.at};
      return withStep(state, event.step, {status: 'succeeded', attempt, facts, verdict, ...times});
    }
    case 'StepWaived':
      return withStep(withEarlier(state, event.step), event.step, {
        status: 'waived',
        attempt: stepState(state, event.step).attempt,
        reason: event.reason,
        by: event.by,
        at: event.at,
      });
    case 'ApprovalGranted':
    case 'ApprovalRefused':
      return decided(state, event);
    case 'ApprovalLapsed':
      return withStep(state, event.step, {status: 'waiting', attempt: event.attempt});
    case 'StepsReopened': {
      const items = Object.fromEntries(Object.entries(state.items).filter(([step]) => !event.steps.includes(step)));
      return event.steps.reduce<RunState>(
        (so, step) => withStep(so, step, {status: 'waiting', attempt: stepState(state, step).attempt}),
        {...state, items},
      );
    }
    case 'RollbackBegun': {
      const {closed: _, ...open} = state;
      const begun = {...open, rollback: {option: event.option, reason: event.reason, by: event.by, at: event.at}};
      // A second attempt at the same way back starts from the attempt number that the first one reached, and so does
      // what follows it: what was ticked and asked after the first one was said of what that had left.
      const step = rollbackStepId(event.option);
      const follows = (id: StepId): boolean => id.startsWith(`${step}/`);
      const items = Object.fromEntries(Object.entries(begun.items).filter(([id]) => !follows(id)));
      return [step, ...Object.keys(state.steps).filter(follows)].reduce<RunState>(
        (so, id) => withStep(so, id, {status: 'waiting', attempt: stepState(state, id).attempt}),
        {...begun, items},
      );
    }
    case 'HandedOver':
      // Who holds the run is the lock's to say; the journal keeps that it changed hands. Who had the target may have used it.
      return event.what === 'target' ? {...state, historyDoubted: event.seq} : state;
    case 'RunClosed':
      return {...state, closed: {outcome: event.outcome, at: event.at}};
  }
};

/** What an attempt has left, neither the next one nor a waiver takes away: how it ended is kept. */
const withEarlier = (state: RunState, step: StepId): RunState => {
  const last = stepState(state, step);
  if (last.attempt === 0) return state;
  const failure = last.status === 'failed' || last.status === 'blocked' ? {failure: last.failure.code} : {};
  const ended = {attempt: last.attempt, status: last.status, ...failure};
  return {...state, earlier: {...state.earlier, [step]: [...earlierAttempts(state, step), ended]}};
};

/** A migration can be in doubt once more, and is then asked about as it was begun. */
const withApplied = (state: RunState, step: StepId, {kind}: Facts): RunState => {
  const of = stepState(state, step);
  if (kind !== 'migration' || (of.status !== 'running' && of.status !== 'in-doubt')) return state;
  const {attempt, receipt, startedAt: begunAt, target, xid, backendPid, walFlushed} = of;
  const started: Started = {
    attempt,
    receipt,
    startedAt: begunAt,
    ...(target === undefined ? {} : {target}),
    ...(xid === undefined ? {} : {xid}),
    ...(backendPid === undefined ? {} : {backendPid}),
    ...(walFlushed === undefined ? {} : {walFlushed}),
  };
  return {...state, applied: {...state.applied, [step]: started}};
};

/** What is not there any more, or could not be seen, is in doubt: a human decides, who is shown what was found. */
const probedAgain = (state: RunState, event: Extract<Recorded, {type: 'StepProbedAgain'}>): RunState => {
  const {step, seq, holds, detail, found, at} = event;
  if (holds === true) return {...state, probedAgain: {...state.probedAgain, [step]: seq}};
  const begun = state.applied?.[step];
  if (begun === undefined || stepState(state, step).status !== 'succeeded') return state;
  const probe = {verdict: 'cannot-tell', by: 'probe', detail, at, ...(found === undefined ? {} : {found})} as const;
  return withStep(state, step, {...begun, status: 'in-doubt', probe});
};

/** Only who was not known yet, so that an old journal gives the state that it always gave. */
const withOperator = (state: RunState, operator: Identity): RunState => {
  const known = [...(state.opened === undefined ? [] : [state.opened.operator]), ...(state.operators ?? [])];
  return known.some(({name, host}) => name === operator.name && host === operator.host)
    ? state
    : {...state, operators: [...(state.operators ?? []), operator]};
};

const decided = (
  state: RunState,
  event: Extract<Recorded, {type: 'ApprovalGranted'} | {type: 'ApprovalRefused'}>,
): RunState => {
  const {type, step, seq, at, attempt, by, recordedBy, head, expires, reason, statement, proof} = event;
  const given: RecordedApproval = {
    seq,
    at,
    attempt,
    decision: type === 'ApprovalGranted' ? 'approved' : 'refused',
    by,
    recordedBy,
    head,
    statement,
    proof,
    ...(expires === undefined ? {} : {expires}),
    ...(reason === undefined ? {} : {reason}),
  };
  const approvals = {...state.approvals, [step]: [...approvalsOf(state, step), given]};
  const before = stepState(state, step);
  const next: StepState =
    type === 'ApprovalRefused'
      ? {
          status: 'failed',
          attempt,
          failure: {code: 'approval-refused', by, reason: reason ?? ''},
          startedAt: at,
          endedAt: at,
        }
      : before.status === 'failed'
        ? {status: 'waiting', attempt: before.attempt}
        : before;
  return withStep({...state, approvals}, step, next);
};

const reconciled = (state: RunState, event: Extract<Recorded, {type: 'StepReconciled'}>): RunState => {
  const step = stepState(state, event.step);
  if (step.status !== 'in-doubt') return state;
  const probe = {
    verdict: event.verdict,
    by: event.by,
    detail: event.detail,
    at: event.at,
    ...(event.found === undefined ? {} : {found: event.found}),
  };
  switch (event.verdict) {
    case 'took-effect': {
      const facts: Facts = event.facts ?? {kind: 'settled', note: event.detail};
      return withStep(withApplied(state, event.step, facts), event.step, {
        status: 'succeeded',
        attempt: event.attempt,
        facts,
        verdict: verdictOf(facts),
        startedAt: step.startedAt,
        endedAt: event.at,
        probe,
      });
    }
    case 'incomplete':
      return withStep(state, event.step, {
        status: 'failed',
        attempt: event.attempt,
        failure: event.failure ?? {code: 'connection-lost', message: event.detail},
        startedAt: step.startedAt,
        endedAt: event.at,
      });
    case 'had-no-effect':
      return withStep(state, event.step, {status: 'waiting', attempt: event.attempt, probe});
    case 'still-running':
    case 'cannot-tell':
      return withStep(state, event.step, {...step, probe});
  }
};

/** Records by which a step may have come to its end. */
const progress: ReadonlySet<Recorded['type']> = new Set([
  'StepSucceeded',
  'StepReconciled',
  'StepConfirmed',
  'StepWaived',
]);

/** The state after one more line of the journal. */
export const reduce = (state: RunState, event: Recorded): RunState => ({
  ...changed(state, event),
  ...(progress.has(event.type) ? {progressed: event.seq} : {}),
  seq: event.seq,
  at: event.at,
});

/** Artifacts are gathered apart: appended one by one to an array that is copied each time, a long journal takes minutes. */
export const fold = (events: readonly Recorded[]): RunState => {
  const state = events.filter(({type}) => type !== 'ArtifactSealed').reduce(reduce, emptyState);
  const artifacts = events.flatMap((event) =>
    event.type === 'ArtifactSealed' ? [{step: event.step, attempt: event.attempt, artifact: event.artifact}] : [],
  );
  const last = events.at(-1);
  return last === undefined ? state : {...state, artifacts, seq: last.seq, at: last.at};
};
