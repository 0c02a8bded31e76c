// One value or more of everything that has words, typed so that a new code does not compile without one.

import type {ApprovalProblem} from '../../../../src/core/decide-approval.ts';
import type {AlembicTroubleCode} from '../../../../src/core/alembic.ts';
import type {Refusal} from '../../../../src/core/command.ts';
import type {Action, ActionKind, RunbookDefinition} from '../../../../src/core/definition.ts';
import type {Recorded} from '../../../../src/core/event.ts';
import type {BackupProof, Facts} from '../../../../src/core/facts.ts';
import type {Blocker, FailureCode, FailureOf} from '../../../../src/core/failure.ts';
import type {TargetIdentity} from '../../../../src/core/ids.ts';
import type {InboxNews, StrayProblem} from '../../../../src/core/inbox/inbox.ts';
import type {BackupEstimate} from '../../../../src/core/preview.ts';
import type {Progress} from '../../../../src/core/ports.ts';
import type {Loss} from '../../../../src/core/loss.ts';
import type {MissingRight} from '../../../../src/core/rights.ts';
import type {Advice, AdviceReason} from '../../../../src/core/rollback.ts';
import type {Fault} from '../../../../src/engine/session.ts';
import {goodToolFacts, toolActions, toolFindings} from '../../../support/tools.ts';

type OneOfEach<T> = {readonly [K in keyof T]: readonly T[K][]};

const ofEach = <T extends object>(all: T): OneOfEach<T> =>
  Object.fromEntries(Object.entries(all).map(([kind, one]) => [kind, [one as unknown]])) as unknown as OneOfEach<T>;

const sha = '7f3a91c2d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f';

const blockers = [
  {pid: 4711, user: 'report_user', application: 'metabase', state: 'idle in transaction', ageMs: 721_000},
  {pid: 4802, user: 'postgres', application: '', state: 'active', ageMs: 41_000},
] as const;

/** Hidden from the login, as an older journal has it, in line before the change, and without a session. */
const unclear: readonly Blocker[] = [
  {pid: 4711, user: 'report_user', application: 'metabase', state: '', hiddenFrom: 'deploy', role: 'holds'},
  {pid: 4712, user: 'report_user', application: '', state: '', ageMs: 0, role: 'holds'},
  {
    pid: 4802,
    user: 'dba',
    application: 'psql',
    state: 'active',
    ageMs: 41_000,
    waitsFor: 'Lock relation',
    role: 'waits',
  },
  {pid: 0, user: 'batch', application: '', state: '', ageMs: 86_400_000, prepared: 'night-job', role: 'holds'},
];

const rights: readonly MissingRight[] = [
  {need: 'owner', who: 'deploy', what: 'reporting', objects: ['reporting.daily'], cure: 'GRANT reporting TO deploy'},
  {
    need: 'owner',
    who: 'deploy',
    what: 'postgres',
    objects: ['public.a', 'public.b', 'public.c', 'function public.total(integer)'],
    cure: 'ALTER TABLE public.a OWNER TO deploy; ALTER TABLE public.b OWNER TO deploy',
  },
  {
    need: 'create',
    who: 'reporting',
    what: 'public',
    objects: ['public.weekly'],
    cure: 'GRANT CREATE ON SCHEMA public TO reporting',
  },
  {need: 'grantor', who: 'deploy', what: 'postgres', objects: ['public.attempt']},
  {need: 'alter', who: 'deploy', what: 'app', objects: ['public.orders'], cure: 'GRANT app TO deploy'},
  {need: 'table', who: 'deploy', what: 'app', objects: ['public.exam_results'], cure: 'GRANT app TO deploy'},
  {
    need: 'version-table',
    who: 'deploy',
    what: 'UPDATE',
    objects: ['public.alembic_version'],
    cure: 'GRANT UPDATE ON public.alembic_version TO deploy',
  },
  {need: 'application-role', who: 'deploy', what: 'app_reader', objects: [], cure: 'GRANT app_reader TO deploy'},
  {need: 'application-role', who: 'deploy', what: 'app_reader', isAbsent: true, objects: []},
];

const changes = [{object: 'public.attempt', aspect: 'column attempt_no', before: 'bigint', after: 'integer'}] as const;

const proofs: readonly BackupProof[] = [
  {
    level: 'restored',
    where: 'embedded',
    serverVersion: '15.8',
    objects: 41,
    tables: 1,
    alone: ['public.attempt'],
    restoreMs: 4020,
    durationMs: 6900,
  },
  {
    level: 'restored',
    where: 'target-server',
    serverVersion: '15.8',
    objects: 41,
    tables: 2,
    alone: [],
    leftOut: 2,
    restoreMs: 420,
    durationMs: 900,
  },
  {
    level: 'read',
    because: 'no-scratch',
    failure: {code: 'scratch-unavailable', problem: 'no-server-programs', message: '17.2'},
  },
  {level: 'read', because: 'roles-missing', names: ['app_reader', 'app_writer']},
  {level: 'read', because: 'extensions-missing', names: ['postgis']},
  {level: 'read', because: 'no-room', neededBytes: 12_300_000_000, freeBytes: 2_100_000_000},
  {level: 'read', because: 'no-room'},
  {level: 'read', because: 'client-older-than-scratch'},
];

export const alembicTroubleCodes = [
  'several-heads',
  'parent-missing',
  'revision-unknown',
  'revision-twice',
  'id-too-long',
  'not-an-ancestor',
  'current-differs',
  'not-the-head',
  'other-target',
  'setting-lost',
  'version-table-differs',
  'file-differs',
  'file-not-planned',
  'percent-in-url',
  'driver-unknown',
  'not-answered',
] as const satisfies readonly AlembicTroubleCode[];

export const failures: {readonly [C in FailureCode]: readonly FailureOf<C>[]} = {
  'way-back-missed': [
    {code: 'way-back-missed', inPlace: [{step: 'apply-v1', verify: 'verify/010_columns.sql'}], missing: []},
    {code: 'way-back-missed', inPlace: [], missing: ['public.attempt']},
  ],
  'approval-refused': [{code: 'approval-refused', by: 'lee@example.org', reason: 'the baseline is missing'}],
  'query-refused': [
    {code: 'query-refused', sqlState: '42601', message: 'syntax error at end of input'},
    {
      code: 'query-refused',
      sqlState: '42P01',
      message: 'relation "order" does not exist',
      file: 'apply/010.sql',
      line: 14,
      column: 8,
      sourceLine: '  FROM order AS 주문',
      hint: 'Perhaps you meant "orders".',
    },
  ],
  'privilege-missing': [
    {
      code: 'privilege-missing',
      sqlState: '42501',
      message: 'permission denied for view attempt',
      file: 'smoke/030.sql',
    },
  ],
  'lock-timeout': [
    {code: 'lock-timeout', tries: 20, blockers},
    {code: 'lock-timeout', tries: 1, blockers: []},
    {code: 'lock-timeout', tries: 1, blockers: [], isUnseen: true},
    {code: 'lock-timeout', tries: 2, blockers: unclear},
  ],
  'hold-exceeded': [{code: 'hold-exceeded', holdMs: 2000}],
  'statement-timeout': [{code: 'statement-timeout', afterMs: 30_000, file: 'apply/010.sql'}],
  'target-unreachable': [
    {code: 'target-unreachable', address: '10.1.4.7:5432', message: 'connect ECONNREFUSED 10.1.4.7:5432'},
  ],
  'session-refused': ['3D000', '42501', '53300', '57P03', '55000'].map((sqlState) => ({
    code: 'session-refused' as const,
    address: '10.1.4.7:5432',
    user: 'deploy',
    database: 'seedtest',
    sqlState,
    message: 'no',
  })),
  'authentication-refused': [
    {
      code: 'authentication-refused',
      address: '10.1.4.7:5432',
      user: 'deployer',
      message: 'password authentication failed for user "deployer"',
    },
    {
      code: 'authentication-refused',
      address: '10.1.4.7:5432',
      user: 'deployer',
      message: 'no password',
      ignoredPassfile: '/home/kim/.pgpass',
    },
  ],
  'connection-lost': [
    {code: 'connection-lost', message: 'Connection terminated unexpectedly'},
    {
      code: 'connection-lost',
      message: 'Connection terminated unexpectedly',
      line: {name: 'ssh deploy@bastion:22', said: 'Timeout, server bastion not responding.'},
    },
  ],
  'identity-hidden': [{code: 'identity-hidden', address: '10.1.4.8:5432', user: 'deployer'}],
  'target-read-only': [{code: 'target-read-only', address: '10.1.4.8:5432'}],
  'session-unguarded': [
    {code: 'session-unguarded', missing: ['lock_timeout: 150ms -> 0', 'search_path: pg_catalog -> "$user", public']},
  ],
  'application-role-missing': [{code: 'application-role-missing', role: 'app_reader'}],
  'rights-missing': [{code: 'rights-missing', missing: rights}],
  'program-missing': [
    {code: 'program-missing', program: 'pg_dump', install: 'sudo apt-get install postgresql-client-15'},
  ],
  'tool-findings': [{code: 'tool-findings', tool: 'pytest', findings: Object.values(toolFindings).flat()}],
  'tool-unavailable': (['missing', 'login', 'network', 'no-answer'] as const).map((why) => ({
    code: 'tool-unavailable',
    tool: 'gh',
    why,
    message: why === 'network' ? 'dial tcp 10.0.0.9:443: i/o timeout' : '',
  })),
  'report-unreadable': [
    {
      code: 'report-unreadable',
      tool: 'pytest',
      path: 'artifacts/smoke.1.junit.xml',
      message: 'unclosed, character 812',
    },
  ],
  'directory-missing': [{code: 'directory-missing', path: '/srv/apps/seedtest_api'}],
  'program-too-old': [
    {
      code: 'program-too-old',
      program: 'pg_dump',
      version: '14.9',
      serverVersion: '15.8',
      install: 'sudo apt-get install postgresql-client-15',
    },
  ],
  'process-failed': [
    {code: 'process-failed', program: 'bash', exitCode: 1, lastLines: ['1 failed, 2 passed in 0.31s']},
    {code: 'process-failed', program: 'pg_dump', signal: 'SIGKILL', lastLines: []},
    {code: 'process-failed', program: 'pg_restore', lastLines: Array.from({length: 12}, (_, at) => `line ${at + 1}`)},
  ],
  'target-lock-lost': [
    {code: 'target-lock-lost', holder: ''},
    {code: 'target-lock-lost', holder: '', because: 'unreachable'},
    {code: 'target-lock-lost', holder: 'attempt-runbook/r-k3v9q/lock/lee@desk (operator@10.0.0.7, pid 991)'},
  ],
  'not-recordable': [
    {code: 'not-recordable', path: 'transcripts/apply.2.log', message: 'EROFS: read-only file system, open'},
  ],
  'disk-full': [
    {code: 'disk-full', path: 'artifacts/backup.dump', neededBytes: 12_300_000_000, freeBytes: 2_100_000_000},
    {code: 'disk-full', path: 'artifacts/backup.dump', freeBytes: 0},
    {code: 'disk-full', path: 'artifacts/backup.dump'},
  ],
  'backup-unreadable': [{code: 'backup-unreadable', message: 'could not read from input file: end of file'}],
  'backup-not-restorable': (['schema', 'restore', 'objects', 'rows', 'catalog', 'alone'] as const).map((what, at) => ({
    code: 'backup-not-restorable',
    what,
    ...(what === 'schema' ? {} : {where: (['embedded', 'declared', 'target-server'] as const)[at % 3] ?? 'embedded'}),
    count: at + 1,
    lines: [`${what} of public.attempt`],
  })),
  'backup-changed': [
    {code: 'backup-changed', expected: sha, actual: sha.toUpperCase().toLowerCase().replace('7f', '80')},
  ],
  'artifact-unreadable': [
    {code: 'artifact-unreadable', path: 'artifacts/snapshot.1.snapshot.json', message: 'its SHA-256 differs'},
  ],
  'index-invalid': [
    {code: 'index-invalid', indexes: ['public.t_u']},
    {code: 'index-invalid', indexes: ['public."T u"', 'public.t_u']},
  ],
  'partly-applied': [
    {code: 'partly-applied', files: ['apply/010_raise.sql'], verify: 'verify/010_raise.sql'},
    {code: 'partly-applied', files: ['apply/010.sql', 'apply/020.sql'], verify: 'verify/020.sql'},
    {
      code: 'partly-applied',
      files: ['apply/010_raise.sql'],
      verify: 'verify/010_raise.sql',
      cause: {code: 'statement-timeout', afterMs: 30_000, file: 'apply/010_raise.sql'},
    },
  ],
  'expectation-missed': [
    {
      code: 'expectation-missed',
      what: 'preflight/020.sql',
      expected: 'no-rows',
      actual: '2',
      findings: [
        {exam_result_id: '81', reason: 'question_id is no number'},
        {exam_result_id: '99', reason: null},
      ],
    },
    {code: 'expectation-missed', what: 'preflight/010.sql', expected: 'rows', actual: '0', findings: []},
    {code: 'expectation-missed', what: 'downstream/010.sql', expected: 'a plan', actual: 'none', findings: []},
    {code: 'expectation-missed', what: 'drop', expected: 'absent', actual: 'public.attempt', findings: []},
  ],
  'checks-failed': [
    {
      code: 'checks-failed',
      failed: ['grants', 'gone'],
      total: 16,
      checks: [
        {id: 'columns', verdict: 'pass', rows: 11, observed: '11 columns'},
        {id: 'grants', verdict: 'fail', rows: 4, observed: 'app_reader has no SELECT'},
      ],
    },
    {
      code: 'checks-failed',
      failed: ['score'],
      total: 1,
      checks: [{id: 'score', verdict: 'fail', rows: 0, observed: 'invalid input syntax for type bigint: "12abc"'}],
      found: [
        {
          step: 'contract',
          sql: 'preflight/010.sql',
          rows: 1,
          findings: [{rule: 'question_id is a number', at: '81#2'}],
        },
        {step: 'names', sql: 'preflight/020.sql', rows: 0, findings: []},
        {step: 'times', sql: 'preflight/030.sql', rows: 0, findings: [], message: 'relation "t" does not exist'},
      ],
    },
  ],
  'snapshot-missing': [{code: 'snapshot-missing'}],
  'backup-missing': [{code: 'backup-missing'}],
  'snapshot-stale': [{code: 'snapshot-stale', changes}],
  'script-meets-dependants': [
    {
      code: 'script-meets-dependants',
      meetings: [
        {object: 'public.mid', because: 'read-between', by: 'public.top'},
        {object: 'public.low', because: 'said-of', by: 'apply/010.sql:4'},
      ],
    },
  ],
  'dependants-not-replayable': [{code: 'dependants-not-replayable', objects: ['function public.attempts_of(uuid)']}],
  'catalog-differs': [{code: 'catalog-differs', changes}],
  'alembic-unfit': [
    {
      code: 'alembic-unfit',
      troubles: alembicTroubleCodes.map((code) => ({
        code,
        subject: '20251101_0900_attempt_view_lock',
        expected: sha,
        actual: '20251031_2120_features_kpi_cols',
      })),
    },
    {code: 'alembic-unfit', troubles: [{code: 'not-answered', subject: 'python', actual: 'exit 127'}]},
  ],
  'alembic-failed': [
    {
      code: 'alembic-failed',
      command: 'upgrade 20251101_0900_attempt_view_lock',
      exitCode: 1,
      lines: [
        'INFO  [alembic.runtime.migration] Running upgrade 20251031_2120_features_kpi_cols -> 20251101_0900_attempt_view_lock',
        'sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "order" does not exist',
      ],
    },
    {code: 'alembic-failed', command: 'upgrade r2', exitCode: 0, lines: []},
    {code: 'alembic-failed', command: 'upgrade r2', signal: 'SIGKILL', lines: []},
  ],
  'alembic-incomplete': [
    {
      code: 'alembic-incomplete',
      exitCode: 0,
      expected: 'r2',
      versions: ['r2'],
      missing: ['public.attempt'],
      changes: [],
      lines: [],
    },
    {code: 'alembic-incomplete', expected: 'r3', versions: ['r2'], missing: [], changes, lines: ['it said so']},
  ],
  'transaction-lost': [{code: 'transaction-lost', xid: '81734'}],
  'server-toolchain-missing': [{code: 'server-toolchain-missing', install: 'sudo apt-get install postgresql-15'}],
  'scratch-unavailable': [
    {code: 'scratch-unavailable', problem: 'no-server-programs', message: '17.2'},
    {code: 'scratch-unavailable', problem: 'server-did-not-start', message: 'initdb-failed'},
    {code: 'scratch-unavailable', problem: 'server-too-old', message: '14.9'},
    {code: 'scratch-unavailable', problem: 'source-unusable', message: 'env:SCRATCH_URL'},
  ],
  'scratch-not-ours': [{code: 'scratch-not-ours', name: 'ar_scratch_r_q5zcp_backup_1'}],
  'scratch-roles-missing': [{code: 'scratch-roles-missing', roles: ['app_etl', 'app_reader']}],
  'locks-too-few': [{code: 'locks-too-few', tables: 20_000, room: 7808, setting: 64}, {code: 'locks-too-few'}],
  'scratch-role-limited': [
    {
      code: 'scratch-role-limited',
      role: 'scratch_admin',
      message: 'pg_restore: error: could not execute query: ERROR:  must be member of role "app_owner"',
    },
  ],
  'rehearsal-failed': [
    {
      code: 'rehearsal-failed',
      part: 'apply-v1',
      failure: {
        code: 'query-refused',
        sqlState: '42P01',
        message: 'relation "order" does not exist',
        file: 'apply/010.sql',
        line: 14,
        column: 8,
        sourceLine: '  FROM order AS o',
      },
    },
  ],
  'timed-out': [{code: 'timed-out', afterMs: 600_000}],
  cancelled: [{code: 'cancelled'}],
};

type RefusalOf<C extends Refusal['code']> = Extract<Refusal, {code: C}>;

const approvalProblems: readonly ApprovalProblem[] = [
  ...(['run', 'runbook', 'environment', 'database', 'system-identifier', 'plan', 'step', 'attempt'] as const).map(
    (what) => ({why: 'other', what, said: 'this', is: 'that'}) as const,
  ),
  {why: 'head-differs', seq: 12},
  {why: 'head-moved', seq: 12, after: {seq: 13, type: 'StepStarted'}},
  {why: 'not-as-written'},
  {why: 'not-a-statement'},
  {why: 'signature-bad', detail: "Couldn't verify signature: namespace does not match"},
  {why: 'no-statement'},
  {why: 'name-malformed'},
  {why: 'own-approval', person: 'kim@example.org', operator: 'kim'},
  {why: 'own-key', key: 'SHA256:l+C2'},
  {why: 'same-person', person: 'lee', seq: 14},
  {why: 'same-key', key: 'SHA256:l+C2', seq: 14},
  {why: 'replayed', seq: 14},
  {why: 'expired', at: '2025-11-21T17:00:00.000Z'},
  {why: 'not-yet', at: '2025-11-22T17:00:00.000Z'},
  {why: 'not-signed'},
  {why: 'no-list'},
  {why: 'not-listed', key: 'SHA256:l+C2'},
  {why: 'key-not-valid', key: 'SHA256:l+C2', principals: ['lee'], detail: 'key has expired'},
  {why: 'other-person', said: 'lee', principals: ['park']},
  {why: 'unreadable', path: '/tmp/a.sig', message: 'ENOENT'},
  {why: 'not-written', path: 'artifacts/approvals/a.txt', message: 'ENOSPC'},
  {why: 'not-made', problem: {code: 'ssh-keygen-missing'}},
];

/** What lay in an inbox, by what is wrong with it; what the run refuses is among the refusals. */
export const strays: {readonly [W in StrayProblem['why']]: Extract<StrayProblem, {why: W}>} = {
  'foreign-name': {why: 'foreign-name'},
  'not-a-file': {why: 'not-a-file'},
  'other-owner': {why: 'other-owner', uid: 1001},
  'open-to-others': {why: 'open-to-others', mode: '0644'},
  'too-large': {why: 'too-large', limitBytes: 65_536},
  half: {why: 'half'},
  'other-content': {why: 'other-content'},
  unreadable: {why: 'unreadable', message: 'EACCES: permission denied'},
};

export const inboxNews: readonly InboxNews[] = [
  {was: 'taken', step: 'before', by: 'lee@example.org', decision: 'approved'},
  {was: 'taken', step: 'before', by: 'lee@example.org', decision: 'refused'},
  ...Object.values(strays).map((problem) => ({was: 'refused', names: ['notes.txt'], problem}) as const),
  ...[
    {code: 'approval-not-taken', step: 'before', problem: {why: 'not-listed', key: 'SHA256:l+C2'}} as const,
    {code: 'not-this-step', step: 'before', next: 'apply'} as const,
  ].map((refusal) => ({was: 'refused', names: [`${sha}.txt`], problem: {why: 'refused', refusal}}) as const),
];

export const refusals: {readonly [C in Refusal['code']]: readonly RefusalOf<C>[]} = {
  'run-closed': [{code: 'run-closed'}],
  'run-damaged': [{code: 'run-damaged', seq: 41}],
  'run-newer': [
    {code: 'run-newer', seq: 41, event: 'SoakBegun', tool: '0.2.0'},
    {code: 'run-newer', seq: 41},
  ],
  'journal-failed': [{code: 'journal-failed', message: 'ENOSPC: no space left on device, write'}],
  'not-an-approval': [{code: 'not-an-approval', step: 'smoke'}],
  'approval-not-taken': approvalProblems.map((problem) => ({code: 'approval-not-taken', step: 'before', problem})),
  'approval-lapsed': [
    {
      code: 'approval-lapsed',
      step: 'apply',
      approval: 'before',
      lapse: {because: 'expired', at: '2025-11-21T17:00:00.000Z'},
    },
  ],
  'step-unknown': [{code: 'step-unknown', step: 'aply'}],
  'item-unknown': [{code: 'item-unknown', step: 'before', item: 'cofee'}],
  'not-this-step': [
    {code: 'not-this-step', step: 'smoke', next: 'apply'},
    {code: 'not-this-step', step: 'before', next: 'before'},
    {code: 'not-this-step', step: 'smoke', next: undefined},
  ],
  'not-a-checklist': [{code: 'not-a-checklist', step: 'apply'}],
  'already-done': [{code: 'already-done', step: 'backup'}],
  'already-running': [{code: 'already-running', step: 'backup'}],
  'nothing-running': [{code: 'nothing-running'}],
  'in-doubt': [{code: 'in-doubt', step: 'apply'}],
  'not-in-doubt': [{code: 'not-in-doubt', step: 'apply'}],
  'not-probed': [{code: 'not-probed', step: 'apply'}],
  mandatory: [{code: 'mandatory', step: 'apply'}],
  'reason-missing': [{code: 'reason-missing'}],
  'note-missing': [{code: 'note-missing', step: 'before', item: 'change-request'}],
  'confirmation-missing': [{code: 'confirmation-missing', expected: 'seedtest'}],
  'option-unknown': [{code: 'option-unknown', option: 'pray'}],
  'option-impossible': [
    {code: 'option-impossible', option: 'restore', because: 'backup-stand-in'},
    {code: 'option-impossible', option: 'restore', because: 'something new'},
  ],
  'snapshot-not-stale': [{code: 'snapshot-not-stale'}],
  'nothing-to-roll-back': [{code: 'nothing-to-roll-back'}],
  'plan-changed': [{code: 'plan-changed', files: ['apply/010.sql', 'runbook.yaml']}],
  'run-removed': [{code: 'run-removed', file: 'lock.1'}],
  'run-taken-over': [
    {
      code: 'run-taken-over',
      holder: {pid: 4711, host: 'desk', operator: 'lee', since: '2025-11-21T17:02:11.000Z'},
    },
    {code: 'run-taken-over'},
  ],
  'target-lock-lost': [
    {code: 'target-lock-lost', holder: 'kim@laptop, r-2abcd, pid 4711'},
    {code: 'target-lock-lost', holder: ''},
    {code: 'target-lock-lost', holder: '', because: 'unreachable'},
    {code: 'target-lock-lost', holder: 'kim@laptop, r-3abcd, pid 4711', because: 'own-session'},
  ],
};

type ProgressOf<C extends Progress['code']> = Extract<Progress, {code: C}>;

export const progresses: {readonly [C in Progress['code']]: readonly ProgressOf<C>[]} = {
  connecting: [{code: 'connecting'}],
  querying: [{code: 'querying', file: 'preflight/010.sql'}],
  checking: [{code: 'checking', id: 'grants', index: 3, total: 16}],
  sampling: [{code: 'sampling', id: 'kpi', index: 2, total: 5, run: 1, runs: 3}],
  'waiting-for-lock': [
    {code: 'waiting-for-lock', tries: 4, of: 20, nextInMs: 700, blockers},
    {code: 'waiting-for-lock', tries: 1, of: 20, nextInMs: 512, blockers: []},
    {code: 'waiting-for-lock', tries: 1, of: 20, nextInMs: 512, blockers: [], isUnseen: true},
    {code: 'waiting-for-lock', tries: 1, of: 20, nextInMs: 512, blockers: unclear},
  ],
  'held-up': [{code: 'held-up', atMostMs: 60_000, blockers}],
  applying: [{code: 'applying', file: 'apply/010.sql'}],
  'putting-back': [
    {code: 'putting-back', objects: 2},
    {code: 'putting-back', objects: 1},
  ],
  dumping: [
    {code: 'dumping', bytes: 12_345_678},
    {code: 'dumping', bytes: 12_345_678, ofBytes: 40_000_000, elapsedMs: 12_345},
  ],
  'verifying-backup': [{code: 'verifying-backup'}],
  'opening-scratch': [{code: 'opening-scratch', name: 'ar_scratch_r_q5zcp_backup_1'}],
  'restoring-into-scratch': [{code: 'restoring-into-scratch', name: 'ar_scratch_r_q5zcp_backup_1'}],
  'comparing-backup': [{code: 'comparing-backup'}],
  rehearsing: [{code: 'rehearsing', part: 'rollback/restore-objects', index: 7, total: 11}],
  restoring: [{code: 'restoring'}],
  running: [{code: 'running', program: 'bash'}],
  'waiting-for-backup': [
    {code: 'waiting-for-backup', name: 'attempt-runbook-r-k3v9q-managed', status: 'creating', percent: 41},
    {code: 'waiting-for-backup', name: 'attempt-runbook-r-k3v9q-managed', status: 'RUNNING'},
  ],
};

type FactsWith<K extends Facts['kind']> = Extract<Facts, {kind: K}>;

const putBack = {
  dependants: ['public.attempt_weekly', 'public.attempt_topic'],
  grants: 4,
  comments: 1,
  options: 0,
  owners: 1,
};

export const facts: {readonly [K in Facts['kind']]: readonly FactsWith<K>[]} = {
  approval: [
    {
      kind: 'approval',
      approvals: [{by: 'lee@example.org', key: 'SHA256:l+C2', list: 'plan', expires: '2025-11-22T00:00:00.000Z'}],
    },
    {
      kind: 'approval',
      approvals: [
        {by: 'lee', list: 'none'},
        {by: 'park', key: 'SHA256:KnUi', list: 'operator', also: ['change-approval']},
      ],
    },
  ],
  checklist: [
    {kind: 'checklist', items: 5},
    {kind: 'checklist', items: 1},
  ],
  query: [
    {kind: 'query', rows: 0, columns: ['id'], findings: [], kept: [], durationMs: 12},
    {kind: 'query', rows: 1, columns: ['id'], findings: [], kept: [{id: '81', topic: null}], durationMs: 1212},
    {
      kind: 'query',
      rows: 12,
      columns: ['id'],
      findings: Array.from({length: 12}, (_, at) => ({id: `${at}`})),
      kept: [],
      durationMs: 65_000,
    },
  ],
  snapshot: [
    {
      kind: 'snapshot',
      digest: sha,
      path: 'artifacts/snapshot.1.snapshot.json',
      objects: ['public.attempt'],
      missing: [],
      dependants: [],
      notReplayable: [],
      grants: 0,
      comments: 0,
      options: 1,
    },
    {
      kind: 'snapshot',
      digest: sha,
      path: 'artifacts/snapshot.1.snapshot.json',
      objects: ['public.attempt'],
      missing: ['public.attempt_v2'],
      dependants: ['public.attempt_weekly', 'public.attempt_topic'],
      notReplayable: ['function public.attempts_of(uuid)'],
      grants: 4,
      comments: 1,
      options: 0,
      unmet: rights.slice(0, 1),
      unmetBack: [{option: 'restore-objects', missing: rights.slice(1, 2)}],
    },
  ],
  backup: [
    {
      kind: 'backup',
      method: 'pg_dump',
      path: 'artifacts/backup.1.dump',
      bytes: 12_345_678,
      sha256: sha,
      entries: 124,
      durationMs: 12_345,
      takenAt: '2025-11-21T14:10:05.000Z',
      clientVersion: '15.8',
      tables: [
        {table: 'public.exam_results', rows: 12_034},
        {table: 'public.question', rows: 1},
      ],
    },
    ...proofs.map((proof) => ({
      kind: 'backup' as const,
      method: 'pg_dump' as const,
      path: 'artifacts/backup.1.dump',
      bytes: 12_345_678,
      sha256: sha,
      entries: 124,
      durationMs: 12_345,
      takenAt: '2025-11-21T14:10:05.000Z',
      clientVersion: '15.8',
      tables: [],
      ...(proof.level === 'read' ? {scope: 'tables' as const, lacks: ['public.question']} : {}),
      proof,
    })),
    {
      kind: 'backup',
      method: 'stand-in',
      path: 'artifacts/backup.1.rows',
      bytes: 812,
      sha256: sha,
      entries: 1,
      durationMs: 3_700_000,
      takenAt: '2025-11-21T14:10:05.000Z',
      clientVersion: '',
      tables: [],
    },
  ],
  rehearse: [
    {
      kind: 'rehearse',
      where: 'embedded',
      serverVersion: '15.18',
      backupSha256: sha,
      tables: [{table: 'public.exam_results', rows: 20_000}],
      digest: sha,
      isFaithful: true,
      rights: {tried: true, login: 'deploy'},
      restoreMs: 2100,
      durationMs: 11_400,
      parts: [
        {step: 'apply-v1', verdict: 'pass', durationMs: 41, lockHeldMs: 5.9},
        {step: 'smoke', verdict: 'amber', durationMs: 900},
        {step: 'rollback/restore-objects', verdict: 'pass', durationMs: 38, lockHeldMs: 4.8, digestEqual: true},
        {step: 'rollback/drop-attempt', verdict: 'not-run', durationMs: 0, because: 'dependants-in-the-way'},
        {step: 'rollback/restore-backup', verdict: 'pass', durationMs: 2400, digestEqual: true},
      ],
    },
    ...(
      [
        {tried: false, as: 'attempt_runbook_scratch', because: 'name-taken'},
        {
          tried: false,
          as: 'attempt_runbook_scratch',
          because: 'roles-hidden',
          message: 'permission denied for table pg_db_role_setting',
        },
        {
          tried: false,
          as: 'attempt_runbook_scratch',
          because: 'roles-refused',
          message: 'role name "pg_x" is reserved',
        },
      ] as const
    ).map((rights) => ({
      kind: 'rehearse' as const,
      where: 'embedded' as const,
      serverVersion: '15.18',
      backupSha256: sha,
      tables: [],
      digest: sha,
      isFaithful: true,
      rights,
      restoreMs: 2100,
      durationMs: 11_400,
      parts: [],
    })),
    {
      kind: 'rehearse',
      where: 'declared',
      serverVersion: '16.4',
      backupSha256: sha,
      tables: [],
      digest: sha,
      isFaithful: false,
      rights: {tried: false, as: 'ci', because: 'roles-not-made'},
      restoreMs: 2100,
      durationMs: 11_400,
      parts: [
        {step: 'fill', verdict: 'not-run', durationMs: 0, because: 'left-out'},
        {
          step: 'validate',
          verdict: 'not-run',
          durationMs: 0,
          because: 'needs-left-out',
          failure: {
            code: 'query-refused',
            sqlState: '23514',
            message: 'check constraint "there" is violated by some row',
          },
        },
        {
          step: 'rollback/revert-v0',
          verdict: 'fail',
          durationMs: 12,
          digestEqual: false,
          failure: {code: 'query-refused', sqlState: '42601', message: 'syntax error at end of input'},
        },
        {step: 'rollback/restore-objects', verdict: 'fail', durationMs: 12, digestEqual: false},
        {step: 'rollback/drop-attempt', verdict: 'not-run', durationMs: 0, because: 'earlier-part-failed'},
        {step: 'rollback/restore-backup', verdict: 'not-run', durationMs: 0, because: 'impossible'},
      ],
    },
  ],
  migration: [
    {kind: 'migration', xid: '81734', durationMs: 41, lockHeldMs: 5.9, lockTries: 1, putBack, changes, digest: sha},
    {kind: 'migration', durationMs: 0, lockTries: 4, changes: [], reconciled: true},
    {kind: 'migration', durationMs: 3, lockTries: 1, changes: [], verifyHeldBefore: true},
    {
      kind: 'migration',
      durationMs: 41,
      lockTries: 1,
      changes: [],
      accepted: [
        {
          object: 'public.attempt_weekly',
          aspect: 'existence',
          before: 'view',
          after: '',
          reason: {en: 'nobody reads it', ko: '읽는 곳이 없음'},
        },
      ],
      notNeeded: [{object: 'public.old', aspect: 'grants'}],
    },
    {
      kind: 'migration',
      durationMs: 900,
      lockTries: 1,
      changes: [],
      putBack,
      alembic: {
        from: 'r1',
        revision: 'r2',
        exitCode: 1,
        taken: changes,
        gapMs: 140,
        isUnseen: true,
        refilled: [{object: 'public.daily', aspect: 'rows', before: '20', after: '20'}],
      },
    },
  ],
  'alembic-check': [
    {
      kind: 'alembic-check',
      alembic: '1.8.1',
      driver: 'psycopg2',
      current: ['r1'],
      heads: ['r2'],
      pending: ['r2'],
      url: 'postgresql+psycopg2://deployer@127.0.0.1:15432/seedtest',
      files: 4,
      offline: 'crashed',
      lines: ["AttributeError: 'NoneType' object has no attribute 'scalar'"],
      warnings: [],
      durationMs: 1800,
    },
    {
      kind: 'alembic-check',
      alembic: '1.8.1',
      driver: 'psycopg2',
      current: ['r1'],
      heads: ['r2', 'r3'],
      pending: ['r2', 'r4'],
      url: 'postgresql+psycopg2://deployer@127.0.0.1:15432/seedtest',
      files: 4,
      offline: 'printed',
      lines: [],
      warnings: [{code: 'several-heads', subject: 'r2, r3'}],
      durationMs: 1800,
    },
  ],
  smoke: [
    {
      kind: 'smoke',
      checks: [
        {id: 'columns', verdict: 'pass', rows: 11, observed: '11 columns', durationMs: 4},
        {id: 'newest', verdict: 'amber', rows: 0, observed: '', durationMs: 3},
        {id: 'grants', verdict: 'fail', rows: 1, observed: 'app_reader has no SELECT', durationMs: 2},
      ],
    },
    {
      kind: 'smoke',
      reads: [{id: 'newest-results', durationMs: 41_230}],
      checks: [
        {id: 'columns', verdict: 'pass', rows: 11, observed: '11 columns', durationMs: 4},
        {id: 'item-id', verdict: 'pass', rows: 23_152, observed: '0 differences', read: 'newest-results'},
        {id: 'correct', verdict: 'pass', rows: 23_152, observed: '0 differences', read: 'newest-results'},
      ],
    },
  ],
  downstream: [
    {
      kind: 'downstream',
      samples: [
        {
          id: 'irt',
          verdict: 'pass',
          rows: 12_034,
          medianMs: 212.4,
          runsMs: [230, 212.4, 209],
          budgetMs: 500,
          estimatedCost: 81_000,
        },
        {
          id: 'kpi',
          verdict: 'amber',
          rows: 30,
          medianMs: 1812,
          runsMs: [1812],
          budgetMs: 500,
          estimatedCost: 9_000_000,
        },
        {id: 'daily', verdict: 'amber', rows: 0, medianMs: 1, runsMs: [1, 1, 1], budgetMs: 500, estimatedCost: 12},
        {id: 'newest', verdict: 'amber', rows: 0, medianMs: 0, runsMs: [], budgetMs: 500, estimatedCost: 812_345_678},
      ],
    },
  ],
  command: [{kind: 'command', exitCode: 0, durationMs: 3100, lines: 1}],
  ...ofEach(goodToolFacts),
  pytest: [{kind: 'pytest', findings: Object.values(toolFindings).flat(), durationMs: 310}],
  'restore-objects': [
    {kind: 'restore-objects', digest: sha, durationMs: 38, statements: 12},
    {kind: 'restore-objects', digest: '', durationMs: 0, statements: 0},
  ],
  revert: [
    {kind: 'revert', durationMs: 41, putBack, changes, digest: sha},
    {
      kind: 'revert',
      durationMs: 41,
      putBack,
      changes,
      digest: sha,
      differs: true,
      undone: (['gone', 'in-place', 'cannot-tell'] as const).map((says) => ({
        step: 'apply-v1',
        verify: 'verify/010_columns.sql',
        says,
      })),
    },
  ],
  downgrade: [
    {
      kind: 'downgrade',
      durationMs: 800,
      exitCode: 1,
      from: 'r2',
      revision: 'r1',
      missing: ['public.attempt'],
      changes,
      digest: sha,
    },
    {kind: 'downgrade', durationMs: 0, from: 'r2', revision: 'r1', missing: [], changes: [], putBack, digest: sha},
  ],
  'drop-object': [{kind: 'drop-object', dropped: ['public.attempt'], durationMs: 5}],
  'restore-backup': [
    {kind: 'restore-backup', durationMs: 240_000, tables: [{table: 'public.exam_results', rows: 12_034}], digest: sha},
  ],
  settled: [
    {kind: 'settled', note: 'looked at \\d+ attempt: V1'},
    {kind: 'settled', note: '29 of 29, seen on the page', by: {name: 'kim', host: 'bastion-1'}},
  ],
};

export const target: TargetIdentity = {
  systemIdentifier: '7412000000000009021',
  database: 'seedtest',
  user: 'deployer',
  serverVersion: '15.8',
  serverVersionNum: 150_008,
  inRecovery: false,
  address: '127.0.0.1:15432',
  sslmode: 'disable',
};

export const operator = {name: 'kim', host: 'bastion-1'} as const;

const line = {v: 1, seq: 7, at: '2025-11-21T17:31:07.000Z', prev: sha} as const;
const attempt = {step: 'apply', attempt: 1} as const;
type EventOf<T extends Recorded['type']> = Extract<Recorded, {type: T}>;

const approved = {
  step: 'before',
  attempt: 1,
  by: 'lee@example.org',
  recordedBy: operator,
  plan: sha,
  head: {seq: 41, sha256: sha},
  statement: {path: 'artifacts/approvals/before.1.1.txt', sha256: sha},
} as const;

export const events: {readonly [T in Recorded['type']]: readonly EventOf<T>[]} = {
  RunOpened: [
    {
      ...line,
      type: 'RunOpened',
      run: 'r-0412',
      runbook: 'attempt-view-v1-lock',
      plan: sha,
      environment: 'staging',
      operator,
      target,
      tool: '1.0.0',
    },
    {
      ...line,
      type: 'RunOpened',
      run: 'r-0413',
      runbook: 'attempt-view-v1-lock',
      plan: sha,
      environment: 'rehearsal',
      operator,
      target,
      tool: '1.0.0',
      copyOf: {
        file: 'seedtest-prod.dump',
        bytes: 12_345_678,
        sha256: sha,
        database: 'seedtest',
        dumpedAt: '2025-11-21 02:11:07',
        serverVersion: '15.8',
      },
    },
  ],
  RunResumed: [
    {...line, type: 'RunResumed', operator, target, droppedBytes: 0},
    {...line, type: 'RunResumed', operator, target, droppedBytes: 81},
    {...line, type: 'RunResumed', operator, target: {...target, timeline: 2}, droppedBytes: 0, historyChanged: true},
  ],
  HandedOver: [
    {
      ...line,
      type: 'HandedOver',
      what: 'run',
      from: {run: 'r-0412', operator: 'lee@desk', pid: 4711, since: '2025-11-21T16:02:11.000Z'},
      to: 'r-0412',
      by: operator,
    },
    {
      ...line,
      type: 'HandedOver',
      what: 'target',
      from: {run: 'r-0398', operator: 'lee@desk', pid: 4711, since: '2025-11-21T16:02:11Z'},
      to: 'r-0412',
      by: operator,
    },
  ],
  StepStarted: [
    {...line, ...attempt, type: 'StepStarted', receipt: {applicationName: 'a', statements: []}, by: operator},
    {
      ...line,
      ...attempt,
      attempt: 2,
      type: 'StepStarted',
      receipt: {applicationName: 'a', statements: []},
      by: operator,
    },
  ],
  TransactionOpened: [{...line, ...attempt, type: 'TransactionOpened', xid: '81734', backendPid: 991}],
  ItemChecked: [
    {...line, type: 'ItemChecked', step: 'before', item: 'backup-seen', by: operator},
    {...line, type: 'ItemChecked', step: 'before', item: 'change-request', by: operator, note: 'CR-73'},
  ],
  ArtifactSealed: [
    {
      ...line,
      ...attempt,
      type: 'ArtifactSealed',
      artifact: {
        path: 'artifacts/backup.1.dump',
        bytes: 12_345_678,
        sha256: sha,
        mediaType: 'application/octet-stream',
      },
    },
  ],
  EvidenceAttached: [
    {
      ...line,
      type: 'EvidenceAttached',
      step: 'apply',
      artifact: {path: 'artifacts/attachments/001-smoke.png', bytes: 81_204, sha256: sha, mediaType: 'image/png'},
      fileName: 'smoke 5 of 5.png',
      scanned: false,
      note: 'the guide asks for this picture',
      by: operator,
    },
    {
      ...line,
      type: 'EvidenceAttached',
      artifact: {
        path: 'artifacts/attachments/002-app.log',
        bytes: 1204,
        sha256: sha,
        mediaType: 'text/plain; charset=utf-8',
        redactions: {password: 1},
      },
      fileName: 'app.log',
      scanned: true,
      note: 'no errors after the swap',
      by: operator,
    },
  ],
  SleepNoticed: [
    {...line, type: 'SleepNoticed', sleptMs: 720_000},
    {...line, type: 'SleepNoticed', sleptMs: 720_000, lockLostTo: ''},
    {...line, type: 'SleepNoticed', sleptMs: 720_000, lockLostTo: 'attempt-runbook/r-k3v9q/lock/lee@desk'},
  ],
  TranscriptLost: [
    {...line, ...attempt, type: 'TranscriptLost', failure: {code: 'disk-full', path: 'transcripts/apply.2.log'}},
    {
      ...line,
      ...attempt,
      type: 'TranscriptLost',
      failure: {code: 'artifact-unreadable', path: 'transcripts/apply.2.log', message: 'EIO: i/o error, write'},
    },
  ],
  StepSucceeded: [
    {...line, ...attempt, type: 'StepSucceeded', facts: facts.migration[0] ?? {kind: 'checklist', items: 0}},
    {...line, step: 'smoke', attempt: 1, type: 'StepSucceeded', facts: facts.smoke[0] ?? {kind: 'checklist', items: 0}},
  ],
  StepFailed: [
    {...line, ...attempt, type: 'StepFailed', failure: {code: 'snapshot-missing'}},
    {...line, ...attempt, type: 'StepFailed', failure: {code: 'lock-timeout', tries: 20, blockers}},
  ],
  StepInterrupted: [
    {...line, ...attempt, type: 'StepInterrupted'},
    {
      ...line,
      ...attempt,
      type: 'StepInterrupted',
      because: {code: 'connection-lost', message: 'Connection terminated unexpectedly'},
    },
  ],
  StepProbedAgain: [
    {...line, ...attempt, type: 'StepProbedAgain', holds: true, detail: 'verify/010_columns.sql'},
    {
      ...line,
      ...attempt,
      type: 'StepProbedAgain',
      holds: false,
      detail: 'verify/010_columns.sql',
      found: {probedAgain: true, catalog: {present: ['public.attempt'], asBefore: true, verify: 'fails'}},
    },
    {...line, ...attempt, type: 'StepProbedAgain', detail: 'connection-lost'},
  ],
  StepReconciled: [
    {
      ...line,
      ...attempt,
      type: 'StepReconciled',
      verdict: 'took-effect',
      by: 'probe',
      detail: 'transaction 81734 committed',
    },
    {...line, ...attempt, type: 'StepReconciled', verdict: 'had-no-effect', by: operator, detail: 'view is still V0'},
    {...line, ...attempt, type: 'StepReconciled', verdict: 'still-running', by: 'probe', detail: 'pid 991 active'},
    {...line, ...attempt, type: 'StepReconciled', verdict: 'cannot-tell', by: 'probe', detail: 'not repeatable'},
    {
      ...line,
      ...attempt,
      type: 'StepReconciled',
      verdict: 'cannot-tell',
      by: 'probe',
      detail: 'xid 81734: committed',
      found: {
        xid: '81734',
        status: 'committed',
        history: [
          {what: 'system-identifier', before: '7412', now: '7500'},
          {what: 'database', before: 'seedtest', now: 'postgres'},
          {what: 'timeline', before: '1', now: '2'},
          {what: 'wal-position', before: '1/16B3748', now: '0/30000D8'},
        ],
        catalog: {present: ['public.attempt'], asBefore: true, verify: 'fails'},
      },
    },
    {
      ...line,
      ...attempt,
      type: 'StepReconciled',
      verdict: 'still-running',
      by: 'probe',
      detail: 'xid 81734: in progress',
      found: {
        xid: '81734',
        status: 'in progress',
        catalog: {present: ['public.attempt', 'public.attempt_daily'], asBefore: false, verify: 'holds'},
        sessions: [
          {
            pid: 991,
            user: 'app',
            application: 'attempt-runbook/r-0412/apply/1',
            state: 'active',
            ageMs: 65_000,
            waitsFor: 'Lock relation',
          },
        ],
      },
    },
    ...(['forgotten', 'in the future', 'aborted'] as const).map((status) => ({
      ...line,
      ...attempt,
      type: 'StepReconciled' as const,
      verdict: 'cannot-tell' as const,
      by: 'probe' as const,
      detail: `xid 81734: ${status}`,
      found: {xid: '81734', status, catalog: {present: [], asBefore: false}, sessions: []},
    })),
  ],
  OrphanCancellationBegun: [{...line, ...attempt, type: 'OrphanCancellationBegun', by: operator}],
  OrphansEnded: [
    {
      ...line,
      ...attempt,
      type: 'OrphansEnded',
      sessions: [
        {pid: 991, how: 'cancelled'},
        {pid: 992, how: 'terminated'},
        {pid: 993, how: 'stayed'},
      ],
    },
    {...line, ...attempt, type: 'OrphansEnded', sessions: []},
    {...line, ...attempt, type: 'OrphansEnded', sessions: [], failure: {code: 'connection-lost', message: 'gone'}},
  ],
  ApprovalGranted: [
    {
      ...line,
      ...approved,
      type: 'ApprovalGranted',
      expires: '2025-11-22T00:00:00.000Z',
      proof: {
        how: 'signed',
        key: 'SHA256:l+C2',
        principals: ['lee@example.org'],
        list: 'plan',
        path: 'artifacts/approvals/ok.1.1.txt.sig',
        sha256: sha,
      },
    },
    {...line, ...approved, type: 'ApprovalGranted', proof: {how: 'attested'}},
  ],
  ApprovalRefused: [
    {...line, ...approved, type: 'ApprovalRefused', reason: 'the baseline is missing', proof: {how: 'attested'}},
  ],
  ApprovalLapsed: [
    {
      ...line,
      type: 'ApprovalLapsed',
      step: 'before',
      attempt: 1,
      lapse: {because: 'expired', at: '2025-11-21T17:00:00.000Z'},
    },
    {...line, type: 'ApprovalLapsed', step: 'before', attempt: 1, lapse: {because: 'operates', person: 'lee'}},
  ],
  ShellOpened: [{...line, type: 'ShellOpened', number: 1, readOnly: true, by: operator}],
  ShellEnded: [
    {...line, type: 'ShellEnded', number: 1, exitCode: 0},
    {
      ...line,
      type: 'ShellEnded',
      number: 2,
      failure: {code: 'program-missing', program: 'script', install: 'command -v script'},
    },
  ],
  StepConfirmed: [{...line, type: 'StepConfirmed', step: 'note', note: '29 of 29, seen on the page', by: operator}],
  StepWaived: [{...line, type: 'StepWaived', step: 'backup', reason: 'managed snapshot taken', by: operator}],
  StepsReopened: [{...line, type: 'StepsReopened', steps: ['snapshot', 'impact', 'change-approval'], by: operator}],
  RollbackBegun: [{...line, type: 'RollbackBegun', option: 'objects', reason: 'grants are lost', by: operator}],
  RunClosed: [
    {...line, type: 'RunClosed', outcome: 'completed', by: operator},
    {...line, type: 'RunClosed', outcome: 'rolled-back', by: operator},
    {...line, type: 'RunClosed', outcome: 'abandoned', by: operator, reason: 'window is over'},
  ],
};

export const faults: {readonly [C in Fault['code']]: readonly Extract<Fault, {code: C}>[]} = {
  'journal-failed': [{code: 'journal-failed', message: 'ENOSPC: no space left on device, write'}],
  'run-removed': [{code: 'run-removed', file: 'lock.1'}],
  'run-taken-over': [
    {
      code: 'run-taken-over',
      holder: {pid: 4711, host: 'desk', operator: 'lee', since: '2025-11-21T17:02:11.000Z'},
    },
    {code: 'run-taken-over'},
  ],
  'run-damaged': [{code: 'run-damaged', seq: 41, detail: 'the hash of the line before differs'}],
  'run-newer': [
    {code: 'run-newer', seq: 41, event: 'SoakBegun', tool: '0.2.0'},
    {code: 'run-newer', seq: 41, event: 'SoakBegun'},
  ],
  bug: [{code: 'bug', message: 'TypeError: cannot read x'}],
};

export const advices: {readonly [A in Advice]: true} = {
  recommended: true,
  possible: true,
  'not-advised': true,
  emergency: true,
  'last-resort': true,
  impossible: true,
};

export const adviceReasons: {readonly [R in AdviceReason]: true} = {
  'exact-and-lossless': true,
  'exact-and-refilled': true,
  'same-end-state-by-script': true,
  'already-tried': true,
  'nothing-applied': true,
  rehearsed: true,
  'rehearsal-failed': true,
  'differs-on-copy': true,
  'not-rehearsed': true,
  'longer-than-window': true,
  'leaves-nothing': true,
  'loses-rows': true,
  'loses-nothing-now': true,
  'no-writes-counted': true,
  'counted-by-server': true,
  'loss-unknown': true,
  'made-since-stays': true,
  'made-since-in-the-way': true,
  'snapshot-missing': true,
  'objects-missing': true,
  'backup-missing': true,
  'backup-stand-in': true,
  'backup-schema-only': true,
  'backup-lacks-declared': true,
  'new-dependants': true,
  'dependants-in-the-way': true,
};

const table = 'public.exam_results';
export const estimates: readonly BackupEstimate[] = (['constant', 'earlier'] as const).map((basis) => ({
  sourceBytes: 31_973_376,
  dumpBytes: 15_986_688,
  durationMs: 12_000,
  scratchBytes: 48_000_000,
  basis,
}));

export const losses: readonly Loss[] = [
  {
    table,
    rows: 350,
    exact: false,
    by: 'counters',
    inserted: {atLeast: 50, atMost: 50},
    changed: {atLeast: 300, atMost: 300},
    deleted: {atLeast: 2, atMost: 2},
  },
  {
    table,
    rows: 0,
    exact: false,
    by: 'counters',
    inserted: {atLeast: 0, atMost: 0},
    changed: {atLeast: 0, atMost: 0},
    deleted: {atLeast: 0, atMost: 0},
  },
  {table, rows: 0, exact: false, by: 'rewritten', inserted: {atLeast: 0}, deleted: {atLeast: 0}},
  {table, rows: 0, exact: false, inserted: {atLeast: 0}, deleted: {atLeast: 0}},
  {
    table,
    rows: 1204,
    exact: true,
    inserted: {atLeast: 1100, atMost: 1204},
    changed: {atLeast: 0, atMost: 104},
    deleted: {atLeast: 0, atMost: 104},
  },
  {
    table,
    rows: 1,
    exact: true,
    inserted: {atLeast: 1, atMost: 1},
    changed: {atLeast: 0, atMost: 0},
    deleted: {atLeast: 0, atMost: 0},
  },
  {
    table,
    rows: 0,
    exact: true,
    inserted: {atLeast: 0, atMost: 0},
    changed: {atLeast: 0, atMost: 0},
    deleted: {atLeast: 12, atMost: 12},
  },
  {
    table,
    rows: 0,
    exact: true,
    inserted: {atLeast: 0, atMost: 0},
    changed: {atLeast: 0, atMost: 0},
    deleted: {atLeast: 0, atMost: 0},
  },
  {table, rows: 1204, exact: false, inserted: {atLeast: 1204}, deleted: {atLeast: 0}},
  {table, rows: 0, exact: false, inserted: {atLeast: 0}, deleted: {atLeast: 3}},
];

const step = {id: 'x', phase: 'p', title: {en: 'X', ko: '엑스'}} as const;

export const actions: {readonly [K in ActionKind]: readonly Extract<Action, {kind: K}>[]} = {
  checklist: [{...step, kind: 'checklist', items: []}],
  approval: [{...step, kind: 'approval', statement: {en: 'It', ko: '그것'}, signature: 'required'}],
  query: [{...step, kind: 'query', sql: 'a.sql', expect: 'no-rows'}],
  snapshot: [{...step, kind: 'snapshot'}],
  backup: [{...step, kind: 'backup'}],
  rehearse: [{...step, kind: 'rehearse'}],
  migration: [
    {...step, kind: 'migration', migrator: 'sql', apply: ['a.sql'], transaction: 'whole'},
    {...step, kind: 'migration', migrator: 'sql', apply: ['a.sql'], transaction: 'none'},
    {
      ...step,
      kind: 'migration',
      migrator: 'alembic',
      alembic: {directory: 'app', scripts: 'migrations', from: 'r1', revision: 'r2'},
    },
  ],
  'alembic-check': [{...step, kind: 'alembic-check', migration: 'x'}],
  smoke: [{...step, kind: 'smoke', checks: []}],
  downstream: [{...step, kind: 'downstream', samples: []}],
  command: [{...step, kind: 'command', run: 'true'}],
  ...ofEach(toolActions),
  'restore-objects': [{...step, kind: 'restore-objects'}],
  revert: [{...step, kind: 'revert', sql: 'a.sql'}],
  downgrade: [{...step, kind: 'downgrade', migration: 'x', revision: 'r1'}],
  'drop-object': [{...step, kind: 'drop-object'}],
  'restore-backup': [{...step, kind: 'restore-backup'}],
};

const title = (en: string, ko: string) => ({en, ko});

/** A small runbook that has a step of most kinds. */
export const runbook: RunbookDefinition = {
  format: 'attempt-runbook/1',
  id: 'attempt-view-v1-lock',
  title: title('attempt VIEW V1 schema lock', 'attempt VIEW V1 스키마 고정'),
  summary: title('Locks the eleven columns.', '열한 개 열을 고정합니다.'),
  objects: ['public.attempt'],
  tables: [{name: 'public.exam_results'}],
  environments: {rehearsal: {}, staging: {applicationRole: 'app_reader'}, production: {}},
  phases: [
    {id: 'prepare', title: title('Prepare', '준비')},
    {id: 'change', title: title('Change', '변경')},
    {id: 'check', title: title('Check', '점검')},
  ],
  steps: [
    {
      id: 'before',
      phase: 'prepare',
      title: title('Before the change', '변경 전 확인'),
      kind: 'checklist',
      items: [
        {id: 'backup-seen', text: title('The backup is there', '백업이 있음')},
        {id: 'change-request', text: title('The change request is approved', '변경 요청이 승인됨'), note: 'required'},
      ],
    },
    {
      id: 'data',
      phase: 'prepare',
      title: title('Data fits', '데이터 적합'),
      kind: 'query',
      sql: 'preflight/010.sql',
      expect: 'no-rows',
    },
    {id: 'snapshot', phase: 'prepare', title: title('Snapshot', '스냅샷'), kind: 'snapshot'},
    {id: 'backup', phase: 'prepare', title: title('Backup', '백업'), kind: 'backup', optional: true},
    {
      id: 'apply',
      phase: 'change',
      title: title('Apply the V1 view', 'V1 뷰 적용'),
      kind: 'migration',
      migrator: 'sql',
      apply: ['apply/010.sql'],
      transaction: 'whole',
      verify: 'verify/010.sql',
    },
    {
      id: 'smoke',
      phase: 'check',
      title: title('Smoke', '스모크'),
      kind: 'smoke',
      as: 'application',
      checks: [{id: 'columns', title: title('Columns', '열'), sql: 'smoke/010.sql'}],
    },
    {
      id: 'note',
      phase: 'check',
      title: title('Note', '기록'),
      kind: 'command',
      run: 'echo one\necho two',
      in: ['staging'],
    },
  ],
  rollback: [
    {id: 'objects', title: title('Restore objects as captured', '스냅샷대로 객체 복원'), kind: 'restore-objects'},
    {id: 'revert', title: title('Revert SQL', '롤백 SQL'), kind: 'revert', sql: 'revert/010.sql'},
  ],
  policy: [title('Names may not change.', '이름은 바꿀 수 없습니다.')],
};
