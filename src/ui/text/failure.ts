// What is said about a failure: what happened, where, what it means for the database, and what to do now.

import type {Action} from '../../core/definition.ts';
import type {Failure, FailureCode, FailureOf} from '../../core/failure.ts';
import type {Locale} from '../../core/text.ts';
import {failureEn} from './failure-en.ts';
import {failureKo} from './failure-ko.ts';
import {placeOf} from './place.ts';
import {reachOf, type Reach} from './reach.ts';

/** Strings of the server and of programs come through unchanged: whoever shows them makes them visible first. */
export type FailureText = Readonly<{
  what: string;
  /** May have several lines. */
  where?: string;
  /** What it means for the database. */
  database: string;
  /** What to do now. */
  now: string;
}>;

export type FailureWords = Omit<FailureText, 'where'>;

/** One function a code: a code without words does not compile. */
export type FailureLexicon = Readonly<{[C in FailureCode]: (failure: FailureOf<C>, reach: Reach) => FailureWords}>;

const lexicons: Readonly<Record<Locale, FailureLexicon>> = {en: failureEn, ko: failureKo};

/** `action` is what failed, if it is known: only then can the text say for certain what became of the database. */
export const failureText = (failure: Failure, locale: Locale, action?: Action): FailureText => {
  // TypeScript cannot see that the entry under `failure.code` takes exactly this failure.
  const say = lexicons[locale][failure.code] as (failure: Failure, reach: Reach) => FailureWords;
  const where = placeOf(failure, locale);
  return {...say(failure, reachOf(action)), ...(where === undefined ? {} : {where})};
};
