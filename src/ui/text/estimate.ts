// What a backup will take, about, in words; before it begins and while it is written.

import type {BackupEstimate} from '../../core/preview.ts';
import type {Locale} from '../../core/text.ts';
import {formatBytes, formatDuration} from './numbers.ts';

/** The basis is always said: a constant that is low on purpose is no prediction. */
export const estimateText = (
  {sourceBytes, dumpBytes, durationMs, scratchBytes, basis}: BackupEstimate,
  locale: Locale,
): readonly string[] => {
  const [source, dump, scratch] = [formatBytes(sourceBytes), formatBytes(dumpBytes), formatBytes(scratchBytes)];
  const took = formatDuration(durationMs, locale);
  return locale === 'en'
    ? [
        `Tables: ${source}. Backup: about ${dump}, ${took} with its proof.`,
        `Restoring it for the proof takes about ${scratch}.`,
        basis === 'earlier'
          ? 'By the last backup of this run.'
          : 'By rates that are low on purpose; no backup of this run yet.',
      ]
    : [
        `테이블 크기: ${source}. 예상 백업 크기: 약 ${dump}, 증명까지 약 ${took}.`,
        `증명을 위한 복원에 필요한 공간: 약 ${scratch}.`,
        basis === 'earlier' ? '이 실행의 지난 백업 기준.' : '일부러 느리게 잡은 기준값. 이 실행의 백업이 아직 없음.',
      ];
};
