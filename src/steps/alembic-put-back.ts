// What Alembic's migration took comes back in a transaction right after its COMMIT: it cannot be in the same one.

import {judge, withoutLeft, type Judged} from '../catalog/accept.ts';
import {diffSnapshots, splitChanges} from '../catalog/diff.ts';
import {isSame} from '../catalog/recreate.ts';
import {qualifiedName, snapshotText, type Dependant, type Snapshot} from '../catalog/snapshot.ts';
import {isLeft, type Acceptance} from '../core/acceptance.ts';
import type {PutBack} from '../core/facts.ts';
import {success, type CatalogChange, type Result} from '../core/failure.ts';
import {inChangeTransaction, type ChangeLimits, type Changed} from './change.ts';
import {executeAndRead} from './change-messages.ts';
import {filledIn, rowChanges, rowsIn, type Rows} from './change/rows.ts';
import {lockAll} from './hold-catalog.ts';
import type {StepContext} from './kind.ts';
import {putBack} from './put-back.ts';
import {isRefusal, putBackInParts, type Refused} from './put-back-parts/in-parts.ts';
import {withReader} from './sessions.ts';
import {countComments, countGrants, countOptions} from './snapshot.ts';

/** What nobody had before the change cannot have been lost by it. */
const isLoss = ({aspect, before}: CatalogChange): boolean => !(aspect === 'existence' && before === '');

/** What the migration took: every difference that is not what a change of these objects is for. */
export const takenBy = (declared: readonly string[], before: Snapshot, after: Snapshot): readonly CatalogChange[] =>
  splitChanges(declared, diffSnapshots(before, after)).unmeant.filter(isLoss);

/** What it changed on purpose. */
export const meantBy = (declared: readonly string[], before: Snapshot, after: Snapshot): readonly CatalogChange[] =>
  splitChanges(declared, diffSnapshots(before, after)).meant;

/** Declared objects that are not there, whether they were before or should have been made; save those that may go. */
export const missingIn = (
  declared: readonly string[],
  {objects}: Snapshot,
  acceptances: readonly Acceptance[],
): readonly string[] =>
  declared.filter((name) => !objects.some((of) => qualifiedName(of) === name) && !isLeft(acceptances, name));

export type PutBackAgain = Readonly<{
  putBack: PutBack;
  digest: string;
  judged: Judged;
  after: Snapshot;
  /** What the server would not take back, when it refused the whole; everything else is back. */
  refused: readonly Refused[];
}>;

export type Taken = Readonly<{
  before: Snapshot;
  /** The catalog as Alembic has left it. */
  left: Snapshot;
  acceptances: readonly Acceptance[];
  limits: ChangeLimits;
  /** Of the materialized views that were filled, what was in them before; absent where nobody compares. */
  rows?: Rows;
}>;

/** `reporting.daily: must be able to SET ROLE "reporting"` */
export const refusalLines = (refused: readonly Refused[]): readonly string[] =>
  refused.map(({object, failure}) => `${object}: ${'message' in failure ? failure.message : failure.code}`);

const findIn = ({objects, dependants}: Snapshot, of: Dependant): Dependant | undefined =>
  [...objects, ...dependants].find((other) => isSame(other, of));

const absentIn = (now: Snapshot, {dependants}: Snapshot): readonly Dependant[] =>
  dependants.filter((of) => findIn(now, of) === undefined);

/** Nobody is shut out, and no owner's right is asked for, where nothing has to be put back. */
const isOther = (now: Snapshot, of: Dependant): boolean => {
  const there = findIn(now, of);
  return there !== undefined && JSON.stringify(there) !== JSON.stringify(of);
};

const NO_ROWS: Rows = new Map();

/** What was in those that are filled anew; of one that an earlier attempt let go nobody can say it any more. */
const rowsOf = (rows: Rows, anew: readonly Dependant[]): Rows =>
  new Map(filledIn(anew).map((of) => [qualifiedName(of), rows.get(qualifiedName(of))]));

/** The change is committed: one right that is missing must not keep everything else away. */
const inParts = async (
  context: StepContext,
  {before, left, acceptances, limits, rows}: Taken,
): Promise<Result<Changed<PutBackAgain>>> => {
  const began = context.clock.monotonicMs();
  const done = await putBackInParts(context, before, acceptances, limits);
  if (!done.ok) return done;
  const {after, refused, xid, heldMs} = done.value;
  const all = [...before.objects, ...before.dependants];
  const back = absentIn(left, before).filter((of) => findIn(after, of) !== undefined);
  const was = rows === undefined ? NO_ROWS : rowsOf(rows, back);
  const read = await withReader(context, {}, (session) => rowsIn(session.queryAll, was.size === 0 ? [] : back));
  const changes = rowChanges(was, read.ok ? read.value : new Map([...was.keys()].map((name) => [name, undefined])));
  return success({
    xid,
    lockTries: 1,
    lockHeldMs: heldMs,
    durationMs: Math.round(context.clock.monotonicMs() - began),
    value: {
      putBack: {
        dependants: after.dependants.map(qualifiedName),
        grants: countGrants(all),
        comments: countComments(all),
        options: countOptions(all),
        owners: all.length,
      },
      digest: context.sha256(snapshotText(after)),
      judged: judge([...takenBy(context.runbook.objects, before, after), ...changes], acceptances),
      after,
      refused,
    },
  });
};

/** Every declared object is there. What is left out is accepted; what still differs afterwards is judged by the caller. */
export const putBackTaken = async (given: StepContext, taken: Taken): Promise<Result<Changed<PutBackAgain>>> => {
  // Not the step's own signal: a view without its grants is worse than a stop that comes a moment later.
  const context = {...given, signal: new AbortController().signal};
  const whole = await inOne(context, taken);
  return whole.ok || !isRefusal(whole.failure) ? whole : inParts(context, taken);
};

const inOne = (
  context: StepContext,
  {before, acceptances, limits, rows}: Taken,
): Promise<Result<Changed<PutBackAgain>>> => {
  const wanted = [...before.objects, ...before.dependants];
  const toLock = (now: Snapshot): readonly Dependant[] =>
    lockAll(now).filter((is) => {
      const was = wanted.find((of) => isSame(of, is));
      return was !== undefined && isOther(now, was);
    });
  // What is there now is verified once it is committed, by whoever called.
  return inChangeTransaction(context, {...limits, verify: undefined, toLock}, async (change, now) => {
    const anew = absentIn(now, before);
    const back = await putBack(
      context,
      change,
      {objects: wanted.filter((of) => isOther(now, of)), dependants: anew},
      {acceptances},
    );
    if (!back.ok) return back;
    const {after, putBack: done} = back.value;
    // Others see them only after COMMIT: nobody has filled them once more in between.
    const kept = withoutLeft(anew, acceptances);
    const refilled = await rowsIn((statements) => executeAndRead(change, statements), rows === undefined ? [] : kept);
    if (!refilled.ok) return refilled;
    const changes = rows === undefined ? [] : rowChanges(rowsOf(rows, kept), refilled.value);
    const judged = judge([...takenBy(context.runbook.objects, before, after), ...changes], acceptances);
    return success({putBack: done, digest: context.sha256(snapshotText(after)), judged, after, refused: []});
  });
};
