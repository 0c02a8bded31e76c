// How a child that sets its own lock_timeout to 0, as pg_restore does, is kept from waiting for a lock for ever.

import {failed, success, type Blocker, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import type {StepContext} from './kind.ts';
import {CHECK_TIMEOUT_MS, LOCK_TIMEOUT_MS} from './sessions.ts';

/** 250 ms: fine enough for a limit of seconds, and nothing that a server notices. */
const LOOK_EVERY_MS = 250;

const WAITING_SQL = `
SELECT pid::text AS pid FROM pg_stat_activity
WHERE application_name = $1 AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'`;

const BLOCKING_SQL = `
SELECT a.pid::text, coalesce(a.usename::text, '') AS user, a.application_name AS application,
       coalesce(a.state, '') AS state,
       round(extract(epoch FROM now() - coalesce(a.xact_start, a.backend_start)) * 1000)::text AS age
FROM unnest(pg_blocking_pids($1::int)) AS blocking(pid) JOIN pg_stat_activity a ON a.pid = blocking.pid
ORDER BY a.pid`;

const blockersOf = async (session: DatabaseSession, pid: string): Promise<Result<readonly Blocker[]>> => {
  const answer = await session.query(BLOCKING_SQL, {values: [pid]});
  if (!answer.ok) return answer;
  return success(
    answer.value.rows.map((row) => ({
      pid: Number(row['pid']),
      user: row['user'] ?? '',
      application: row['application'] ?? '',
      state: row['state'] ?? '',
      ageMs: Number(row['age'] ?? '0'),
    })),
  );
};

/** Looks until a session of this attempt has waited for one lock for `limitMs`, then cancels its statement: our own. */
const watch = async (context: StepContext, limitMs: number, stop: AbortSignal): Promise<Result<readonly Blocker[]>> => {
  const options = {readOnly: true, statementTimeoutMs: CHECK_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS};
  const connected = await context.database.connect(options);
  if (!connected.ok) return connected;
  const session = connected.value;
  try {
    let since: number | undefined;
    while (!stop.aborted) {
      const waiting = await session.query(WAITING_SQL, {values: [context.applicationName]});
      if (!waiting.ok) return waiting;
      const pid = waiting.value.rows[0]?.['pid'];
      since = pid === undefined ? undefined : (since ?? context.clock.monotonicMs());
      if (typeof pid === 'string' && since !== undefined && context.clock.monotonicMs() - since >= limitMs) {
        const blockers = await blockersOf(session, pid);
        const cancelled = await session.query('SELECT pg_cancel_backend($1::int)', {values: [pid]});
        return cancelled.ok ? blockers : cancelled;
      }
      await context.clock.pause(LOOK_EVERY_MS, stop);
    }
    return failed({code: 'cancelled'});
  } finally {
    await session.close();
  }
};

/**
 * Watches the sessions of this attempt until `end` is called.
 * @returns from `end`, who stood in the way when the watch had to cancel the statement; undefined when it did not.
 */
export const watchLocks = (
  context: StepContext,
  limitMs: number,
): Readonly<{end: () => Promise<readonly Blocker[] | undefined>}> => {
  const stop = new AbortController();
  const watching = watch(context, limitMs, stop.signal);
  return {
    end: async () => {
      stop.abort();
      const watched = await watching;
      return watched.ok ? watched.value : undefined;
    },
  };
};
