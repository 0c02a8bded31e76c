// How a failure is printed: its four parts, each on lines of its own.

import type {Action} from '../../core/definition.ts';
import type {Earlier} from '../../core/rollback.ts';
import type {Failure} from '../../core/failure.ts';
import type {Locale} from '../../core/text.ts';
import {failureText} from '../text/failure.ts';

/** Without `what`, which the line of the event says already. */
export const failureDetailLines = (
  failure: Failure,
  locale: Locale,
  action?: Action,
  earlier?: Earlier,
): readonly string[] => {
  const {where, database, now} = failureText(failure, locale, action, earlier);
  return [...(where === undefined ? [] : where.split('\n')), database, now].map((line) => `    ${line}`);
};

export const failureLines = (
  failure: Failure,
  locale: Locale,
  action?: Action,
  earlier?: Earlier,
): readonly string[] => [
  failureText(failure, locale, action, earlier).what,
  ...failureDetailLines(failure, locale, action, earlier),
];
