// Under which name a run makes a database to try things in.

import type {RunId, StepId} from './ids.ts';

/** Every database that the tool makes begins so. */
export const SCRATCH_PREFIX = 'ar_scratch_';
/** PostgreSQL cuts a longer name, and then it would not be found again. */
const LIMIT = 63;

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '_');

/** What the names of a run's scratch databases begin with; run ids have one length, so no run's is another's beginning. */
export const scratchPrefix = (run: RunId): string => `${SCRATCH_PREFIX}${plain(run)}_`;

/**
 * @param part tells several databases of one attempt apart.
 * @returns `ar_scratch_<run>_<step>_<attempt>[_<part>]`, lower case, at most 63 bytes; the step gives way when it is too long.
 */
export const scratchName = (run: RunId, step: StepId, attempt: number, part?: string): string => {
  const head = scratchPrefix(run);
  const tail = `_${attempt}${part === undefined ? '' : `_${plain(part)}`}`;
  return `${head}${plain(step).slice(0, LIMIT - head.length - tail.length)}${tail}`;
};
