// What a kept file is, by its place and its media type, and the one word for it.

import type {Artifact} from '../../core/facts.ts';
import type {LocalText} from '../../core/text.ts';

export type EvidenceKind =
  | 'log'
  | 'recording'
  | 'session'
  | 'snapshot'
  | 'catalog'
  | 'diff'
  | 'explain'
  | 'junit'
  | 'backup'
  | 'approval'
  | 'screen'
  | 'attachment'
  | 'report'
  | 'impact'
  | 'other';

/** Short enough for a column of twelve. */
export const evidenceKinds: Readonly<Record<EvidenceKind, LocalText>> = {
  log: {en: 'output', ko: '출력'},
  recording: {en: 'recording', ko: '터미널 기록'},
  session: {en: 'session', ko: '세션 기록'},
  snapshot: {en: 'snapshot', ko: '스냅샷'},
  catalog: {en: 'catalog', ko: '카탈로그'},
  diff: {en: 'difference', ko: '차이'},
  explain: {en: 'query plan', ko: '쿼리 계획'},
  junit: {en: 'test report', ko: '테스트 결과'},
  backup: {en: 'backup', ko: '백업'},
  approval: {en: 'approval', ko: '승인'},
  screen: {en: 'screenshot', ko: '화면'},
  attachment: {en: 'attachment', ko: '첨부'},
  report: {en: 'report', ko: '보고서'},
  impact: {en: 'impact', ko: '영향도'},
  other: {en: 'file', ko: '파일'},
};

const rules: readonly (readonly [RegExp, EvidenceKind])[] = [
  [/^artifacts\/attachments\//, 'attachment'],
  [/^artifacts\/approvals\//, 'approval'],
  [/^artifacts\/screens\//, 'screen'],
  [/^transcripts\/session\.\d+\.cast$/, 'session'],
  [/^transcripts\/.*\.cast$/, 'recording'],
  [/^transcripts\//, 'log'],
  [/\.(?:dump|stand-in\.ndjson)(?:\/|$)/, 'backup'],
  [/\.catalog\.json$/, 'catalog'],
  [/\.diff\.json$/, 'diff'],
  [/impact/, 'impact'],
  [/explain/, 'explain'],
  [/diff/, 'diff'],
  [/snapshot/, 'snapshot'],
  [/junit|\.xml$/, 'junit'],
  [/^report\./, 'report'],
];

export const evidenceKindOf = ({path, mediaType}: Pick<Artifact, 'path' | 'mediaType'>): EvidenceKind =>
  mediaType.startsWith('application/x-pg-dump')
    ? 'backup'
    : (rules.find(([pattern]) => pattern.test(path))?.[1] ?? 'other');
