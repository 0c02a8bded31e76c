// Why does a step that passed prove less than it seems: which finding, which part, which name?

import type {Facts} from '../../core/facts.ts';
import type {Locale} from '../../core/text.ts';
import {factsText} from './facts.ts';
import {formatCount} from './numbers.ts';
import {rehearsedPartText} from './rehearsed.ts';

/** Ten show what kind of doubt it is; the evidence has all of them. */
const MOST_LINES = 10;

const isDoubt = (line: string): boolean => /^[!✗] /.test(line);

const allLines = (facts: Facts, locale: Locale): readonly string[] => {
  const [, ...lines] = factsText(facts, locale);
  switch (facts.kind) {
    case 'query':
    case 'settled':
      // Every row is one, and what a person noted is all that there is.
      return lines;
    case 'rehearse':
      return [
        ...lines.filter(isDoubt),
        ...facts.parts.flatMap((part) =>
          part.verdict === 'not-run' && part.because !== 'dependants-in-the-way'
            ? [rehearsedPartText(part, locale)]
            : [],
        ),
      ];
    default:
      // Every line that makes facts amber wears the sign of it.
      return lines.filter(isDoubt);
  }
};

/** The lines of an amber step's facts that make it amber, each with its sign; strings of others come through unchanged. */
export const amberLines = (facts: Facts, locale: Locale): readonly string[] => {
  const lines = allLines(facts, locale);
  const rest = lines.length - MOST_LINES;
  if (rest <= 0) return lines;
  const more = {en: `and ${formatCount(rest)} more in the evidence`, ko: `외 ${formatCount(rest)}건은 증적에 있습니다`};
  return [...lines.slice(0, MOST_LINES), more[locale]];
};
