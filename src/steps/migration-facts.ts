// What do all migrations say of themselves, whoever makes them?

import type {Judged} from '../catalog/accept.ts';
import {diffSnapshots} from '../catalog/diff.ts';
import type {Snapshot} from '../catalog/snapshot.ts';
import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';

export type Applied = Pick<
  FactsOf<'migration'>,
  'changes' | 'accepted' | 'notNeeded' | 'putBack' | 'digest' | 'unread'
>;

/** The catalog must still be what the snapshot step saw, or the preview that was approved is not what would happen. */
export const unchangedSince = (before: Snapshot, now: Snapshot): Result<void> => {
  const changes = diffSnapshots(before, now);
  return changes.length === 0 ? success(undefined) : failed({code: 'snapshot-stale', changes});
};

/** What is not there cannot be lost: no reason to stop, but then what was approved is not quite what happened. */
export const acceptedFacts = ({accepted, notNeeded}: Judged): Pick<Applied, 'accepted' | 'notNeeded'> => ({
  accepted: accepted.map(({change, acceptance: {reason}}) => ({...change, reason})),
  notNeeded: notNeeded.map(({object, aspect}) => ({object, ...(aspect === undefined ? {} : {aspect})})),
});
