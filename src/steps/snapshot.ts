// A snapshot: what the declared objects and everything that depends on them look like before the change.

import {captureSnapshot} from '../catalog/capture.ts';
import {catalogText} from '../catalog/capture-sql.ts';
import {halvesOf} from '../catalog/names.ts';
import {isRelation, qualifiedName, snapshotText, type Dependant, type Snapshot} from '../catalog/snapshot.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {FactsOf} from '../core/facts.ts';
import type {StepId} from '../core/ids.ts';
import type {Effect, ScriptEffects} from '../core/script-effects.ts';
import {factsOf, type RunState} from '../core/state.ts';
import type {DatabaseSession, RunFiles} from '../core/ports.ts';
import {capturedVersions} from './alembic-versions.ts';
import {LOOK, prepareLook} from './hold-catalog.ts';
import type {Kind, StepContext} from './kind.ts';
import {plannedViews} from './planned-views.ts';
import {rightsNow} from './rights/needed.ts';
import {lackingBack} from './rights/ways-back.ts';
import {readsOnly, withReader} from './sessions.ts';

const sum = <T>(of: readonly T[], count: (one: T) => number): number =>
  of.reduce((total, one) => total + count(one), 0);

/** Grants that somebody gave, without those that every owner has anyway. */
export const countGrants = (objects: readonly Dependant[]): number =>
  sum(
    objects,
    (of) =>
      new Set(
        of.grants.filter(({grantee}) => grantee !== of.owner).map(({grantee, privilege}) => `${grantee} ${privilege}`),
      ).size + (isRelation(of) ? sum(of.columns, ({grants}) => grants.length) : 0),
  );

export const countComments = (objects: readonly Dependant[]): number =>
  sum(
    objects,
    (of) =>
      of.settings.filter((setting) => setting.startsWith('COMMENT ')).length +
      (isRelation(of) ? [of, ...of.columns].filter(({comment}) => comment !== null).length : 0),
  );

export const countOptions = (objects: readonly Dependant[]): number =>
  sum(objects, (of) => (isRelation(of) ? of.options.length : 0));

/** The second of two: the first one may have warmed something up. */
const roundTrip = async ({clock}: StepContext, session: DatabaseSession): Promise<number | undefined> => {
  let began = 0;
  for (let nth = 0; nth < 2; nth += 1) {
    began = clock.monotonicMs();
    const answer = await session.query('SELECT 1');
    if (!answer.ok) return undefined;
  }
  return Math.round((clock.monotonicMs() - began) * 10) / 10;
};

/** How long the look takes that a change does under its lock, once it is planned; of this server and this catalog. */
const lookTime = async (context: StepContext, session: DatabaseSession): Promise<Result<number>> => {
  const prepared = await prepareLook(context, session);
  if (!prepared.ok) return prepared;
  const began = context.clock.monotonicMs();
  const looked = await session.query(LOOK);
  return looked.ok ? success(Math.round((context.clock.monotonicMs() - began) * 10) / 10) : looked;
};

/** 20 statements that nobody can read are as good a reason to look as all of them. */
const MOST_UNREAD = 20;

/** Of every migration that runs in a transaction of ours: what its script says of what was captured. */
const scriptsOn = async (
  context: StepContext,
  {objects, missing, dependants}: Snapshot,
): Promise<NonNullable<FactsOf<'snapshot'>['scripts']>> => {
  const names = new Set([...context.runbook.objects, ...missing, ...[...objects, ...dependants].map(qualifiedName)]);
  const isOfThese = ({of, object}: Effect): boolean =>
    of !== 'relation' || names.has(object) || [...names].some((name) => object === `${halvesOf(name)[0]}.*`);
  const found: {step: StepId; effects: ScriptEffects}[] = [];
  for (const step of context.runbook.steps) {
    if (step.kind !== 'migration' || step.migrator !== 'sql' || step.transaction !== 'whole') continue;
    const {effects, opaque} = await context.scriptEffects(step.apply);
    found.push({step: step.id, effects: {effects: effects.filter(isOfThese), opaque: opaque.slice(0, MOST_UNREAD)}});
  }
  return objects.length + dependants.length === 0 ? [] : found;
};

export const snapshot: Kind<'snapshot'> = {
  kind: 'snapshot',
  outline: () => [{title: 'pg_catalog', language: 'sql', text: catalogText('$1').trim()}],
  perform: (_step, context) =>
    withReader(context, {}, async (session) => {
      // One transaction, whose snapshot everything in it looks at.
      const begun = await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      if (!begun.ok) return begun;
      const rttMs = await roundTrip(context, session);
      const captured = await captureSnapshot(session, context.runbook.objects);
      if (!captured.ok) return captured;
      const taken = captured.value;
      const lookMs = await lookTime(context, session);
      if (!lookMs.ok) return lookMs;
      const text = snapshotText(taken);
      const path = `artifacts/${context.step}.${context.attempt}.snapshot.json`;
      const written = await context.files.write(path, text, 'application/json');
      if (!written.ok) return written;
      context.scribe.sealed(written.value);
      const planned = await plannedViews(context, session, taken);
      if (!planned.ok) return planned;
      const versions = await capturedVersions(session, context.runbook);
      if (!versions.ok) return versions;
      const scripts = await scriptsOn(context, taken);
      const {runbook, opened, sql, scriptEffects} = context;
      const asked = {runbook, environment: opened.environment, sql, scriptEffects};
      const rights = await rightsNow(session, asked);
      if (!rights.ok) return rights;
      const {missing: unmet} = rights.value;
      const unmetBack = await lackingBack(session, asked, rights.value.captured, unmet);
      if (!unmetBack.ok) return unmetBack;
      const all = [...taken.objects, ...taken.dependants];
      const refilled = all.filter((of) => isRelation(of) && of.kind === 'materialized view' && of.populated);
      context.scribe.output(
        'stdout',
        all
          .map((of) =>
            isRelation(of)
              ? `${of.kind} ${qualifiedName(of)}  owner ${of.owner}  ${of.columns.length} columns\n`
              : `${qualifiedName(of)}  owner ${of.owner}\n`,
          )
          .join(''),
      );
      return success({
        kind: 'snapshot',
        digest: context.sha256(text),
        path,
        objects: taken.objects.map(qualifiedName),
        missing: taken.missing,
        dependants: taken.dependants.map(qualifiedName),
        notReplayable: taken.others.map(({type, identity}) => `${type} ${identity}`),
        grants: countGrants(all),
        comments: countComments(all),
        options: countOptions(all),
        ...(planned.value.length === 0 ? {} : {planned: planned.value}),
        ...(scripts.length === 0 ? {} : {scripts}),
        ...(rttMs === undefined ? {} : {rttMs}),
        lookMs: lookMs.value,
        ...(refilled.length === 0 ? {} : {refilled: refilled.map(qualifiedName)}),
        ...(versions.value.length === 0 ? {} : {versions: versions.value}),
        ...(unmet.length === 0 ? {} : {unmet}),
        ...(unmetBack.value.length === 0 ? {} : {unmetBack: unmetBack.value}),
      });
    }),
  reconcile: readsOnly,
};

/** The snapshot that this run took, checked against its recorded hash. */
export const takenSnapshot = async (state: RunState, files: RunFiles): Promise<Result<Snapshot>> => {
  const taken = factsOf(state, 'snapshot')[0];
  if (taken === undefined) return failed({code: 'snapshot-missing'});
  const text = await files.read(taken.facts.path, taken.facts.digest);
  // The hash proves that these are the bytes that `perform` wrote, so the shape is its own.
  return text.ok ? success(JSON.parse(text.value) as Snapshot) : text;
};
