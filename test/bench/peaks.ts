// How much memory did a process have at most, whole and in each stretch of its life? Asked of the kernel (Linux).

import {readFileSync, writeFileSync} from 'node:fs';

export type Peaks = Readonly<{
  /** By stretch, in KiB. */
  of: ReadonlyMap<string, number>;
  wholeKib: () => number;
  stop: () => void;
}>;

/** A tenth of the shortest stretch that anybody asks about. */
const EVERY_MS = 100;

/**
 * Looks until `stop`. The kernel keeps the peak itself and begins anew when told to, so nothing between two looks is
 * missed; only which of two stretches that met between them it belongs to is not known: it counts for the earlier one.
 */
export const watchPeaks = (pid: number, stretch: () => string): Peaks => {
  const of = new Map<string, number>();
  let current = stretch();
  const look = (): void => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const peakKib = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
      of.set(current, Math.max(of.get(current) ?? 0, peakKib));
      const now = stretch();
      if (now === current) return;
      current = now;
      // 5: the peak is from now on that of now.
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // it has ended
    }
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {of, wholeKib: () => Math.max(...of.values()), stop: () => clearInterval(timer)};
};
