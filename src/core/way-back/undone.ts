// Whether a way back has undone what it was to undo, by what each change promised: its own verify must have rows again.

import type {StepId} from '../ids.ts';

/** 'gone': its verify has rows, or the server knows nothing of what it asks about; 'in-place': it has none, as after the change. */
export type AskedAfter = Readonly<{step: StepId; verify: string; says: 'gone' | 'in-place' | 'cannot-tell'}>;

/** A part of the facts of every way back; absent in older journals, and empty where no change has a verify. */
export type AsksAfter = Readonly<{undone?: readonly AskedAfter[]}>;

export const askedAfter = (facts: object): readonly AskedAfter[] | undefined =>
  'undone' in facts && Array.isArray(facts.undone) ? (facts.undone as readonly AskedAfter[]) : undefined;

/** Some of what it was to undo is still there, or nobody can tell. */
export const isLeftInPlace = (facts: object): boolean => askedAfter(facts)?.some(({says}) => says !== 'gone') ?? false;
