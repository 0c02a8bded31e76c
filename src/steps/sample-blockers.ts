// Who blocks a change while it waits? Asked in the middle of a try: afterwards the server does not know any more.

import {holdersOf, success, type Obstacle, type Result} from '../core/failure.ts';
import type {DatabaseSession, Relations} from '../core/ports.ts';
import type {StepContext} from './kind.ts';

/** What the change locks, and the tables that its objects read: who locks those against readers keeps it waiting as well. */
const lockedRelations = ({runbook}: StepContext): Relations => ({
  objects: runbook.objects,
  tables: runbook.tables.map(({name}) => name),
});

const WAITING_SQL = `
SELECT pid::text AS pid FROM pg_stat_activity
WHERE application_name = $1 AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'`;

/** A session of this attempt that waits for a lock at this moment. */
export const waitingPid = async (
  session: DatabaseSession,
  {applicationName}: Pick<StepContext, 'applicationName'>,
): Promise<Result<string | undefined>> => {
  const waiting = await session.query(WAITING_SQL, {values: [applicationName]});
  return waiting.ok ? success(waiting.value.rows[0]?.['pid'] ?? undefined) : waiting;
};

/** Who is in the way now. A look that failed has seen nobody, which is not the same as nobody. */
export const obstacle = async (context: StepContext): Promise<Obstacle> => {
  const found = await context.database.blockers(lockedRelations(context));
  return found.ok ? {blockers: found.value} : {blockers: [], isUnseen: true};
};

/**
 * A change that gets its locks is over long before half of its lock_timeout; one that waits still waits then.
 * @returns from `end`, what was seen then, or is to be seen now where nobody who holds a lock was.
 */
export const sampleBlockers = (
  context: StepContext,
  lockTimeoutMs: number,
): Readonly<{end: () => Promise<Obstacle>; drop: () => Promise<void>}> => {
  const stop = new AbortController();
  const look = async (): Promise<Obstacle> => {
    await context.clock.pause(lockTimeoutMs / 2, stop.signal);
    return stop.signal.aborted ? {blockers: []} : obstacle(context);
  };
  const looking = look();
  const ended = (): Promise<Obstacle> => {
    stop.abort();
    return looking;
  };
  return {
    end: async () => {
      const seen = await ended();
      return holdersOf(seen.blockers).length > 0 ? seen : obstacle(context);
    },
    drop: async () => void (await ended()),
  };
};
