// What comes next in a run: a function of its state, so that it survives every crash that the state survives.

import {alsoApproved, isApproved, standingApprovals} from './approval.ts';
import type {ApprovalStep, ChecklistStep, RunbookDefinition, StepDefinition} from './definition.ts';
import type {Outcome} from './event.ts';
import type {FactsOf} from './facts.ts';
import {rollbackStepId, type StepId} from './ids.ts';
import {stepsAfterWayBack, stepsOf} from './outline.ts';
import {stepState, type RunState, type StepState} from './state.ts';
import {toProbe, toProbeBeforeClose, type Applied} from './way-back/probe-again.ts';

/** What the operator is asked: one thing at a time. */
export type Question = 'checklist' | 'approval' | 'start' | 'failed' | 'blocked' | 'settle';

export type Need =
  | Readonly<{kind: 'answer'; step: StepId; question: Question}>
  | Readonly<{kind: 'effect'; step: StepId; attempt: number}>
  | Readonly<{kind: 'reconciliation'; step: StepId; attempt: number}>
  /** Every item is ticked, or enough people have approved: the success is written, and nobody is asked again. */
  | Readonly<{kind: 'conclusion'; step: StepId; attempt: number; facts: FactsOf<'checklist' | 'approval'>}>
  /** A change that took effect is looked for once more. */
  | Readonly<{kind: 'probe'; step: StepId; attempt: number}>
  | Readonly<{kind: 'close'; outcome: Outcome}>
  | Readonly<{kind: 'nothing'}>;

const needOf = (id: StepId, state: StepState, asked: Question): Need | undefined => {
  switch (state.status) {
    case 'waiting':
      return {kind: 'answer', step: id, question: asked};
    case 'running':
      return {kind: 'effect', step: id, attempt: state.attempt};
    case 'in-doubt':
      return state.probe === undefined
        ? {kind: 'reconciliation', step: id, attempt: state.attempt}
        : {kind: 'answer', step: id, question: 'settle'};
    case 'failed':
      return {kind: 'answer', step: id, question: 'failed'};
    case 'blocked':
      return {kind: 'answer', step: id, question: 'blocked'};
    case 'succeeded':
    case 'waived':
      return undefined;
  }
};

const isTicked = ({id, items}: ChecklistStep, state: RunState): boolean =>
  items.every((item) => Object.hasOwn(state.items[id] ?? {}, item.id));

const approvalFacts = (state: RunState, {id}: ApprovalStep): FactsOf<'approval'> => ({
  kind: 'approval',
  approvals: standingApprovals(state, id).map((approval) => {
    const {by, proof, expires} = approval;
    const also = alsoApproved(state, id, approval);
    return {
      by,
      ...(proof.how === 'signed' ? {key: proof.key, list: proof.list} : {list: 'none' as const}),
      ...(expires === undefined ? {} : {expires}),
      ...(also.length === 0 ? {} : {also}),
    };
  }),
});

const questionOf = ({kind}: StepDefinition): Question => (kind === 'checklist' || kind === 'approval' ? kind : 'start');

/** What only humans do is done once they have done it. */
const conclusionOf = (step: StepDefinition, attempts: number, state: RunState): Need | undefined => {
  if (step.kind === 'checklist' && isTicked(step, state))
    return {kind: 'conclusion', step: step.id, attempt: 1, facts: {kind: 'checklist', items: step.items.length}};
  if (step.kind === 'approval' && isApproved(state, step))
    return {kind: 'conclusion', step: step.id, attempt: attempts + 1, facts: approvalFacts(state, step)};
  return undefined;
};

const probeOf = ({step, attempt}: Applied): Need => ({kind: 'probe', step: step.id, attempt});

/** What the first of these steps that is not done needs. */
const firstNeed = (steps: readonly StepDefinition[], state: RunState): Need | undefined => {
  for (const step of steps) {
    const of = stepState(state, step.id);
    const need = needOf(step.id, of, questionOf(step));
    if (need === undefined) continue;
    return of.status === 'waiting' ? (conclusionOf(step, of.attempt, state) ?? need) : need;
  }
  return undefined;
};

/** The one thing that the run needs now. */
export const next = (runbook: RunbookDefinition, state: RunState): Need => {
  if (state.opened === undefined || state.closed !== undefined) return {kind: 'nothing'};
  if (state.rollback !== undefined) {
    const id = rollbackStepId(state.rollback.option);
    return (
      needOf(id, stepState(state, id), 'start') ??
      firstNeed(stepsAfterWayBack(runbook, state), state) ?? {kind: 'close', outcome: 'rolled-back'}
    );
  }
  const doubted = toProbe(runbook, state);
  if (doubted !== undefined) return probeOf(doubted);
  const need = firstNeed(stepsOf(runbook, state.opened.environment), state);
  if (need !== undefined) return need;
  const last = toProbeBeforeClose(runbook, state);
  return last === undefined ? {kind: 'close', outcome: 'completed'} : probeOf(last);
};

/** The step that the run stands at, whatever it needs. */
export const currentStep = (need: Need): StepId | undefined => ('step' in need ? need.step : undefined);
