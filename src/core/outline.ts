// Which steps a run in an environment has, in which order, and what number each one wears on the screen.

import type {Action, Phase, RollbackOption, RunbookDefinition, StepDefinition} from './definition.ts';
import {rollbackStepId, type Environment, type StepId} from './ids.ts';

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

/** The step or the way back that a step id of the journal stands for. */
export const actionOf = (runbook: RunbookDefinition, id: StepId): Action | undefined =>
  runbook.steps.find((step) => step.id === id) ?? optionOf(runbook, id);

const optionOf = (runbook: RunbookDefinition, id: StepId): RollbackOption | undefined =>
  runbook.rollback.find((option) => rollbackStepId(option.id) === id);
