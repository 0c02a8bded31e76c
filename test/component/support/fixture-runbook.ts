// A small runbook with one step of every question that the screen asks.

import type {RunbookDefinition} from '../../../src/core/definition.ts';

const both = (en: string, ko: string) => ({en, ko});

export const fixtureRunbook: RunbookDefinition = {
  format: 'attempt-runbook/1',
  id: 'attempt-view-v1-lock',
  title: both('attempt VIEW V1 schema lock', 'attempt VIEW V1 스키마 고정'),
  summary: both(
    'Locks the eleven columns of the attempt view. Drops and recreates it in one transaction; the way back restores it exactly as it was.',
    'attempt 뷰의 열한 개 컬럼을 고정합니다. 한 트랜잭션에서 뷰를 삭제하고 다시 만들며, 원복하면 이전 상태 그대로 돌아옵니다.',
  ),
  objects: ['public.attempt'],
  tables: [{name: 'public.exam_results', changedAt: 'updated_at'}],
  environments: {rehearsal: {}, staging: {}, production: {}},
  phases: [
    {id: 'preflight', title: both('Preflight', '사전 점검')},
    {id: 'backup', title: both('Backup', '백업')},
    {id: 'apply', title: both('Apply', '적용')},
    {id: 'smoke', title: both('Smoke', '스모크 점검')},
  ],
  steps: [
    {
      id: 'people',
      kind: 'checklist',
      phase: 'preflight',
      title: both('People and window', '담당자와 작업 시간대'),
      why: both('A change at night needs a second pair of eyes.', '야간 변경에는 함께 확인할 사람이 필요합니다.'),
      items: [
        {id: 'window', text: both('The change window is open', '작업 시간대가 시작되었음')},
        {
          id: 'ticket',
          text: both('The change request is approved', '변경 요청(CR)이 승인되었음'),
          why: both('The link goes into the evidence.', '링크는 증적에 남습니다.'),
          note: 'required',
        },
        {id: 'observer', text: both('The observer is on the call', '참관자가 통화에 들어왔음')},
      ],
    },
    {
      id: 'columns',
      kind: 'query',
      phase: 'preflight',
      title: both('Columns before the change', '변경 전 컬럼'),
      sql: 'preflight/010_columns.sql',
      expect: 'rows',
    },
    {
      id: 'snapshot',
      kind: 'snapshot',
      phase: 'backup',
      title: both('Capture the objects', '객체 스냅샷'),
    },
    {
      id: 'apply',
      kind: 'migration',
      phase: 'apply',
      migrator: 'sql',
      title: both('Apply the V1 view', 'V1 뷰 적용'),
      why: both(
        'V0 and V1 differ in types, so it cannot be replaced in place.',
        'V0과 V1은 타입이 달라 그 자리에서 교체할 수 없습니다.',
      ),
      apply: ['apply/010_attempt_v1.sql'],
      transaction: 'whole',
    },
    {
      id: 'answers',
      kind: 'smoke',
      phase: 'smoke',
      title: both('The view answers', '뷰 응답'),
      checks: [{id: 'rows', title: both('Rows', '행'), sql: 'smoke/010_rows.sql'}],
      optional: true,
    },
  ],
  rollback: [
    {
      id: 'restore',
      kind: 'restore-objects',
      title: both('Restore objects as captured', '스냅샷 그대로 복원'),
      why: both('V0 view, owner, grants, comment and dependants.', 'V0 뷰와 소유자, 권한, 주석, 종속 객체.'),
    },
    {id: 'revert', kind: 'revert', title: both('Revert SQL (V0)', '롤백 SQL (V0)'), sql: 'revert/010_attempt_v0.sql'},
    {id: 'drop', kind: 'drop-object', title: both('DROP VIEW RESTRICT', 'DROP VIEW RESTRICT')},
    {id: 'backup', kind: 'restore-backup', title: both('Restore the backup', '백업 복원')},
  ],
  policy: [both('No column is added without a new version.', '새 버전 없이 컬럼을 추가하지 않습니다.')],
};

/** The same, and each way back has something left to do behind it. */
export const followedRunbook: RunbookDefinition = {
  ...fixtureRunbook,
  rollback: fixtureRunbook.rollback.map((option) => ({
    ...option,
    after: [
      {
        id: 'pools',
        kind: 'checklist',
        title: both('Recycle the pools', '커넥션 풀 재시작'),
        items: [{id: 'recycled', text: both('The pools were recycled', '커넥션 풀을 재시작함')}],
      },
      {
        id: 'version',
        kind: 'query',
        title: both("Alembic's version", 'Alembic 버전'),
        sql: 'after/010_version.sql',
        expect: 'verdict',
      },
    ],
  })),
};
