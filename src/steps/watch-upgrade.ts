// Was Alembic seen in the target under the name of its attempt, and until when did the version table say what it said before?

import type {StepContext} from './kind.ts';
import {CHECK_TIMEOUT_MS, LOCK_TIMEOUT_MS} from './sessions.ts';
import {sameVersions, versionRows} from './alembic-versions.ts';
import {pidsOf} from './watch-child.ts';

/** 25 ms: how exactly the moment of a commit is known that somebody else makes. */
const LOOK_EVERY_MS = 25;
/** 3 ms, until it was seen: an upgrade that does little is connected for some 30 ms. */
const LOOK_FOR_IT_EVERY_MS = 3;

export type UpgradeWatch = Readonly<{
  /** `seen` is undefined when the target did not answer; `unchangedAtMs` is by the monotonic clock. */
  end: () => Promise<Readonly<{seen: boolean | undefined; unchangedAtMs: number}>>;
}>;

/** To be called before Alembic starts: what is there already is not Alembic. */
export const watchUpgrade = async (
  context: StepContext,
  table: string,
  before: readonly string[],
): Promise<UpgradeWatch> => {
  const {clock, applicationName} = context;
  let unchangedAtMs = clock.monotonicMs();
  const options = {readOnly: true, statementTimeoutMs: CHECK_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS};
  const connected = await context.database.connect(options);
  if (!connected.ok) return {end: async () => ({seen: undefined, unchangedAtMs})};
  const session = connected.value;
  const others = await pidsOf(session, applicationName);
  const stop = new AbortController();
  const look = async (): Promise<boolean | undefined> => {
    let seen: boolean | undefined = others === undefined ? undefined : false;
    for (;;) {
      const isOver = stop.signal.aborted;
      const now = seen === true ? [] : await pidsOf(session, applicationName);
      if (now?.some((pid) => others?.includes(pid) === false) === true) seen = true;
      const askedAt = clock.monotonicMs();
      // Between two looks at the version table there are several for its session, which may be gone in 30 ms.
      if (seen === true || isOver || askedAt - unchangedAtMs >= LOOK_EVERY_MS) {
        const rows = await versionRows(session, table);
        if (rows.ok && rows.value !== undefined && sameVersions(rows.value, before)) unchangedAtMs = askedAt;
      }
      if (isOver) return seen;
      await clock.pause(seen === true ? LOOK_EVERY_MS : LOOK_FOR_IT_EVERY_MS, stop.signal);
    }
  };
  const looking = look().finally(() => session.close());
  return {
    end: async () => {
      stop.abort();
      const seen = await looking;
      return {seen, unchangedAtMs};
    },
  };
};
