// What the tool does between Enter on the first screen and the first step of a run.

import type {LocalText} from '../../core/text.ts';

export const openingText = {
  sql: {en: "Reading the runbook's SQL", ko: '런북의 SQL을 읽는 중'},
  server: {en: 'Starting a PostgreSQL server', ko: 'PostgreSQL 서버를 시작하는 중'},
  sample: {en: 'Filling the sample', ko: '표본 데이터를 채우는 중'},
  backup: {en: 'Restoring the backup', ko: '백업을 복원하는 중'},
  database: {en: 'Making a database', ko: '데이터베이스를 만드는 중'},
  target: {en: 'Connecting to the target', ko: '대상에 연결하는 중'},
  lock: {en: "Taking the target's lock", ko: '대상의 잠금을 얻는 중'},
} as const satisfies Readonly<Record<string, LocalText>>;

export type OpeningStage = keyof typeof openingText;
