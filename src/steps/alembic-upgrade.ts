// A migration that a project's own Alembic makes: looked at before, run, judged by what it has left, and what it took put back.

import {diffSnapshots} from '../catalog/diff.ts';
import {qualifiedName, snapshotText, type Snapshot} from '../catalog/snapshot.ts';
import {alembicArgv, versionTableOf, type AlembicFacts} from '../core/alembic.ts';
import type {AlembicMigrationStep} from '../core/definition.ts';
import type {FactsOf} from '../core/facts.ts';
import {failed, success, type CatalogChange, type Failure, type Result} from '../core/failure.ts';
import type {PreviewPart} from '../core/preview.ts';
import {takenOnCopy} from '../core/rehearsed.ts';
import {factsOf} from '../core/state.ts';
import {surroundings, usefulLines} from './alembic-command.ts';
import {fitOf} from './alembic-fit.ts';
import {meantBy, missingIn, putBackTaken, refusalLines, takenBy} from './alembic-put-back.ts';
import {runUntilSettled, standingNow, type Ran, type Standing} from './alembic-run.ts';
import {sameVersions, versionWidth} from './alembic-versions.ts';
import {lastingChanges} from './catalog-standing.ts';
import {refuseOthers, verified} from './change.ts';
import type {InDoubt, Reconciliation, StepContext} from './kind.ts';
import {acceptedFacts, unchangedSince} from './migration-facts.ts';
import {sealCatalog} from './seal-catalog.ts';
import {LOCK_TIMEOUT_MS, orphans, withReader} from './sessions.ts';
import {sealStatements} from './statements.ts';
import {argvText} from './program.ts';
import {expectedCatalog} from './change/expected.ts';
import {filledIn, rowsIn, type Rows} from './change/rows.ts';
import {rightsOnCopy} from './rights/gate.ts';
import {takenSnapshot} from './snapshot.ts';

const upgradeArguments = ({alembic}: AlembicMigrationStep): readonly string[] => ['upgrade', alembic.revision];

export const alembicOutline = (step: AlembicMigrationStep, sql: (file: string) => string): readonly PreviewPart[] => [
  {title: 'alembic upgrade', language: 'argv', text: argvText(alembicArgv(step.alembic, upgradeArguments(step)))},
  surroundings(step.alembic),
  ...(step.verify === undefined ? [] : [{title: step.verify, language: 'sql' as const, text: sql(step.verify)}]),
];

/** The rows after the change: the pinned revision in the place of the one before it. */
const wantedVersions = (
  {alembic: {from, revision}}: AlembicMigrationStep,
  before: readonly string[],
): readonly string[] => before.map((row) => (row === from ? revision : row));

const incomplete = (
  {alembic}: AlembicMigrationStep,
  versions: readonly string[],
  of: Partial<
    Readonly<{
      exitCode: number;
      missing: readonly string[];
      changes: readonly CatalogChange[];
      lines: readonly string[];
    }>
  >,
): Readonly<{ok: false; failure: Failure}> =>
  failed({
    code: 'alembic-incomplete',
    expected: alembic.revision,
    versions,
    missing: of.missing ?? [],
    changes: of.changes ?? [],
    lines: of.lines ?? [],
    ...(of.exitCode === undefined ? {} : {exitCode: of.exitCode}),
  });

const wordsOf = (failure: Failure): string => ('message' in failure ? failure.message : failure.code);

/** The rows that this run's snapshot has seen. */
const versionsBefore = ({state}: StepContext, step: AlembicMigrationStep): readonly string[] | undefined =>
  factsOf(state, 'snapshot')[0]?.facts.versions?.find(({table}) => table === versionTableOf(step.alembic))?.rows;

type Begun = Readonly<{ran?: Ran; standing: Standing; rows: Rows; statements?: AlembicFacts['statements']}>;

const NO_ROWS: Rows = new Map();

/**
 * What is in the materialized views that may fall, before they do: no lock can be held from here to Alembic's COMMIT, so
 * whoever fills one meanwhile makes a difference. Of what could not be read nothing is known.
 */
const rowsBefore = async (
  step: AlembicMigrationStep,
  context: StepContext,
  {dependants}: Snapshot,
): Promise<Result<Rows>> => {
  const taken = takenOnCopy(context.state, step.id);
  const mayFall = dependants.filter((of) => taken === undefined || taken.has(qualifiedName(of)));
  if (filledIn(mayFall).length === 0) return success(NO_ROWS);
  const rows = await withReader(context, {}, (session) => rowsIn(session.queryAll, mayFall));
  if (rows.ok || rows.failure.code === 'connection-lost' || rows.failure.code === 'cancelled') return rows;
  context.scribe.output('note', `! ${filledIn(mayFall).map(qualifiedName).join(', ')}: ${wordsOf(rows.failure)}\n`);
  return success(NO_ROWS);
};

/** Looks, then runs Alembic. An earlier attempt of this run may have come so far already that only the rest is due. */
const begin = async (step: AlembicMigrationStep, context: StepContext, before: Snapshot): Promise<Result<Begun>> => {
  const {alembic} = step;
  const standing = await standingNow(context, alembic);
  if (!standing.ok) return standing;
  const versions = versionsBefore(context, step) ?? standing.value.versions;
  const isThere = sameVersions(standing.value.versions, wantedVersions(step, versions));
  if (isThere && context.attempt > 1 && versions.includes(alembic.from))
    return success({standing: standing.value, rows: NO_ROWS});
  const width = await withReader(context, {}, (session) => versionWidth(session, versionTableOf(alembic)));
  if (!width.ok) return width;
  const fit = await fitOf(context, alembic, {lockTimeoutMs: step.lockTimeoutMs ?? LOCK_TIMEOUT_MS}, width.value);
  if (!fit.ok) return fit;
  const fresh = unchangedSince(before, standing.value.catalog);
  if (!fresh.ok) return fresh;
  const replayable = refuseOthers(standing.value.catalog);
  if (!replayable.ok) return replayable;
  const rows = await rowsBefore(step, context, standing.value.catalog);
  if (!rows.ok) return rows;
  const sent: string[] = [];
  const onStatement = context.isCopy === true ? (sql: string) => void sent.push(sql) : undefined;
  const ran = await runUntilSettled(context, alembic, upgradeArguments(step), standing.value, {...step, onStatement});
  if (!ran.ok) return ran;
  const statements = await sealStatements(context, sent);
  if (!statements.ok) return statements;
  return success({
    ran: ran.value,
    standing: ran.value.after,
    rows: rows.value,
    ...(statements.value === undefined ? {} : {statements: statements.value}),
  });
};

export const upgrade = async (
  step: AlembicMigrationStep,
  context: StepContext,
): Promise<Result<FactsOf<'migration'>>> => {
  const {objects} = context.runbook;
  const acceptances = step.accept ?? [];
  const began = context.clock.monotonicMs();
  const snapshot = await takenSnapshot(context.state, context.files);
  if (!snapshot.ok) return snapshot;
  const expected = await expectedCatalog(context);
  if (!expected.ok) return expected;
  const before = expected.value;
  const lacking = await rightsOnCopy(step, context);
  if (!lacking.ok) return lacking;
  const begun = await begin(step, context, before);
  if (!begun.ok) return begun;
  const {ran, standing, rows, statements} = begun.value;
  const exitCode = ran?.said.end.exitCode;
  const lines = ran === undefined || exitCode === 0 ? [] : usefulLines(ran.said.stderr);
  const exited = exitCode === undefined ? {} : {exitCode};
  const wanted = wantedVersions(step, versionsBefore(context, step) ?? [step.alembic.from]);
  const missing = missingIn(objects, standing.catalog, acceptances);
  const taken = takenBy(objects, before, standing.catalog);
  if (!sameVersions(standing.versions, wanted) || missing.length > 0) {
    await sealCatalog(context, snapshot.value, standing.catalog);
    return incomplete(step, standing.versions, {...exited, missing, changes: taken, lines});
  }
  const able = lacking.value(taken.map(({object}) => object));
  if (!able.ok) return able;
  const back = await putBackTaken(context, {before, left: standing.catalog, acceptances, limits: step, rows});
  if (!back.ok) {
    // Without an answer nobody knows what is back; the target will be asked.
    if (back.failure.code === 'connection-lost') return back;
    await sealCatalog(context, snapshot.value, standing.catalog);
    return incomplete(step, standing.versions, {...exited, changes: taken, lines: [wordsOf(back.failure)]});
  }
  const gapMs = ran === undefined ? undefined : Math.round(context.clock.monotonicMs() - ran.unchangedAtMs);
  const {judged, putBack, digest, after, refused} = back.value.value;
  const kept = await sealCatalog(context, snapshot.value, after);
  // Rows that nobody can bring back are no reason to try again.
  const refilled = judged.unmeant.filter(({aspect}) => aspect === 'rows');
  const lost = judged.unmeant.filter(({aspect}) => aspect !== 'rows');
  if (lost.length > 0)
    return incomplete(step, standing.versions, {
      ...exited,
      changes: lost,
      lines: [...refusalLines(refused), ...lines],
    });
  const held = await withReader(context, {}, (session) => verified(context, session, step.verify));
  if (!held.ok) {
    if (held.failure.code === 'connection-lost') return held;
    return incomplete(step, standing.versions, {...exited, lines: [`${step.verify}: ${wordsOf(held.failure)}`]});
  }
  return success({
    kind: 'migration',
    xid: back.value.xid,
    durationMs: Math.round(context.clock.monotonicMs() - began),
    ...(back.value.lockHeldMs === undefined ? {} : {lockHeldMs: back.value.lockHeldMs}),
    lockTries: ran?.tries ?? 1,
    putBack,
    changes: meantBy(objects, before, after),
    ...(acceptances.length === 0 ? {} : acceptedFacts(judged)),
    digest,
    ...kept,
    alembic: {
      from: step.alembic.from,
      revision: step.alembic.revision,
      ...exited,
      taken,
      ...(gapMs === undefined ? {} : {gapMs}),
      ...(ran?.isUnseen === true ? {isUnseen: true as const} : {}),
      ...(refilled.length === 0 ? {} : {refilled}),
      ...(statements === undefined ? {} : {statements}),
    },
  });
};

/** After a crash the version table and the catalog say how far Alembic came, and whether what it took is back. */
export const settleUpgrade = async (
  step: AlembicMigrationStep,
  doubt: InDoubt,
  context: StepContext,
): Promise<Reconciliation> => {
  const alive = await orphans(context, doubt.receipt.applicationName);
  if (alive !== undefined) return alive;
  const snapshot = await takenSnapshot(context.state, context.files);
  const expected = await expectedCatalog(context);
  if (!snapshot.ok || !expected.ok) return {verdict: 'cannot-tell', detail: 'snapshot-missing'};
  const standing = await standingNow(context, step.alembic);
  if (!standing.ok) return {verdict: 'cannot-tell', detail: standing.failure.code};
  const {versions, catalog} = standing.value;
  const {objects} = context.runbook;
  const before = versionsBefore(context, step) ?? [step.alembic.from];
  const asBefore = lastingChanges(expected.value, catalog).length === 0;
  const detail = `${versionTableOf(step.alembic)}: ${versions.join(', ')}`;
  const found = {catalog: {present: catalog.objects.map(({schema, name}) => `${schema}.${name}`), asBefore}};
  if (sameVersions(versions, before) && asBefore) return {verdict: 'had-no-effect', detail, found};
  const acceptances = step.accept ?? [];
  const missing = missingIn(objects, catalog, acceptances);
  const lost = takenBy(objects, expected.value, catalog).filter(
    (change) =>
      !acceptances.some(({object, aspect}) => object === change.object && (aspect ?? change.aspect) === change.aspect),
  );
  const isThere = sameVersions(versions, wantedVersions(step, before));
  const changes = isThere ? lost : diffSnapshots(expected.value, catalog);
  if (!isThere || missing.length > 0 || lost.length > 0) {
    const {failure} = incomplete(step, versions, {missing, changes});
    return {verdict: 'incomplete', detail, found, failure};
  }
  const held = await withReader(context, {}, (session) => verified(context, session, step.verify));
  if (!held.ok) return {verdict: 'cannot-tell', detail: `${detail}; ${step.verify}: ${held.failure.code}`, found};
  const facts: FactsOf<'migration'> = {
    kind: 'migration',
    durationMs: 0,
    lockTries: 1,
    changes: meantBy(objects, expected.value, catalog),
    digest: context.sha256(snapshotText(catalog)),
    reconciled: true,
    ...(await sealCatalog(context, snapshot.value, catalog)),
    alembic: {from: step.alembic.from, revision: step.alembic.revision, taken: []},
  };
  return {verdict: 'took-effect', detail, found, facts};
};
