// Which steps a run in an environment has, in which order, and what number each one wears on the screen.

import type {Action, Phase, RollbackOption, RunbookDefinition, StepDefinition} from './definition.ts';
import {afterStepId, rollbackStepId, type Environment, type StepId} from './ids.ts';

export type OutlinedStep = Readonly<{number: string; step: StepDefinition}>;
export type OutlinedPhase = Readonly<{number: string; phase: Phase; steps: readonly OutlinedStep[]}>;

const has = (where: Readonly<{in?: readonly Environment[]}>, environment: Environment): boolean =>
  where.in === undefined || where.in.includes(environment);

/** Phases with at least one step in this environment, numbered from 1; their steps `phase.step`. */
export const outline = (runbook: RunbookDefinition, environment: Environment): readonly OutlinedPhase[] =>
  runbook.phases
    .filter((phase) => has(phase, environment))
    .map((phase) => ({
      phase,
      steps: runbook.steps.filter((step) => step.phase === phase.id && has(step, environment)),
    }))
    .filter(({steps}) => steps.length > 0)
    .map(({phase, steps}, at) => ({
      number: `${at + 1}`,
      phase,
      steps: steps.map((step, index) => ({number: `${at + 1}.${index + 1}`, step})),
    }));

/** The steps in the order in which they are walked. */
export const stepsOf = (runbook: RunbookDefinition, environment: Environment): readonly StepDefinition[] =>
  outline(runbook, environment).flatMap(({steps}) => steps.map(({step}) => step));

/** What follows a way back in this environment, in order, under the ids of the journal; their phase is the way back. */
export const afterStepsOf = (option: RollbackOption, environment?: Environment): readonly StepDefinition[] =>
  (option.after ?? [])
    .filter((step) => environment === undefined || has(step, environment))
    .map((step) => ({...step, id: afterStepId(option.id, step.id), phase: rollbackStepId(option.id)}));

/** What follows the way back that the run has taken last; none while it takes none. */
export const stepsAfterWayBack = (
  runbook: RunbookDefinition,
  {opened, rollback}: Readonly<{opened?: Readonly<{environment: Environment}>; rollback?: Readonly<{option: string}>}>,
): readonly StepDefinition[] => {
  const option = runbook.rollback.find(({id}) => id === rollback?.option);
  return option === undefined ? [] : afterStepsOf(option, opened?.environment);
};

/** A step of the runbook, or one that follows a way back. */
export const stepOf = (runbook: RunbookDefinition, id: StepId): StepDefinition | undefined =>
  runbook.steps.find((step) => step.id === id) ??
  runbook.rollback.flatMap((option) => afterStepsOf(option)).find((step) => step.id === id);

/** The step or the way back that a step id of the journal stands for. */
export const actionOf = (runbook: RunbookDefinition, id: StepId): Action | undefined =>
  stepOf(runbook, id) ?? optionOf(runbook, id);

const optionOf = (runbook: RunbookDefinition, id: StepId): RollbackOption | undefined =>
  runbook.rollback.find((option) => rollbackStepId(option.id) === id);
