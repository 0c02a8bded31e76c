// What do steps of the operator's own programs look like, and what do they find? One of everything, so that a new one does
// not compile without a sample.

import type {ToolFinding, ToolFindingCode} from '../../src/core/tool-finding.ts';
import type {ToolFactsByKind, ToolKind, ToolStep} from '../../src/core/tools.ts';

const base = {id: 'x', phase: 'p', title: {en: 'x', ko: 'x'}} as const;

export const toolActions: {readonly [K in ToolKind]: Extract<ToolStep, {kind: K}>} = {
  pytest: {...base, kind: 'pytest', argv: ['pytest', '-k', 'attempt_view_smoke', '-q']},
  'pull-request': {
    ...base,
    kind: 'pull-request',
    number: 73,
    repository: 'acme/seedtest',
    checks: 29,
    commit: '279d6aa1a',
  },
  'managed-backup': {...base, kind: 'managed-backup', method: 'rds-snapshot', instance: 'seedtest-prod'},
  psql: {...base, kind: 'psql', sql: 'p.sql', expect: 'rows'},
  'downstream-jobs': {
    ...base,
    kind: 'downstream-jobs',
    jobs: [{id: 'kpi', title: {en: 'KPI', ko: 'KPI'}, argv: ['backfill', '--dry-run']}],
  },
  'kubernetes-job': {
    ...base,
    kind: 'kubernetes-job',
    namespace: 'seedtest',
    image: 'registry/seedtest@sha256:1',
    args: ['backfill'],
    verify: 'v.sql',
  },
};

export const goodToolFacts: ToolFactsByKind = {
  'kubernetes-job': {kind: 'kubernetes-job', findings: [{code: 'kube-in-place', file: 'v.sql'}], durationMs: 4000},
  psql: {kind: 'psql', findings: [{code: 'output-as-expected', lines: 3}], durationMs: 30},
  'downstream-jobs': {
    kind: 'downstream-jobs',
    findings: [{code: 'job-passed', id: 'kpi', durationMs: 900}],
    durationMs: 900,
  },
  pytest: {kind: 'pytest', findings: [{code: 'test-passed', id: 'test_view.py::test_rows'}], durationMs: 310},
  'managed-backup': {
    kind: 'managed-backup',
    // Without the finding that makes every real one amber.
    findings: [{code: 'backup-found-again', name: 'attempt-runbook-r-k3v9q-managed'}],
    durationMs: 61_000,
  },
  'pull-request': {
    kind: 'pull-request',
    findings: [{code: 'merged', number: 73, commit: '279d6aa1a0', base: 'main', at: '2025-11-01T07:12:00Z'}],
    durationMs: 900,
  },
};

const id = 'tests/test_view.py::test_columns';

export const toolFindings: {readonly [C in ToolFindingCode]: readonly Extract<ToolFinding, {code: C}>[]} = {
  'test-passed': [{code: 'test-passed', id}],
  'test-failed': [{code: 'test-failed', id, message: 'assert 10 == 11'}],
  'test-error': [{code: 'test-error', id, message: ''}],
  'test-skipped': [
    {code: 'test-skipped', id, message: 'no data', expected: true},
    {code: 'test-skipped', id, message: 'needs a GPU', expected: false},
  ],
  'test-deselected': [{code: 'test-deselected', id, count: 3}],
  'test-missing': [{code: 'test-missing', id}],
  'test-unknown': [{code: 'test-unknown', id}],
  deselected: [
    {code: 'deselected', count: 12, named: true},
    {code: 'deselected', count: 1, named: false},
  ],
  'none-collected': [{code: 'none-collected'}],
  'too-few': [{code: 'too-few', executed: 1, minimum: 3}],
  'object-has-rows': [{code: 'object-has-rows', object: 'public.attempt'}],
  'object-empty': [{code: 'object-empty', object: 'public.attempt'}],
  'object-unread': [{code: 'object-unread', object: 'public.attempt', message: 'permission denied'}],
  'checks-passed': [{code: 'checks-passed', count: 29, commit: '279d6aa1a0f3'}],
  'check-failed': [{code: 'check-failed', name: 'CI / Unit Tests', conclusion: 'TIMED_OUT'}],
  'check-pending': [{code: 'check-pending', name: 'CodeQL', conclusion: 'IN_PROGRESS'}],
  'check-cancelled': [{code: 'check-cancelled', name: 'CI / Docker Build Test', conclusion: 'CANCELLED'}],
  'check-skipped': [{code: 'check-skipped', name: 'Scope Guard', conclusion: 'SKIPPED'}],
  'check-neutral': [{code: 'check-neutral', name: 'CodeQL', conclusion: 'NEUTRAL'}],
  'checks-too-few': [{code: 'checks-too-few', passed: 28, required: 29}],
  'checks-more': [{code: 'checks-more', count: 31, required: 29}],
  'checks-cut-off': [{code: 'checks-cut-off', count: 100}],
  merged: [{code: 'merged', number: 73, commit: '279d6aa1a0f3', base: 'main', at: '2025-11-01T07:12:00Z'}],
  'not-merged': [{code: 'not-merged', number: 73, state: 'OPEN'}],
  'merged-commit-differs': [{code: 'merged-commit-differs', pinned: '279d6aa1a', found: '1111111112222'}],
  'merged-elsewhere': [{code: 'merged-elsewhere', base: 'main', found: 'develop'}],
  'backup-available': [
    {
      code: 'backup-available',
      name: 'attempt-runbook-r-k3v9q-managed',
      id: 'arn:aws:rds:ap-northeast-2:123456789012:snapshot:attempt-runbook-r-k3v9q-managed',
      status: 'available',
      createdAt: '2025-11-21T17:02:11Z',
    },
    {code: 'backup-available', name: 'nightly', id: '1732294800', status: 'SUCCESSFUL', createdAt: ''},
  ],
  'backup-found-again': [{code: 'backup-found-again', name: 'attempt-runbook-r-k3v9q-managed'}],
  'backup-failed': [{code: 'backup-failed', name: 'attempt-runbook-r-k3v9q-managed', status: 'FAILED'}],
  'backup-of-another': [{code: 'backup-of-another', instance: 'seedtest-prod', found: 'seedtest-staging'}],
  'backup-not-restore-tested': [{code: 'backup-not-restore-tested'}],
  'output-as-expected': [{code: 'output-as-expected', lines: 5}],
  'output-unexpected': [
    {code: 'output-unexpected', lines: 2, expected: 'no-rows'},
    {code: 'output-unexpected', lines: 0, expected: 'rows'},
  ],
  'job-passed': [
    {code: 'job-passed', id: 'irt-calibration', durationMs: 4100, rows: 1204},
    {code: 'job-passed', id: 'report', durationMs: 900},
  ],
  'job-ended': [{code: 'job-ended', id: 'report', durationMs: 900}],
  'job-failed': [{code: 'job-failed', id: 'kpi-backfill', how: 'exit 1  KeyError: hints'}],
  'job-silent': [{code: 'job-silent', id: 'kpi-backfill', pattern: 'dry run: (\\d+) rows'}],
  'job-too-few-rows': [{code: 'job-too-few-rows', id: 'kpi-backfill', rows: 0, minimum: 1}],
  'job-late': [{code: 'job-late', id: 'kpi-backfill', durationMs: 61_000, budgetMs: 30_000}],
  'kube-job-succeeded': [
    {code: 'kube-job-succeeded', name: 'arb-r-k3v9q-backfill-1', imageId: 'seedtest@sha256:1', exitCode: 0},
  ],
  'kube-job-failed': [
    {
      code: 'kube-job-failed',
      name: 'arb-r-k3v9q-backfill-1',
      imageId: 'seedtest@sha256:1',
      reason: 'BackoffLimitExceeded',
      exitCode: 3,
    },
    {code: 'kube-job-failed', name: 'arb-r-k3v9q-backfill-1', imageId: '', reason: 'DeadlineExceeded'},
  ],
  'kube-job-found-again': [{code: 'kube-job-found-again', name: 'arb-r-k3v9q-backfill-1'}],
  'kube-job-gone': [{code: 'kube-job-gone', name: 'arb-r-k3v9q-backfill-1'}],
  'kube-job-deleted': [{code: 'kube-job-deleted', name: 'arb-r-k3v9q-backfill-1'}],
  'kube-job-left': [{code: 'kube-job-left', name: 'arb-r-k3v9q-backfill-1', message: 'Error from server (Forbidden)'}],
  'kube-job-may-repeat': [{code: 'kube-job-may-repeat', name: 'arb-r-k3v9q-backfill-1'}],
  'kube-log-incomplete': [{code: 'kube-log-incomplete', name: 'arb-r-k3v9q-backfill-1'}],
  'kube-refused': [{code: 'kube-refused', message: 'Error from server (Forbidden)'}],
  'kube-in-place': [{code: 'kube-in-place', file: 'verify/010_backfill.sql'}],
  'kube-not-in-place': [{code: 'kube-not-in-place', file: 'verify/010_backfill.sql', rows: 12}],
  'kube-exit-alone': [{code: 'kube-exit-alone'}],
  'not-seen-in-target': [{code: 'not-seen-in-target'}],
};
