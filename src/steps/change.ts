// One transaction that changes declared objects and puts back what the change took: the frame of apply and of every
// way back that runs SQL. Messages go one by one, so that a killed client can never leave a half-sent script to commit.

import {captureCatalog, type CatalogAddress} from '../catalog/capture.ts';
import {lockStatement} from '../catalog/recreate.ts';
import type {Snapshot} from '../catalog/snapshot.ts';
import {contradictions, testify, type Testimony} from '../catalog/witness.ts';
import {failed, success, type Failure, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import type {StepContext} from './kind.ts';
import {CHANGE_TIMEOUT_MS, CHECK_TIMEOUT_MS, LOCK_TIMEOUT_MS, withSession} from './sessions.ts';

/** 20 tries of at most 150 ms, 0.5 to 1 s apart: about 15 s of trying, of which readers feel 3. */
const LOCK_TRIES = 20;
const PAUSE_MS = 500;

export type ChangeLimits = Readonly<{
  lockTimeoutMs?: number | undefined;
  lockTries?: number | undefined;
  timeoutMs?: number | undefined;
}>;

export type Changed<T> = Readonly<{value: T; xid: string; lockTries: number; lockHeldMs: number; durationMs: number}>;

/** What happens between BEGIN and COMMIT. `now` is the catalog under our locks, before anything was changed. */
export type Body<T> = (session: DatabaseSession, now: Snapshot) => Promise<Result<T>>;

export const execute = async (session: DatabaseSession, statements: readonly string[]): Promise<Result<void>> => {
  for (const statement of statements) {
    const done = await session.query(statement);
    if (!done.ok) return done;
  }
  return success(undefined);
};

export const runFiles = async (
  context: StepContext,
  session: DatabaseSession,
  files: readonly string[],
): Promise<Result<void>> => {
  for (const file of files) {
    context.scribe.progress({code: 'applying', file});
    context.scribe.output('note', `${file}\n`);
    const done = await session.query(context.sql(file), {file});
    if (!done.ok) return done;
  }
  return success(undefined);
};

/**
 * Runs files inside our transaction, and sees at once when one of them ended it: whatever we sent after that would
 * commit line by line.
 */
export const runScript = async (
  context: StepContext,
  session: DatabaseSession,
  files: readonly string[],
): Promise<Result<void>> => {
  const before = await currentXid(session);
  if (!before.ok) return before;
  const ran = await runFiles(context, session, files);
  if (!ran.ok) return ran;
  const after = await currentXid(session);
  if (!after.ok) return after;
  return after.value === before.value ? ran : failed({code: 'transaction-lost', xid: before.value});
};

/** Nothing may be found: every row of the file is a difference from what the change promises. */
export const verified = async (
  context: StepContext,
  session: DatabaseSession,
  file: string | undefined,
): Promise<Result<void>> => {
  if (file === undefined) return success(undefined);
  const answer = await session.query(context.sql(file), {file});
  if (!answer.ok) return answer;
  const {count, rows} = answer.value;
  return count === 0
    ? success(undefined)
    : failed({
        code: 'expectation-missed',
        what: file,
        expected: 'no-rows',
        actual: `${count}`,
        findings: rows.slice(0, 20),
      });
};

/**
 * Takes ACCESS EXCLUSIVE on exactly these views, and on nothing below them, where LOCK TABLE on a view would lock its
 * base tables as well. Dependants come first, the order in which their readers lock, so that we wait in line instead of
 * deadlocking.
 */
const lockObjects = (session: DatabaseSession, {objects, dependants}: Snapshot): Promise<Result<void>> =>
  execute(session, [...dependants.toReversed(), ...objects].map(lockStatement));

/** 3 looks: each new dependant that somebody commits while we wait for a lock costs one more. */
const LOOKS = 3;

type Held = Readonly<{
  snapshot: Snapshot;
  addresses: readonly CatalogAddress[];
  testimony: Testimony;
  sinceMs: number;
}>;

/** The catalog as it is once nothing in it can move: locked, and looked at again until there is nothing new to lock. */
const holdCatalog = async (context: StepContext, session: DatabaseSession): Promise<Result<Held>> => {
  const {objects} = context.runbook;
  let seen = await captureCatalog(session, objects);
  let sinceMs: number | undefined;
  for (let look = 1; ; look += 1) {
    if (!seen.ok) return seen;
    const locked = await lockObjects(session, seen.value.snapshot);
    if (!locked.ok) return locked;
    sinceMs ??= context.clock.monotonicMs();
    // Before the capture: what is granted after this is noticed, either in the capture or by the witness.
    const testimony = await testify(session, seen.value.addresses);
    if (!testimony.ok) return testimony;
    const now = await captureCatalog(session, objects);
    if (!now.ok) return now;
    const {snapshot, addresses} = now.value;
    const isHeld = JSON.stringify(addresses) === JSON.stringify(seen.value.addresses);
    // After the last look what is new stays unlocked: dropping it takes the lock, and the comparisons still hold.
    if (isHeld || look === LOOKS) {
      return success({snapshot, addresses: seen.value.addresses, testimony: testimony.value, sinceMs});
    }
    seen = now;
  }
};

const currentXid = async (session: DatabaseSession): Promise<Result<string>> => {
  const answer = await session.query('SELECT pg_current_xact_id()::text AS xid');
  return answer.ok ? success(answer.value.rows[0]?.['xid'] ?? '') : answer;
};

/** A failure means that nothing was changed; a script that committed before it failed would make a lie of that. */
const unlessCommitted = async (session: DatabaseSession, xid: string, failure: Failure): Promise<Failure> => {
  const answer = await session.query('SELECT pg_xact_status($1::xid8) AS status', {values: [xid]});
  return answer.ok && answer.value.rows[0]?.['status'] === 'committed' ? {code: 'transaction-lost', xid} : failure;
};

/** The session that changes, and one that sees what everybody else sees: the rows we dropped, until we commit. */
type Sessions = Readonly<{session: DatabaseSession; witness: DatabaseSession}>;

const attemptOnce = async <T>(
  context: StepContext,
  {session, witness}: Sessions,
  body: Body<T>,
): Promise<Result<Readonly<{value: T; xid: string; lockHeldMs: number}>>> => {
  const begun = await session.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  if (!begun.ok) return begun;
  const xid = await currentXid(session);
  if (!xid.ok) return xid;
  const changed = await changeAndCommit(context, {session, witness}, xid.value, body);
  // A lost connection cannot be told to roll back; the engine will ask the server what became of it.
  if (changed.ok || changed.failure.code === 'connection-lost') return changed;
  const undone = await session.query('ROLLBACK');
  if (!undone.ok && undone.failure.code === 'connection-lost') return undone;
  return failed(await unlessCommitted(session, xid.value, changed.failure));
};

const changeAndCommit = async <T>(
  context: StepContext,
  {session, witness}: Sessions,
  xid: string,
  body: Body<T>,
): Promise<Result<Readonly<{value: T; xid: string; lockHeldMs: number}>>> => {
  // On disk before the first statement that changes anything: after a crash this number is what we ask about.
  context.scribe.transactionOpened(xid, session.backendPid);
  const held = await holdCatalog(context, session);
  if (!held.ok) return held;
  const {snapshot, addresses, testimony, sinceMs} = held.value;
  const done = await body(session, snapshot);
  if (!done.ok) return done;
  // A script that ended our transaction would have committed half of itself; the rest would commit line by line.
  const still = await currentXid(session);
  if (!still.ok) return still;
  if (still.value !== xid) return failed({code: 'transaction-lost', xid});
  // What we dropped nobody can change any more; what somebody changed just before would vanish with our COMMIT.
  const seen = await testify(witness, addresses);
  if (!seen.ok) return seen;
  const changes = contradictions(testimony, seen.value);
  if (changes.length > 0) return failed({code: 'snapshot-stale', changes});
  if (context.signal.aborted) return failed({code: 'cancelled'});
  const committed = await session.query('COMMIT');
  if (!committed.ok) return committed;
  const lockHeldMs = context.clock.monotonicMs() - sinceMs;
  return success({value: done.value, xid, lockHeldMs: Math.round(lockHeldMs * 10) / 10});
};

const isLockTimeout = (failure: Failure): boolean => failure.code === 'lock-timeout';

/** Runs the body in one transaction, and again after a lock timeout, a bounded number of times. */
export const inChangeTransaction = <T>(
  context: StepContext,
  limits: ChangeLimits,
  body: Body<T>,
): Promise<Result<Changed<T>>> => {
  const tries = limits.lockTries ?? LOCK_TRIES;
  const options = {
    readOnly: false,
    statementTimeoutMs: limits.timeoutMs ?? CHANGE_TIMEOUT_MS,
    lockTimeoutMs: limits.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
  };
  const witnessing = {readOnly: true, statementTimeoutMs: CHECK_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS};
  const change = (witness: DatabaseSession) =>
    withSession(context, options, async (session) => {
      const began = context.clock.monotonicMs();
      for (let nth = 1; ; nth += 1) {
        const once = await attemptOnce(context, {session, witness}, body);
        if (once.ok) {
          const durationMs = Math.round(context.clock.monotonicMs() - began);
          return success({...once.value, lockTries: nth, durationMs});
        }
        if (!isLockTimeout(once.failure)) return once;
        const blockers = await context.database.blockers(context.runbook.objects, session.backendPid);
        if (nth >= tries) return failed({code: 'lock-timeout', tries: nth, blockers});
        // Jittered, so that two waiting tools do not keep meeting each other.
        const nextInMs = Math.round(PAUSE_MS * (1 + context.clock.random()));
        context.scribe.progress({code: 'waiting-for-lock', tries: nth, of: tries, nextInMs, blockers});
        context.scribe.output(
          'note',
          `lock not granted, try ${nth} of ${tries}, ${blockers.length} blocking sessions\n`,
        );
        await context.clock.pause(nextInMs, context.signal);
        if (context.signal.aborted) return failed({code: 'cancelled'});
      }
    });
  return withSession(context, witnessing, change);
};

/** Dependants that cannot be dropped and created again without loss stop a change that has to drop them. */
export const refuseOthers = (snapshot: Snapshot): Result<void> =>
  snapshot.others.length === 0
    ? success(undefined)
    : failed({
        code: 'dependants-not-replayable',
        objects: snapshot.others.map(({type, identity}) => `${type} ${identity}`),
      });
