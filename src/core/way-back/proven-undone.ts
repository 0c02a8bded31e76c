// What a run that went back may say: that the change is gone, and that what was there before is there again.

import type {LooksAfter} from '../catalog-after.ts';
import type {RunbookDefinition, StepDefinition} from '../definition.ts';
import type {Facts} from '../facts.ts';
import {rollbackStepId} from '../ids.ts';
import {stepsOf} from '../outline.ts';
import {leftSomething} from '../rollback.ts';
import {stepState, type RunState} from '../state.ts';
import {askedAfter, isLeftInPlace} from './undone.ts';

/** By a comparison with the snapshot, which says something only of what was captured. */
const isAsCaptured = (facts: Facts): boolean => {
  switch (facts.kind) {
    case 'restore-objects':
    case 'restore-backup':
      return true;
    case 'revert':
      // Of one whose answer was lost nothing was compared but the catalog that was found afterwards.
      return facts.differs !== true && (facts.digest !== '' || isEqualAfterwards(facts));
    case 'downgrade':
      return facts.changes.length === 0 && facts.missing.length === 0;
    default:
      return false;
  }
};

const isEqualAfterwards = ({catalogAfter}: LooksAfter): boolean =>
  catalogAfter !== undefined && 'path' in catalogAfter && catalogAfter.diff?.differences === 0;

const hasCaptured = (state: RunState): boolean =>
  Object.values(state.steps).some(
    (step) => step.status === 'succeeded' && step.facts.kind === 'snapshot' && step.facts.objects.length > 0,
  );

/** What the way back that the run has taken found out; undefined where there is none, or none that went through. */
const takenBack = (state: RunState): Facts | undefined => {
  if (state.rollback === undefined) return undefined;
  const of = stepState(state, rollbackStepId(state.rollback.option));
  return of.status === 'succeeded' ? of.facts : undefined;
};

/** The captured objects are there again, as they were: their readers have what they had. */
export const isBackAsCaptured = (state: RunState): boolean => {
  const facts = takenBack(state);
  return facts !== undefined && hasCaptured(state) && isAsCaptured(facts);
};

/** An index that was built CONCURRENTLY beside a change is no part of what a way back is for. */
const toUndo = (runbook: RunbookDefinition, state: RunState): readonly StepDefinition[] => {
  const made = stepsOf(runbook, state.opened?.environment ?? 'rehearsal').filter((step) => leftSomething(state, step));
  const isBeside = (step: StepDefinition): boolean =>
    step.kind === 'migration' && step.migrator === 'sql' && step.transaction === 'none';
  const others = made.filter((step) => !isBeside(step));
  return others.length === 0 ? made : others;
};

/**
 * What a run that went back may say: that the change is gone. Each change that left something must be known to be gone: by its
 * own verify, or, where it has none, by a comparison of what was captured. Of what a program wrote nobody was asked. Older
 * journals did not ask, and say what they always said.
 */
export const isProvenUndone = (runbook: RunbookDefinition, state: RunState): boolean => {
  const facts = takenBack(state);
  if (facts === undefined) return state.rollback !== undefined;
  const asked = askedAfter(facts);
  if (asked === undefined) return facts.kind !== 'settled';
  if (isLeftInPlace(facts) || (facts.kind === 'revert' && facts.differs === true)) return false;
  const isGone = ({id, kind}: StepDefinition): boolean =>
    asked.some(({step, says}) => step === id && says === 'gone') ||
    (kind === 'migration' && hasCaptured(state) && (facts.kind === 'drop-object' || isAsCaptured(facts)));
  return toUndo(runbook, state).every(isGone);
};
