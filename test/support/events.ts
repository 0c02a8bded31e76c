// What has happened in the small runs that unit tests talk about? A runbook of one step per kind, and whole histories.

import {createHash} from 'node:crypto';
import type {RunbookDefinition} from '../../src/core/definition.ts';
import type {Receipt, Recorded, RunEvent, Verdict} from '../../src/core/event.ts';
import type {Facts, FactsByKind} from '../../src/core/facts.ts';
import type {Failure} from '../../src/core/failure.ts';
import type {Environment, Identity, TargetIdentity} from '../../src/core/ids.ts';
import {fold} from '../../src/core/reduce.ts';
import type {RunState} from '../../src/core/state.ts';
import {goodToolFacts} from './tools.ts';

const text = (en: string) => ({en, ko: `${en} (ko)`});

/** In staging: agree, look, capture, dump, change, index (optional), tidy (optional), sign. */
export const runbook: RunbookDefinition = {
  format: 'attempt-runbook/1',
  id: 'small',
  title: text('Small'),
  summary: text('One step of each kind'),
  objects: ['public.thing'],
  tables: [{name: 'public.things', changedAt: 'updated_at'}],
  environments: {staging: {applicationRole: 'reader'}, production: {}},
  phases: [
    {id: 'before', title: text('Before')},
    {id: 'paper', title: text('Paper'), in: ['production']},
    {id: 'empty', title: text('Nothing in here')},
    {id: 'change', title: text('Change')},
  ],
  steps: [
    {
      id: 'agree',
      phase: 'before',
      kind: 'checklist',
      title: text('Agree'),
      items: [
        {id: 'first', text: text('First')},
        {id: 'named', text: text('Named'), note: 'required'},
      ],
    },
    {id: 'look', phase: 'before', kind: 'query', title: text('Look'), sql: 'look.sql', expect: 'no-rows'},
    {id: 'capture', phase: 'before', kind: 'snapshot', title: text('Capture')},
    {id: 'dump', phase: 'before', kind: 'backup', title: text('Dump')},
    {
      id: 'permit',
      phase: 'paper',
      kind: 'checklist',
      title: text('Permit'),
      items: [{id: 'granted', text: text('Granted')}],
    },
    {
      id: 'change',
      phase: 'change',
      kind: 'migration',
      migrator: 'sql',
      title: text('Change'),
      apply: ['change.sql'],
      transaction: 'whole',
    },
    {
      id: 'index',
      phase: 'change',
      kind: 'migration',
      migrator: 'sql',
      title: text('Index'),
      apply: ['index.sql'],
      verify: 'index-there.sql',
      transaction: 'none',
      optional: true,
    },
    {id: 'tidy', phase: 'change', kind: 'command', title: text('Tidy'), run: 'true', optional: true, in: ['staging']},
    {
      id: 'sign',
      phase: 'change',
      kind: 'checklist',
      title: text('Sign'),
      items: [{id: 'signed', text: text('Signed')}],
    },
  ],
  rollback: [
    {id: 'load', kind: 'restore-backup', title: text('Load the backup')},
    {id: 'remove', kind: 'drop-object', title: text('Remove')},
    {id: 'script', kind: 'revert', title: text('Script'), sql: 'revert.sql'},
    {id: 'restore', kind: 'restore-objects', title: text('Restore')},
  ],
};

export const operator: Identity = {name: 'kim', host: 'laptop'};

export const target: TargetIdentity = {
  systemIdentifier: '7301',
  database: 'shop',
  user: 'deploy',
  serverVersion: '15.18',
  serverVersionNum: 150_018,
  inRecovery: false,
  address: '/tmp',
  sslmode: 'socket',
};

const hash = (of: string): string => createHash('sha256').update(of).digest('hex');

/** The line of the journal that an event of this history is, without its newline. */
export const lineOf = (event: Recorded): string => JSON.stringify(event);

/** The events as a journal holds them: numbered, dated a second apart, chained. `after` is what they follow. */
export const recorded = (events: readonly RunEvent[], after: readonly Recorded[] = []): readonly Recorded[] => {
  const lines = [...after];
  for (const event of events) {
    const last = lines.at(-1);
    const seq = lines.length + 1;
    const at = new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString();
    lines.push({v: 1, seq, at, prev: last === undefined ? '0'.repeat(64) : hash(lineOf(last)), ...event});
  }
  return lines;
};

export const stateOf = (...events: readonly RunEvent[]): RunState => fold(recorded(events));

// Events, in the order in which a run meets them.

export const opened = (environment: Environment = 'staging'): RunEvent => ({
  type: 'RunOpened',
  run: 'r-small',
  runbook: runbook.id,
  plan: 'ab'.repeat(32),
  environment,
  operator,
  target,
  tool: '0.0.0',
});
export const resumed = (droppedBytes = 0): RunEvent => ({type: 'RunResumed', operator, target, droppedBytes});
export const ticked = (step: string, item: string, note?: string): RunEvent => ({
  type: 'ItemChecked',
  step,
  item,
  by: operator,
  ...(note === undefined ? {} : {note}),
});
export const receipt = (step: string, attempt: number): Receipt => ({
  applicationName: `attempt-runbook/r-small/${step}/${attempt}`,
  statements: [`${step}.sql`],
});
export const started = (step: string, attempt = 1): RunEvent => ({
  type: 'StepStarted',
  step,
  attempt,
  receipt: receipt(step, attempt),
  by: operator,
});
export const transaction = (step: string, attempt = 1, xid = '735'): RunEvent => ({
  type: 'TransactionOpened',
  step,
  attempt,
  xid,
  backendPid: 4711,
});
export const sealed = (step: string, attempt = 1): RunEvent => ({
  type: 'ArtifactSealed',
  step,
  attempt,
  artifact: {path: `transcripts/${step}.${attempt}.log`, bytes: 3, sha256: 'cd'.repeat(32), mediaType: 'text/plain'},
});
export const succeeded = (step: string, attempt = 1, facts: Facts = factsFor(step)): RunEvent => ({
  type: 'StepSucceeded',
  step,
  attempt,
  facts,
});
export const failedWith = (step: string, attempt = 1, failure: Failure = {code: 'snapshot-missing'}): RunEvent => ({
  type: 'StepFailed',
  step,
  attempt,
  failure,
});
export const lockTimeout: Failure = {code: 'lock-timeout', tries: 20, blockers: []};
export const interrupted = (step: string, attempt = 1): RunEvent => ({type: 'StepInterrupted', step, attempt});
export const reconciled = (
  step: string,
  verdict: Verdict,
  attempt = 1,
  by: 'probe' | Identity = 'probe',
): RunEvent => ({
  type: 'StepReconciled',
  step,
  attempt,
  verdict,
  by,
  detail: `xid 735: ${verdict}`,
});
export const waived = (step: string): RunEvent => ({type: 'StepWaived', step, reason: 'not needed', by: operator});
export const wayBack = (option: string): RunEvent => ({type: 'RollbackBegun', option, reason: 'wrong', by: operator});
export const closed = (outcome: 'completed' | 'rolled-back' | 'abandoned' = 'completed'): RunEvent => ({
  type: 'RunClosed',
  outcome,
  by: operator,
});

/** What a step of each kind finds out when all is well. */
export const goodFacts: Readonly<FactsByKind> = {
  checklist: {kind: 'checklist', items: 2},
  approval: {kind: 'approval', approvals: [{by: 'lee', key: 'SHA256:lee', list: 'plan'}]},
  query: {kind: 'query', rows: 0, columns: ['rule'], findings: [], kept: [], durationMs: 3},
  snapshot: {
    kind: 'snapshot',
    digest: 'ef'.repeat(32),
    path: 'artifacts/capture.1.snapshot.json',
    objects: ['public.thing'],
    missing: [],
    dependants: [],
    notReplayable: [],
    grants: 1,
    comments: 0,
    options: 0,
  },
  rehearse: {
    kind: 'rehearse',
    where: 'embedded',
    serverVersion: '15.18',
    backupSha256: 'ab'.repeat(32),
    tables: [{table: 'public.things', rows: 100}],
    digest: 'ef'.repeat(32),
    isFaithful: true,
    restoreMs: 900,
    durationMs: 2100,
    parts: [],
  },
  backup: {
    kind: 'backup',
    method: 'pg_dump',
    path: 'artifacts/dump.1.dump',
    bytes: 1000,
    sha256: '12'.repeat(32),
    entries: 9,
    durationMs: 200,
    takenAt: '2026-01-01T00:00:04.000Z',
    clientVersion: '15.18',
    tables: [{table: 'public.things', rows: 100}],
  },
  migration: {kind: 'migration', xid: '735', durationMs: 12, lockHeldMs: 5, lockTries: 1, changes: []},
  'alembic-check': {
    kind: 'alembic-check',
    alembic: '1.8.1',
    driver: 'psycopg2',
    current: ['r1'],
    heads: ['r2'],
    pending: ['r2'],
    url: 'postgresql://operator@/things',
    files: 3,
    offline: 'printed',
    lines: [],
    warnings: [],
    durationMs: 900,
  },
  smoke: {kind: 'smoke', checks: [{id: 'rows', verdict: 'pass', rows: 5, observed: '5', durationMs: 1}]},
  downstream: {
    kind: 'downstream',
    samples: [{id: 'kpi', verdict: 'pass', rows: 5, medianMs: 2, runsMs: [2], budgetMs: 10, estimatedCost: 50}],
  },
  command: {kind: 'command', exitCode: 0, durationMs: 4, lines: 1},
  ...goodToolFacts,
  'restore-objects': {kind: 'restore-objects', digest: 'ef'.repeat(32), durationMs: 9, statements: 4},
  revert: {
    kind: 'revert',
    durationMs: 9,
    putBack: {dependants: [], grants: 0, comments: 0, options: 0, owners: 1},
    changes: [],
    digest: 'ef'.repeat(32),
  },
  downgrade: {
    kind: 'downgrade',
    durationMs: 9,
    exitCode: 0,
    from: 'r2',
    revision: 'r1',
    missing: [],
    changes: [],
    digest: 'ef'.repeat(32),
  },
  'drop-object': {kind: 'drop-object', dropped: ['public.thing'], durationMs: 2},
  'restore-backup': {kind: 'restore-backup', durationMs: 90, tables: [], digest: 'ef'.repeat(32)},
};

export const factsFor = (step: string): Facts => {
  const of = [...runbook.steps, ...runbook.rollback.map((option) => ({...option, id: `rollback/${option.id}`}))];
  const kind = of.find(({id}) => id === step)?.kind;
  if (kind === undefined) throw new Error(`no step ${step}`);
  return goodFacts[kind];
};

// Pieces of histories.

export const agreed = [ticked('agree', 'first'), ticked('agree', 'named', 'lee'), succeeded('agree')] as const;
export const done = (step: string, attempt = 1): readonly RunEvent[] => [
  started(step, attempt),
  sealed(step, attempt),
  succeeded(step, attempt),
];
export const untilChange: readonly RunEvent[] = [
  opened(),
  ...agreed,
  ...done('look'),
  ...done('capture'),
  ...done('dump'),
];
export const changed: readonly RunEvent[] = [
  ...untilChange,
  started('change'),
  transaction('change'),
  ...done('change').slice(1),
];
const signed: readonly RunEvent[] = [ticked('sign', 'signed'), succeeded('sign'), closed()];
const toTheEnd: readonly RunEvent[] = [...done('index'), ...done('tidy'), ...signed];
const inDoubt: readonly RunEvent[] = [
  ...untilChange,
  started('change'),
  transaction('change'),
  resumed(17),
  interrupted('change'),
];
const again: readonly RunEvent[] = [
  started('change', 2),
  transaction('change', 2, '740'),
  succeeded('change', 2),
  ...toTheEnd,
];
const backBy = (option: string, attempt = 1): readonly RunEvent[] => [
  wayBack(option),
  started(`rollback/${option}`, attempt),
  transaction(`rollback/${option}`, attempt, '750'),
];

/** Whole histories, as real runs write them. */
export const histories: Readonly<Record<string, readonly RunEvent[]>> = {
  completed: [...changed, ...toTheEnd],
  'completed in production': [
    opened('production'),
    ...untilChange.slice(1),
    ticked('permit', 'granted'),
    succeeded('permit'),
    ...done('change'),
    ...done('index'),
    ...signed,
  ],
  'failed, then retried': [
    opened(),
    ...agreed,
    started('look'),
    failedWith('look'),
    started('look', 2),
    failedWith('look', 2),
    ...done('look', 3),
    ...done('capture'),
    ...done('dump'),
    ...changed.slice(untilChange.length),
    ...toTheEnd,
  ],
  'blocked by a lock, then retried': [
    ...untilChange,
    started('change'),
    transaction('change'),
    failedWith('change', 1, lockTimeout),
    ...again,
  ],
  'in doubt, took effect': [...inDoubt, reconciled('change', 'took-effect'), ...toTheEnd],
  'in doubt, had no effect': [...inDoubt, reconciled('change', 'had-no-effect'), ...again],
  'in doubt, still running, then took effect': [
    ...inDoubt,
    reconciled('change', 'still-running'),
    interrupted('change'),
    reconciled('change', 'took-effect'),
    ...toTheEnd,
  ],
  'in doubt, cannot tell, settled by a human': [
    ...inDoubt,
    reconciled('change', 'cannot-tell'),
    reconciled('change', 'had-no-effect', 1, operator),
    ...again,
  ],
  'in doubt after a lost connection, a human says it took effect': [
    ...untilChange,
    started('change'),
    interrupted('change'),
    reconciled('change', 'cannot-tell'),
    reconciled('change', 'took-effect', 1, operator),
    ...toTheEnd,
  ],
  waived: [...changed, waived('index'), waived('tidy'), ...signed],
  'rolled back after a failure': [
    ...changed,
    started('index'),
    failedWith('index'),
    ...backBy('restore'),
    succeeded('rollback/restore'),
    closed('rolled-back'),
  ],
  'rolled back after completion': [
    ...changed,
    ...toTheEnd,
    ...backBy('restore'),
    succeeded('rollback/restore'),
    closed('rolled-back'),
  ],
  'a way back fails, another one works': [
    ...changed,
    ...backBy('restore'),
    failedWith('rollback/restore'),
    ...backBy('restore', 2),
    failedWith('rollback/restore', 2),
    ...backBy('script'),
    succeeded('rollback/script'),
    closed('rolled-back'),
  ],
  'a way back in doubt': [
    ...changed,
    ...backBy('restore'),
    resumed(),
    interrupted('rollback/restore'),
    reconciled('rollback/restore', 'had-no-effect'),
    started('rollback/restore', 2),
    succeeded('rollback/restore', 2),
    closed('rolled-back'),
  ],
  abandoned: [...untilChange, started('change'), failedWith('change'), closed('abandoned')],
};
