// How a child that sets its own lock_timeout to 0, as pg_restore does, is kept from waiting for a lock for ever.

import {success, type Obstacle, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import type {StepContext} from './kind.ts';
import {obstacle, waitingPid} from './sample-blockers.ts';
import {LOCK_TIMEOUT_MS} from './sessions.ts';

/** 250 ms: fine enough for a limit of seconds, and nothing that a server notices. */
const LOOK_EVERY_MS = 250;

/** 5 s: these questions take milliseconds, and nobody guards the restore while one of them waits. */
const ANSWER_TIMEOUT_MS = 5000;

const connectWatch = (context: StepContext): Promise<Result<DatabaseSession>> =>
  context.database.connect({readOnly: true, statementTimeoutMs: ANSWER_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS});

/** What one look found: who waits, and whoever stood in the way when it has waited for too long and was cancelled. */
type Look = Readonly<{since: number | undefined; inTheWay?: Obstacle}>;

const look = async (
  context: StepContext,
  limitMs: number,
  session: DatabaseSession,
  before: number | undefined,
): Promise<Result<Look>> => {
  const waiting = await waitingPid(session, context);
  if (!waiting.ok) return waiting;
  const pid = waiting.value;
  if (pid === undefined) return success({since: undefined});
  const since = before ?? context.clock.monotonicMs();
  if (context.clock.monotonicMs() - since < limitMs) return success({since});
  const inTheWay = await obstacle(context);
  const cancelled = await session.query('SELECT pg_cancel_backend($1::int)', {values: [pid]});
  return cancelled.ok ? success({since: undefined, inTheWay}) : cancelled;
};

export type LockWatch = Readonly<{
  /** Aborts when nobody watches any more, on a new connection neither: the child must not go on. */
  lost: AbortSignal;
  /** @returns who stood in the way when the watch had to cancel a statement; undefined when it did not. */
  end: () => Promise<Obstacle | undefined>;
}>;

/**
 * Watches the sessions of this attempt until `end` is called: one that has waited for one lock for `limitMs` has its
 * statement cancelled, which is our own. To be called before the child starts; a failure means that nobody would watch.
 */
export const watchLocks = async (context: StepContext, limitMs: number): Promise<Result<LockWatch>> => {
  const connected = await connectWatch(context);
  if (!connected.ok) return connected;
  const stop = new AbortController();
  const lost = new AbortController();
  const watch = async (): Promise<Obstacle | undefined> => {
    let session = connected.value;
    let since: number | undefined;
    let inTheWay: Obstacle | undefined;
    try {
      // It goes on after a cancel, which may have come too late for that statement and the next one may wait as well.
      while (!stop.signal.aborted) {
        let looked = await look(context, limitMs, session, since);
        if (!looked.ok && !stop.signal.aborted) {
          await session.close();
          const again = await connectWatch(context);
          if (again.ok) session = again.value;
          looked = again.ok ? await look(context, limitMs, session, since) : again;
        }
        if (!looked.ok) {
          if (!stop.signal.aborted) lost.abort();
          return inTheWay;
        }
        since = looked.value.since;
        inTheWay = looked.value.inTheWay ?? inTheWay;
        await context.clock.pause(LOOK_EVERY_MS, stop.signal);
      }
      return inTheWay;
    } finally {
      await session.close();
    }
  };
  const watching = watch();
  return success({
    lost: lost.signal,
    end: () => {
      stop.abort();
      return watching;
    },
  });
};
