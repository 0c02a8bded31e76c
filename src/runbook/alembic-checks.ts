// Which Alembic projects does a runbook use, are their files there, and does everything refer to one that it has?

import type {AlembicProject} from '../core/alembic.ts';
import type {RunbookDefinition} from '../core/definition.ts';
import type {Environment} from '../core/ids.ts';
import {stepsOf} from '../core/outline.ts';
import type {ParsedDocument} from './parse.ts';
import {parseYaml} from './parse.ts';
import type {Problem} from './problems.ts';
import {salvage, type Salvaged} from './salvage.ts';

/** The place of a project's files, each once. */
export type ProjectPlace = Readonly<{directory: string; config: string; scripts: string}>;

const placeOf = ({directory, config, scripts}: AlembicProject): ProjectPlace => ({
  directory,
  config: config ?? 'alembic.ini',
  scripts,
});

const below = (directory: string, path: string): string =>
  directory === '.' ? `alembic/${path}` : `alembic/${directory}/${path}`;

/** Read from the document before it is known to be sound: only then can its other files be read at all. */
export const projectPlaces = (files: ReadonlyMap<string, Uint8Array>): readonly ProjectPlace[] => {
  const bytes = files.get('runbook.yaml');
  const document = bytes === undefined ? undefined : parseYaml('runbook.yaml', bytes).document;
  if (document === undefined) return [];
  const all = salvage(document.value).steps.flatMap(({value}) =>
    value.kind === 'migration' && value.migrator === 'alembic' ? [placeOf(value.alembic)] : [],
  );
  return [...new Map(all.map((place) => [JSON.stringify(place), place])).values()];
};

/** The keys of a plan's files that belong to Alembic projects. */
export const isProjectFile = (key: string): boolean => key.startsWith('alembic/');

export const alembicProblems = (
  document: ParsedDocument,
  {steps, rollback}: Salvaged,
  files: ReadonlyMap<string, Uint8Array>,
): readonly Problem[] => {
  const migrations = new Set(
    steps.flatMap(({value}) => (value.kind === 'migration' && value.migrator === 'alembic' ? [value.id] : [])),
  );
  return [
    ...steps.flatMap(({path, value}): readonly Problem[] => {
      if (value.kind === 'alembic-check' && !migrations.has(value.migration)) {
        return [document.problemAt([...path, 'migration'], {code: 'alembic-step-unknown', step: value.migration})];
      }
      if (value.kind !== 'migration' || value.migrator !== 'alembic') return [];
      const {directory, config, scripts} = placeOf(value.alembic);
      const wanted = [
        ['config', config],
        ['scripts', `${scripts}/env.py`],
      ] as const;
      return wanted.flatMap(([field, file]) => {
        const key = below(directory, file);
        if (files.has(key)) return [];
        const at = [...path, 'alembic', document.has([...path, 'alembic', field]) ? field : 'directory'];
        return [document.problemAt(at, {code: 'alembic-file-missing', path: key.slice('alembic/'.length)})];
      });
    }),
    ...rollback.flatMap(({path, value}) =>
      value.kind === 'downgrade' && !migrations.has(value.migration)
        ? [document.problemAt([...path, 'migration'], {code: 'alembic-step-unknown', step: value.migration})]
        : [],
    ),
  ];
};

/** What Alembic takes along is written nowhere: a copy has to show it, in each environment. */
export const rehearsalProblems = (document: ParsedDocument, runbook: RunbookDefinition): readonly Problem[] =>
  (['rehearsal', 'staging', 'production'] as const)
    .filter((environment) => environment in runbook.environments)
    .flatMap((environment: Environment) => {
      const steps = stepsOf(runbook, environment);
      const first = steps.findIndex((step) => step.kind === 'migration' && step.migrator === 'alembic');
      const migration = steps[first];
      const isRehearsed = steps.slice(0, Math.max(0, first)).some(({kind, optional}) => kind === 'rehearse' && optional !== true);
      return migration === undefined || isRehearsed
        ? []
        : [
            document.problemAt(['steps', runbook.steps.indexOf(migration), 'kind'], {
              code: 'alembic-without-rehearsal',
              environment,
            }),
          ];
    });

