// A migration: the change itself, in one transaction, or one statement at a time where PostgreSQL refuses one.

import {captureSnapshot} from '../catalog/capture.ts';
import type {Snapshot} from '../catalog/snapshot.ts';
import type {LooksAfter} from '../core/catalog-after.ts';
import type {MigrationStep, SqlMigrationStep} from '../core/definition.ts';
import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {PreviewPart} from '../core/preview.ts';
import type {DatabaseSession} from '../core/ports.ts';
import {alembicOutline, settleUpgrade, upgrade} from './alembic-upgrade.ts';
import {inChangeTransaction, verified} from './change.ts';
import {fenced, runFiles, runScript} from './change-messages.ts';
import {invalidIndexes} from './indexes/invalid.ts';
import type {InDoubt, Kind, Reconciliation, StepContext} from './kind.ts';
import {HOLD_MS} from './change/hold.ts';
import {expectedCatalog} from './change/expected.ts';
import {changeDeclared} from './change/declared.ts';
import {toLockFor} from './change/to-lock.ts';
import {unchangedSince, type Applied} from './migration-facts.ts';
import {sampleBlockers} from './sample-blockers.ts';
import {requireRights} from './rights/gate.ts';
import {LOCK_TIMEOUT_MS, orphans, withReader, withSession} from './sessions.ts';
import {sealCatalog, sealLook} from './seal-catalog.ts';
import {takenSnapshot} from './snapshot.ts';
import {settleByXid} from './settle.ts';
import {verifySays} from './way-back/verify-says.ts';

/** 30 min: CREATE INDEX CONCURRENTLY on a large table, without blocking anybody. */
const CONCURRENT_TIMEOUT_MS = 1_800_000;
/** 10 s: only for statements that let readers and writers pass while they wait. */
const PASSING_LOCK_TIMEOUT_MS = 10_000;

/** A run that an earlier version began has such a snapshot, and goes on with it. */
const NOT_COMPARED =
  '! snapshot of format 1: comments and rights of row types, and dependencies on extensions, are not compared / ' +
  '형식 1의 스냅샷: 행 타입의 주석과 권한, 확장 의존성은 비교하지 않음\n';

const applyWhole = async (step: SqlMigrationStep, context: StepContext): Promise<Result<FactsOf<'migration'>>> => {
  const {objects} = context.runbook;
  const snapshot: Result<Snapshot | undefined> =
    objects.length === 0 ? success(undefined) : await takenSnapshot(context.state, context.files);
  if (!snapshot.ok) return snapshot;
  const before = snapshot.value;
  const expected = before === undefined ? success(undefined) : await expectedCatalog(context);
  if (!expected.ok) return expected;
  if (before?.format === 'attempt-runbook-snapshot/1') context.scribe.output('note', NOT_COMPARED);
  // Read before anything is locked.
  const effects = await context.scriptEffects(step.apply);
  const changed = await inChangeTransaction<Applied & Readonly<{after?: Snapshot}>>(
    context,
    {...step, holdMs: step.holdMs ?? HOLD_MS, toLock: toLockFor(objects, effects)},
    async (change, now) => {
      if (before === undefined) {
        const ran = await runScript(context, change, step.apply);
        return ran.ok ? success({changes: []}) : ran;
      }
      const fresh = unchangedSince(expected.value ?? before, now);
      if (!fresh.ok) return fresh;
      return changeDeclared(step, context, change, now, effects);
    },
  );
  if (!changed.ok) return changed;
  const {value, ...took} = changed.value;
  const {after, ...applied} = value;
  const kept = after === undefined ? {} : await sealCatalog(context, before, after);
  return success({kind: 'migration', ...took, ...applied, ...kept});
};

/** A lock that is not granted says who has it: only while the statement waits does the server know. */
const runWatched = async (
  context: StepContext,
  session: DatabaseSession,
  file: string,
  waitMs: number,
): Promise<Result<void>> => {
  const sample = sampleBlockers(context, waitMs);
  const ran = await runFiles(context, session, [file]);
  if (!ran.ok && ran.failure.code === 'lock-timeout')
    return failed({code: 'lock-timeout', tries: ran.failure.tries, ...(await sample.end())});
  await sample.drop();
  return ran;
};

/** One file after the other, each by itself: whoever lost the target meanwhile changes no more of it. */
const runAlone = async (
  {apply, lockTimeoutMs, verify}: SqlMigrationStep,
  context: StepContext,
  session: DatabaseSession,
): Promise<Result<void>> => {
  for (const file of apply) {
    const waitMs =
      lockTimeoutMs ?? (context.letsOthersPass(context.sql(file)) ? PASSING_LOCK_TIMEOUT_MS : LOCK_TIMEOUT_MS);
    const set = await session.query("SELECT set_config('lock_timeout', $1, false)", {values: [`${waitMs}`]});
    if (!set.ok) return set;
    if (!(await context.targetLockHeld())) return failed({code: 'target-lock-lost', holder: ''});
    const isOurs = await fenced(session, context.fence());
    if (!isOurs.ok) return isOurs;
    const ran = await runWatched(context, session, file, waitMs);
    // A lost connection is a doubt, which the server is asked about; everything else stands as it was told.
    if (!ran.ok && ran.failure.code !== 'connection-lost' && context.commitsInside(context.sql(file)))
      return failed({code: 'partly-applied', files: [file], verify: verify ?? '', cause: ran.failure});
    if (!ran.ok) return ran;
  }
  return success(undefined);
};

/** No lock is held any more; what is there now was not compared with anything, and is kept all the same. */
const lookAfter = async (context: StepContext, session: DatabaseSession): Promise<LooksAfter> => {
  if (context.runbook.objects.length === 0) return {};
  const before = await takenSnapshot(context.state, context.files);
  const now = await captureSnapshot(session, context.runbook.objects);
  return sealLook(context, before.ok ? before.value : undefined, now);
};

/** Whether a second run from the first file on might do a part of it once more, or leave it half done. */
const isUnsafeAgain = ({apply}: SqlMigrationStep, context: StepContext): boolean =>
  apply.map(context.sql).some((sql) => context.commitsInside(sql) || context.mayDouble(sql));

/** A server that skips IF NOT EXISTS takes a broken index for the index, and answers as if all were well. */
const builtAndVerified = async (
  {apply, verify}: SqlMigrationStep,
  context: StepContext,
  session: DatabaseSession,
): Promise<Result<void>> => {
  const invalid = await invalidIndexes(session, apply.map(context.sql));
  if (!invalid.ok) return invalid;
  if (invalid.value.length > 0) return failed({code: 'index-invalid', indexes: invalid.value});
  return verified(context, session, verify);
};

/** Statements that refuse a transaction: each is sent alone, and the verify file decides whether the effect is there. */
const applyAlone = (step: SqlMigrationStep, context: StepContext): Promise<Result<FactsOf<'migration'>>> => {
  const options = {
    readOnly: false,
    statementTimeoutMs: step.timeoutMs ?? CONCURRENT_TIMEOUT_MS,
    lockTimeoutMs: step.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
  };
  return withSession(context, options, async (session) => {
    const began = context.clock.monotonicMs();
    const ran = await runAlone(step, context, session);
    if (!ran.ok) return ran;
    const held = await builtAndVerified(step, context, session);
    if (!held.ok && held.failure.code === 'expectation-missed' && isUnsafeAgain(step, context))
      return failed({code: 'partly-applied', files: step.apply, verify: step.verify ?? '', cause: held.failure});
    if (!held.ok) return held;
    const durationMs = Math.round(context.clock.monotonicMs() - began);
    return success({kind: 'migration', durationMs, lockTries: 1, changes: [], ...(await lookAfter(context, session))});
  });
};

/** After a crash the catalog says whether the effect of an untransacted migration is there. */
const settleByVerify = async (
  step: SqlMigrationStep,
  doubt: InDoubt,
  context: StepContext,
): Promise<Reconciliation> => {
  const alive = await orphans(context, doubt.receipt.applicationName);
  if (alive !== undefined) return alive;
  const held = await withReader(context, {}, async (session) => {
    const found = await builtAndVerified(step, context, session);
    return found.ok ? success(await lookAfter(context, session)) : found;
  });
  if (held.ok) {
    const facts = {
      kind: 'migration',
      durationMs: 0,
      lockTries: 1,
      changes: [],
      reconciled: true,
      ...held.value,
    } as const;
    return {verdict: 'took-effect', detail: step.verify ?? '', facts};
  }
  if (held.failure.code === 'index-invalid')
    return {verdict: 'incomplete', detail: held.failure.indexes.join(', '), failure: held.failure};
  if (held.failure.code !== 'expectation-missed') return {verdict: 'cannot-tell', detail: held.failure.code};
  const verify = step.verify ?? '';
  // A verify file that is missed proves what is not there, and not that nothing is.
  if (isUnsafeAgain(step, context))
    return {verdict: 'incomplete', detail: verify, failure: {code: 'partly-applied', files: step.apply, verify}};
  // Of several statements some may have been committed; a second run does no harm, and yet there was an effect.
  return step.apply.length > 1
    ? {verdict: 'incomplete', detail: verify, failure: held.failure}
    : {verdict: 'had-no-effect', detail: verify};
};

const outlineOf = (step: SqlMigrationStep, sql: (file: string) => string): readonly PreviewPart[] => [
  ...(step.transaction === 'whole'
    ? [
        {
          title: 'session',
          language: 'sql' as const,
          text: `SET lock_timeout = '${step.lockTimeoutMs ?? LOCK_TIMEOUT_MS}ms';\nBEGIN;`,
        },
      ]
    : []),
  ...step.apply.map((file) => ({title: file, language: 'sql' as const, text: sql(file)})),
  ...(step.verify === undefined ? [] : [{title: step.verify, language: 'sql' as const, text: sql(step.verify)}]),
  ...(step.transaction === 'whole' ? [{title: 'session', language: 'sql' as const, text: 'COMMIT;'}] : []),
];

type SaidBefore = Pick<FactsOf<'migration'>, 'verifyHeldBefore' | 'verifyMissedBefore'>;

/**
 * A verify that finds nothing missing before the change proves nothing after it, nor after a way back. What commits by
 * itself may be there from an earlier attempt, so only the first one is asked.
 */
const saidBefore = async (step: MigrationStep, context: StepContext): Promise<SaidBefore> => {
  const {verify} = step;
  const isWhole = step.migrator === 'sql' && step.transaction === 'whole';
  if (verify === undefined || (!isWhole && context.attempt > 1)) return {};
  const asked = await withReader(context, {}, async (session) => success(await verifySays(context, session, verify)));
  if (!asked.ok || asked.value === undefined) return {};
  if (asked.value === 'misses') return {verifyMissedBefore: true};
  context.scribe.output('note', `! ${verify} has no rows before the change / 변경 전에도 결과 행이 없음\n`);
  return {verifyHeldBefore: true};
};

const made = (step: MigrationStep, context: StepContext): Promise<Result<FactsOf<'migration'>>> => {
  if (step.migrator === 'alembic') return upgrade(step, context);
  return step.transaction === 'whole' ? applyWhole(step, context) : applyAlone(step, context);
};

export const migration: Kind<'migration'> = {
  kind: 'migration',
  outline: (step, sql) => (step.migrator === 'alembic' ? alembicOutline(step, sql) : outlineOf(step, sql)),
  perform: async (step, context) => {
    const able = await requireRights(step, context);
    if (!able.ok) return able;
    const before = await saidBefore(step, context);
    const done = await made(step, context);
    return done.ok ? success({...done.value, ...before}) : done;
  },
  reconcile: (step, doubt, context) => {
    if (step.migrator === 'alembic') return settleUpgrade(step, doubt, context);
    return step.transaction === 'whole'
      ? settleByXid(doubt, context, {
          facts: (xid, after) => ({
            kind: 'migration',
            xid,
            durationMs: 0,
            lockTries: 1,
            changes: [],
            reconciled: true,
            ...after,
          }),
          verify: step.verify,
        })
      : settleByVerify(step, doubt, context);
  },
};
