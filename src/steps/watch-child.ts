// Was a child program seen in the target under the name of its attempt? Otherwise nobody could find it there, or end it.

import type {DatabaseSession} from '../core/ports.ts';
import type {StepContext} from './kind.ts';
import {CHECK_TIMEOUT_MS, LOCK_TIMEOUT_MS} from './sessions.ts';

/** 25 ms: the shortest pg_dump that there is, of an empty database, is connected for longer. */
const LOOK_EVERY_MS = 25;

/** Sessions of ours under the same name say what they ask; a dump or a restore never asks about other sessions. */
const SEEN_SQL = `
SELECT pid::text FROM pg_stat_activity
WHERE application_name = $1 AND pid <> pg_backend_pid()
  AND query !~ 'pg_stat_activity|current_setting|tcp_keepalives|client_connection_check_interval|temp_file_limit'`;

/** Server processes of the attempt's children, under its name; undefined when the target did not answer. */
export const pidsOf = async (session: DatabaseSession, name: string): Promise<readonly string[] | undefined> => {
  const answer = await session.query(SEEN_SQL, {values: [name]});
  return answer.ok ? answer.value.rows.map((row) => row['pid'] ?? '') : undefined;
};

export type ChildWatch = Readonly<{
  /** Undefined when the target did not answer the question. */
  end: () => Promise<boolean | undefined>;
}>;

/** To be called before the child starts: what is there already is not the child. */
export const watchChild = async (context: StepContext): Promise<ChildWatch> => {
  const options = {readOnly: true, statementTimeoutMs: CHECK_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS};
  const connected = await context.database.connect(options);
  if (!connected.ok) return {end: async () => undefined};
  const session = connected.value;
  const before = await pidsOf(session, context.applicationName);
  const stop = new AbortController();
  const look = async (): Promise<boolean | undefined> => {
    for (;;) {
      const isOver = stop.signal.aborted;
      const now = await pidsOf(session, context.applicationName);
      if (now === undefined || before === undefined) return undefined;
      if (now.some((pid) => !before.includes(pid))) return true;
      if (isOver) return false;
      await context.clock.pause(LOOK_EVERY_MS, stop.signal);
    }
  };
  const looking = look().finally(() => session.close());
  return {
    end: () => {
      stop.abort();
      return looking;
    },
  };
};
