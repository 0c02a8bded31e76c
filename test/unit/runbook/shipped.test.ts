// Does the shipped runbook hold every item of the operators' guide, in words that a tired person can read?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';

import type {Of, RunbookDefinition, StepDefinition, StepKind} from '../../../src/core/definition.ts';
import type {Environment} from '../../../src/core/ids.ts';
import {outline, stepsOf} from '../../../src/core/outline.ts';
import type {LocalText} from '../../../src/core/text.ts';
import {load, root, shipped} from './fixtures.ts';

const loaded = load(shipped());
if (!loaded.ok) throw new Error('the shipped runbook must load');
const runbook: RunbookDefinition = loaded.runbook;

const textsOf = (value: unknown): readonly LocalText[] => {
  if (typeof value !== 'object' || value === null) return [];
  return 'en' in value && 'ko' in value ? [value as LocalText] : Object.values(value).flatMap(textsOf);
};
const texts = textsOf(runbook);

const ofKind = <K extends StepKind>(kind: K): readonly Of<K>[] =>
  runbook.steps.filter((step): step is StepDefinition & Of<K> => step.kind === kind);

const english = (value: unknown): string =>
  textsOf(value)
    .map(({en}) => en)
    .join('\n');

const phase = (environment: Environment, id: string): string =>
  english(outline(runbook, environment).find(({phase: {id: of}}) => of === id)?.steps);

describe('the guide', () => {
  const items: readonly (readonly [string, Environment, string, readonly string[]])[] = [
    [
      'preflight',
      'staging',
      'preflight',
      [
        'All 29 checks',
        'Code Quality Check',
        'Unit Tests',
        'Integration Tests',
        'Security Scan',
        'Docker Build Test',
        'CodeQL',
        'K8s Validations',
        'Scope Guard',
        '#73',
        '2025-11-01 07:12 UTC',
        '279d6aa1a',
        'on main',
        'alembic upgrade head: SUCCESS',
        'pytest -k attempt_view_smoke -q: 3 passed',
        '11 columns',
        'isort',
      ],
    ],
    [
      'what approvers read',
      'production',
      'migration-check',
      ['Every id changes', 'student_id', 'started_at', 'alembic history', 'CASCADE'],
    ],
    ['the backup, managed or not', 'staging', 'backup', ['pg_dump', 'AWS RDS', 'Cloud SQL']],
    ['after apply', 'production', 'apply', ['0A000', 'alembic stamp 20251101_0900_attempt_view_lock']],
    [
      'the evidence',
      'staging',
      'record',
      [
        'Output of the apply',
        'Output of the smoke',
        'Screenshot',
        'count(*)',
        'five newest',
        'each downstream sample',
        'Executor and date',
        '#73, 279d6aa1a',
        'Decision and remarks',
        'the approval comment',
        'log of this run',
        'change request for production',
      ],
    ],
    [
      'the conditions of production',
      'production',
      'change-control',
      [
        'soaked for 24 h',
        'change request is approved',
        'window is reserved',
        '02:00-04:00 Asia/Seoul',
        '30 minutes before',
        'Two engineers',
        'bastion',
      ],
    ],
    [
      'the monitoring',
      'production',
      'monitoring',
      [
        '500 ms',
        '#alerts-database',
        '0.1 %',
        '#alerts-critical',
        'IRT calibration',
        '#data-science',
        '2 x its baseline',
        '#data-engineering',
        'API error rate',
        'ETL failures',
        'dashboards',
        'Database load',
        '1 % for 5 minutes',
        '2 x baseline for 10 minutes',
        'critical failure',
        'integrity',
      ],
    ],
  ];
  for (const [name, environment, id, words] of items) {
    it(name, () => {
      const text = phase(environment, id);
      for (const word of words) expect(text).toContain(word);
    });
  }

  it('the eleven columns, five further checks and five samples, all as the application', () => {
    const [smoke] = ofKind('smoke');
    const rules = smoke?.checks
      .filter(({sql}) => /smoke\/[12]\d\d_/.test(sql))
      .map(({title}) => title.en.split(':')[0]);
    expect(rules).toEqual([
      'id',
      'student_id',
      'item_id',
      'correct',
      'response_time_ms',
      'hint_used',
      'attempt_no',
      'started_at',
      'completed_at',
      'session_id',
      'topic_id',
    ]);
    expect(smoke?.checks).toHaveLength(16);
    expect(smoke?.as).toBe('application');
    expect(ofKind('downstream')[0]?.samples.map(({id, budgetMs}) => [id, budgetMs > 0])).toEqual(
      ['irt-calibration', 'kpi-backfill', 'daily-aggregation', 'topic-dashboard', 'one-student'].map((id) => [
        id,
        true,
      ]),
    );
  });

  it('the lock policy and the rollback criteria, which approvers sign', () => {
    const policy = english(runbook.policy);
    for (const word of [
      'V2 migration and an RFC',
      'student_id',
      'attempt_no',
      'separate pull requests',
      'above 1 % for 5 minutes',
    ]) {
      expect(policy).toContain(word);
    }
  });

  it('the ways back, narrowest first, none of which cascades', () => {
    expect(runbook.rollback.map(({kind}) => kind)).toEqual([
      'restore-objects',
      'revert',
      'drop-object',
      'restore-backup',
    ]);
    expect(english(runbook.rollback)).toContain('alembic downgrade');
    expect(english(runbook.rollback)).toContain('pg_restore');
  });
});

describe('the order', () => {
  it('asks in a rehearsal for all that staging asks for, except what needs somebody else', () => {
    const ids = (environment: Environment): readonly string[] => stepsOf(runbook, environment).map(({id}) => id);
    expect(ids('staging').filter((id) => !ids('rehearsal').includes(id))).toEqual([
      'github',
      'rehearse-copy',
      'managed-backup',
      // Nobody stamps a rehearsal's database.
      'alembic-version',
      'staging-approval',
    ]);
    expect(ids('rehearsal').filter((id) => !ids('staging').includes(id))).toEqual(['rehearsal-approval']);
  });

  it('lets nobody start production before the conditions are met', () => {
    const steps = stepsOf(runbook, 'production').map(({id}) => id);
    for (const id of [
      'staging-soaked',
      'change-request',
      'change-approval',
      'window',
      'two-engineers',
      'snapshot',
      'backup',
      'second-engineer',
    ]) {
      expect(steps.indexOf(id)).toBeLessThan(steps.indexOf('apply-v1'));
      expect(runbook.steps.find((step) => step.id === id)?.optional).toBeUndefined();
    }
  });

  it('waits for a lock no longer than readers can bear', () => {
    expect(ofKind('migration').filter((step) => step.migrator === 'sql' && step.transaction === 'whole')).toMatchObject([
      {lockTimeoutMs: 150},
    ]);
  });
});

describe('the words', () => {
  it('are Korean in Korean and English in English', () => {
    expect(texts.length).toBeGreaterThan(150);
    for (const {en, ko} of texts) {
      expect(en).not.toMatch(/[ㄱ-힣]/);
      // A rule or a command may be the same in both languages; a sentence may not.
      if (/[ㄱ-힣]/.test(ko) === false) expect(ko).toBe(en);
    }
    expect(texts.filter(({en, ko}) => en === ko).map(({en}) => en)).toEqual([
      'alembic upgrade head: SUCCESS',
      'pytest -k attempt_view_smoke -q: 3 passed',
      'session_id: exam_results.session_id',
    ]);
  });

  it('are calm, and one column or two wide without doubt', () => {
    for (const text of texts.flatMap(({en, ko}) => [en, ko])) {
      expect(text).not.toContain('!');
      // Everything else, such as a dash or a multiplication sign, is two columns wide in some Korean terminals.
      expect(text).toMatch(/^[ -~ㄱ-힣]+$/);
      expect(text).not.toMatch(/ {2}/);
    }
  });

  it('were not cut off at a number sign that YAML took for a comment', () => {
    const raw = readFileSync(join(root, 'runbook/attempt-view-v1-lock/runbook.yaml'), 'utf8');
    const inside = raw.split('\n').filter((line) => !line.trimStart().startsWith('#') && line.includes(' #'));
    for (const line of inside) expect(line).toMatch(/^\s*(?:en|ko): '.*'$/);
  });

  it('has its schema in the first line, for editors', () => {
    const raw = readFileSync(join(root, 'runbook/attempt-view-v1-lock/runbook.yaml'), 'utf8');
    expect(raw.split('\n')[0]).toBe('# yaml-language-server: $schema=../runbook.schema.json');
  });
});
