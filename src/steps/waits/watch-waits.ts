// Does a session of this attempt wait for a lock just now, and who has it? For waits that are long and hold nobody up.

import {holdersOf, type Obstacle} from '../../core/failure.ts';
import type {StepContext} from '../kind.ts';
import {obstacle, waitingPid} from '../sample-blockers.ts';
import {CHECK_TIMEOUT_MS, LOCK_TIMEOUT_MS} from '../sessions.ts';

/** 500 ms, and only who waits at two looks: a wait that nobody would notice is not told. */
const LOOK_EVERY_MS = 500;

export type WaitWatch = Readonly<{
  /** Who is in the way now; undefined while nobody of ours waits. */
  now: () => Obstacle | undefined;
  /** Who was in the way last. A watch that could not look has seen nobody, which is not the same as nobody. */
  end: () => Promise<Obstacle>;
}>;

/** @param atMostMs how long such a wait lasts before it is given up, as it is told. */
export const watchWaits = async (context: StepContext, atMostMs: number): Promise<WaitWatch> => {
  const options = {readOnly: true, statementTimeoutMs: CHECK_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS};
  const connected = await context.database.connect(options);
  if (!connected.ok) return {now: () => undefined, end: async () => ({blockers: [], isUnseen: true})};
  const session = connected.value;
  const stop = new AbortController();
  let now: Obstacle | undefined;
  let last: Obstacle = {blockers: [], isUnseen: true};
  const look = async (): Promise<void> => {
    let before: string | undefined;
    while (!stop.signal.aborted) {
      const waiting = await waitingPid(session, context);
      if (!waiting.ok) return;
      if (waiting.value === undefined) now = undefined;
      else if (waiting.value === before) {
        const met = await obstacle(context);
        if (now === undefined)
          context.scribe.output('note', `waiting for a lock, ${holdersOf(met.blockers).length} blocking sessions\n`);
        now = met;
        last = met;
        context.scribe.progress({code: 'held-up', atMostMs, ...met});
      }
      before = waiting.value;
      await context.clock.pause(LOOK_EVERY_MS, stop.signal);
    }
  };
  const looking = look().finally(() => session.close());
  return {
    now: () => now,
    end: async () => {
      stop.abort();
      await looking;
      return last;
    },
  };
};
