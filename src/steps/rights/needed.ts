// Which rights does this runbook need of its login in this environment, and which of them are missing now?

import {captureCatalog, type Captured} from '../../catalog/capture.ts';
import {rightsLacking, type RightsNeeded} from '../../catalog/rights.ts';
import {qualifiedName, type Snapshot} from '../../catalog/snapshot.ts';
import {versionTableOf} from '../../core/alembic.ts';
import type {MigrationStep, RunbookDefinition, StepDefinition} from '../../core/definition.ts';
import {success, type Result} from '../../core/failure.ts';
import type {Environment} from '../../core/ids.ts';
import {afterStepsOf, stepsOf} from '../../core/outline.ts';
import type {DatabaseSession} from '../../core/ports.ts';
import type {MissingRight} from '../../core/rights.ts';
import {toLockFor} from '../change/to-lock.ts';
import {lockAll} from '../hold-catalog.ts';
import type {World} from '../kind.ts';
import {usedTables} from './used-tables.ts';

export type Asked = Readonly<{
  runbook: RunbookDefinition;
  environment: Environment;
  /** The text of a file of the runbook, and what scripts say of objects. */
  sql: World['sql'];
  scriptEffects: World['scriptEffects'];
  /** One change; all of the environment's when absent. */
  step?: MigrationStep | undefined;
  /** What Alembic's change of that step takes, by name, as a copy has shown it. */
  taken?: ReadonlySet<string> | undefined;
}>;

const isMigration = (step: StepDefinition): step is Extract<StepDefinition, {kind: 'migration'}> =>
  step.kind === 'migration';

/**
 * Nobody reads beforehand what Alembic will do: all may fall that no copy has shown to stay. One statement at a time puts
 * nothing back.
 */
const touchedBy = async (
  {runbook, scriptEffects, taken}: Asked,
  step: MigrationStep,
  snapshot: Snapshot,
): Promise<readonly string[]> => {
  if (step.migrator === 'alembic')
    return taken === undefined ? lockAll(snapshot).map(qualifiedName) : [...runbook.objects, ...taken];
  if (step.transaction === 'none') return [];
  return toLockFor(runbook.objects, await scriptEffects(step.apply))(snapshot).map(qualifiedName);
};

/** A step that may be left out is no reason to refuse a change. */
const readsAsApplication = (step: StepDefinition): boolean =>
  'as' in step && step.as === 'application' && step.optional !== true;

const neededBy = async (asked: Asked, {snapshot, addresses}: Captured): Promise<RightsNeeded> => {
  const {runbook, environment, sql, scriptEffects, step} = asked;
  const steps = stepsOf(runbook, environment);
  const following = runbook.rollback.flatMap((option) => afterStepsOf(option, environment));
  const changes = step === undefined ? steps.filter(isMigration) : [step];
  const versionTables = changes.flatMap((of) => (of.migrator === 'alembic' ? [versionTableOf(of.alembic)] : []));
  // Bringing the objects back brings the version table back as well, by DELETE and INSERT.
  const bringsBack = runbook.rollback.some(({kind}) => kind === 'restore-objects');
  return {
    captured: addresses,
    touched: new Set((await Promise.all(changes.map((of) => touchedBy(asked, of, snapshot)))).flat()),
    applicationRole: [...steps, ...following].some(readsAsApplication)
      ? runbook.environments[environment]?.applicationRole
      : undefined,
    tables: (
      await Promise.all(changes.flatMap((of) => (of.migrator === 'sql' ? [usedTables(of, {sql, scriptEffects})] : [])))
    ).flat(),
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
  captured: Captured;
}>;

/** On a session of the login itself: what the server would refuse later. Nothing is missing where nothing is changed. */
export const rightsNow = async (session: DatabaseSession, asked: Asked): Promise<Result<Rights>> => {
  const captured = await captureCatalog(session, asked.runbook.objects);
  if (!captured.ok) return captured;
  const needed = await neededBy(asked, captured.value);
  const lacking = await rightsLacking(session, needed);
  if (!lacking.ok) return lacking;
  const {objects, dependants} = captured.value.snapshot;
  return success({
    missing: lacking.value(needed.touched),
    objects: objects.map(qualifiedName).filter((name) => needed.touched.has(name)),
    dependants: dependants.filter((of) => needed.touched.has(qualifiedName(of))).length,
    applicationRole: needed.applicationRole,
    captured: captured.value,
  });
};

/** The same, where what is touched is known only after the change. */
export const lackingNow = async (
  session: DatabaseSession,
  asked: Asked,
): Promise<Result<(touched: ReadonlySet<string>) => readonly MissingRight[]>> => {
  const captured = await captureCatalog(session, asked.runbook.objects);
  return captured.ok ? rightsLacking(session, await neededBy(asked, captured.value)) : captured;
};

export const missingNow = async (session: DatabaseSession, asked: Asked): Promise<Result<readonly MissingRight[]>> => {
  const rights = await rightsNow(session, asked);
  return rights.ok ? success(rights.value.missing) : rights;
};
