// Was Alembic seen in the target under the name of its attempt, and until when did the version table say what it said before?

import {holdersOf, type Obstacle} from '../core/failure.ts';
import type {StepContext} from './kind.ts';
import {obstacle, waitingPid} from './sample-blockers.ts';
import {CHECK_TIMEOUT_MS, LOCK_TIMEOUT_MS} from './sessions.ts';
import {sameVersions, versionRows} from './alembic-versions.ts';
import {pidsOf} from './watch-child.ts';

/** 25 ms: how exactly the moment of a commit is known that somebody else makes. */
const LOOK_EVERY_MS = 25;
/** 30 ms: as long as an upgrade that does little is connected; its commit comes last. */
const CONNECTED_MS = 30;
/** 3 ms, until it was seen: several looks within its connection. */
const LOOK_FOR_IT_EVERY_MS = 3;

export type UpgradeWatch = Readonly<{
  /**
   * `seen` is false only where it could not have been missed: two looks with its commit in between were closer together
   * than it is connected. On a busy machine they are not, and then nothing is said (undefined), as when the target did
   * not answer. `unchangedAtMs` is by the monotonic clock. `inTheWay` is there when it was seen to wait for a lock.
   */
  end: () => Promise<Readonly<{seen: boolean | undefined; unchangedAtMs: number; inTheWay?: Obstacle}>>;
}>;

/** To be called before Alembic starts: what is there already is not Alembic. */
export const watchUpgrade = async (
  context: StepContext,
  table: string,
  before: readonly string[],
): Promise<UpgradeWatch> => {
  const {clock, applicationName} = context;
  let unchangedAtMs = clock.monotonicMs();
  let inTheWay: Obstacle | undefined;
  const options = {readOnly: true, statementTimeoutMs: CHECK_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS};
  const connected = await context.database.connect(options);
  if (!connected.ok) return {end: async () => ({seen: undefined, unchangedAtMs})};
  const session = connected.value;
  const others = await pidsOf(session, applicationName);
  const stop = new AbortController();
  const look = async (): Promise<boolean | undefined> => {
    let seen: boolean | undefined;
    let hasChanged = false;
    let lookedAtMs: number | undefined;
    for (;;) {
      const isOver = stop.signal.aborted;
      const askedAtMs = clock.monotonicMs();
      const now = seen === true ? [] : await pidsOf(session, applicationName);
      if (now?.some((pid) => others?.includes(pid) === false) === true) seen = true;
      // One look is enough, and takes the lock manager's own locks: whoever waits for a lock waits for all of a try.
      const waiting = seen === true && inTheWay === undefined ? await waitingPid(session, context) : undefined;
      if (waiting?.ok === true && waiting.value !== undefined) {
        const met = await obstacle(context);
        if (holdersOf(met.blockers).length > 0) inTheWay = met;
      }
      const rows = await versionRows(session, table);
      if (rows.ok && rows.value !== undefined) {
        if (sameVersions(rows.value, before)) unchangedAtMs = askedAtMs;
        else if (!hasChanged) {
          hasChanged = true;
          const isClose = lookedAtMs !== undefined && clock.monotonicMs() - lookedAtMs < CONNECTED_MS;
          if (isClose && now !== undefined && others !== undefined) seen ??= false;
        }
      }
      lookedAtMs = now === undefined ? undefined : askedAtMs;
      if (isOver) return seen;
      await clock.pause(seen === true ? LOOK_EVERY_MS : LOOK_FOR_IT_EVERY_MS, stop.signal);
    }
  };
  const looking = look().finally(() => session.close());
  return {
    end: async () => {
      stop.abort();
      const seen = await looking;
      return {seen, unchangedAtMs, ...(inTheWay === undefined ? {} : {inTheWay})};
    },
  };
};
