// How long does a change shut others out, and who ends it when that is longer than was agreed? Another session of ours:
// the one that changes may be in the middle of a statement, or wait for a lock itself.

import type {DatabaseSession} from '../../core/ports.ts';
import type {StepContext} from '../kind.ts';

/** 2 s: a second is felt by everybody who waits, and no change of views needs more than a fraction of one. */
export const HOLD_MS = 2000;

/** 50 ms: as long as nothing is locked there is nothing to hurry for, and a look costs the server a millisecond. */
const LOOK_EVERY_MS = 50;

/**
 * ACCESS EXCLUSIVE on a relation that others can see: one that the change has made itself keeps nobody waiting, and to this
 * session it does not exist yet.
 */
const HELD_SQL = `
SELECT EXISTS (
  SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
  WHERE l.pid = $1::int AND l.granted AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
)::text AS held`;

export type Watched = Readonly<{
  /** By the clock's monotonic time: from when others were shut out at the latest; undefined when that was never seen. */
  sinceMs: number | undefined;
  /** The change was cancelled for it; then it must not commit, whatever its last statement answered. */
  isOver: boolean;
}>;

export type HoldWatch = Readonly<{end: () => Promise<Watched>}>;

type Sessions = Readonly<{session: DatabaseSession; witness: DatabaseSession}>;

/**
 * @param sinceMs from when the locks are held, when that is known.
 * @param holdMs undefined: it is watched, and never ended.
 */
export const watchHold = (
  {clock}: StepContext,
  {session, witness}: Sessions,
  {sinceMs, holdMs}: Readonly<{sinceMs: number | undefined; holdMs: number | undefined}>,
): HoldWatch => {
  const stop = new AbortController();
  const found: {sinceMs: number | undefined; isOver: boolean} = {sinceMs, isOver: false};
  const lookForLock = async (): Promise<void> => {
    while (found.sinceMs === undefined && !stop.signal.aborted) {
      const before = clock.monotonicMs();
      const seen = await witness.query(HELD_SQL, {values: [`${session.backendPid}`]});
      // Without an answer nobody watches; the limits of each statement are the server's own and stand.
      if (!seen.ok) return;
      if (seen.value.rows[0]?.['held'] === 'true') found.sinceMs = before;
      else await clock.pause(LOOK_EVERY_MS, stop.signal);
    }
  };
  const watch = async (): Promise<void> => {
    await lookForLock();
    if (holdMs === undefined || found.sinceMs === undefined || stop.signal.aborted) return;
    await clock.pause(Math.max(0, found.sinceMs + holdMs - clock.monotonicMs()), stop.signal);
    if (stop.signal.aborted) return;
    found.isOver = true;
    await witness.query('SELECT pg_cancel_backend($1::int)', {values: [`${session.backendPid}`]});
  };
  const watching = watch();
  return {
    end: async () => {
      stop.abort();
      await watching;
      return found;
    },
  };
};
