// Which approvals of a run are still to be given, and cannot be left out?

import type {ApprovalStep, RunbookDefinition} from '../definition.ts';
import {stepsOf} from '../outline.ts';
import {stepState, type RunState} from '../state.ts';

export const approvalsAhead = (runbook: RunbookDefinition, state: RunState): readonly ApprovalStep[] =>
  state.opened === undefined || state.closed !== undefined || state.rollback !== undefined
    ? []
    : stepsOf(runbook, state.opened.environment).filter(
        (step): step is ApprovalStep =>
          step.kind === 'approval' &&
          step.optional !== true &&
          !['succeeded', 'waived'].includes(stepState(state, step.id).status),
      );
