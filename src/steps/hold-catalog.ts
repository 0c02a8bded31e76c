// How are the objects of a change locked, so that nothing in the catalog can move, for as short as possible?

import {capturedFrom, type CatalogAddress, type Captured} from '../catalog/capture.ts';
import {catalogSql} from '../catalog/capture-sql.ts';
import {lockStatement} from '../catalog/recreate.ts';
import type {Dependant, Snapshot} from '../catalog/snapshot.ts';
import {spelledSql, testify, testimonyFrom, testimonySql, type Testimony} from '../catalog/witness.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession, Rows} from '../core/ports.ts';
import {executeAndRead, type Change} from './change-messages.ts';
import type {StepContext} from './kind.ts';

/** The session that changes, and one that sees what everybody else sees: the rows we dropped, until we commit. */
export type Sessions = Readonly<{session: DatabaseSession; witness: DatabaseSession}>;

/** The statement that captures the catalog once `prepareLook` has run on the session. */
export const LOOK = 'EXECUTE attempt_runbook_catalog';

/** Plans the look, and fills the caches of a new session; under the lock it then takes 3 ms instead of 20. */
export const prepareLook = async (context: StepContext, session: DatabaseSession): Promise<Result<void>> => {
  const done = await session.queryAll([
    // A first try that met a lock has prepared it already: prepared statements outlive what fails after them.
    'DEALLOCATE ALL',
    `PREPARE attempt_runbook_catalog AS ${catalogSql(context.runbook.objects)}`,
    LOOK,
  ]);
  return done.ok ? success(undefined) : done;
};

/** The rows of the testimony, and of what only the session of the change may ask for. */
type Versions = string;
const versionsOf = (testified: Rows, spelled: Rows): Versions => JSON.stringify([testified.rows, spelled.rows]);

/** What was seen before the lock, and which statement testifies to just that on both sessions. */
export type Seen = Readonly<{
  captured: Captured;
  asked: string;
  statement: string;
  nth: number;
  /** As long as these are what they were, `captured` is the catalog; absent where more than they tell would count. */
  versions?: Versions;
  spell: string;
}>;

/** Views with nothing on them that is spelled out by itself: row versions and their texts tell all of those. */
const arePlain = ({snapshot: {objects, dependants, others, missing}}: Captured): boolean =>
  others.length === 0 &&
  missing.length === 0 &&
  objects.length > 0 &&
  [...objects, ...dependants].every(
    (of) =>
      of.kind === 'view' &&
      of.rules.length === 0 &&
      of.triggers.length === 0 &&
      of.columns.every((column) => column.default === null),
  );

/** Looks at what there is to lock, and prepares both sessions to testify to it. Outside any transaction. */
export const lookAhead = async (
  context: StepContext,
  {session, witness}: Sessions,
  before: Seen | undefined,
): Promise<Result<Seen>> => {
  const found = await session.query(LOOK);
  if (!found.ok) return found;
  const captured = capturedFrom(found.value, context.runbook.objects);
  const asked = testimonySql(captured.addresses);
  const nth = before?.asked === asked ? before.nth : (before?.nth ?? 0) + 1;
  const name = `attempt_runbook_testimony_${nth}`;
  const seen = {captured, asked, nth, statement: `EXECUTE ${name}`, spell: `EXECUTE attempt_runbook_spelled_${nth}`};
  if (before?.asked !== asked) {
    for (const one of [session, witness]) {
      const done = await one.queryAll([`PREPARE ${name} AS ${asked}`, seen.statement]);
      if (!done.ok) return done;
    }
    if (arePlain(captured)) {
      const done = await session.query(`PREPARE attempt_runbook_spelled_${nth} AS ${spelledSql(captured.addresses)}`);
      if (!done.ok) return done;
    }
  }
  return arePlain(captured) ? withVersions(context, session, seen) : success(seen);
};

/** The versions come before the look: what changes between the two is another version under the lock. */
const withVersions = async (context: StepContext, session: DatabaseSession, seen: Seen): Promise<Result<Seen>> => {
  const answers = await session.queryAll([seen.statement, seen.spell, LOOK]);
  if (!answers.ok) return answers;
  const [testified, spelled, looked] = answers.value;
  if (testified === undefined || spelled === undefined || looked === undefined)
    throw new Error('a message was answered with too little');
  const captured = capturedFrom(looked, context.runbook.objects);
  const isSame = JSON.stringify(captured) === JSON.stringify(seen.captured);
  return success(isSame ? {...seen, versions: versionsOf(testified, spelled)} : seen);
};

const testimonyTo = (seen: Seen, addresses: readonly CatalogAddress[]): string => {
  const asked = testimonySql(addresses);
  return asked === seen.asked ? seen.statement : asked;
};

const CLOCK = 'extract(epoch FROM clock_timestamp()) * 1000';

/** What of the captured has to be held still, in the order in which it is to be locked. */
export type ToLock = (snapshot: Snapshot) => readonly Dependant[];

export const lockAll: ToLock = ({objects, dependants}) => [...dependants.toReversed(), ...objects];

type Locking = Readonly<{lockTimeoutMs: number; toLock: ToLock}>;

/**
 * Takes ACCESS EXCLUSIVE on exactly these views, and on nothing below them, where LOCK TABLE on a view would lock its
 * base tables as well. Dependants come first, the order in which their readers lock, so that we wait in line instead of
 * deadlocking.
 *
 * The server's lock_timeout is per lock. Each lock, and whatever the transaction waits for later, gets what is left of
 * one: a reader of the first view would otherwise wait for as many timeouts as there are views after it.
 */
const lockStatements = (snapshot: Snapshot, {lockTimeoutMs, toLock}: Locking, isFirst: boolean): readonly string[] => {
  const locks = toLock(snapshot).map(lockStatement);
  const until = `SELECT set_config('attempt_runbook.until', (${CLOCK} + ${lockTimeoutMs})::text, true)`;
  const rest = `SELECT set_config('lock_timeout',
    greatest(1, current_setting('attempt_runbook.until')::numeric - ${CLOCK})::int || 'ms', true) AS rest`;
  return [...(isFirst ? [until] : []), ...locks.flatMap((lock) => [lock, rest])];
};

/** 3 looks: each new dependant that somebody commits while we wait for a lock costs one more. */
const LOOKS = 3;

export type Held = Readonly<{
  /** The catalog under our locks. */
  snapshot: Snapshot;
  testimony: Testimony;
  /** What a witness has to say the same to. */
  addresses: readonly CatalogAddress[];
  /** When we asked for the first lock, and how long the server let us wait for the last one. */
  askedAtMs: number;
  waitedMs: number;
}>;

/** From the end: with nothing to lock there is nothing before them. */
const lastOf = (answers: readonly Rows[]): Readonly<{last: Rows; before: Rows; rest: Rows | undefined}> => {
  const [last, before, rest] = answers.toReversed();
  if (last === undefined || before === undefined) throw new Error('a message was answered with too little');
  return {last, before, rest};
};

const waitedOf = (rest: Rows | undefined, {lockTimeoutMs}: Locking): number => {
  const left = Number.parseInt(rest?.rows[0]?.['rest'] ?? '', 10);
  return left > 0 ? lockTimeoutMs - left : 0;
};

/** The catalog as it is once nothing in it can move: locked, and looked at again until there is nothing new to lock. */
export const holdCatalog = async (
  context: StepContext,
  change: Change,
  seen: Seen,
  locking: Locking,
): Promise<Result<Held>> => {
  const askedAtMs = context.clock.monotonicMs();
  let {captured} = seen;
  let waitedMs = 0;
  let isLocked = false;
  if (seen.versions !== undefined) {
    const {addresses, snapshot} = captured;
    const locks = lockStatements(snapshot, locking, true);
    const answers = await executeAndRead(change, [...locks, seen.statement, seen.spell]);
    if (!answers.ok) return answers;
    const {last: spelled, before: testified, rest} = lastOf(answers.value);
    waitedMs = waitedOf(rest, locking);
    if (versionsOf(testified, spelled) === seen.versions)
      return success({snapshot, testimony: testimonyFrom(testified), addresses, askedAtMs, waitedMs});
    isLocked = true;
  }
  for (let look = 1; ; look += 1) {
    const {addresses} = captured;
    const locks = isLocked ? [] : lockStatements(captured.snapshot, locking, look === 1);
    // The testimony before the look: what is granted after it is noticed, either in the look or by the witness.
    const answers = await executeAndRead(change, [...locks, testimonyTo(seen, addresses), change.look]);
    if (!answers.ok) return answers;
    const {last: looked, before: testified, rest} = lastOf(answers.value);
    if (look === 1 && !isLocked) waitedMs = waitedOf(rest, locking);
    isLocked = false;
    const now = capturedFrom(looked, change.objects);
    const isHeld = JSON.stringify(now.addresses) === JSON.stringify(addresses);
    // After the last look what is new stays unlocked: dropping it takes the lock, and the comparisons still hold.
    if (isHeld || look === LOOKS) {
      return success({snapshot: now.snapshot, testimony: testimonyFrom(testified), addresses, askedAtMs, waitedMs});
    }
    captured = now;
  }
};

/** What the witness sees of the objects that we hold, by the statement that it has prepared. */
export const witnessed = ({witness}: Sessions, seen: Seen, held: Held): Promise<Result<Testimony>> =>
  testify(witness, testimonyTo(seen, held.addresses));
