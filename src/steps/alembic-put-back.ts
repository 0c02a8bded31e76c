// What Alembic's migration took comes back in a transaction right after its COMMIT: it cannot be in the same one.

import {judge, type Judged} from '../catalog/accept.ts';
import {diffSnapshots, splitChanges} from '../catalog/diff.ts';
import {isSame} from '../catalog/recreate.ts';
import {qualifiedName, snapshotText, type Snapshot} from '../catalog/snapshot.ts';
import {isLeft, type Acceptance} from '../core/acceptance.ts';
import type {PutBack} from '../core/facts.ts';
import {success, type CatalogChange, type Result} from '../core/failure.ts';
import {inChangeTransaction, type ChangeLimits, type Changed} from './change.ts';
import type {StepContext} from './kind.ts';
import {putBack} from './put-back.ts';
import {isRefusal, putBackInParts, type Refused} from './put-back-parts/in-parts.ts';
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

/** `reporting.daily: must be able to SET ROLE "reporting"` */
export const refusalLines = (refused: readonly Refused[]): readonly string[] =>
  refused.map(({object, failure}) => `${object}: ${'message' in failure ? failure.message : failure.code}`);

/** The change is committed: one right that is missing must not keep everything else away. */
const inParts = async (
  context: StepContext,
  before: Snapshot,
  acceptances: readonly Acceptance[],
  limits: ChangeLimits,
): Promise<Result<Changed<PutBackAgain>>> => {
  const began = context.clock.monotonicMs();
  const done = await putBackInParts(context, before, acceptances, limits);
  if (!done.ok) return done;
  const {after, refused, xid, heldMs} = done.value;
  const all = [...before.objects, ...before.dependants];
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
      judged: judge(takenBy(context.runbook.objects, before, after), acceptances),
      after,
      refused,
    },
  });
};

/** Every declared object is there. What is left out is accepted; what still differs afterwards is judged by the caller. */
export const putBackTaken = async (
  given: StepContext,
  before: Snapshot,
  acceptances: readonly Acceptance[],
  limits: ChangeLimits,
): Promise<Result<Changed<PutBackAgain>>> => {
  // Not the step's own signal: a view without its grants is worse than a stop that comes a moment later.
  const context = {...given, signal: new AbortController().signal};
  const whole = await inOne(context, before, acceptances, limits);
  return whole.ok || !isRefusal(whole.failure) ? whole : inParts(context, before, acceptances, limits);
};

const inOne = (
  context: StepContext,
  before: Snapshot,
  acceptances: readonly Acceptance[],
  limits: ChangeLimits,
): Promise<Result<Changed<PutBackAgain>>> =>
  // What is there now is verified once it is committed, by whoever called.
  inChangeTransaction(context, {...limits, verify: undefined}, async (change, now) => {
    const isThere = (of: Snapshot['dependants'][number]): boolean =>
      [...now.objects, ...now.dependants].some((other) => isSame(other, of));
    const back = await putBack(
      context,
      change,
      {
        objects: [...before.objects.filter(isThere), ...before.dependants.filter(isThere)],
        dependants: before.dependants.filter((of) => !isThere(of)),
      },
      {acceptances},
    );
    if (!back.ok) return back;
    const {after, putBack: done} = back.value;
    const judged = judge(takenBy(context.runbook.objects, before, after), acceptances);
    return success({putBack: done, digest: context.sha256(snapshotText(after)), judged, after, refused: []});
  });
