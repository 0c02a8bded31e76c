// What time it is.

import {setTimeout as delay} from 'node:timers/promises';
import type {Clock} from '../core/ports.ts';

export const systemClock: Clock = {
  now: () => new Date().toISOString(),
  monotonicMs: () => performance.now(),
  pause: async (ms, signal) => {
    try {
      await delay(ms, undefined, {signal});
    } catch {
      // Aborted: the caller looks at the signal itself.
    }
  },
  random: () => Math.random(),
};
