// How it is said that values were masked in a file before it was written.

import type {Artifact} from '../../core/facts.ts';
import type {Locale} from '../../core/text.ts';
import {formatCount} from './numbers.ts';

/** `, 3 values masked`, or nothing when none was. */
export const maskedText = ({redactions}: Artifact, locale: Locale): string => {
  const count = Object.values(redactions ?? {}).reduce((sum, one) => sum + one, 0);
  if (count === 0) return '';
  return locale === 'en'
    ? `, ${formatCount(count)} ${count === 1 ? 'value' : 'values'} masked`
    : `, 값 ${formatCount(count)}개 가림`;
};
