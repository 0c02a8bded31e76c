// The document of a new runbook, with comments for whoever goes on writing it, and the answers of its rehearsal.

import type {LocalText} from '../../core/text.ts';
import {sourceOf, yamlName} from './names.ts';
import type {ScaffoldAlembic, ScaffoldAnswers} from './answers.ts';

/** JSON's strings are YAML's. */
const local = ({en, ko}: LocalText): string => `{en: ${JSON.stringify(en)}, ko: ${JSON.stringify(ko)}}`;

const summary = ({object, change}: ScaffoldAnswers): LocalText => ({
  en: `Changes the ${change} ${object}, checks it, and knows the way back. Say here what changes for whom.`,
  ko: `${object} 변경을 적용하고 점검하며 되돌릴 방법을 갖춥니다. 누구에게 무엇이 달라지는지 여기에 적습니다.`,
});

const tablesOf = ({object, change}: ScaffoldAnswers): readonly string[] => {
  switch (change) {
    case 'view':
      return [sourceOf(object)];
    case 'table':
      return [object];
    case 'function':
      return [];
  }
};

/** Of the embedded server and of its sample; never of staging or production. */
const REHEARSAL_DATABASE = 'seedtest';

const bySql = ({environments, title}: ScaffoldAnswers): string => `  - id: rehearse-copy
    phase: backup
    kind: rehearse
    in: [${environments.join(', ')}]
    optional: true
    title: {en: Rehearse on a copy of this backup, ko: 백업 사본에서 예행 연습}

  - id: apply
    phase: change
    kind: migration
    migrator: sql
    transaction: whole
    apply: [apply/010_change.sql]
    verify: verify/010_change.sql
    title: ${local(title)}
`;

const HISTORY = `  - id: history
    phase: before
    kind: alembic-check
    migration: apply
    title: {en: Alembic leads to this revision, ko: Alembic 리비전 이력 확인}

`;

/** What a revision takes along is written nowhere: a copy shows it, so that this step cannot be left out. */
const byAlembic = ({title}: ScaffoldAnswers, of: ScaffoldAlembic): string => `  - id: rehearse-copy
    phase: backup
    kind: rehearse
    title: {en: Rehearse on a copy of this backup, ko: 백업 사본에서 예행 연습}

  - id: apply
    phase: change
    kind: migration
    migrator: alembic
    # argv: [.venv/bin/alembic], urlVariable, urlDriver and more: runbook.schema.json
    alembic:
      directory: ${JSON.stringify(of.directory)}
      scripts: ${JSON.stringify(of.scripts)}
      from: ${JSON.stringify(of.from)}
      revision: ${JSON.stringify(of.revision)}${of.urlPercentDoubled === true ? '\n      urlPercentDoubled: true # env.py hands the URL to set_main_option' : ''}
    verify: verify/010_change.sql
    title: ${local(title)}
`;

/** What is left once a way back was carried out; a query beside it would ask the database. */
const TOLD = `    after:
      - id: readers
        kind: checklist
        title: {en: Tell those who read it, ko: 사용하는 팀에 알림}
        items:
          - id: told
            note: required
            text: {en: They know that the earlier state is back (note who), ko: 이전 상태로 돌아온 것을 알고 있음 (담당자를 메모에 기록)}
`;

export const documentText = (answers: ScaffoldAnswers): string => {
  const {id, object, change, environments, title, applicationRole, alembic} = answers;
  const isView = change === 'view';
  const settings = applicationRole === undefined ? '{}' : `{applicationRole: ${applicationRole}}`;
  const as = applicationRole === undefined ? '' : '\n    as: application';
  const tables = tablesOf(answers).map((name) => `\n  # changedAt: the column that says when a row was last written\n  - {name: ${yamlName(name)}}`);
  return `# yaml-language-server: $schema=../runbook.schema.json
#
# SQL files: sql/${id}/. After each change of a file: attempt-runbook lint, attempt-runbook rehearse ${id}.

format: attempt-runbook/1
id: ${id}
title: ${local(title)}
summary: ${local(summary(answers))}

# What is captured before the change, compared after it, and restored on the way back: views and what hangs on them.
objects: ${isView ? `[${yamlName(object)}]` : '[]'}
tables:${tables.length === 0 ? ' []' : tables.join('')}

# window: {start: '02:00', end: '04:00', zone: Asia/Seoul}     when the change may be made
# target: {systemIdentifier: '7412...', database: shop}        which database this environment is
# via: {ssh: deploy@bastion.example}                           the way there
environments:
  rehearsal: ${settings}
${environments.map((of) => `  ${of}: ${settings}`).join('\n')}

sample:
  files: [sample/010_before.sql]

phases:
  - {id: before, title: {en: Preflight, ko: 사전 점검}}
  - {id: backup, title: {en: Backup, ko: 백업}}
  - {id: change, title: {en: Apply, ko: 적용}}
  - {id: check, title: {en: Smoke test, ko: 스모크 테스트}}
  - {id: record, title: {en: Record and approve, ko: 기록과 승인}}

steps:
  - id: agreed
    phase: before
    kind: checklist
    title: {en: Everybody concerned agrees, ko: 관련 담당자 동의 확인}
    items:
      - id: readers
        note: required
        text: {en: Those who read it agree (note who), ko: 사용하는 팀이 동의함 (담당자를 메모에 기록)}

${alembic === undefined ? '' : HISTORY}  - id: preflight
    phase: before
    kind: query
    sql: preflight/010_before.sql
    expect: no-rows
    title: {en: The database is as the change expects it, ko: 변경 전 상태 확인}

  - id: snapshot
    phase: backup
    kind: snapshot
    title: {en: Capture the catalog as it is, ko: 카탈로그 스냅샷}

  - id: backup
    phase: backup
    kind: backup
    title: {en: Back up the database, ko: 데이터베이스 백업}

${alembic === undefined ? bySql(answers) : byAlembic(answers, alembic)}
  - id: smoke
    phase: check
    kind: smoke${as}
    title: {en: Smoke test, ko: 스모크 테스트}
    checks:
      - {id: rows, sql: smoke/010_rows.sql, title: {en: Every row is as the change says, ko: 모든 행이 변경 내용과 일치}}

  - id: downstream
    phase: check
    kind: downstream${as}
    title: {en: Downstream samples, ko: 다운스트림 샘플}
    samples:
      - {id: readers, sql: downstream/010_readers.sql, budgetMs: 500, title: {en: What others read, ko: 다른 작업의 조회}}

  - id: approve
    phase: record
    kind: checklist
    title: {en: Record and approve, ko: 기록과 승인}
    items:
      - id: approved
        note: required
        text: {en: The result is approved (note by whom), ko: 결과 승인 (승인자를 메모에 기록)}

rollback:
${isView ? `  - id: restore-objects\n    kind: restore-objects\n    title: {en: Restore the objects as captured, ko: 스냅샷 상태로 객체 복원}\n${TOLD}` : ''}${alembic === undefined ? `  - id: revert\n    kind: revert\n    sql: revert/010_change.sql\n    title: {en: Revert by script, ko: SQL 스크립트로 원복}\n${TOLD}` : `  - id: downgrade\n    kind: downgrade\n    migration: apply\n    revision: ${alembic.from}\n    title: {en: Alembic downgrade, ko: Alembic 다운그레이드}\n${TOLD}`}  - id: restore-backup
    kind: restore-backup
    title: {en: Restore the backup (last resort), ko: 백업 복원 (최후 수단)}
${TOLD}`;
};

const wayBackOf = ({change, alembic}: ScaffoldAnswers): string => {
  if (change === 'view') return 'restore-objects';
  return alembic === undefined ? 'revert' : 'downgrade';
};

export const rehearsalAnswersText = (answers: ScaffoldAnswers): string => `# Answers for the scripted rehearsal. Never for staging or production: the database is named ${REHEARSAL_DATABASE}.
format: attempt-runbook-answers/1
steps:
  agreed: {check: all, note: rehearsal}
${answers.alembic === undefined ? '' : '  history: {start: true}\n'}  preflight: {start: true}
  snapshot: {start: true}
  backup: {start: true}
${answers.alembic === undefined ? '' : '  rehearse-copy: {start: true}\n'}  apply: {confirm: ${REHEARSAL_DATABASE}}
  smoke: {start: true}
  downstream: {start: true}
  approve: {check: all, note: rehearsal}
  rollback/${wayBackOf(answers)}/readers: {check: all, note: rehearsal}
rollback:
  option: ${wayBackOf(answers)}
  reason: The rehearsal ends where it began.
  confirm: ${REHEARSAL_DATABASE}
`;
