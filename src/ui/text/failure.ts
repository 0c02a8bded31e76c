// What is said about a failure: what happened, where, what it means for the database, and what to do now.

import type {Action} from '../../core/definition.ts';
import type {Failure, FailureCode, FailureOf} from '../../core/failure.ts';
import type {Earlier} from '../../core/rollback.ts';
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

const unchanged: Readonly<Record<Locale, Readonly<Record<Earlier, (why: string) => string>>>> = {
  en: {
    nothing: (why) => `Nothing was changed: ${why}.`,
    change: (why) =>
      `This attempt changed nothing: ${why}. What this run changed before it stays in place, until a way back is taken.`,
    'way-back': (why) =>
      `This attempt changed nothing: ${why}. The run has changed the database and has taken a way back; what that left is said at the way back.`,
  },
  ko: {
    nothing: (why) => `데이터베이스는 바뀌지 않았습니다. ${why}`,
    change: (why) =>
      `이번 시도는 아무것도 바꾸지 않았습니다. ${why} 이 실행이 앞서 바꾼 내용은 원복할 때까지 그대로 남아 있습니다.`,
    'way-back': (why) =>
      `이번 시도는 아무것도 바꾸지 않았습니다. ${why} 이 실행은 데이터베이스를 바꾼 뒤 원복을 실행했으며, 원복 결과는 원복 단계에 있습니다.`,
  },
};

/**
 * @param action what failed, if it is known: only then can the text say for certain what became of the database. 'none'
 * when nothing was begun: then no step can be started again either.
 * @param earlier what other steps of the run, and earlier attempts of this one, have done to the target before, or may have.
 */
export const failureText = (
  failure: Failure,
  locale: Locale,
  action?: Action | 'none',
  earlier: Earlier = 'nothing',
): FailureText => {
  // TypeScript cannot see that the entry under `failure.code` takes exactly this failure.
  const say = lexicons[locale][failure.code] as (failure: Failure, reach: Reach) => FailureWords;
  const where = placeOf(failure, locale);
  const {database, ...words} = say(failure, reachOf(action));
  return {
    ...words,
    database: typeof database === 'string' ? database : unchanged[locale][earlier](database.unchanged),
    ...(where === undefined ? {} : {where}),
  };
};
