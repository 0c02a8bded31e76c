// What is said when the process did not run for a while.

import type {Locale} from '../../core/text.ts';
import {formatDuration} from './numbers.ts';

/** @param lockLostTo who has the target now; '' when nobody says, undefined while it is ours. */
export const sleepText = (sleptMs: number, lockLostTo: string | undefined, locale: Locale): string => {
  const slept = formatDuration(sleptMs, locale);
  if (locale === 'en') {
    const lock =
      lockLostTo === undefined
        ? 'The target is ours alone, as before.'
        : `The lock of the target was lost${lockLostTo === '' ? '' : `, and ${lockLostTo} has it now`}: nothing more is started until it is free.`;
    return `the machine slept, or this process was stopped, for ${slept}. ${lock}`;
  }
  const lock =
    lockLostTo === undefined
      ? '대상은 그대로 이 실행만 사용합니다.'
      : `대상 잠금을 잃었습니다${lockLostTo === '' ? '' : ` (현재 점유: ${lockLostTo})`}. 대상이 빌 때까지 아무것도 시작하지 않습니다.`;
  return `컴퓨터가 절전 상태였거나 이 프로세스가 멈춰 있었습니다 (${slept}). ${lock}`;
};
