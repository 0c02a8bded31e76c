// Whether a completed run may say that its change is in place: by what was seen of each migration, and not by its steps.

import type {RunbookDefinition} from '../definition.ts';
import {stepsOf} from '../outline.ts';
import {leftSomething} from '../rollback.ts';
import {stepState, type RunState} from '../state.ts';

/**
 * Every migration that was begun was found in place by a probe, and there is one. What a human has settled, what nobody could
 * look for, and journals that are older than the probe before the close say no more than how their steps ended.
 */
export const isProvenInPlace = (runbook: RunbookDefinition, state: RunState): boolean => {
  const migrations = stepsOf(runbook, state.opened?.environment ?? 'rehearsal').filter(
    (step) => step.kind === 'migration' && stepState(state, step.id).attempt > 0,
  );
  const made = migrations.filter((step) => leftSomething(state, step));
  return (
    made.length > 0 &&
    made.every(({id}) => {
      const of = stepState(state, id);
      return of.status === 'succeeded' && of.facts.kind === 'migration' && state.probedAgain?.[id] !== undefined;
    })
  );
};
