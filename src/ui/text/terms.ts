// Which word the house uses for each environment, kind, outcome and status, in both languages.

import type {ActionKind} from '../../core/definition.ts';
import type {Outcome, Verdict} from '../../core/event.ts';
import type {Environment} from '../../core/ids.ts';
import type {Scratch} from '../../core/ports.ts';
import type {StepState} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import {toolTerms} from './tool.ts';

type Terms<W extends string> = Readonly<Record<Locale, {readonly [K in W]: string}>>;

const environments: Terms<Environment> = {
  en: {rehearsal: 'rehearsal', staging: 'staging', production: 'production'},
  ko: {rehearsal: '예행 연습', staging: '스테이징', production: '운영'},
};

const kinds: Terms<ActionKind> = {
  en: {
    checklist: 'checklist',
    query: 'query',
    snapshot: 'snapshot',
    backup: 'backup',
    rehearse: 'rehearsal on a copy',
    'alembic-check': 'Alembic check',
    migration: 'migration',
    smoke: 'smoke',
    downstream: 'downstream',
    command: 'command',
    ...toolTerms.en,
    approval: 'approval',
    'restore-objects': 'restore objects',
    revert: 'revert',
    downgrade: 'Alembic downgrade',
    'drop-object': 'drop object',
    'restore-backup': 'restore backup',
  },
  ko: {
    checklist: '점검 목록',
    query: '쿼리',
    snapshot: '스냅샷',
    backup: '백업',
    rehearse: '사본 예행 연습',
    'alembic-check': 'Alembic 점검',
    migration: '마이그레이션',
    smoke: '스모크 점검',
    downstream: '하위 시스템 표본',
    command: '명령',
    ...toolTerms.ko,
    approval: '승인',
    'restore-objects': '객체 복원',
    revert: '롤백 스크립트',
    downgrade: 'Alembic 다운그레이드',
    'drop-object': '객체 삭제',
    'restore-backup': '백업 복원',
  },
};

const outcomes: Terms<Outcome> = {
  en: {completed: 'completed', 'rolled-back': 'rolled back', abandoned: 'abandoned'},
  ko: {completed: '완료', 'rolled-back': '원복 완료', abandoned: '중도 종료'},
};

const verdicts: Terms<Verdict> = {
  en: {
    'took-effect': 'took effect',
    incomplete: 'may have taken effect in part',
    'had-no-effect': 'had no effect',
    'still-running': 'still running in the database',
    'cannot-tell': 'cannot tell',
  },
  ko: {
    'took-effect': '반영됨',
    incomplete: '일부만 반영되었을 수 있음',
    'had-no-effect': '반영되지 않음',
    'still-running': '데이터베이스에서 아직 실행 중',
    'cannot-tell': '알 수 없음',
  },
};

const statuses: Terms<StepState['status']> = {
  en: {
    waiting: 'waiting',
    running: 'running',
    'in-doubt': 'in doubt',
    succeeded: 'done',
    failed: 'failed',
    blocked: 'blocked by a lock',
    waived: 'waived',
  },
  ko: {
    waiting: '대기',
    running: '실행 중',
    'in-doubt': '결과 불명',
    succeeded: '완료',
    failed: '실패',
    blocked: '잠금에 막힘',
    waived: '생략',
  },
};

const scratchPlaces: Terms<Scratch['where']> = {
  en: {
    'target-server': "beside the rehearsal's database, on the same server",
    embedded: 'on a server of this machine',
    declared: 'on the server named by --scratch',
  },
  ko: {
    'target-server': '예행 연습 DB와 같은 서버',
    embedded: '이 컴퓨터의 임시 서버',
    declared: '--scratch로 지정한 서버',
  },
};

export const scratchWhereText = (where: Scratch['where'], locale: Locale): string => scratchPlaces[locale][where];
export const environmentText = (environment: Environment, locale: Locale): string => environments[locale][environment];
export const kindText = (kind: ActionKind, locale: Locale): string => kinds[locale][kind];
export const outcomeText = (outcome: Outcome, locale: Locale): string => outcomes[locale][outcome];
export const verdictText = (verdict: Verdict, locale: Locale): string => verdicts[locale][verdict];
export const statusText = (status: StepState['status'], locale: Locale): string => statuses[locale][status];

/** Signs of neutral width only: others are two columns wide in some Korean terminals. */
export const stepSign = (state: StepState): string => {
  switch (state.status) {
    case 'waiting':
      return '◦';
    case 'running':
      return '▸';
    case 'in-doubt':
      return '?';
    case 'succeeded':
      return state.verdict === 'amber' ? '!' : '✓';
    case 'failed':
      return '✗';
    case 'blocked':
      return '!';
    case 'waived':
      return '-';
  }
};
