// Why an offer of the first screen is not possible now.

import type {LocalText} from '../../core/text.ts';

export const homeText = {
  server: {en: 'an embedded PostgreSQL server', ko: '내장 PostgreSQL 서버'},
  reading: {en: 'reading ...', ko: '읽는 중 ...'},
  noSample: {en: 'the runbook has no sample data', ko: '런북에 표본 데이터가 없습니다'},
  noStaging: {en: 'no finished staging run yet', ko: '완료된 스테이징 실행이 아직 없습니다'},
  noRuns: {en: 'no runs yet', ko: '아직 실행 기록이 없습니다'},
  damaged: (seq: number): LocalText => ({
    en: `its journal is damaged at record ${seq}; it can only be read`,
    ko: `저널의 ${seq}번 기록이 손상되어 읽기만 할 수 있습니다`,
  }),
} as const;
