// What happens when somebody ends the tool from outside: the effect is asked to stop, the journal is already synced,
// and only then the process goes.

import type {Session} from '../engine/session.ts';

/** 10 s: a statement is cancelled within milliseconds; a child that ignores SIGTERM for 5 s is killed then. */
const SETTLE_MS = 10_000;

/** 1 s: npm and shells pass a Ctrl+C on that the process has had already; what comes later is a second one. */
const PASSED_ON_MS = 1000;

/** Waits until it is done, or until nobody can wait any longer. */
export const withinLimit = async (done: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, SETTLE_MS)));
  await Promise.race([done, limit]).finally(() => clearTimeout(timer));
};

/** Asks what runs to stop, and waits until it has, or until nobody can wait any longer. */
export const settle = (session: Session): Promise<void> =>
  withinLimit(session.submit({type: 'CancelEffect'}).then(() => session.settled()));

export type Interruption = Readonly<{
  /** True once a signal has arrived, or nobody can read any more what is printed. */
  happened: () => boolean;
  /** Puts the run away; a signal that arrives meanwhile waits for that. Later ones have their usual effect again. */
  leave: (putAway: () => Promise<void>) => Promise<void>;
}>;

/** Ends the process as the signal would have: whoever sent it sees that it worked. */
const endBy = (signal: NodeJS.Signals | undefined, handle: () => void): void => {
  if (signal === undefined || signal === 'SIGINT') process.exit(130);
  process.removeListener(signal, handle);
  process.kill(process.pid, signal);
};

/**
 * Watches SIGINT, SIGTERM and SIGHUP, and the streams that are printed to: a pipe without a reader or a terminal that is
 * gone means that nobody is there. The first of them asks the running effect to stop; then the process ends by the same
 * signal. A second signal ends it at once; what was running is in doubt then.
 * @param beforeEnd puts away what the process has started, such as a rehearsal's server.
 */
export const watchInterruption = (session: Session, beforeEnd: () => Promise<void>): Interruption => {
  let happened = false;
  let isOver = false;
  let leaving: Promise<void> | undefined;
  let signalledAt: number | undefined;
  const interrupt = (signal: NodeJS.Signals | undefined, handle: () => void): void => {
    if (isOver) return;
    if (signal !== undefined) {
      const now = performance.now();
      signalledAt ??= now;
      // By exit, not by the signal: its hooks still end our children. A rehearsal's server stays, as after a crash.
      if (now - signalledAt > PASSED_ON_MS) process.exit(130);
    }
    // Whoever stops to read while the run is left already has changed nothing.
    if (happened || (leaving !== undefined && signal === undefined)) return;
    happened = true;
    const end = (): void => endBy(signal, handle);
    // A run that could not be left is told of by whoever leaves it, and ends the process by that.
    if (leaving === undefined) void settle(session).then(beforeEnd).finally(end);
    else void leaving.then(end, () => undefined);
  };
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const handle = (): void => interrupt(signal, handle);
    process.on(signal, handle);
    return {signal, handle};
  });
  // Without a listener the first write that fails (EPIPE, EIO) would end the process in the middle of a step.
  const unheard = (): void => interrupt(undefined, unheard);
  process.stdout.on('error', unheard);
  process.stderr.on('error', unheard);
  return {
    happened: () => happened,
    leave: async (putAway) => {
      leaving = putAway();
      try {
        await leaving;
      } finally {
        isOver = true;
        for (const {signal, handle} of handlers) process.removeListener(signal, handle);
      }
    },
  };
};
