// What does a whole run on staging cost, step by step, on data of a few seconds?

import type {Part} from '../part.ts';
import {stagingRun} from '../staging-run.ts';

export const part: Part = {minutes: 4, run: (figures) => stagingRun(figures.isQuick ? 1000 : 10_000, figures)};
