// What this run's rehearsal on a copy lets one expect of a step or a way back.

import type {NotRehearsed, TableCount} from './facts.ts';
import type {Failure} from './failure.ts';
import type {StepId} from './ids.ts';
import {factsOf, type RunState} from './state.ts';

export type Prediction =
  | Readonly<{status: 'not-rehearsed'; because?: NotRehearsed}>
  | Readonly<{
      status: 'rehearsed';
      durationMs: number;
      lockHeldMs?: number;
      /** What the copy held: the same change on more rows takes longer. */
      tables: readonly TableCount[];
    }>
  | Readonly<{status: 'failed'; failure?: Failure}>;

/**
 * The objects that Alembic's change of this step took on the copy, by name; undefined where no copy that was like the
 * target has shown it.
 */
export const takenOnCopy = (state: RunState, step: StepId): ReadonlySet<string> | undefined => {
  const facts = factsOf(state, 'rehearse').at(-1)?.facts;
  const part = facts?.parts.find((of) => of.step === step);
  const isShown = facts?.isFaithful === true && (part?.verdict === 'pass' || part?.verdict === 'amber');
  return isShown && part.taken !== undefined ? new Set(part.taken.map(({object}) => object)) : undefined;
};

export const predictionOf = (state: RunState, step: StepId): Prediction => {
  const facts = factsOf(state, 'rehearse').at(-1)?.facts;
  const part = facts?.parts.find((of) => of.step === step);
  if (facts === undefined || part === undefined) return {status: 'not-rehearsed'};
  switch (part.verdict) {
    case 'not-run':
      return {status: 'not-rehearsed', ...(part.because === undefined ? {} : {because: part.because})};
    case 'fail':
      return {status: 'failed', ...(part.failure === undefined ? {} : {failure: part.failure})};
    case 'pass':
    case 'amber':
      return {
        status: 'rehearsed',
        durationMs: part.durationMs,
        ...(part.lockHeldMs === undefined ? {} : {lockHeldMs: part.lockHeldMs}),
        tables: facts.tables,
      };
  }
};
