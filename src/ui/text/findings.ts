// How rows that a query found are written, one line a row, no more lines than a human reads.

import type {Finding} from '../../core/failure.ts';
import type {Locale} from '../../core/text.ts';
import {formatCount} from './numbers.ts';

/** Ten show the pattern; the evidence has more. */
const mostFindings = 10;

const pairs = (finding: Finding): string =>
  Object.entries(finding)
    .map(([name, value]) => `${name}=${value ?? 'NULL'}`)
    .join('  ');

/** `exam_result_id=81  reason=question_id is no number`; a row with words of its own in both languages says those first. */
export const findingText = (finding: Finding, locale: Locale): string => {
  const {verdict, en, ko, ...rest} = finding;
  if (typeof verdict !== 'string' || typeof en !== 'string' || typeof ko !== 'string') return pairs(finding);
  return [{en, ko}[locale], pairs(rest)].filter((part) => part !== '').join('  ');
};

export const findingLines = (findings: readonly Finding[], locale: Locale): readonly string[] => {
  const rest = findings.length - mostFindings;
  const more =
    locale === 'en' ? `and ${formatCount(rest)} more in the evidence` : `외 ${formatCount(rest)}건은 증적에 있습니다`;
  return [...findings.slice(0, mostFindings).map((of) => findingText(of, locale)), ...(rest > 0 ? [more] : [])];
};

/** The files of the queries that found rows; '' when none did. */
export const rowsFoundBy = (found: readonly Readonly<{sql: string; rows: number}>[] = []): string =>
  found.flatMap(({sql, rows}) => (rows > 0 ? [sql] : [])).join(', ');

/** How many of the rows that did not pass are more than a remark. */
export const failing = (findings: readonly Finding[]): string =>
  formatCount(findings.filter(({verdict}) => verdict !== 'amber').length);
