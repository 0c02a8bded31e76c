// Which parts of a document are sound, so that one bad step does not hide what is wrong between the others?

import type {z} from 'zod';

import type {
  AfterStep,
  Phase,
  RollbackOption,
  RunbookDefinition,
  SampleDefinition,
  StepDefinition,
  TableDefinition,
} from '../core/definition.ts';
import {
  environmentsSchema,
  objectNameSchema,
  optionSchema,
  phaseSchema,
  sampleSchema,
  stepSchema,
  tableSchema,
} from '../steps/schemas.ts';
import type {Path} from './parse.ts';

/** A sound part and where it stands. */
export type At<T> = Readonly<{path: Path; value: T}>;

export type Salvaged = Readonly<{
  objects: readonly At<string>[];
  tables: readonly At<TableDefinition>[];
  phases: readonly At<Phase>[];
  /** True when every phase is sound: only then is a phase that is not found an unknown one. */
  phasesComplete: boolean;
  steps: readonly At<StepDefinition>[];
  rollback: readonly At<RollbackOption>[];
  /** Undefined when they cannot be told; nothing is then said about environments. */
  environments: RunbookDefinition['environments'] | undefined;
  sample: At<SampleDefinition> | undefined;
}>;

const soundOf = <T>(schema: z.ZodType<T>, path: Path, list: unknown): readonly At<T>[] =>
  Array.isArray(list)
    ? list.flatMap((element: unknown, at) => {
        const parsed = schema.safeParse(element);
        return parsed.success ? [{path: [...path, at], value: parsed.data}] : [];
      })
    : [];

/** What follows the ways back, each where it stands. */
export const afterSteps = (rollback: Salvaged['rollback']): readonly At<AfterStep>[] =>
  rollback.flatMap(({path, value}) => (value.after ?? []).map((step, at) => ({path: [...path, 'after', at], value: step})));

export const salvage = (value: unknown): Salvaged => {
  const root = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const field = (name: string): unknown => (Object.hasOwn(root, name) ? root[name] : undefined);
  const rawPhases = field('phases');
  const phases = soundOf(phaseSchema, ['phases'], rawPhases);
  const environments = environmentsSchema.safeParse(field('environments'));
  const sample = sampleSchema.safeParse(field('sample'));
  return {
    objects: soundOf(objectNameSchema, ['objects'], field('objects')),
    tables: soundOf(tableSchema, ['tables'], field('tables')),
    phases,
    phasesComplete: Array.isArray(rawPhases) && rawPhases.length === phases.length,
    steps: soundOf(stepSchema, ['steps'], field('steps')),
    rollback: soundOf(optionSchema, ['rollback'], field('rollback')),
    environments: environments.success ? environments.data : undefined,
    sample: sample.success ? {path: ['sample'], value: sample.data} : undefined,
  };
};
