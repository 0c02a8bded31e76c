// Which losses of a change were accepted, by whom wrote the runbook and signs it, and for what reason?

import type {LocalText} from './text.ts';

/**
 * What an object can come back without, or otherwise than it was. The definition and the columns of a declared object are
 * the change itself; of a dependant, the text may come back as the server spells it over other types.
 */
export const acceptableAspects = [
  'owner',
  'options',
  'comment',
  'grants',
  'column grants',
  'column comments',
  'column defaults',
  'rules',
  'triggers',
  'indexes',
  'populated',
  'settings',
  'definition',
  'row columns',
  'row type comment',
  'row type grants',
  'extension dependencies',
  'rows',
] as const;
export type AcceptableAspect = (typeof acceptableAspects)[number];

export type Acceptance = Readonly<{
  /** As impact and differences call it: `public.attempt_topic`, `function public.attempts()`. */
  object: string;
  /** That the tool leaves as the script leaves it; without it the object as a whole, which then need not come back. */
  aspect?: AcceptableAspect;
  reason: LocalText;
}>;

/** Is this object left to the script as a whole? */
export const isLeft = (acceptances: readonly Acceptance[], object: string): boolean =>
  acceptances.some((one) => one.object === object && one.aspect === undefined);

export const leftAspects = (acceptances: readonly Acceptance[], object: string): ReadonlySet<AcceptableAspect> =>
  new Set(acceptances.flatMap((one) => (one.object === object && one.aspect !== undefined ? [one.aspect] : [])));
