// Which events a command leads to, or why it is refused. The only place where a human is told no.

import {lapsedApproval} from './approval.ts';
import type {History} from './approval-standing.ts';
import type {Command, Refusal} from './command.ts';
import {takeApproval, type Presented} from './decide-approval.ts';
import type {Action, ApprovalStep, RunbookDefinition, StepDefinition} from './definition.ts';
import type {Receipt, RunEvent} from './event.ts';
import {isLackOfRights, type Failure} from './failure.ts';
import {rollbackStepId, type Identity, type Instant, type StepId} from './ids.ts';
import {isByHand} from './by-hand.ts';
import {currentStep, next} from './next.ts';
import {actionOf, stepOf, stepsOf} from './outline.ts';
import {hasChanged, impossibility, isApplied} from './rollback.ts';
import {stepState, type OpenedRun, type RunState} from './state.ts';
import {isOfTool, mayWrite} from './tools.ts';

/** `events` of a refusal: what was found out on the way to it, and changes what comes next. */
export type Decision =
  | Readonly<{ok: true; events: readonly RunEvent[]}>
  | Readonly<{ok: false; refusal: Refusal; events?: readonly RunEvent[]}>;

/** What `decide` may not know by itself: who asks, and how an attempt will be recognised in the target. */
export type Asking = Readonly<{
  by: Identity;
  now: Instant;
  receipt: (step: StepId, attempt: number, action: Action) => Receipt;
  /** What lies on the table when an approval is given. */
  approval?: Readonly<{history: History; presented: Presented}>;
}>;

const accept = (...events: readonly RunEvent[]): Decision => ({ok: true, events});
const refuse = (refusal: Refusal): Decision => ({ok: false, refusal});

/** Steps and ways back that change the target: they want its name typed. */
export const isDangerous = (action: Action): boolean => {
  if (isOfTool(action)) return mayWrite(action);
  switch (action.kind) {
    case 'migration':
    case 'restore-objects':
    case 'revert':
    case 'downgrade':
    case 'drop-object':
    case 'restore-backup':
      return true;
    case 'checklist':
    case 'query':
    case 'snapshot':
    case 'backup':
    case 'rehearse':
    case 'alembic-check':
    case 'smoke':
    case 'downstream':
    case 'command':
    case 'approval':
      return false;
  }
};

/** The steps after this one that change the target. */
export const changesAhead = (runbook: RunbookDefinition, {opened}: RunState, step: StepId): readonly StepId[] => {
  const steps = opened === undefined ? [] : stepsOf(runbook, opened.environment);
  const at = steps.findIndex(({id}) => id === step);
  return steps
    .slice(at + 1)
    .filter(isDangerous)
    .map(({id}) => id);
};

const blank = (text: string): boolean => text.trim() === '';

export const decide = (runbook: RunbookDefinition, state: RunState, command: Command, asking: Asking): Decision => {
  const {opened} = state;
  if (opened === undefined) return refuse({code: 'run-closed'});
  // A completed run can still be rolled back; every other command needs an open one.
  if (state.closed !== undefined && !(command.type === 'BeginRollback' && state.closed.outcome === 'completed')) {
    return refuse({code: 'run-closed'});
  }
  switch (command.type) {
    case 'CheckItem':
      return checkItem(runbook, state, command, asking);
    case 'StartStep':
      return startStep(runbook, state, opened, command, asking);
    case 'GiveApproval':
    case 'ImportApproval':
      return giveApproval(runbook, state, command.step, asking);
    case 'WaiveStep':
      return waiveStep(runbook, state, command, asking);
    case 'ProbeStep': {
      const step = stepState(state, command.step);
      if (step.status !== 'in-doubt') return refuse({code: 'not-in-doubt', step: command.step});
      // Without an answer yet, the target is being asked already.
      return step.probe === undefined
        ? accept()
        : accept({type: 'StepInterrupted', step: command.step, attempt: step.attempt});
    }
    case 'SettleStep':
      return settleStep(state, command, asking);
    case 'CancelOrphans':
      return cancelOrphans(state, opened, command, asking);
    case 'TakeSnapshotAgain':
      return takeSnapshotAgain(runbook, state, asking);
    case 'BeginRollback':
      return beginRollback(runbook, state, opened, command, asking);
    case 'AbandonRun': {
      if (blank(command.reason)) return refuse({code: 'reason-missing'});
      const busy = runningStep(state);
      if (busy !== undefined) return refuse({code: 'already-running', step: busy});
      return accept({type: 'RunClosed', outcome: 'abandoned', by: asking.by, reason: command.reason});
    }
    case 'CancelEffect':
      return runningStep(state) === undefined ? refuse({code: 'nothing-running'}) : accept();
  }
};

const runningStep = (state: RunState): StepId | undefined =>
  Object.entries(state.steps).find(([, step]) => step.status === 'running')?.[0];

const inTurn = (runbook: RunbookDefinition, state: RunState, step: StepId): Refusal | undefined => {
  if (actionOf(runbook, step) === undefined) return {code: 'step-unknown', step};
  const {status} = stepState(state, step);
  if (status === 'succeeded' || status === 'waived') return {code: 'already-done', step};
  if (status === 'running') return {code: 'already-running', step};
  const current = currentStep(next(runbook, state));
  if (current !== step) return {code: 'not-this-step', step, next: current};
  return status === 'in-doubt' ? {code: 'in-doubt', step} : undefined;
};

const checkItem = (
  runbook: RunbookDefinition,
  state: RunState,
  command: Extract<Command, {type: 'CheckItem'}>,
  {by}: Asking,
): Decision => {
  const refusal = inTurn(runbook, state, command.step);
  if (refusal !== undefined) return refuse(refusal);
  const step = actionOf(runbook, command.step);
  if (step?.kind !== 'checklist') return refuse({code: 'not-a-checklist', step: command.step});
  const item = step.items.find(({id}) => id === command.item);
  if (item === undefined) return refuse({code: 'item-unknown', step: step.id, item: command.item});
  const checked = state.items[step.id] ?? {};
  if (Object.hasOwn(checked, item.id)) return refuse({code: 'already-done', step: step.id});
  const note = command.note?.trim() ?? '';
  if (item.note === 'required' && note === '') return refuse({code: 'note-missing', step: step.id, item: item.id});
  const tick: RunEvent = {type: 'ItemChecked', step: step.id, item: item.id, by, ...(note === '' ? {} : {note})};
  const last = step.items.every(({id}) => id === item.id || Object.hasOwn(checked, id));
  if (!last) return accept(tick);
  const facts = {kind: 'checklist', items: step.items.length} as const;
  return accept(tick, {type: 'StepSucceeded', step: step.id, attempt: 1, facts});
};

const startStep = (
  runbook: RunbookDefinition,
  state: RunState,
  opened: OpenedRun,
  command: Extract<Command, {type: 'StartStep'}>,
  {by, now, receipt}: Asking,
): Decision => {
  const refusal = inTurn(runbook, state, command.step);
  if (refusal !== undefined) return refuse(refusal);
  const action = actionOf(runbook, command.step);
  if (action === undefined || action.kind === 'checklist' || action.kind === 'approval') {
    return refuse({code: 'not-this-step', step: command.step, next: command.step});
  }
  const {database} = opened.target;
  if (isDangerous(action) && command.confirm !== database) {
    return refuse({code: 'confirmation-missing', expected: database});
  }
  // What leads back is never held up by an approval.
  const lapsed =
    state.rollback === undefined && isDangerous(action)
      ? lapsedApproval(runbook, state, command.step, by.name, now)
      : undefined;
  if (lapsed !== undefined) {
    const {step, attempt: of, lapse} = lapsed;
    return {
      ok: false,
      refusal: {code: 'approval-lapsed', step: command.step, approval: step.id, lapse},
      events: [{type: 'ApprovalLapsed', step: step.id, attempt: of, lapse}],
    };
  }
  const attempt = stepState(state, command.step).attempt + 1;
  const started = receipt(command.step, attempt, action);
  return accept({type: 'StepStarted', step: command.step, attempt, receipt: started, by});
};

/** The step that an approval could be given for now, or why none can. */
export const approvalAsked = (
  runbook: RunbookDefinition,
  state: RunState,
  step: StepId,
): Readonly<{ok: true; step: ApprovalStep}> | Readonly<{ok: false; refusal: Refusal}> => {
  if (state.closed !== undefined) return {ok: false, refusal: {code: 'run-closed'}};
  const refusal = inTurn(runbook, state, step);
  if (refusal !== undefined) return {ok: false, refusal};
  const action = actionOf(runbook, step);
  return action?.kind === 'approval' ? {ok: true, step: action} : {ok: false, refusal: {code: 'not-an-approval', step}};
};

const giveApproval = (runbook: RunbookDefinition, state: RunState, id: StepId, asking: Asking): Decision => {
  const asked = approvalAsked(runbook, state, id);
  if (!asked.ok) return asked;
  const {approval, by, now} = asking;
  if (approval === undefined) throw new Error('an approval was decided on before anybody looked at it');
  const {step} = asked;
  const taken = takeApproval({runbook, state, history: approval.history, step, by, now}, approval.presented);
  return taken.ok ? accept(...taken.events) : refuse({code: 'approval-not-taken', step: id, problem: taken.problem});
};

const waiveStep = (
  runbook: RunbookDefinition,
  state: RunState,
  command: Extract<Command, {type: 'WaiveStep'}>,
  {by}: Asking,
): Decision => {
  const refusal = inTurn(runbook, state, command.step);
  if (refusal !== undefined) return refuse(refusal);
  const step = stepOf(runbook, command.step);
  const reason = command.reason.trim();
  if (step !== undefined && isByHand(step, stepState(state, step.id))) {
    return reason === ''
      ? refuse({code: 'reason-missing'})
      : accept({type: 'StepConfirmed', step: step.id, note: reason, by});
  }
  if (step?.optional !== true) return refuse({code: 'mandatory', step: command.step});
  return reason === '' ? refuse({code: 'reason-missing'}) : accept({type: 'StepWaived', step: step.id, reason, by});
};

const settleStep = (state: RunState, command: Extract<Command, {type: 'SettleStep'}>, {by}: Asking): Decision => {
  const step = stepState(state, command.step);
  if (step.status !== 'in-doubt') return refuse({code: 'not-in-doubt', step: command.step});
  // The database is asked first; a human only answers what it could not.
  if (step.probe === undefined) return refuse({code: 'not-probed', step: command.step});
  if (step.probe.verdict === 'still-running') return refuse({code: 'already-running', step: command.step});
  if (blank(command.reason)) return refuse({code: 'reason-missing'});
  const {verdict, reason} = command;
  return accept({
    type: 'StepReconciled',
    step: command.step,
    attempt: step.attempt,
    verdict,
    by,
    detail: reason.trim(),
  });
};

const cancelOrphans = (
  state: RunState,
  opened: OpenedRun,
  command: Extract<Command, {type: 'CancelOrphans'}>,
  {by}: Asking,
): Decision => {
  const {step: id, confirm} = command;
  const step = stepState(state, id);
  if (step.status !== 'in-doubt') return refuse({code: 'not-in-doubt', step: id});
  if (step.probe === undefined) return refuse({code: 'not-probed', step: id});
  if (step.probe.verdict !== 'still-running') return refuse({code: 'nothing-running'});
  const {database} = opened.target;
  if (confirm !== database) return refuse({code: 'confirmation-missing', expected: database});
  return accept({type: 'OrphanCancellationBegun', step: id, attempt: step.attempt, by});
};

/** From which step on the run is to be taken anew after this failure; undefined where that would not help. */
const takenAnewFrom = (failure: Failure): ((step: StepDefinition) => boolean) | undefined => {
  if (failure.code === 'snapshot-stale') return ({kind}) => kind === 'snapshot';
  if (failure.code !== 'rehearsal-failed') return undefined;
  // What a role may do with objects and schemas comes into the copy with the backup.
  return isLackOfRights(failure.failure) ? ({kind}) => kind === 'snapshot' || kind === 'backup' : undefined;
};

/** What a new snapshot makes doubtful: it, and every step behind it that has been begun. */
export const reopenedBySnapshot = (runbook: RunbookDefinition, state: RunState): readonly StepId[] => {
  if (state.opened === undefined || state.rollback !== undefined || isApplied(runbook, state)) return [];
  const current = currentStep(next(runbook, state));
  const of = current === undefined ? undefined : stepState(state, current);
  const isFirst = of?.status === 'failed' ? takenAnewFrom(of.failure) : undefined;
  if (isFirst === undefined) return [];
  const steps = stepsOf(runbook, state.opened.environment);
  const first = steps.findIndex(isFirst);
  return first < 0
    ? []
    : steps
        .slice(first)
        .map(({id}) => id)
        .filter((id) => stepState(state, id).status !== 'waiting' || Object.keys(state.items[id] ?? {}).length > 0);
};

const takeSnapshotAgain = (runbook: RunbookDefinition, state: RunState, {by}: Asking): Decision => {
  const steps = reopenedBySnapshot(runbook, state);
  return steps.length === 0 ? refuse({code: 'snapshot-not-stale'}) : accept({type: 'StepsReopened', steps, by});
};

const beginRollback = (
  runbook: RunbookDefinition,
  state: RunState,
  opened: OpenedRun,
  command: Extract<Command, {type: 'BeginRollback'}>,
  {by, receipt}: Asking,
): Decision => {
  const busy = runningStep(state);
  if (busy !== undefined) return refuse({code: 'already-running', step: busy});
  // Going back while the change may still be at work would meet it half-way; the target is asked first.
  const doubtful = Object.entries(state.steps).find(
    ([, step]) => step.status === 'in-doubt' && (step.probe === undefined || step.probe.verdict === 'still-running'),
  );
  if (doubtful !== undefined) return refuse({code: 'in-doubt', step: doubtful[0]});
  const option = runbook.rollback.find(({id}) => id === command.option);
  if (option === undefined) return refuse({code: 'option-unknown', option: command.option});
  if (!hasChanged(runbook, state)) return refuse({code: 'nothing-to-roll-back'});
  const because = impossibility(state, option);
  if (because !== undefined) return refuse({code: 'option-impossible', option: option.id, because});
  if (blank(command.reason)) return refuse({code: 'reason-missing'});
  const {database} = opened.target;
  if (command.confirm !== database) return refuse({code: 'confirmation-missing', expected: database});
  const step = rollbackStepId(option.id);
  const attempt = stepState(state, step).attempt + 1;
  return accept(
    {type: 'RollbackBegun', option: option.id, reason: command.reason.trim(), by},
    {type: 'StepStarted', step, attempt, receipt: receipt(step, attempt, option), by},
  );
};
