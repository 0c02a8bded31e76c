// What a way back has left to do, and which step had failed before it was begun.

import type {RunbookDefinition} from '../definition.ts';
import type {StepId} from '../ids.ts';
import {afterStepsOf, stepsOf} from '../outline.ts';
import {hasGoneBack, waysBackTaken} from '../rollback.ts';
import {stepState, type RunState} from '../state.ts';
import {isProvenUndone} from './proven-undone.ts';

/**
 * Steps behind the way back that was carried out and that are neither done nor waived, in order. Where another one was begun
 * since and has not worked, what the ones before it have left to do is left still.
 */
export const leftToDo = (runbook: RunbookDefinition, state: RunState): readonly StepId[] => {
  const taken = waysBackTaken(runbook, state);
  const last = hasGoneBack(state) ? taken.filter(({id}) => id === state.rollback?.option) : taken;
  return last
    .flatMap((option) => afterStepsOf(option, state.opened?.environment))
    .map(({id}) => id)
    .filter((id) => !['succeeded', 'waived'].includes(stepState(state, id).status));
};

/** The step at which the run stood failed or blocked when it went back: nothing before the way back changes since. */
export const failedBeforeWayBack = (runbook: RunbookDefinition, state: RunState): StepId | undefined =>
  state.opened === undefined || state.rollback === undefined
    ? undefined
    : stepsOf(runbook, state.opened.environment).find(({id}) =>
        ['failed', 'blocked'].includes(stepState(state, id).status),
      )?.id;

/**
 * Changes that a way back has taken back, as far as that was proven. What is built outside of a transaction, such as an
 * index, no way back takes along.
 */
export const takenBack = (runbook: RunbookDefinition, state: RunState): ReadonlySet<StepId> =>
  new Set(
    hasGoneBack(state) && isProvenUndone(runbook, state)
      ? runbook.steps.flatMap((step) =>
          step.kind === 'migration' &&
          (step.migrator === 'alembic' || step.transaction === 'whole') &&
          stepState(state, step.id).status === 'succeeded'
            ? [step.id]
            : [],
        )
      : [],
  );
