// What is said about the change window: how much of it is left, or when it opens.

import type {ChangeWindow} from '../../core/definition.ts';
import type {Locale} from '../../core/text.ts';
import type {WindowStanding} from '../../core/window.ts';
import {formatDuration} from './numbers.ts';

/** Whole minutes, rounded down: nobody should count on seconds that are not there. Below a minute, the seconds. */
const left = (ms: number, locale: Locale): string => formatDuration(ms < 60_000 ? ms : ms - (ms % 60_000), locale);

/** For the header, where there is little room. */
export const windowText = (standing: WindowStanding, locale: Locale): string => {
  if (standing.status === 'open') {
    const time = left(standing.leftMs, locale);
    return locale === 'en' ? `window: ${time} left` : `작업 시간대: ${time} 남음`;
  }
  const time = left(standing.opensInMs, locale);
  return locale === 'en' ? `window opens in ${time}` : `작업 시간대: ${time} 뒤 시작`;
};

/** A whole sentence for whoever is about to change something; nothing while the window is open. */
export const outsideWindowText = (
  {start, end, zone}: ChangeWindow,
  standing: WindowStanding,
  locale: Locale,
): string | undefined => {
  if (standing.status === 'open') return undefined;
  const time = left(standing.opensInMs, locale);
  return locale === 'en'
    ? `Outside the change window (${start}-${end} ${zone}), which opens in ${time}. This stops nothing; a change now needs the agreement of whoever approved it.`
    : `작업 시간대(${start}-${end} ${zone})가 아닙니다. ${time} 뒤에 시작됩니다. 실행을 막지는 않지만, 지금 변경하려면 승인자의 동의가 필요합니다.`;
};
