// What comes next in a run: a function of its state, so that it survives every crash that the state survives.

import type {ChecklistStep, RunbookDefinition} from './definition.ts';
import type {Outcome} from './event.ts';
import {rollbackStepId, type StepId} from './ids.ts';
import {stepsOf} from './outline.ts';
import {stepState, type RunState, type StepState} from './state.ts';

/** What the operator is asked: one thing at a time. */
export type Question = 'checklist' | 'start' | 'failed' | 'blocked' | 'settle';

export type Need =
  | Readonly<{kind: 'answer'; step: StepId; question: Question}>
  | Readonly<{kind: 'effect'; step: StepId; attempt: number}>
  | Readonly<{kind: 'reconciliation'; step: StepId; attempt: number}>
  /** Every item is ticked, and a crash came before the success was written: nobody is asked again. */
  | Readonly<{kind: 'conclusion'; step: StepId; items: number}>
  | Readonly<{kind: 'close'; outcome: Outcome}>
  | Readonly<{kind: 'nothing'}>;

const needOf = (id: StepId, state: StepState, isChecklist: boolean): Need | undefined => {
  switch (state.status) {
    case 'waiting':
      return {kind: 'answer', step: id, question: isChecklist ? 'checklist' : 'start'};
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

/** The one thing that the run needs now. */
export const next = (runbook: RunbookDefinition, state: RunState): Need => {
  if (state.opened === undefined || state.closed !== undefined) return {kind: 'nothing'};
  if (state.rollback !== undefined) {
    const id = rollbackStepId(state.rollback.option);
    return needOf(id, stepState(state, id), false) ?? {kind: 'close', outcome: 'rolled-back'};
  }
  for (const step of stepsOf(runbook, state.opened.environment)) {
    const of = stepState(state, step.id);
    const need = needOf(step.id, of, step.kind === 'checklist');
    if (need === undefined) continue;
    return step.kind === 'checklist' && of.status === 'waiting' && isTicked(step, state)
      ? {kind: 'conclusion', step: step.id, items: step.items.length}
      : need;
  }
  return {kind: 'close', outcome: 'completed'};
};

/** The step that the run stands at, whatever it needs. */
export const currentStep = (need: Need): StepId | undefined => ('step' in need ? need.step : undefined);
