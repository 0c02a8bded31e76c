// What is said about a problem of a runbook, its SQL or its answers: where it is, what is wrong, and how to put it right.

import type {Locale} from '../../core/text.ts';
import type {Problem, ProblemCode, ProblemDetail} from '../../runbook/problems.ts';
import {problemEn} from './problem-en.ts';
import {problemKo} from './problem-ko.ts';
import {visibleLine} from './visible.ts';

/** One line each, and safe to show: what the file's author wrote has been made visible. */
export type ProblemText = Readonly<{
  /** `runbook.yaml:12:3  steps[1].title`; without a YAML path, the place only. */
  where: string;
  what: string;
  hint: string;
}>;

export type ProblemWords = Omit<ProblemText, 'where'>;
export type DetailOf<C extends ProblemCode> = Extract<ProblemDetail, {code: C}>;

/** One function a code: a code without words does not compile. */
export type ProblemLexicon = Readonly<{[C in ProblemCode]: (problem: DetailOf<C>) => ProblemWords}>;

const lexicons: Readonly<Record<Locale, ProblemLexicon>> = {en: problemEn, ko: problemKo};

export const problemText = (problem: Problem, locale: Locale): ProblemText => {
  // TypeScript cannot see that the entry under `problem.code` takes exactly this problem.
  const say = lexicons[locale][problem.code] as (problem: ProblemDetail) => ProblemWords;
  const {what, hint} = say(problem);
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  return {
    where: visibleLine(problem.path === '' ? place : `${place}  ${problem.path}`),
    what: visibleLine(what),
    hint: visibleLine(hint),
  };
};
