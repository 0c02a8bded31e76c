// Whether a way back has undone what it was to undo, by what each change promised: its own verify must have rows again.

import type {Facts} from '../facts.ts';
import {rollbackStepId, type StepId} from '../ids.ts';
import {stepState, type RunState} from '../state.ts';

/** 'gone': its verify has rows, or the server knows nothing of what it asks about; 'in-place': it has none, as after the change. */
export type AskedAfter = Readonly<{step: StepId; verify: string; says: 'gone' | 'in-place' | 'cannot-tell'}>;

/** A part of the facts of every way back; absent in older journals, and empty where no change has a verify. */
export type AsksAfter = Readonly<{undone?: readonly AskedAfter[]}>;

export const askedAfter = (facts: object): readonly AskedAfter[] | undefined =>
  'undone' in facts && Array.isArray(facts.undone) ? (facts.undone as readonly AskedAfter[]) : undefined;

/** Some of what it was to undo is still there, or nobody can tell. */
export const isLeftInPlace = (facts: object): boolean => askedAfter(facts)?.some(({says}) => says !== 'gone') ?? false;

/** By a comparison with the snapshot, which says something only of what was captured. */
const isAsCaptured = (facts: Facts): boolean => {
  switch (facts.kind) {
    case 'restore-objects':
    case 'drop-object':
    case 'restore-backup':
      return true;
    case 'revert':
      return facts.differs !== true;
    case 'downgrade':
      return facts.changes.length === 0;
    default:
      return false;
  }
};

/**
 * What a run that went back may say: that the change is gone. Older journals did not ask, and say what they always said.
 */
export const isProvenUndone = (state: RunState): boolean => {
  if (state.rollback === undefined) return false;
  const of = stepState(state, rollbackStepId(state.rollback.option));
  if (of.status !== 'succeeded') return true;
  const asked = askedAfter(of.facts);
  if (asked === undefined) return of.facts.kind !== 'settled';
  const captured = Object.values(state.steps).some(
    (step) => step.status === 'succeeded' && step.facts.kind === 'snapshot' && step.facts.objects.length > 0,
  );
  return asked.length > 0 ? !isLeftInPlace(of.facts) && !isDifferent(of.facts) : captured && isAsCaptured(of.facts);
};

const isDifferent = (facts: Facts): boolean => facts.kind === 'revert' && facts.differs === true;
