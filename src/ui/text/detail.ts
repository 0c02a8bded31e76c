// What a probe's detail says in words: most are the server's own and stay as they are.

import type {Locale} from '../../core/text.ts';

const known: Readonly<Record<Locale, Readonly<Record<string, string>>>> = {
  en: {
    'read-only': 'it only reads',
    repeatable: 'running it again does no harm',
    'not repeatable': 'running it again may do harm',
    'no transaction': 'no transaction had been opened',
  },
  ko: {
    'read-only': '읽기만 하는 단계',
    repeatable: '다시 실행해도 안전함',
    'not repeatable': '다시 실행하면 안전하지 않을 수 있음',
    'no transaction': '열린 트랜잭션이 없었음',
  },
};

export const detailText = (detail: string, locale: Locale): string =>
  Object.hasOwn(known[locale], detail) ? (known[locale][detail] ?? detail) : detail;
