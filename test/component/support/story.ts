// How a run gets to the place that a test wants to look at.

import type {RunEvent} from '../../../src/core/event.ts';
import type {FactsByKind} from '../../../src/core/facts.ts';
import type {Failure} from '../../../src/core/failure.ts';
import type {FakeSession} from './fake-session.ts';

const by = {name: 'min', host: 'ops-1'};
const sha = '9'.repeat(64);

export const queryFacts: FactsByKind['query'] = {
  kind: 'query',
  rows: 11,
  columns: ['column_name'],
  kept: [],
  findings: [],
  durationMs: 41,
};

export const snapshotFacts: FactsByKind['snapshot'] = {
  kind: 'snapshot',
  digest: sha,
  path: 'artifacts/snapshot.json',
  objects: ['public.attempt'],
  missing: [],
  dependants: ['app.attempt_weekly', 'app.attempt_topic'],
  notReplayable: [],
  grants: 4,
  comments: 1,
  options: 0,
};

export const migrationFacts: FactsByKind['migration'] = {
  kind: 'migration',
  xid: '81734',
  durationMs: 41,
  lockHeldMs: 6,
  lockTries: 1,
  putBack: {dependants: ['app.attempt_weekly', 'app.attempt_topic'], grants: 4, comments: 1, options: 0, owners: 1},
  changes: [{object: 'public.attempt', aspect: 'column attempt_no', before: 'bigint', after: 'integer'}],
};

export const smokeFacts: FactsByKind['smoke'] = {
  kind: 'smoke',
  checks: [{id: 'rows', verdict: 'pass', rows: 120_512, observed: '120512', durationMs: 88}],
};

export const lockTimeout: Extract<Failure, {code: 'lock-timeout'}> = {
  code: 'lock-timeout',
  tries: 20,
  blockers: [
    {pid: 4711, user: 'report_user', application: 'metabase', state: 'idle in transaction', ageMs: 720_000},
    {pid: 4802, user: 'postgres', application: 'pg_dump', state: 'active', ageMs: 41_000},
  ],
};

export const refusedQuery: Failure = {
  code: 'query-refused',
  sqlState: '42P01',
  message: 'relation "order" does not exist',
  file: 'apply/010_attempt_v1.sql',
  line: 14,
  column: 9,
  sourceLine: '   from order o',
};

const started = (step: string, attempt = 1): RunEvent => ({
  type: 'StepStarted',
  step,
  attempt,
  receipt: {applicationName: `attempt-runbook/r-0412/${step}/${attempt}`, statements: []},
  by,
});

/** Records what happened up to the moment before the step, or up to the end. */
export const advanceTo = ({record}: FakeSession, step: 'columns' | 'snapshot' | 'apply' | 'answers' | 'end'): void => {
  const items = ['window', 'ticket', 'observer'];
  for (const item of items) {
    record({type: 'ItemChecked', step: 'people', item, by, ...(item === 'ticket' ? {note: 'CR-2117'} : {})});
  }
  record({type: 'StepSucceeded', step: 'people', attempt: 1, facts: {kind: 'checklist', items: items.length}});
  if (step === 'columns') return;
  record(started('columns'));
  record({type: 'StepSucceeded', step: 'columns', attempt: 1, facts: queryFacts});
  if (step === 'snapshot') return;
  record(started('snapshot'));
  record({
    type: 'ArtifactSealed',
    step: 'snapshot',
    attempt: 1,
    artifact: {path: 'artifacts/snapshot.json', bytes: 18_204, sha256: sha, mediaType: 'application/json'},
  });
  record({type: 'StepSucceeded', step: 'snapshot', attempt: 1, facts: snapshotFacts});
  if (step === 'apply') return;
  record(started('apply'));
  record({type: 'TransactionOpened', step: 'apply', attempt: 1, xid: '81734', backendPid: 512});
  record({type: 'StepSucceeded', step: 'apply', attempt: 1, facts: migrationFacts});
  if (step === 'answers') return;
  record(started('answers'));
  record({type: 'StepSucceeded', step: 'answers', attempt: 1, facts: smokeFacts});
  record({type: 'StepProbedAgain', step: 'apply', attempt: 1, holds: true, detail: 'catalog'});
  record({type: 'RunClosed', outcome: 'completed', by});
};

export const startApply = ({record}: FakeSession): void => {
  record(started('apply'));
  record({type: 'TransactionOpened', step: 'apply', attempt: 1, xid: '81734', backendPid: 512});
};

/** A backup and its rehearsal on a copy, in which one way back failed and one was left out. */
export const rehearse = ({record}: FakeSession): void => {
  const tables = [{table: 'public.exam_results', rows: 119_308}];
  record(started('dump'));
  record({
    type: 'StepSucceeded',
    step: 'dump',
    attempt: 1,
    facts: {
      kind: 'backup',
      method: 'pg_dump',
      path: 'artifacts/dump.1.dump',
      bytes: 12_345_678,
      sha256: sha,
      entries: 45,
      durationMs: 4100,
      takenAt: '2025-11-21T17:11:00.000Z',
      clientVersion: '15.18',
      tables,
    },
  });
  record(started('copy'));
  record({
    type: 'StepSucceeded',
    step: 'copy',
    attempt: 1,
    facts: {
      kind: 'rehearse',
      where: 'embedded',
      serverVersion: '15.18',
      backupSha256: sha,
      tables,
      digest: sha,
      isFaithful: true,
      restoreMs: 2400,
      durationMs: 14_200,
      parts: [
        {step: 'apply', verdict: 'pass', durationMs: 41, lockHeldMs: 6},
        {step: 'rollback/restore', verdict: 'pass', durationMs: 38, lockHeldMs: 5, digestEqual: true},
        {
          step: 'rollback/revert',
          verdict: 'fail',
          durationMs: 12,
          digestEqual: false,
          failure: {code: 'query-refused', sqlState: '42601', message: 'syntax error at end of input'},
        },
        {step: 'rollback/drop', verdict: 'not-run', durationMs: 0, because: 'dependants-in-the-way'},
        {step: 'rollback/backup', verdict: 'pass', durationMs: 6800, digestEqual: true},
      ],
    },
  });
};

/** A step behind the change fails, and the run goes back by the first way; what follows it waits. */
export const goBack = ({record}: FakeSession): void => {
  record(started('answers'));
  record({type: 'StepFailed', step: 'answers', attempt: 1, failure: refusedQuery});
  record({type: 'RollbackBegun', option: 'restore', reason: 'the view does not answer', by});
  record(started('rollback/restore'));
  record({
    type: 'StepSucceeded',
    step: 'rollback/restore',
    attempt: 1,
    facts: {kind: 'restore-objects', digest: sha, durationMs: 38, statements: 9},
  });
};
