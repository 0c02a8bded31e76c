// What the plain front does about a question: submits a command that the answers allow, or ends because they do not.

import {canBeByHand, isByHand} from '../../core/by-hand.ts';
import type {Command} from '../../core/command.ts';
import {standingApprovals} from '../../core/approval.ts';
import {isDangerous} from '../../core/decide.ts';
import type {Action, ApprovalStep, ChecklistStep, RunbookDefinition} from '../../core/definition.ts';
import {rollbackStepId, type StepId} from '../../core/ids.ts';
import type {Need} from '../../core/next.ts';
import {actionOf} from '../../core/outline.ts';
import {stepState, type OpenedRun, type RunState} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import type {Elsewhere} from '../text/approvals/command.ts';
import type {RunEnd} from '../text/exit.ts';
import type {Answers} from './answers.ts';
import {neededApproval, neededByHand, neededChecks, neededStart} from './needed.ts';

export type Move = Readonly<{do: 'submit'; command: Command}> | Readonly<{do: 'end'; end: RunEnd}>;

export type Asked = Readonly<{
  runbook: RunbookDefinition;
  state: RunState;
  opened: OpenedRun;
  need: Extract<Need, {kind: 'answer'}>;
  answers: Answers | undefined;
  /** Steps that this front has started: none is started twice, or a step that keeps failing would be a loop. */
  started: ReadonlySet<StepId>;
  /** The operator asked to start the step again at which the run had stopped before. */
  retry: boolean;
  /** The target's name as the operator typed it, for ending what a step in doubt has left. */
  cancelOrphans: string | undefined;
  /** Options that an approver's command needs. */
  elsewhere: Elsewhere;
  locale: Locale;
}>;

const submit = (command: Command): Move => ({do: 'submit', command});
const end = (of: RunEnd): Move => ({do: 'end', end: of});

export const moveFor = (asked: Asked): Move => {
  const {runbook, state, need, started, retry} = asked;
  const {step, question} = need;
  const action = actionOf(runbook, step);
  if (action === undefined) throw new Error(`the run waits at a step that the runbook does not have: ${step}`);
  switch (question) {
    case 'checklist':
      if (action.kind !== 'checklist') throw new Error(`the run asks for the items of a ${action.kind} step: ${step}`);
      return tick(asked, action);
    case 'approval':
      if (action.kind !== 'approval')
        throw new Error(`the run asks for the approval of a ${action.kind} step: ${step}`);
      return approve(asked, action);
    case 'start':
      return start(asked, action);
    case 'failed':
    case 'blocked': {
      const of = stepState(state, step);
      // Only a human who has looked may start it again; a script that says so in advance has not looked.
      const mayRetry = retry && !started.has(step) && !(of.status === 'failed' && of.failure.code === 'partly-applied');
      if (mayRetry && action.kind === 'approval') return approve(asked, action);
      if (mayRetry) return start(asked, action);
      if (isByHand(action, of)) return byHand(asked);
      if (of.status !== 'failed' && of.status !== 'blocked') throw new Error(`a question without its failure: ${step}`);
      return end({status: of.status, step, failure: of.failure});
    }
    case 'settle': {
      const of = stepState(state, step);
      const isAtWork = of.status === 'in-doubt' && of.probe?.verdict === 'still-running';
      const {cancelOrphans: confirm} = asked;
      if (isAtWork && confirm !== undefined) return submit({type: 'CancelOrphans', step, confirm});
      // Only a human who has looked may settle; a script that says so in advance has not looked.
      return end({status: 'in-doubt', step});
    }
  }
};

const tick = ({state, answers, locale}: Asked, checklist: ChecklistStep): Move => {
  const step = checklist.id;
  const answer = answers?.steps.get(step);
  if (answer?.answer === 'waive') return submit({type: 'WaiveStep', step, reason: answer.reason});
  const checked = state.items[step] ?? {};
  const open = checklist.items.filter(({id}) => !(id in checked));
  for (const item of open) {
    const note =
      answer?.answer === 'check-all'
        ? item.note === 'required'
          ? answer.note
          : undefined
        : answer?.answer === 'check'
          ? answer.items[item.id]?.note
          : undefined;
    const answered =
      answer?.answer === 'check-all' || (answer?.answer === 'check' && Object.hasOwn(answer.items, item.id));
    if (answered && (item.note !== 'required' || note !== undefined)) {
      return submit({type: 'CheckItem', step, item: item.id, ...(note === undefined ? {} : {note})});
    }
  }
  return end({status: 'waiting', step, question: 'checklist', needed: neededChecks(step, open, locale)});
};

/** Each answer once: one that was not taken has ended the walk with its reason. */
const approve = ({state, answers, opened, elsewhere, locale}: Asked, step: ApprovalStep): Move => {
  const answer = answers?.steps.get(step.id);
  if (answer?.answer === 'waive') return submit({type: 'WaiveStep', step: step.id, reason: answer.reason});
  const next = answer?.answer === 'approve' ? answer.approvals[standingApprovals(state, step.id).length] : undefined;
  if (next === undefined)
    return end({
      status: 'waiting',
      step: step.id,
      question: 'approval',
      needed: neededApproval(step, opened.run, elsewhere, locale),
    });
  return 'signature' in next
    ? submit({type: 'ImportApproval', step: step.id, signature: next.signature})
    : submit({
        type: 'GiveApproval',
        step: step.id,
        decision: 'approved',
        approver: next.as,
        ...(next.key === undefined ? {} : {key: next.key}),
      });
};

/** What a human saw is taken from the answers only after the program was tried, and could not be asked. */
const byHand = ({need: {step, question}, answers, locale}: Asked): Move => {
  const answer = answers?.steps.get(step);
  return answer?.answer === 'waive'
    ? submit({type: 'WaiveStep', step, reason: answer.reason})
    : end({status: 'waiting', step, question, needed: neededByHand(step, locale)});
};

const start = (asked: Asked, action: Action): Move => {
  const {opened, need, answers, started, locale} = asked;
  const {step, question} = need;
  const answer = answers?.steps.get(step);
  const optional = 'optional' in action && action.optional === true;
  if (answer?.answer === 'waive' && (optional || !canBeByHand(action))) {
    return submit({type: 'WaiveStep', step, reason: answer.reason});
  }
  const dangerous = isDangerous(action);
  const rollback = answers?.rollback;
  const confirm =
    answer?.answer === 'confirm'
      ? answer.target
      : rollback !== undefined && rollbackStepId(rollback.option) === step
        ? rollback.confirm
        : undefined;
  const allowed = dangerous ? confirm !== undefined : !optional || answer?.answer === 'start';
  if (allowed && !started.has(step)) {
    return submit({type: 'StartStep', step, ...(confirm === undefined ? {} : {confirm})});
  }
  const ask = {optional, ...(dangerous ? {confirm: opened.target.database} : {})};
  return end({status: 'waiting', step, question, needed: neededStart(step, ask, locale)});
};
