// How it is noticed that this process did not run for a while: a laptop was closed, or somebody stopped it.

/** Once a second; a closed laptop is noticed within a second of its waking. */
const TICK_MS = 1000;
/** 10 s: a busy machine delays a tick by less. */
const SLEPT_MS = 10_000;

/**
 * Calls back with the time for which nothing ran. The wall clock, since the one that only grows stands still while a
 * machine sleeps; a clock that is set forward looks the same and costs one question to the target.
 * @returns ends the watch.
 */
export const watchSleep = (slept: (ms: number) => void): (() => void) => {
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    const missed = now - last - TICK_MS;
    last = now;
    if (missed >= SLEPT_MS) slept(missed);
  }, TICK_MS);
  timer.unref();
  return () => clearInterval(timer);
};
