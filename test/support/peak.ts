// How much memory did a process have at most?

/**
 * In KiB. `process.resourceUsage().maxRSS` also counts what the parent had when it started this process (Linux keeps that
 * over exec): a child of a large test worker would look as large as that. The kernel's own mark of this address space
 * does not; where there is no /proc, the other has to do.
 */
export const peakKib = (): number => {
  try {
    const status = process.getBuiltinModule('node:fs').readFileSync('/proc/self/status', 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
};

/** The same, for a script that is handed to a process as text. */
export const PEAK_KIB = `(${String(peakKib)})()`;
