// How long did a smoke check take, as far as that is known?

import type {FactsOf} from './facts.ts';

type Smoke = FactsOf<'smoke'>;

/** The time of the statement that answered it, and how many checks that statement answered. */
export type SmokeTime = Readonly<{durationMs: number; checks: number}>;

export const smokeTime = ({checks, reads = []}: Smoke, {durationMs, read}: Smoke['checks'][number]): SmokeTime =>
  durationMs === undefined
    ? {
        durationMs: reads.find(({id}) => id === read)?.durationMs ?? 0,
        checks: checks.filter((check) => check.read === read).length,
      }
    : {durationMs, checks: 1};
