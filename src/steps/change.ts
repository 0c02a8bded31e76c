// One transaction that changes declared objects and puts back what the change took: the frame of apply and of every
// way back that runs SQL. Messages go one by one, so that a killed client can never leave a half-sent script to commit.

import type {Snapshot} from '../catalog/snapshot.ts';
import {contradictions, type Testimony} from '../catalog/witness.ts';
import {failed, holdersOf, success, type Failure, type Result} from '../core/failure.ts';
import type {DatabaseSession, Rows} from '../core/ports.ts';
import {watchHold} from './change/hold.ts';
import {openedTransaction, queryAsOurs, stillOurs, type Change} from './change-messages.ts';
import {
  holdCatalog,
  lockAll,
  LOOK,
  lookAhead,
  prepareLook,
  witnessed,
  type Held,
  type Seen,
  type Sessions,
  type ToLock,
} from './hold-catalog.ts';
import type {StepContext} from './kind.ts';
import {sampleBlockers} from './sample-blockers.ts';
import {CHANGE_TIMEOUT_MS, CHECK_TIMEOUT_MS, LOCK_TIMEOUT_MS, withSession} from './sessions.ts';

/**
 * 5 s: between two statements of a change lie only the way to us and one sync of the journal. A client that says nothing
 * for longer is gone behind a line that nobody closed, and holds the locks of the change.
 */
const IDLE_IN_CHANGE_MS = 5000;

/** 20 tries of at most 150 ms, 0.5 to 1 s apart: about 15 s of trying, of which readers feel 3. */
const LOCK_TRIES = 20;
const PAUSE_MS = 500;

export type ChangeLimits = Readonly<{
  lockTimeoutMs?: number | undefined;
  lockTries?: number | undefined;
  timeoutMs?: number | undefined;
  /** How long others may be shut out; for as long as it takes when absent, as on a way back. */
  holdMs?: number | undefined;
  /** What is locked before the change begins; everything that was captured when absent. */
  toLock?: ToLock;
  /** Asked when all is done, before COMMIT: it may find nothing. */
  verify?: string | undefined;
}>;

export type Changed<T> = Readonly<{
  value: T;
  xid: string;
  lockTries: number;
  /** From when others were shut out to COMMIT; absent when nothing was seen that shuts out. */
  lockHeldMs?: number;
  durationMs: number;
}>;

/** As a part of the facts of a step. */
export const timesOf = <T>({
  durationMs,
  lockHeldMs,
}: Changed<T>): Readonly<{durationMs: number; lockHeldMs?: number}> =>
  lockHeldMs === undefined ? {durationMs} : {durationMs, lockHeldMs};

/** What happens between BEGIN and COMMIT. `now` is the catalog under our locks, before anything was changed. */
export type Body<T> = (change: Change, now: Snapshot) => Promise<Result<T>>;

/** Nothing may be found: every row of the file is a difference from what the change promises. */
const nothingFound = (file: string, {count, rows}: Rows): Result<void> =>
  count === 0
    ? success(undefined)
    : failed({
        code: 'expectation-missed',
        what: file,
        expected: 'no-rows',
        actual: `${count}`,
        findings: rows.slice(0, 20),
      });

export const verified = async (
  context: StepContext,
  session: DatabaseSession,
  file: string | undefined,
): Promise<Result<void>> => {
  if (file === undefined) return success(undefined);
  const answer = await session.query(context.sql(file), {file});
  return answer.ok ? nothingFound(file, answer.value) : answer;
};

/** The same in the transaction of a change, which has to be ours still: asked in one message, for one way to the server. */
const verifiedAsOurs = async (
  context: StepContext,
  change: Change,
  file: string | undefined,
): Promise<Result<void>> => {
  if (file === undefined) return stillOurs(change);
  const answer = await queryAsOurs(change, context.sql(file), file);
  return answer.ok ? nothingFound(file, answer.value) : answer;
};

/** A failure means that nothing was changed; a script that committed before it failed would make a lie of that. */
const unlessCommitted = async (session: DatabaseSession, xid: string, failure: Failure): Promise<Failure> => {
  const answer = await session.query('SELECT pg_xact_status($1::xid8) AS status', {values: [xid]});
  // Without an answer nobody knows; the engine will ask again on a new connection.
  if (!answer.ok) return answer.failure.code === 'connection-lost' ? answer.failure : failure;
  return answer.value.rows[0]?.['status'] === 'committed' ? {code: 'transaction-lost', xid} : failure;
};

type Done<T> = Readonly<{value: T; xid: string; lockHeldMs: number | undefined; lockWaitMs?: number}>;
type Frame<T> = Readonly<{
  context: StepContext;
  sessions: Sessions;
  lockTimeoutMs: number;
  holdMs: number | undefined;
  toLock: ToLock;
  verify: string | undefined;
  body: Body<T>;
}>;

const attemptOnce = async <T>(frame: Frame<T>, seen: Seen): Promise<Result<Done<T>>> => {
  const {session} = frame.sessions;
  const begun = await session.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  if (!begun.ok) return begun;
  const opened = await openedTransaction(session, frame.context.fence());
  if (!opened.ok) return opened;
  const {xid, walFlushed} = opened.value;
  // On disk before the first statement that changes anything: after a crash this number is what we ask about.
  frame.context.scribe.transactionOpened(xid, session.backendPid, walFlushed);
  const changed = await changeAndCommit(frame, seen, xid);
  // A lost connection cannot be told to roll back; the engine will ask the server what became of it.
  if (changed.ok || changed.failure.code === 'connection-lost') return changed;
  const undone = await session.query('ROLLBACK');
  if (!undone.ok && undone.failure.code === 'connection-lost') return undone;
  return failed(await unlessCommitted(session, xid, changed.failure));
};

const changeAndCommit = async <T>(frame: Frame<T>, seen: Seen, xid: string): Promise<Result<Done<T>>> => {
  const {context, sessions, lockTimeoutMs, holdMs, toLock} = frame;
  const {session} = sessions;
  const change: Change = {session, xid, objects: context.runbook.objects, look: LOOK};
  const held = await holdCatalog(context, change, seen, {lockTimeoutMs, toLock});
  if (!held.ok) return held;
  const {askedAtMs, waitedMs} = held.value;
  // Where nothing was locked yet, the script locks what it needs, when it needs it.
  const isLocked = toLock(held.value.snapshot).length > 0;
  const sinceMs = isLocked ? askedAtMs + waitedMs : undefined;
  const watch = watchHold(context, sessions, {sinceMs, holdMs});
  const ready = await readyToCommit(frame, change, seen, held.value);
  // Before anything is said of COMMIT: once that is on its way nobody may cancel it.
  const watched = await watch.end();
  if (watched.isOver && holdMs !== undefined && (ready.ok || ready.failure.code !== 'connection-lost'))
    return failed({code: 'hold-exceeded', holdMs});
  if (!ready.ok) return ready;
  const committed = await session.query('COMMIT');
  if (!committed.ok) return committed;
  const now = context.clock.monotonicMs();
  // A lock that was never seen was none that shuts out, or one too short to be seen: nobody knows for how long.
  const lockHeldMs = watched.sinceMs === undefined ? undefined : Math.round((now - watched.sinceMs) * 10) / 10;
  return success({value: ready.value, xid, lockHeldMs, ...(isLocked ? {lockWaitMs: waitedMs} : {})});
};

/** The body, and everything that has to be so before COMMIT. */
const readyToCommit = async <T>(
  {context, sessions, verify, body}: Frame<T>,
  change: Change,
  seen: Seen,
  held: Held,
): Promise<Result<T>> => {
  let testimony: Promise<Result<Testimony>> | undefined;
  const askWitness = (): Promise<Result<Testimony>> => (testimony ??= witnessed(sessions, seen, held));
  const done = await body({...change, fallen: () => void askWitness()}, held.snapshot);
  if (!done.ok) {
    await testimony;
    return done;
  }
  // A script that ended our transaction would have committed half of itself; the rest would commit line by line.
  // What we dropped nobody can change any more; what somebody changed just before would vanish with our COMMIT.
  // A machine that slept since the step began may have lost the target to another run: it has no say any more.
  const [kept, told, isAlone] = await Promise.all([
    verifiedAsOurs(context, change, verify),
    askWitness(),
    context.targetLockHeld(),
  ]);
  if (!kept.ok) return kept;
  if (!isAlone) return failed({code: 'target-lock-lost', holder: ''});
  if (!told.ok) return told;
  const changes = contradictions(held.testimony, told.value);
  if (changes.length > 0) return failed({code: 'snapshot-stale', changes});
  if (context.signal.aborted) return failed({code: 'cancelled'});
  return done;
};

const isLockTimeout = (failure: Failure): boolean => failure.code === 'lock-timeout';

/** Runs the body in one transaction, and again after a lock timeout, a bounded number of times. */
export const inChangeTransaction = <T>(
  context: StepContext,
  limits: ChangeLimits,
  body: Body<T>,
): Promise<Result<Changed<T>>> => {
  const {lockTries: tries = LOCK_TRIES, toLock = lockAll} = limits;
  // A copy has no readers, and a slow machine of its own.
  const holdMs = context.isCopy === true ? undefined : limits.holdMs;
  const options = {
    readOnly: false,
    statementTimeoutMs: limits.timeoutMs ?? CHANGE_TIMEOUT_MS,
    lockTimeoutMs: limits.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    idleInTransactionTimeoutMs: IDLE_IN_CHANGE_MS,
  };
  const witnessing = {readOnly: true, statementTimeoutMs: CHECK_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS};
  const change = (witness: DatabaseSession) =>
    withSession(context, options, async (session) => {
      const began = context.clock.monotonicMs();
      const sessions = {session, witness};
      let before: Seen | undefined;
      // The look before the change can meet a lock as well, on a table that is being rewritten: that is a try like any other.
      let isPrepared = false;
      const tryOnce = async (): Promise<Result<Done<T>>> => {
        const prepared = isPrepared ? success(undefined) : await prepareLook(context, session);
        if (!prepared.ok) return prepared;
        isPrepared = true;
        const seen = await lookAhead(context, sessions, before);
        if (!seen.ok) return seen;
        before = seen.value;
        const {lockTimeoutMs} = options;
        const frame = {context, sessions, lockTimeoutMs, holdMs, toLock, verify: limits.verify, body};
        return attemptOnce(frame, seen.value);
      };
      for (let nth = 1; ; nth += 1) {
        const sample = sampleBlockers(context, options.lockTimeoutMs);
        const once = await tryOnce();
        if (once.ok || !isLockTimeout(once.failure)) await sample.drop();
        if (once.ok) {
          const {value, xid, lockHeldMs, lockWaitMs} = once.value;
          const durationMs = Math.round(context.clock.monotonicMs() - began);
          const waited = lockWaitMs === undefined ? '' : `lock waited for ${lockWaitMs} ms, then `;
          if (lockHeldMs !== undefined) context.scribe.output('note', `${waited}held for ${lockHeldMs} ms\n`);
          const held = lockHeldMs === undefined ? {} : {lockHeldMs};
          return success({value, xid, ...held, lockTries: nth, durationMs});
        }
        if (!isLockTimeout(once.failure)) return once;
        const seen = await sample.end();
        if (nth >= tries) return failed({code: 'lock-timeout', tries: nth, ...seen});
        // Jittered, so that two waiting tools do not keep meeting each other.
        const nextInMs = Math.round(PAUSE_MS * (1 + context.clock.random()));
        context.scribe.progress({code: 'waiting-for-lock', tries: nth, of: tries, nextInMs, ...seen});
        context.scribe.output(
          'note',
          `lock not granted, try ${nth} of ${tries}, ${holdersOf(seen.blockers).length} blocking sessions\n`,
        );
        await context.clock.pause(nextInMs, context.signal);
        if (context.signal.aborted) return failed({code: 'cancelled'});
        // The pause may have been a night: somebody else may work on the same objects now.
        const loss = await context.targetLockLost();
        if (loss !== undefined) return failed({code: 'target-lock-lost', ...loss});
      }
    });
  return withSession(context, witnessing, change);
};

/** Dependants that cannot be dropped and created again without loss stop a change that has to drop them. */
export const refuseOthers = ({others}: Pick<Snapshot, 'others'>): Result<void> =>
  others.length === 0
    ? success(undefined)
    : failed({
        code: 'dependants-not-replayable',
        objects: others.map(({type, identity}) => `${type} ${identity}`),
      });
