// How is Node started for a process of a test, which lives for a second?

/** It would optimise in vain what it runs once: a fifth of its time. Under LONG, and in the bench, it starts as shipped. */
export const briefFlags: readonly string[] =
  process.env['LONG'] !== '1' && process.env['VITEST'] !== undefined ? ['--single-threaded'] : [];
