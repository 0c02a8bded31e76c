// Who blocks a change while it waits? Asked in the middle of a try: afterwards the server does not know any more.

import type {Blocker} from '../core/failure.ts';
import type {StepContext} from './kind.ts';

/** What the change locks, and the tables that its objects read: who holds those keeps it waiting as well. */
export const lockedRelations = ({runbook}: StepContext): readonly string[] => [
  ...runbook.objects,
  ...runbook.tables.map(({name}) => name),
];

/**
 * A change that gets its locks is over long before half of its lock_timeout; one that waits still waits then.
 * @returns from `end`, what was seen: nothing when the try was over before.
 */
export const sampleBlockers = (
  context: StepContext,
  backendPid: number,
  lockTimeoutMs: number,
): Readonly<{end: () => Promise<readonly Blocker[]>}> => {
  const stop = new AbortController();
  const look = async (): Promise<readonly Blocker[]> => {
    await context.clock.pause(lockTimeoutMs / 2, stop.signal);
    return stop.signal.aborted ? [] : context.database.blockers(lockedRelations(context), backendPid);
  };
  const looking = look();
  return {
    end: () => {
      stop.abort();
      return looking;
    },
  };
};
