// Which databases were confirmed on this machine, one after the other, and what was forgotten.

import type {KnownTarget} from '../../core/known-target.ts';
import type {Locale} from '../../core/text.ts';
import {formatInstant} from '../text/numbers.ts';
import {shortTarget} from '../text/target.ts';
import {environmentText} from '../text/terms.ts';

const head = ({runbook, environment}: KnownTarget, locale: Locale): string =>
  `${environmentText(environment, locale)}  ${runbook}`;

export const targetsText = (targets: readonly KnownTarget[], locale: Locale, timeZone: string): readonly string[] => {
  if (targets.length === 0) {
    return [
      locale === 'en'
        ? 'No database has been confirmed on this machine yet. The first run of an environment asks for it.'
        : '이 컴퓨터에서 확인된 데이터베이스가 없습니다. 환경을 처음 실행할 때 확인합니다.',
    ];
  }
  return targets.flatMap((of) => {
    const at = formatInstant(of.pinnedAt, timeZone);
    const who = `${of.by.name}@${of.by.host}`;
    return [
      head(of, locale),
      `    ${shortTarget(of, locale)}`,
      locale === 'en'
        ? `    seen at ${of.address}; confirmed ${at} by ${who}`
        : `    당시 주소 ${of.address}, 확인 ${at}, 작업자 ${who}`,
    ];
  });
};

export const forgottenText = (gone: readonly KnownTarget[], environment: string, locale: Locale): readonly string[] => {
  if (gone.length === 0) {
    return [
      locale === 'en'
        ? `Nothing was known of ${environment}. Nothing was changed. attempt-runbook targets lists what is known.`
        : `${environment} 환경에 대한 확인 기록이 없습니다. 변경된 것은 없습니다. 목록: attempt-runbook targets`,
    ];
  }
  return [
    ...gone.flatMap((of) => [
      locale === 'en' ? `forgotten: ${head(of, 'en')}` : `기록을 지움: ${head(of, 'ko')}`,
      `    ${shortTarget(of, locale)}`,
    ]),
    locale === 'en'
      ? 'No database was asked, and no run has changed. The next run of this environment asks for a confirmation.'
      : '데이터베이스에는 아무것도 요청하지 않았고, 바뀐 실행도 없습니다. 이 환경의 다음 실행에서 다시 확인합니다.',
  ];
};
