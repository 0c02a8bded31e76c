// What does a whole run on staging cost, step by step, at 1,000,000 results (1.7 GB of data, 4 GB of disk, 20 minutes)?

import type {Part} from '../part.ts';
import {stagingRun} from '../staging-run.ts';

export const part: Part = {
  minutes: 180,
  onlyNamed: true,
  run: (figures) => stagingRun(figures.isQuick ? 100_000 : 1_000_000, figures),
};
