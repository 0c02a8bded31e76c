// What is said of a database that the tool made and could not drop.

import type {LeftBehind} from '../../core/trouble.ts';
import type {Locale} from '../../core/text.ts';
import {failureText} from './failure.ts';

export const leftBehindText = ({names, prefix, server, failure}: LeftBehind, locale: Locale): readonly string[] => {
  const which = names.join(', ');
  const why = failureText(failure, locale).what;
  return locale === 'en'
    ? [
        names.length === 0
          ? `Nobody could be asked${server === undefined ? '' : ` on ${server}`} whether a database that begins with ${prefix} is left. ${why}`
          : `Could not be dropped${server === undefined ? '' : ` on ${server}`}: ${which}. ${why}`,
        'It may hold a copy of the data. Look there, and drop it by hand: DROP DATABASE ... WITH (FORCE).',
      ]
    : [
        names.length === 0
          ? `${prefix}(으)로 시작하는 데이터베이스가 남아 있는지 확인하지 못했습니다${server === undefined ? '' : ` (서버 ${server})`}. ${why}`
          : `삭제하지 못했습니다${server === undefined ? '' : ` (서버 ${server})`}: ${which}. ${why}`,
        '데이터 사본이 남아 있을 수 있습니다. 그 서버에서 확인한 뒤 직접 삭제하십시오: DROP DATABASE ... WITH (FORCE).',
      ];
};
