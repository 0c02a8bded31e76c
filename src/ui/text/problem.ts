// What is said about a problem of a runbook, its SQL or its answers: where it is, what is wrong, and how to put it right.

import type {Locale} from '../../core/text.ts';
import type {Problem, ProblemCode, ProblemDetail} from '../../runbook/problems.ts';
import {problemEn} from './problem-en.ts';
import {problemKo} from './problem-ko.ts';
import {visibleLine} from './visible.ts';
import {cut, displayWidth} from './width.ts';

/** One line each, and safe to show: what the file's author wrote has been made visible. */
export type ProblemText = Readonly<{
  /** `runbook.yaml:12:3  steps[1].title`; without a YAML path, the place only. */
  where: string;
  what: string;
  hint: string;
  /** The line that is meant and a caret under the place. */
  excerpt: readonly string[];
}>;

export type ProblemWords = Pick<ProblemText, 'what' | 'hint'>;
export type DetailOf<C extends ProblemCode> = Extract<ProblemDetail, {code: C}>;

/** One function a code: a code without words does not compile. */
export type ProblemLexicon = Readonly<{[C in ProblemCode]: (problem: DetailOf<C>) => ProblemWords}>;

const lexicons: Readonly<Record<Locale, ProblemLexicon>> = {en: problemEn, ko: problemKo};

// 100: a line of SQL as people write them. Of a longer one the part around the place is shown.
const EXCERPT_COLUMNS = 100;

const excerptOf = ({sourceLine, column}: Problem): readonly string[] => {
  if (sourceLine === undefined) return [];
  const from = column > EXCERPT_COLUMNS ? column - 1 - EXCERPT_COLUMNS / 2 : 0;
  const before = visibleLine(sourceLine.slice(from, column - 1));
  return [cut(visibleLine(sourceLine.slice(from)), EXCERPT_COLUMNS), `${' '.repeat(displayWidth(before))}^`];
};

/** @param runbook the name of its folder, which stands in the paths that are told; a placeholder where nobody knows it. */
export const problemText = (problem: Problem, locale: Locale, runbook = '<runbook>'): ProblemText => {
  // TypeScript cannot see that the entry under `problem.code` takes exactly this problem.
  const say = lexicons[locale][problem.code] as (problem: ProblemDetail) => ProblemWords;
  const {what, hint} = say(problem);
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  return {
    where: visibleLine(problem.path === '' ? place : `${place}  ${problem.path}`),
    what: visibleLine(what.replaceAll('<runbook>', () => runbook)),
    hint: visibleLine(hint.replaceAll('<runbook>', () => runbook)),
    excerpt: excerptOf(problem),
  };
};
