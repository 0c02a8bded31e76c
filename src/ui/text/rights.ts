// A right that the login lacks: what cannot be done without it, and below it the statement that gives it.

import type {LackingBack, MissingRight} from '../../core/rights.ts';
import type {Locale} from '../../core/text.ts';
import {formatCount} from './numbers.ts';

/** 3: the rest is in the preview, object by object. */
const MOST = 3;

const list = ({objects}: MissingRight, locale: Locale): string => {
  const shown = objects.slice(0, MOST).join(', ');
  const rest = objects.length - MOST;
  if (rest <= 0) return shown;
  return {en: `${shown} and ${formatCount(rest)} more`, ko: `${shown} 외 ${formatCount(rest)}개`}[locale];
};

const en = (of: MissingRight): string => {
  const {need, who, what} = of;
  const objects = list(of, 'en');
  switch (need) {
    case 'application-role':
      return of.isAbsent === true
        ? `${what}: there is no such role, and later steps read as it`
        : `${what}: ${who} may not take on this role, and later steps read as it`;
    case 'owner':
      return `${objects}: owned by ${what}, for whom ${who} may not act; can be neither dropped nor put back`;
    case 'grantor':
      return `${objects}: grants made by ${what}, for whom ${who} may not act; they cannot be made again`;
    case 'create':
      return `${objects}: ${who} may not CREATE in schema ${what}; cannot be made again there, or given back to ${who}`;
    case 'alter':
      return `${objects}: owned by ${what}, for whom ${who} may not act; the script cannot alter it`;
    case 'table':
      return `${objects}: owned by ${what}, for whom ${who} may not act; no index can be built on it`;
    case 'version-table':
      return `${objects}: ${who} has no right to ${what}; the revision is written there`;
  }
};

const ko = (of: MissingRight): string => {
  const {need, who, what} = of;
  const objects = list(of, 'ko');
  switch (need) {
    case 'application-role':
      return of.isAbsent === true
        ? `${what}: 이후 단계가 이 역할로 읽는데 그런 역할이 없음`
        : `${what}: 이후 단계가 이 역할로 읽는데 로그인 ${who} 에게 이 역할로 전환할 권한이 없음`;
    case 'owner':
      return `${objects}: 소유자 ${what} 의 권한이 ${who} 에게 없어 삭제도 복원도 할 수 없음`;
    case 'grantor':
      return `${objects}: 권한을 부여한 ${what} 의 권한이 ${who} 에게 없어 같은 권한을 다시 부여할 수 없음`;
    case 'create':
      return `${objects}: ${who} 에게 스키마 ${what} 의 CREATE 권한이 없어 다시 만들거나 ${who} 소유로 되돌릴 수 없음`;
    case 'alter':
      return `${objects}: 소유자 ${what} 의 권한이 ${who} 에게 없어 스크립트가 변경할 수 없음`;
    case 'table':
      return `${objects}: 소유자 ${what} 의 권한이 ${who} 에게 없어 인덱스를 만들 수 없음`;
    case 'version-table':
      return `${objects}: 리비전을 기록할 ${what} 권한이 ${who} 에게 없음`;
  }
};

export const rightText = (of: MissingRight, locale: Locale): string => (locale === 'en' ? en(of) : ko(of));

/** `reporting.daily: owned by ...` and below it `  GRANT reporting TO deploy;` */
export const rightLines = (of: MissingRight, locale: Locale): readonly string[] => [
  rightText(of, locale),
  ...(of.cure === undefined ? [] : [`  ${of.cure};`]),
];

export const wayBackRightText = (option: string, right: MissingRight, locale: Locale): string =>
  ({
    en: `the way back ${option} could not be taken: ${rightText(right, 'en')}`,
    ko: `지금 권한으로는 쓸 수 없는 롤백 방법 ${option}: ${rightText(right, 'ko')}`,
  })[locale];

/** `! the way back restore-objects could not be taken: reporting.daily: owned by ...` and below it what gives the right. */
export const lackingBackLines = (lacking: readonly LackingBack[], locale: Locale): readonly string[] =>
  lacking.flatMap(({option, missing}) =>
    missing.flatMap((right) => [
      `! ${wayBackRightText(option, right, locale)}`,
      ...(right.cure === undefined ? [] : [`  ${right.cure};`]),
    ]),
  );
