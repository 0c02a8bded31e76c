// What is shown before a step acts: its outline, and for a change what it will take and put back.

import {toCreate, toPutBack, withoutLeft} from '../catalog/accept.ts';
import {fallsOf, type Falls} from '../catalog/falls.ts';
import {createStatements, dropStatement, ownerStatements, putBackStatements} from '../catalog/recreate.ts';
import {inOrder, isRelation, qualifiedName, type Dependant, type Snapshot} from '../catalog/snapshot.ts';
import {leftAspects} from '../core/acceptance.ts';
import type {Action, AlembicMigrationStep, BackupStep, MigrationStep, RunbookDefinition} from '../core/definition.ts';
import type {Impact, Preview, PreviewPart} from '../core/preview.ts';
import type {PlannedView} from '../core/planned-view.ts';
import type {Database} from '../core/ports.ts';
import {isDropped, type Saying, type ScriptEffects} from '../core/script-effects.ts';
import {takenOnCopy} from '../core/rehearsed.ts';
import {lackingFor, type MissingRight} from '../core/rights.ts';
import {factsOf, type RunState} from '../core/state.ts';
import {HOLD_MS} from './change/hold.ts';
import {toLockFor} from './change/to-lock.ts';
import {checkParts, migrationOf} from './alembic-check.ts';
import {versionStatements} from './alembic-versions.ts';
import {downgradeParts} from './downgrade.ts';
import {estimateOf, sizesOf} from './estimate.ts';
import type {World} from './kind.ts';
import {outlineOf} from './registry.ts';
import {missingNow} from './rights/needed.ts';
import {LOCK_TIMEOUT_MS} from './sessions.ts';
import {countComments, countGrants, countOptions, takenSnapshot} from './snapshot.ts';

/** 5 s: sizes of thousands of tables take milliseconds; nobody waits longer for an estimate. */
const LOOK_TIMEOUT_MS = 5000;

const named = (of: Dependant, unmet: readonly MissingRight[]) => ({
  kind: of.kind,
  name: isRelation(of) ? qualifiedName(of) : of.name,
  owner: of.owner,
  ...(lackingFor(unmet, qualifiedName(of)).length === 0 ? {} : {isBarred: true as const}),
});

/** An object right after CREATE: what `putBackStatements` will find, as far as that is known beforehand. */
const bare = (of: Dependant): Dependant => {
  const made = {settings: [], grants: of.grants.filter(({grantee}) => grantee === of.owner)};
  if (!isRelation(of)) return {...of, ...made};
  const columns = of.columns.map((column) => ({...column, comment: null, default: null, grants: []}));
  return {...of, ...made, comment: null, columns, rules: [], triggers: []};
};

/** What the copy has shown of a migration that nobody can read beforehand. */
const alembicImpact = (step: AlembicMigrationStep, state: RunState): NonNullable<Impact['alembic']> => {
  const part = factsOf(state, 'rehearse')
    .at(-1)
    ?.facts.parts.find(({step: id, verdict}) => id === step.id && (verdict === 'pass' || verdict === 'amber'));
  return {
    ...(part?.taken === undefined ? {} : {taken: part.taken}),
    ...(part?.statements === undefined ? {} : {statements: part.statements}),
  };
};

/** Statements that say more of captured objects than to make them anew; one that says several things is told once. */
const sayings = ({effects}: ScriptEffects): readonly Saying[] => {
  const makes = new Set(effects.flatMap(({what, file, line}) => (what === 'create' ? [`${file}:${line}`] : [])));
  const remade = new Set(effects.flatMap(({what, object}) => (what === 'create' ? [object] : [])));
  const told = effects.filter(
    ({what, object, file, line, of}) =>
      of !== 'index' && !makes.has(`${file}:${line}`) && !(what === 'drop' && remade.has(object)),
  );
  return [...new Map(told.map(({file, line, text}) => [`${file}:${line} ${text}`, {file, line, text}])).values()];
};

const saidIn = (
  effects: ScriptEffects | undefined,
  falls: Falls | undefined,
): Pick<Impact, 'said' | 'unread' | 'meetings' | 'refilled'> => {
  if (effects === undefined || falls === undefined) return {};
  const refilled = falls.falling.filter(isRelation).filter(({kind, populated}) => kind !== 'view' && populated);
  return {
    said: sayings(effects),
    unread: effects.opaque,
    meetings: falls.inTheWay,
    refilled: refilled.map(qualifiedName),
  };
};

/** 0.5 ms: what a DROP, a CREATE or a GRANT of the tool's takes on an idle server, measured with 300 views and 1,000 roles. */
const STATEMENT_MS = 0.5;
/** 5 ms: the locks, the verify file and COMMIT; and what a look takes where an older snapshot does not say. */
const FRAME_MS = 5;
const LOOK_MS = 4;
/** One look under the lock, and the two testimonies to what was seen before it, which are cheaper. */
const LOOKS = 2.5;
/** Lock, drop, script, put back with its look, verify, COMMIT. */
const MESSAGES = 6;

type Moved = Readonly<{falling: readonly Dependant[]; back: readonly Dependant[]}>;

/** The script's own time is its author's; Alembic's change holds its locks in a transaction of its own. */
const holdOf = (
  step: MigrationStep,
  state: RunState,
  snapshot: Snapshot,
  {falling, back}: Moved,
): Pick<Impact, 'hold'> => {
  if (step.migrator !== 'sql' || step.transaction !== 'whole' || snapshot.objects.length + falling.length === 0)
    return {};
  const {rttMs, lookMs} = factsOf(state, 'snapshot')[0]?.facts ?? {};
  if (rttMs === undefined) return {};
  const made = falling.flatMap((of) => [dropStatement(of), ...createStatements(of)]);
  const given = back.flatMap((of) => [...ownerStatements(of), ...putBackStatements(of, bare(of))]);
  const statements = made.length + given.length;
  const looksMs = LOOKS * (lookMs === undefined ? LOOK_MS : Math.max(0, lookMs - rttMs));
  const aboutMs = Math.round(FRAME_MS + looksMs + statements * STATEMENT_MS + MESSAGES * rttMs);
  return {hold: {statements, aboutMs, limitMs: step.holdMs ?? HOLD_MS}};
};

/** By what the change itself will lock: a declared object that the script does not touch is left to its readers. */
const lockOf = (
  step: MigrationStep,
  snapshot: Snapshot,
  effects: ScriptEffects | undefined,
): Pick<Impact, 'lock' | 'locked'> => {
  if (step.migrator === 'sql' && step.transaction === 'none') return {lock: 'SHARE UPDATE EXCLUSIVE'};
  if (effects === undefined) return {lock: 'ACCESS EXCLUSIVE'};
  const declared = snapshot.objects.map(qualifiedName);
  const all = toLockFor(declared, effects)(snapshot).map(qualifiedName);
  const own = all.filter((name) => declared.includes(name));
  // What falls for it stands among what is taken and put back.
  return all.length === 0 ? {lock: 'none', locked: []} : {lock: 'ACCESS EXCLUSIVE', locked: own.length > 0 ? own : all};
};

/**
 * Pure: whoever has the snapshot's file and the runbook can say it again.
 * @param unmet what the login lacks, as the snapshot step saw it when nobody has asked since.
 */
export const impactOf = (
  step: MigrationStep,
  snapshot: Snapshot,
  planned: readonly PlannedView[],
  state: RunState,
  unmet: readonly MissingRight[] = factsOf(state, 'snapshot')[0]?.facts.unmet ?? [],
): Impact => {
  const acceptances = step.accept ?? [];
  const effects = factsOf(state, 'snapshot')[0]?.facts.scripts?.find((one) => one.step === step.id)?.effects;
  // Alembic's is not read beforehand, and an older journal does not say: then everything is taken to fall.
  const falls = effects === undefined ? undefined : fallsOf(snapshot, snapshot.objects.map(qualifiedName), effects);
  const dependants = falls?.falling ?? snapshot.dependants;
  const others = falls?.others ?? snapshot.others;
  const isMade = (of: Dependant): boolean =>
    effects === undefined || effects.opaque.length > 0 || isDropped(effects, qualifiedName(of));
  const all = [...snapshot.objects.filter(isMade), ...dependants];
  const here = planned.filter(({file}) => step.migrator === 'sql' && step.apply.includes(file));
  const lock = lockOf(step, snapshot, effects);
  const back = withoutLeft(all, acceptances).map((of) => toPutBack(of, bare(of), acceptances));
  return {
    objects: snapshot.objects.map(qualifiedName),
    takenAndPutBack: withoutLeft(dependants, acceptances).map((of) => named(of, unmet)),
    ...(unmet.length === 0 ? {} : {unmet}),
    grants: countGrants(back),
    comments: countComments(back),
    options: countOptions(back.map((of) => toCreate(of, acceptances))),
    notReplayable: others.map(({type, identity}) => `${type} ${identity}`),
    kept: withoutLeft(snapshot.objects, acceptances).flatMap((of) =>
      of.options.length === 0 ||
      !here.some(({object, replaces}) => replaces && object === qualifiedName(of)) ||
      leftAspects(acceptances, qualifiedName(of)).has('options')
        ? []
        : [{object: qualifiedName(of), options: of.options}],
    ),
    accepted: acceptances.map((one) => ({
      ...one,
      found: [...snapshot.objects, ...snapshot.dependants].some((of) => qualifiedName(of) === one.object),
    })),
    planned: here,
    ...saidIn(effects, falls),
    ...lock,
    lockTimeoutMs: step.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    ...(lock.lock === 'none' ? {} : holdOf(step, state, snapshot, {falling: dependants, back})),
    ...(step.migrator === 'alembic' ? {alembic: alembicImpact(step, state)} : {}),
  };
};

const lines = (statements: readonly string[]): string => statements.map((statement) => `${statement};`).join('\n');

const restoreParts = (snapshot: Snapshot): readonly PreviewPart[] => {
  const all = inOrder(snapshot);
  return [
    {
      title: 'DROP',
      language: 'sql',
      text: lines(all.toReversed().map(dropStatement)),
    },
    {
      title: 'CREATE',
      language: 'sql',
      text: lines(all.flatMap((of) => [...createStatements(of), ...ownerStatements(of)])),
    },
    {title: 'GRANT, COMMENT', language: 'sql', text: lines(all.flatMap((of) => putBackStatements(of, bare(of))))},
  ];
};

/** As far as the target says; a preview without it is still one. */
const estimated = async (step: BackupStep, state: RunState, database: Database): Promise<Pick<Preview, 'estimate'>> => {
  const options = {readOnly: true, statementTimeoutMs: LOOK_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS};
  const connected = await database.connect(options);
  if (!connected.ok) return {};
  const sizes = await sizesOf(connected.value, step);
  await connected.value.close();
  return sizes.ok ? {estimate: estimateOf(sizes.value, state)} : {};
};

/** Asked anew: what was granted since the snapshot counts, and what was revoked. Undefined when nobody could ask. */
const lackingNow = async (
  runbook: RunbookDefinition,
  step: MigrationStep,
  state: RunState,
  {database, sql, scriptEffects}: Pick<World, 'sql' | 'scriptEffects'> & Readonly<{database: Database}>,
): Promise<readonly MissingRight[] | undefined> => {
  const environment = state.opened?.environment;
  if (environment === undefined) return undefined;
  const options = {readOnly: true, statementTimeoutMs: LOOK_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS};
  const connected = await database.connect(options);
  if (!connected.ok) return undefined;
  const missing = await missingNow(connected.value, {
    runbook,
    environment,
    sql,
    scriptEffects,
    step,
    taken: takenOnCopy(state, step.id),
  });
  await connected.value.close();
  return missing.ok ? missing.value : undefined;
};

const versionParts = (state: RunState): readonly PreviewPart[] => {
  const statements = versionStatements(factsOf(state, 'snapshot')[0]?.facts.versions);
  return statements.length === 0 ? [] : [{title: 'alembic_version', language: 'sql', text: lines(statements)}];
};

/** The statements themselves, as they were sent to the copy. */
const capturedParts = async (
  step: AlembicMigrationStep,
  state: RunState,
  {files}: Pick<World, 'files'>,
): Promise<readonly PreviewPart[]> => {
  const {statements} = alembicImpact(step, state);
  if (statements === undefined) return [];
  const read = await files.read(statements.path, statements.sha256);
  return read.ok ? [{title: statements.path, language: 'sql', text: read.value}] : [];
};

export const previewOf = async (
  runbook: RunbookDefinition,
  action: Action,
  state: RunState,
  world: World & Readonly<{database: Database}>,
): Promise<Preview> => {
  const parts = outlineOf(action, world.sql);
  if (action.kind === 'backup') return {parts, ...(await estimated(action, state, world.database))};
  if (action.kind === 'alembic-check') return {parts: checkParts(migrationOf(runbook, action.migration))};
  if (action.kind === 'downgrade') return {parts: downgradeParts(action, migrationOf(runbook, action.migration))};
  const isChange = action.kind === 'migration' && (action.migrator === 'alembic' || action.transaction === 'whole');
  if (!isChange && action.kind !== 'restore-objects' && action.kind !== 'drop-object') return {parts};
  const snapshot = await takenSnapshot(state, world.files);
  if (!snapshot.ok) return {parts};
  switch (action.kind) {
    case 'migration':
      return {
        parts: [...parts, ...(action.migrator === 'alembic' ? await capturedParts(action, state, world) : [])],
        impact: impactOf(
          action,
          snapshot.value,
          factsOf(state, 'snapshot')[0]?.facts.planned ?? [],
          state,
          await lackingNow(runbook, action, state, world),
        ),
      };
    case 'restore-objects':
      return {parts: [...restoreParts(snapshot.value), ...versionParts(state)]};
    case 'drop-object':
      return {
        parts: [{title: 'DROP', language: 'sql', text: lines(snapshot.value.objects.toReversed().map(dropStatement))}],
      };
  }
};
