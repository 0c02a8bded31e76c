// How does a test walk past a backup whose proof it is not about?

import type {Compose} from '../../src/cli/open-run.ts';
import {failed} from '../../src/core/failure.ts';

/** The dump is real, and nothing is restored to prove it, which is two thirds of its cost; other copies are made as ever. */
export const unproven: Compose = (world) => ({
  ...world,
  scratch: {
    ...world.scratch,
    open: async (name, ...rest) =>
      name.includes('_rehearse')
        ? world.scratch.open(name, ...rest)
        : failed({code: 'scratch-unavailable', problem: 'no-server-programs', message: 'not for this test'}),
  },
});
