// How the plain front waits: for the next message of the session, never for a time.

import type {Session, SessionMessage} from '../../engine/session.ts';

export type Messages = Readonly<{
  /** Counts the messages that can have changed the view. */
  seen: () => number;
  /** Resolves when more than `seen` messages have come; at once if they have come already. */
  after: (seen: number) => Promise<void>;
  close: () => void;
}>;

export const followMessages = (session: Session, listener: (message: SessionMessage) => void): Messages => {
  let count = 0;
  let wake = (): void => undefined;
  const unsubscribe = session.subscribe((message) => {
    listener(message);
    if (message.type === 'output') return;
    count += 1;
    wake();
  });
  return {
    seen: () => count,
    after: (seen) =>
      count > seen
        ? Promise.resolve()
        : new Promise((resolve) => {
            wake = resolve;
          }),
    close: unsubscribe,
  };
};
