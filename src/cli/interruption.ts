// What happens when somebody ends the tool from outside: the effect is asked to stop, the journal is already synced,
// and only then the process goes.

import type {Session} from '../engine/session.ts';

/** 5 s: a statement is cancelled within milliseconds; a pg_dump gets its time to end. */
const SETTLE_MS = 5000;

export type Interruption = Readonly<{
  /** True once a signal has arrived. */
  happened: () => boolean;
  dispose: () => void;
}>;

const settle = async (session: Session): Promise<void> => {
  await session.submit({type: 'CancelEffect'});
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, SETTLE_MS)));
  await Promise.race([session.settled(), limit]);
  clearTimeout(timer);
};

/**
 * Watches SIGINT, SIGTERM and SIGHUP. The first asks the running effect to stop; the process then ends by the same
 * signal, so that whoever sent it sees that it worked.
 * @param beforeEnd puts away what the process has started, such as a rehearsal's server.
 */
export const watchSignals = (session: Session, beforeEnd: () => Promise<void>): Interruption => {
  let happened = false;
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const handle = (): void => {
      if (happened) return;
      happened = true;
      void settle(session)
        .then(beforeEnd)
        .finally(() => {
          if (signal === 'SIGINT') process.exit(130);
          process.removeListener(signal, handle);
          process.kill(process.pid, signal);
        });
    };
    process.on(signal, handle);
    return {signal, handle};
  });
  return {
    happened: () => happened,
    dispose: () => {
      for (const {signal, handle} of handlers) process.removeListener(signal, handle);
    },
  };
};
