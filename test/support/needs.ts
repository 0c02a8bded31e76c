// How does a test say which programs it is about, so that a machine without them skips it and names what installs them?

import {describe, test} from 'vitest';
import {has, installs, type Program} from './programs.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** The programs for want of which this was skipped. */
    lacks?: readonly Program[];
  }
}

type Call = (...of: readonly unknown[]) => unknown;

/** The same function of vitest, with all that hangs on it (`each`, `concurrent`), for tests that cannot run here. */
const skipped = <F>(real: F, lacks: readonly Program[]): F => {
  if (typeof real !== 'function') return real;
  const note = ` (needs ${lacks.join(' and ')}: ${installs(lacks)})`;
  return new Proxy(real as F & Call, {
    get: (of, key, self) => skipped(Reflect.get(of, key, self) as unknown, lacks),
    apply: (of, self, given: readonly unknown[]) => {
      const [title, ...rest] = given;
      // What is called without a title returns what is called with one: `each(cases)`, `skipIf(condition)`.
      if (typeof title !== 'string') return skipped(Reflect.apply(of, self, given), lacks);
      const options = rest.find((argument) => typeof argument === 'object');
      const body = rest.find((argument) => typeof argument === 'function');
      return Reflect.apply(of, self, [`${title}${note}`, {...options, skip: true, meta: {lacks}}, body]);
    },
  });
};

export type Needing = Readonly<{describe: typeof describe; test: typeof test}>;

/**
 * `needs('gh').test(…)`, or `const {describe, test} = needs('gh')` for a whole file. Without gh these are skipped, and their
 * titles name gh and what installs it.
 */
export const needs = (...wanted: readonly Program[]): Needing => {
  const lacks = wanted.filter((program) => !has(program));
  return lacks.length === 0 ? {describe, test} : {describe: skipped(describe, lacks), test: skipped(test, lacks)};
};
