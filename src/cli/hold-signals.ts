// How a signal that arrives while something is being started is held back until it can be put away again.

export type HeldSignals = Readonly<{
  /** Aborts when a signal has arrived. */
  signal: AbortSignal;
  /** Gives signals their usual effect back; one that has arrived ends the process now. */
  release: () => void;
}>;

export const holdSignals = (): HeldSignals => {
  const arrived = new AbortController();
  let first: NodeJS.Signals | undefined;
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const handle = (name: NodeJS.Signals): void => {
    first ??= name;
    arrived.abort();
  };
  for (const name of names) process.on(name, handle);
  return {
    signal: arrived.signal,
    release: () => {
      for (const name of names) process.removeListener(name, handle);
      if (first === 'SIGINT') process.exit(130);
      if (first !== undefined) process.kill(process.pid, first);
    },
  };
};
