// What it means that a bundle was written of a run whose sealed files are no longer all as they were sealed.

import type {Damaged} from '../../core/damaged.ts';
import type {Locale} from '../../core/text.ts';
import {formatCount} from './numbers.ts';

const fileText = ({file, record, found}: Damaged, locale: Locale): string => {
  switch (found) {
    case 'changed':
      return locale === 'en'
        ? `${file}: is not what record ${formatCount(record)} of the journal sealed`
        : `${file}: 저널 ${formatCount(record)}번째 기록이 봉인한 내용과 다름`;
    case 'missing':
      return locale === 'en'
        ? `${file}: is missing; record ${formatCount(record)} of the journal sealed it`
        : `${file}: 없음, 저널 ${formatCount(record)}번째 기록이 봉인한 파일`;
  }
};

/** None when nothing is damaged. Lines without control over their strings: whoever prints them makes them visible first. */
export const damagedLines = (damaged: readonly Damaged[], locale: Locale): readonly string[] => {
  if (damaged.length === 0) return [];
  const files = damaged.map((of) => `  ${fileText(of, locale)}`);
  return locale === 'en'
    ? [
        'The bundle was written as the run directory is now, and that is not all that the run sealed:',
        ...files,
        'It does not pass verify, and these files are no evidence. The database was neither asked nor changed.',
        'Keep a copy of the run directory and find out what changed it. With the files as they were sealed back in their place, from a backup of the disk or an earlier bundle, export again.',
      ]
    : [
        '지금의 실행 디렉터리 그대로 증적을 내보냈으며, 실행 중 봉인한 내용과 다른 파일이 있습니다:',
        ...files,
        '이 증적은 검증을 통과하지 못하며, 위 파일은 증적으로 쓸 수 없습니다. 데이터베이스에는 접속하지 않았고 바뀐 것도 없습니다.',
        '실행 디렉터리를 복사해 보존하고 무엇이 바꾸었는지 확인합니다. 디스크 백업이나 이전에 내보낸 증적에서 봉인 당시의 파일을 되돌려 놓은 뒤 다시 내보냅니다.',
      ];
};
