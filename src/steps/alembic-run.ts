// One upgrade or downgrade from its start to what it has left: run under our limits, and judged by the version table and the
// catalog. Alembic's exit code is evidence, never the verdict.

import {captureSnapshot} from '../catalog/capture.ts';
import {diffSnapshots} from '../catalog/diff.ts';
import type {Snapshot} from '../catalog/snapshot.ts';
import {versionTableOf, type AlembicProject} from '../core/alembic.ts';
import {failed, holdersOf, success, type Failure, type Result} from '../core/failure.ts';
import {metLock, runAlembic, usefulLines, type Said} from './alembic-command.ts';
import {sameVersions, versionRows} from './alembic-versions.ts';
import type {StepContext} from './kind.ts';
import {obstacle} from './sample-blockers.ts';
import {LOCK_TIMEOUT_MS, withReader} from './sessions.ts';
import {watchUpgrade} from './watch-upgrade.ts';

/** 30 min: as for other changes that the tool does not hold in its own transaction. */
export const UPGRADE_TIMEOUT_MS = 1_800_000;
/** 20 tries, each with a start of Python of half a second: about 30 s of trying, of which readers feel 3. */
const LOCK_TRIES = 20;
const PAUSE_MS = 500;
/** 5 s: a server notices a client that is gone within 500 ms and then rolls back. */
const GONE_WITHIN_MS = 5000;

/** What the target says now: the rows of the version table, and the declared objects with all that hangs on them. */
export type Standing = Readonly<{versions: readonly string[]; catalog: Snapshot}>;

export const standingNow = (context: StepContext, project: AlembicProject): Promise<Result<Standing>> =>
  withReader(context, {}, async (session) => {
    // Both of one moment.
    const begun = await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    if (!begun.ok) return begun;
    const versions = await versionRows(session, versionTableOf(project));
    if (!versions.ok) return versions;
    const catalog = await captureSnapshot(session, context.runbook.objects);
    return catalog.ok ? success({versions: versions.value ?? [], catalog: catalog.value}) : catalog;
  });

/** Once Alembic is gone its session is as well, or nobody could say what will become of it. */
const isGone = async (context: StepContext): Promise<Result<boolean>> => {
  const until = context.clock.monotonicMs() + GONE_WITHIN_MS;
  for (;;) {
    const alive = await context.database.sessionsNamed(context.applicationName);
    if (!alive.ok) return alive;
    if (alive.value.length === 0) return success(true);
    if (context.clock.monotonicMs() > until) return success(false);
    // Not the step's own signal: after a cancel it is aborted, and the answer is needed all the same.
    await context.clock.pause(50, new AbortController().signal);
  }
};

export type Ran = Readonly<{
  said: Said;
  after: Standing;
  tries: number;
  isUnseen: boolean;
  /** By the monotonic clock: until then the version table was seen to say what it had said before. */
  unchangedAtMs: number;
}>;

export type RunLimits = Readonly<{
  timeoutMs?: number | undefined;
  lockTimeoutMs?: number | undefined;
  lockTries?: number | undefined;
  onStatement?: ((sql: string) => void) | undefined;
}>;

/** Alembic ended and nothing is different: why, as far as it says. */
const withoutEffect = (command: string, {end, stdout, stderr}: Said): Failure => {
  if (end.cancelled) return {code: 'cancelled'};
  const lines = usefulLines(`${stderr}\n${stdout}`);
  return {
    code: 'alembic-failed',
    command,
    lines: end.timedOut ? ['timeout', ...lines].slice(0, 4) : lines,
    ...(end.exitCode === undefined ? {} : {exitCode: end.exitCode}),
    ...(end.signal === undefined ? {} : {signal: end.signal}),
  };
};

/**
 * Runs the command until something is different, or it has failed for another reason than a lock. A failure means that
 * nothing is different, save 'connection-lost': then the target must be asked again later.
 */
export const runUntilSettled = async (
  context: StepContext,
  project: AlembicProject,
  args: readonly string[],
  before: Standing,
  limits: RunLimits,
): Promise<Result<Ran>> => {
  const tries = limits.lockTries ?? LOCK_TRIES;
  const command = args.join(' ');
  for (let nth = 1; ; nth += 1) {
    const loss = await context.targetLockLost();
    if (loss !== undefined) return failed({code: 'target-lock-lost', ...loss});
    if (context.signal.aborted) return failed({code: 'cancelled'});
    context.scribe.progress({code: 'running', program: `alembic ${command}`});
    const watch = await watchUpgrade(context, versionTableOf(project), before.versions);
    const ran = await runAlembic(context, project, args, {
      timeoutMs: limits.timeoutMs ?? UPGRADE_TIMEOUT_MS,
      lockTimeoutMs: limits.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
      ...(limits.onStatement === undefined ? {} : {onStatement: limits.onStatement}),
    });
    const {seen, unchangedAtMs, inTheWay} = await watch.end();
    if (!ran.ok) return ran;
    const gone = await isGone(context);
    if (!gone.ok || !gone.value) {
      return failed({
        code: 'connection-lost',
        message: gone.ok ? 'a session of Alembic is still at work' : gone.failure.code,
      });
    }
    const after = await standingNow({...context, signal: new AbortController().signal}, project);
    if (!after.ok) return failed({code: 'connection-lost', message: after.failure.code});
    const isChanged =
      !sameVersions(before.versions, after.value.versions) ||
      diffSnapshots(before.catalog, after.value.catalog).length > 0;
    if (isChanged) {
      return success({said: ran.value, after: after.value, tries: nth, isUnseen: seen === false, unchangedAtMs});
    }
    const {end, stderr} = ran.value;
    if (end.cancelled || end.exitCode === 0 || !metLock(stderr)) return failed(withoutEffect(command, ran.value));
    const met = inTheWay ?? (await obstacle(context));
    if (nth >= tries) return failed({code: 'lock-timeout', tries: nth, ...met});
    const nextInMs = Math.round(PAUSE_MS * (1 + context.clock.random()));
    context.scribe.progress({code: 'waiting-for-lock', tries: nth, of: tries, nextInMs, ...met});
    const holding = holdersOf(met.blockers).length;
    context.scribe.output('note', `lock not granted, try ${nth} of ${tries}, ${holding} blocking sessions\n`);
    await context.clock.pause(nextInMs, context.signal);
  }
};
