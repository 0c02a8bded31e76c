// Where the operator stands: what the shown step is to him, and what Enter does about it.

import type {Command} from '../../core/command.ts';
import {isByHand} from '../../core/by-hand.ts';
import {isDangerous} from '../../core/decide.ts';
import type {ApprovalStep, ChecklistItem, ChecklistStep} from '../../core/definition.ts';
import type {Outcome} from '../../core/event.ts';
import type {Blocker} from '../../core/failure.ts';
import type {StepId} from '../../core/ids.ts';
import {actionOf, stepOf} from '../../core/outline.ts';
import type {Probe} from '../../core/state.ts';
import type {Fault} from '../../engine/session.ts';
import {chosenItem} from './evidence-items.ts';
import {chosenWay} from './approval-ways.ts';
import {currentOf, stateOf, type Scene} from './scene.ts';
import type {ApprovalWay} from './view-state.ts';

export type Standing =
  | Readonly<{kind: 'fault'; fault: Fault}>
  | Readonly<{kind: 'elsewhere'; step: StepId}>
  | Readonly<{kind: 'checklist'; step: ChecklistStep}>
  | Readonly<{kind: 'approval'; step: ApprovalStep; wasRefused: boolean}>
  | Readonly<{kind: 'start' | 'failed' | 'blocked'; step: StepId; isDangerous: boolean}>
  | Readonly<{kind: 'running' | 'asking'; step: StepId}>
  | Readonly<{kind: 'settle'; step: StepId; probe: Probe}>
  | Readonly<{kind: 'closing'}>
  | Readonly<{kind: 'closed'; outcome: Outcome}>;

export const standingOf = (scene: Scene): Standing => {
  const {view, ui} = scene;
  const current = currentOf(scene);
  if (ui.shown.kind === 'step' && ui.shown.step !== current) return {kind: 'elsewhere', step: ui.shown.step};
  if (view.fault !== undefined) return {kind: 'fault', fault: view.fault};
  if (view.state.closed !== undefined) return {kind: 'closed', outcome: view.state.closed.outcome};
  const {need} = view;
  switch (need.kind) {
    case 'conclusion':
    case 'close':
    case 'nothing':
      return {kind: 'closing'};
    case 'effect':
      return {kind: 'running', step: need.step};
    case 'probe':
    case 'reconciliation':
      return {kind: 'asking', step: need.step};
    case 'answer': {
      const action = actionOf(view.runbook, need.step);
      const dangerous = action !== undefined && isDangerous(action);
      switch (need.question) {
        case 'checklist':
          return action?.kind === 'checklist'
            ? {kind: 'checklist', step: action}
            : {kind: 'start', step: need.step, isDangerous: dangerous};
        case 'approval':
        case 'start':
        case 'failed':
        case 'blocked':
          if (action?.kind === 'approval')
            return {kind: 'approval', step: action, wasRefused: need.question === 'failed'};
          if (need.question === 'approval') return {kind: 'start', step: need.step, isDangerous: dangerous};
          return {kind: need.question, step: need.step, isDangerous: dangerous};
        case 'settle': {
          const state = stateOf(scene, need.step);
          return state.status === 'in-doubt' && state.probe !== undefined
            ? {kind: 'settle', step: need.step, probe: state.probe}
            : {kind: 'asking', step: need.step};
        }
      }
    }
  }
};

/** Ask again, it took effect, it had no effect; a step that still runs can be asked about, or what it left be ended. */
export const settleChoices = ({probe}: Extract<Standing, {kind: 'settle'}>) =>
  probe.verdict === 'still-running'
    ? (['ask-again', 'cancel-orphans'] as const)
    : (['ask-again', 'took-effect', 'had-no-effect'] as const);

/** A program could not be asked: what the operator sees himself counts in its place. */
export const asksByHand = (scene: Scene): boolean => {
  const current = currentOf(scene);
  const step = current === undefined ? undefined : stepOf(scene.view.runbook, current);
  return step !== undefined && isByHand(step, stateOf(scene, step.id));
};

/** Who stands in the way now, or stood there when the step gave up. */
export const blockersOf = (scene: Scene): readonly Blocker[] => {
  const standing = standingOf(scene);
  if (standing.kind === 'blocked') {
    const state = stateOf(scene, standing.step);
    return state.status === 'blocked' ? state.failure.blockers : [];
  }
  const {progress} = scene.view;
  return standing.kind === 'running' && (progress?.code === 'waiting-for-lock' || progress?.code === 'held-up')
    ? progress.blockers
    : [];
};

/** The item under the cursor; before the cursor was moved, the first one that is not ticked. */
export const itemUnderCursor = (scene: Scene, step: ChecklistStep): ChecklistItem | undefined => {
  const checked = scene.view.state.items[step.id] ?? {};
  const chosen = step.items[Math.min(scene.ui.choice, step.items.length - 1)];
  if (chosen !== undefined && !(chosen.id in checked)) return chosen;
  return step.items.find(({id}) => !(id in checked));
};

/** What Enter does now; the name is also the word for it in the foot. */
export type Usual =
  | Readonly<{does: 'start' | 'again' | 'confirm' | 'confirm-again'; step: StepId}>
  | Readonly<{does: 'tick'; command: Command}>
  | Readonly<{does: 'approve'; step: ApprovalStep; way: ApprovalWay}>
  | Readonly<{does: 'note'; step: StepId; item: string}>
  | Readonly<{does: 'ask-again' | 'cancel-orphans'; step: StepId}>
  | Readonly<{does: 'settle'; step: StepId; verdict: 'took-effect' | 'had-no-effect'}>
  | Readonly<{does: 'to-current' | 'open-item' | 'leave' | 'wait' | 'keep-trying' | 'nothing'}>;

export const usualOf = (scene: Scene): Usual => {
  // Whoever stands on a file of the evidence opens it; the run is not driven on from beside it.
  const isInList = scene.ui.tab === 'evidence' && scene.ui.focus === 'pane';
  if (isInList && chosenItem(scene).kind !== 'record') return {does: 'open-item'};
  const standing = standingOf(scene);
  if (standing.kind === 'elsewhere') return {does: 'to-current'};
  if (standing.kind === 'closed' || standing.kind === 'fault') return {does: 'leave'};
  if (scene.isReadOnly) return {does: 'leave'};
  switch (standing.kind) {
    case 'checklist': {
      const {step} = standing;
      const item = itemUnderCursor(scene, step);
      if (item === undefined) return {does: 'nothing'};
      return item.note === 'required'
        ? {does: 'note', step: step.id, item: item.id}
        : {does: 'tick', command: {type: 'CheckItem', step: step.id, item: item.id}};
    }
    case 'approval':
      return {does: 'approve', step: standing.step, way: chosenWay(scene, standing.step)};
    case 'start':
      return {does: standing.isDangerous ? 'confirm' : 'start', step: standing.step};
    case 'failed':
    case 'blocked':
      return {does: standing.isDangerous ? 'confirm-again' : 'again', step: standing.step};
    case 'running':
      return {does: scene.view.progress?.code === 'waiting-for-lock' ? 'keep-trying' : 'wait'};
    case 'asking':
    case 'closing':
      return {does: 'wait'};
    case 'settle': {
      const choices = settleChoices(standing);
      const choice = choices[Math.min(scene.ui.choice, choices.length - 1)] ?? 'ask-again';
      return choice === 'ask-again' || choice === 'cancel-orphans'
        ? {does: choice, step: standing.step}
        : {does: 'settle', step: standing.step, verdict: choice};
    }
  }
};
