// What a change and every way back write down of the catalog as they found it afterwards.

import type {Failure} from './failure.ts';
import type {Sha256} from './ids.ts';

/** The files it is in, and how it differs from the snapshot; or why nothing could be kept, which undoes no change. */
export type CatalogAfter =
  | Readonly<{
      path: string;
      sha256: Sha256;
      /** Absent when the run has no snapshot to compare with. */
      diff?: Readonly<{
        path: string;
        differences: number;
        /** The snapshot is of an earlier format, and what it lacks was not compared. */
        notCompared?: true;
      }>;
    }>
  | Readonly<{failure: Failure}>;

/** A part of the facts of whatever changes the catalog; absent in older journals, and on a copy. */
export type LooksAfter = Readonly<{catalogAfter?: CatalogAfter}>;

/** It took effect, and there is less evidence of it than there should be. */
export const isCatalogLost = (facts: object): boolean =>
  'catalogAfter' in facts &&
  typeof facts.catalogAfter === 'object' &&
  facts.catalogAfter !== null &&
  'failure' in facts.catalogAfter;
