// How it is said that values were masked in a file before it was written.

import type {Masked} from '../../core/event.ts';
import type {Artifact} from '../../core/facts.ts';
import type {LocalText, Locale} from '../../core/text.ts';
import {formatCount} from './numbers.ts';

const counted = (counts: Readonly<Record<string, number>> | undefined, locale: Locale): string => {
  const count = Object.values(counts ?? {}).reduce((sum, one) => sum + one, 0);
  if (count === 0) return '';
  return locale === 'en'
    ? `, ${formatCount(count)} ${count === 1 ? 'value' : 'values'} masked`
    : `, 값 ${formatCount(count)}개 가림`;
};

const endsEarly: LocalText = {
  en: ', ends where its process was killed',
  ko: ', 프로세스가 강제 종료된 지점까지만 기록됨',
};

/** `, 3 values masked`, or nothing when none was; and whether it is all of what there was. */
export const maskedText = ({redactions, unfinished}: Artifact, locale: Locale): string =>
  `${counted(redactions, locale)}${unfinished === true ? endsEarly[locale] : ''}`;

/** The same of the words of an event. */
export const maskedInEvent = ({masked}: Masked, locale: Locale): string => counted(masked, locale);
