// What a step found out when it succeeded, as a few short lines and as a summary on one line.

import type {Facts} from '../../core/facts.ts';
import type {Locale} from '../../core/text.ts';
import {factsEn} from './facts-en.ts';
import {factsKo} from './facts-ko.ts';
import {undoneLines} from './undone.ts';

type Kind = Facts['kind'];

export type FactsWords = Readonly<{
  /** One line, for the tree and the plain front. */
  summary: string;
  /** The details, one line each; empty when the summary says everything. */
  lines: readonly string[];
}>;

/** One function a kind of facts: a kind without words does not compile. */
export type FactsLexicon = Readonly<{[K in Kind]: (facts: Extract<Facts, {kind: K}>) => FactsWords}>;

const lexicons: Readonly<Record<Locale, FactsLexicon>> = {en: factsEn, ko: factsKo};

const words = (facts: Facts, locale: Locale): FactsWords => {
  // TypeScript cannot see that the entry under `facts.kind` takes exactly these facts.
  const say = lexicons[locale][facts.kind] as (facts: Facts) => FactsWords;
  const {summary, lines} = say(facts);
  return {summary, lines: [...lines, ...undoneLines(facts, locale)]};
};

/** Strings of the server and of files come through unchanged: whoever shows them makes them visible first. */
export const factsText = (facts: Facts, locale: Locale): readonly string[] => {
  const {summary, lines} = words(facts, locale);
  return [summary, ...lines];
};

export const factsSummary = (facts: Facts, locale: Locale): string => words(facts, locale).summary;
