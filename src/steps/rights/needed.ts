// Which rights does this runbook need of its login in this environment, and which of them are missing now?

import {captureCatalog, type Captured} from '../../catalog/capture.ts';
import {missingRights, type RightsNeeded} from '../../catalog/rights.ts';
import {qualifiedName} from '../../catalog/snapshot.ts';
import {versionTableOf} from '../../core/alembic.ts';
import type {MigrationStep, RunbookDefinition, StepDefinition} from '../../core/definition.ts';
import {success, type Result} from '../../core/failure.ts';
import type {Environment} from '../../core/ids.ts';
import {stepsOf} from '../../core/outline.ts';
import type {DatabaseSession} from '../../core/ports.ts';
import type {MissingRight} from '../../core/rights.ts';
import {indexedTables} from '../indexes/invalid.ts';

export type Asked = Readonly<{
  runbook: RunbookDefinition;
  environment: Environment;
  /** The text of a file of the runbook. */
  sql: (file: string) => string;
  /** One change; all of the environment's when absent. */
  step?: MigrationStep | undefined;
}>;

const isMigration = (step: StepDefinition): step is Extract<StepDefinition, {kind: 'migration'}> =>
  step.kind === 'migration';

/** Alembic's change is put back like one of ours; one statement at a time touches no declared object. */
const takesObjects = (step: MigrationStep): boolean => step.migrator === 'alembic' || step.transaction === 'whole';

/** A step that may be left out is no reason to refuse a change. */
const readsAsApplication = (step: StepDefinition): boolean =>
  'as' in step && step.as === 'application' && step.optional !== true;

const neededBy = ({runbook, environment, sql, step}: Asked, {addresses}: Captured): RightsNeeded => {
  const steps = stepsOf(runbook, environment);
  const changes = step === undefined ? steps.filter(isMigration) : [step];
  const versionTables = changes.flatMap((of) => (of.migrator === 'alembic' ? [versionTableOf(of.alembic)] : []));
  // Bringing the objects back brings the version table back as well, by DELETE and INSERT.
  const bringsBack = runbook.rollback.some(({kind}) => kind === 'restore-objects');
  return {
    fallen: changes.some(takesObjects) ? addresses : [],
    applicationRole: steps.some(readsAsApplication) ? runbook.environments[environment]?.applicationRole : undefined,
    tables: indexedTables(
      changes.flatMap((of) => (of.migrator === 'sql' && of.transaction === 'none' ? of.apply.map(sql) : [])),
    ),
    versionTables,
    versionPrivileges: bringsBack ? ['UPDATE', 'INSERT', 'DELETE'] : ['UPDATE'],
  };
};

export type Rights = Readonly<{
  missing: readonly MissingRight[];
  /** What they were asked for: of an object that is not there nothing is known. */
  objects: readonly string[];
  dependants: number;
  applicationRole?: string | undefined;
}>;

/** On a session of the login itself: what the server would refuse later. Nothing is missing where nothing is changed. */
export const rightsNow = async (session: DatabaseSession, asked: Asked): Promise<Result<Rights>> => {
  const captured = await captureCatalog(session, asked.runbook.objects);
  if (!captured.ok) return captured;
  const needed = neededBy(asked, captured.value);
  const missing = await missingRights(session, needed);
  if (!missing.ok) return missing;
  const {objects, dependants} = captured.value.snapshot;
  return success({
    missing: missing.value,
    objects: needed.fallen.length === 0 ? [] : objects.map(qualifiedName),
    dependants: needed.fallen.length === 0 ? 0 : dependants.length,
    applicationRole: needed.applicationRole,
  });
};

export const missingNow = async (session: DatabaseSession, asked: Asked): Promise<Result<readonly MissingRight[]>> => {
  const rights = await rightsNow(session, asked);
  return rights.ok ? success(rights.value.missing) : rights;
};
