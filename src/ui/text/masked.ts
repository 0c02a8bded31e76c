// How it is said that values were masked in a file before it was written.

import type {Masked} from '../../core/event.ts';
import type {Artifact} from '../../core/facts.ts';
import type {Locale} from '../../core/text.ts';
import {formatCount} from './numbers.ts';

const counted = (counts: Readonly<Record<string, number>> | undefined, locale: Locale): string => {
  const count = Object.values(counts ?? {}).reduce((sum, one) => sum + one, 0);
  if (count === 0) return '';
  return locale === 'en'
    ? `, ${formatCount(count)} ${count === 1 ? 'value' : 'values'} masked`
    : `, 값 ${formatCount(count)}개 가림`;
};

/** `, 3 values masked`, or nothing when none was. */
export const maskedText = ({redactions}: Artifact, locale: Locale): string => counted(redactions, locale);

/** The same of the words of an event. */
export const maskedInEvent = ({masked}: Masked, locale: Locale): string => counted(masked, locale);
