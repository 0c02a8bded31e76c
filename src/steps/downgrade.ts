// The way back that Alembic offers: the downgrade of a revision, whatever its author made of it.

import {qualifiedName, snapshotText} from '../catalog/snapshot.ts';
import {alembicArgv, versionTableOf} from '../core/alembic.ts';
import type {AlembicMigrationStep, DowngradeOption} from '../core/definition.ts';
import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {PreviewPart} from '../core/preview.ts';
import {migrationOf} from './alembic-check.ts';
import {surroundings, usefulLines} from './alembic-command.ts';
import {missingIn, putBackTaken, refusalLines} from './alembic-put-back.ts';
import {runUntilSettled, standingNow} from './alembic-run.ts';
import {lastingChanges} from './catalog-standing.ts';
import type {InDoubt, Kind, Reconciliation, StepContext} from './kind.ts';
import {sealCatalog} from './seal-catalog.ts';
import {orphans} from './sessions.ts';
import {argvText} from './program.ts';
import {takenSnapshot} from './snapshot.ts';

const downgradeArguments = ({revision}: Pick<DowngradeOption, 'revision'>): readonly string[] => [
  'downgrade',
  revision,
];

export const downgradeParts = (option: DowngradeOption, step: AlembicMigrationStep): readonly PreviewPart[] => [
  {title: 'alembic downgrade', language: 'argv', text: argvText(alembicArgv(step.alembic, downgradeArguments(option)))},
  surroundings(step.alembic),
];

const perform = async (option: DowngradeOption, context: StepContext): Promise<Result<FactsOf<'downgrade'>>> => {
  const step = migrationOf(context.runbook, option.migration);
  const {alembic} = step;
  const began = context.clock.monotonicMs();
  const snapshot = await takenSnapshot(context.state, context.files);
  if (!snapshot.ok) return snapshot;
  const standing = await standingNow(context, alembic);
  if (!standing.ok) return standing;
  const table = versionTableOf(alembic);
  if (!standing.value.versions.includes(alembic.revision)) {
    const actual = standing.value.versions.join(', ');
    return failed({
      code: 'alembic-unfit',
      troubles: [{code: 'current-differs', subject: table, expected: alembic.revision, actual}],
    });
  }
  const ran = await runUntilSettled(context, alembic, downgradeArguments(option), standing.value, {
    ...step,
    timeoutMs: option.timeoutMs ?? step.timeoutMs,
  });
  if (!ran.ok) return ran;
  const {after, said} = ran.value;
  const {exitCode} = said.end;
  const exited = exitCode === undefined ? {} : {exitCode};
  const isBack = after.versions.includes(option.revision) && !after.versions.includes(alembic.revision);
  const names = snapshot.value.objects.map(qualifiedName);
  const missing = missingIn(names, after.catalog, []);
  if (!isBack) {
    await sealCatalog(context, snapshot.value, after.catalog);
    return failed({
      code: 'alembic-incomplete',
      expected: option.revision,
      versions: after.versions,
      missing,
      changes: [],
      lines: usefulLines(said.stderr),
      ...exited,
    });
  }
  const facts = {kind: 'downgrade', from: alembic.revision, revision: option.revision, ...exited} as const;
  const durationMs = (): number => Math.round(context.clock.monotonicMs() - began);
  // What hung on an object that is gone has nothing to hang on.
  const back =
    missing.length > 0
      ? undefined
      : await putBackTaken(context, {before: snapshot.value, left: after.catalog, acceptances: [], limits: {}});
  if (back?.ok === false) {
    if (back.failure.code === 'connection-lost') return back;
    const changes = lastingChanges(snapshot.value, after.catalog);
    await sealCatalog(context, snapshot.value, after.catalog);
    const lines = ['message' in back.failure ? back.failure.message : back.failure.code];
    return failed({
      code: 'alembic-incomplete',
      expected: option.revision,
      versions: after.versions,
      missing,
      changes,
      lines,
    });
  }
  const {refused = []} = back?.value.value ?? {};
  const catalog = back?.value.value.after ?? after.catalog;
  if (refused.length > 0) {
    await sealCatalog(context, snapshot.value, catalog);
    return failed({
      code: 'alembic-incomplete',
      expected: option.revision,
      versions: after.versions,
      missing,
      changes: lastingChanges(snapshot.value, catalog),
      lines: refusalLines(refused),
    });
  }
  return success({
    ...facts,
    durationMs: durationMs(),
    missing,
    changes: lastingChanges(snapshot.value, catalog),
    digest: context.sha256(snapshotText(catalog)),
    ...(back === undefined ? {} : {putBack: back.value.value.putBack}),
    ...(await sealCatalog(context, snapshot.value, catalog)),
  });
};

/** The version table says whether it took effect; what of the catalog is not as before, the facts say. */
const settle = async (option: DowngradeOption, doubt: InDoubt, context: StepContext): Promise<Reconciliation> => {
  const alive = await orphans(context, doubt.receipt.applicationName);
  if (alive !== undefined) return alive;
  const {alembic} = migrationOf(context.runbook, option.migration);
  const snapshot = await takenSnapshot(context.state, context.files);
  if (!snapshot.ok) return {verdict: 'cannot-tell', detail: snapshot.failure.code};
  const standing = await standingNow(context, alembic);
  if (!standing.ok) return {verdict: 'cannot-tell', detail: standing.failure.code};
  const {versions, catalog} = standing.value;
  const detail = `${versionTableOf(alembic)}: ${versions.join(', ')}`;
  const missing = missingIn(snapshot.value.objects.map(qualifiedName), catalog, []);
  // A revision may commit before its end, and then the version table still names it: what is gone is an effect.
  if (versions.includes(alembic.revision)) {
    if (missing.length === 0) return {verdict: 'had-no-effect', detail};
    return {
      verdict: 'cannot-tell',
      detail,
      found: {catalog: {present: catalog.objects.map(qualifiedName), asBefore: false}},
    };
  }
  if (!versions.includes(option.revision)) return {verdict: 'cannot-tell', detail};
  const facts: FactsOf<'downgrade'> = {
    kind: 'downgrade',
    durationMs: 0,
    from: alembic.revision,
    revision: option.revision,
    missing,
    changes: lastingChanges(snapshot.value, catalog),
    digest: context.sha256(snapshotText(catalog)),
    ...(await sealCatalog(context, snapshot.value, catalog)),
  };
  return {verdict: 'took-effect', detail, facts};
};

export const downgrade: Kind<'downgrade'> = {
  kind: 'downgrade',
  outline: ({revision}) => [{title: 'alembic downgrade', language: 'argv', text: `alembic downgrade ${revision}`}],
  perform,
  reconcile: settle,
};
