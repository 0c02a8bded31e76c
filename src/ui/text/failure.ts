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

/** `unchanged`: that nothing was changed, and why that is known; what this run changed before is added where it did. */
export type DatabaseWords = string | Readonly<{unchanged: string}>;

export type FailureWords = Omit<FailureText, 'where' | 'database'> & Readonly<{database: DatabaseWords}>;
export type PlainWords = Omit<FailureText, 'where'>;

/** One function a code: a code without words does not compile. */
export type FailureLexicon = Readonly<{[C in FailureCode]: (failure: FailureOf<C>, reach: Reach) => FailureWords}>;

const lexicons: Readonly<Record<Locale, FailureLexicon>> = {en: failureEn, ko: failureKo};

const unchanged: Readonly<Record<Locale, (why: string, isAfterChange: boolean) => string>> = {
  en: (why, isAfterChange) =>
    isAfterChange
      ? `This step changed nothing: ${why}. What this run changed before it stays in place, until a way back is taken.`
      : `Nothing was changed: ${why}.`,
  ko: (why, isAfterChange) =>
    isAfterChange
      ? `이 단계는 아무것도 바꾸지 않았습니다. ${why} 이 실행이 앞서 바꾼 내용은 원복할 때까지 그대로 남아 있습니다.`
      : `데이터베이스는 바뀌지 않았습니다. ${why}`,
};

/**
 * @param action what failed, if it is known: only then can the text say for certain what became of the database. 'none'
 * when nothing was begun: then no step can be started again either.
 * @param isAfterChange another step of the run has changed the target, or may have.
 */
export const failureText = (
  failure: Failure,
  locale: Locale,
  action?: Action | 'none',
  isAfterChange = false,
): FailureText => {
  // TypeScript cannot see that the entry under `failure.code` takes exactly this failure.
  const say = lexicons[locale][failure.code] as (failure: Failure, reach: Reach) => FailureWords;
  const where = placeOf(failure, locale);
  const {database, ...words} = say(failure, reachOf(action));
  return {
    ...words,
    database: typeof database === 'string' ? database : unchanged[locale](database.unchanged, isAfterChange),
    ...(where === undefined ? {} : {where}),
  };
};
