// A first screen whose choices are all there, with one that is not possible.

import type {DoctorCheck} from '../../../src/core/doctor.ts';
import type {TargetIdentity} from '../../../src/core/ids.ts';
import type {TargetHolder} from '../../../src/core/trouble.ts';
import type {HomeModel, Opening} from '../../../src/ui/tui/home-model.ts';
import {createFakeSession, type FakeSession} from './fake-session.ts';
import {fixtureRunbook} from './fixture-runbook.ts';

/** A database on another machine, which nobody has confirmed yet, and which somebody works on. */
const firstSeen: TargetIdentity = {
  systemIdentifier: '7412000000000009021',
  database: 'seedtest',
  user: 'deployer',
  serverVersion: '15.8',
  serverVersionNum: 150_008,
  inRecovery: false,
  address: '10.1.4.7:5432',
  sslmode: 'require',
};
const holder: TargetHolder = {
  run: 'r-2abcd',
  operator: 'lee@desk',
  session: 'attempt-runbook/r-2abcd/lock/lee@desk',
  user: 'deployer',
  address: '10.1.4.9',
  pid: 4711,
  since: '2025-11-21T16:02:11Z',
};

export const fakeChecks: readonly DoctorCheck[] = [
  {subject: 'target', level: 'dim', note: {code: 'not-asked'}},
  {
    subject: 'pg_dump',
    level: 'red',
    value: '14.9  /usr/lib/postgresql/14/bin/pg_dump',
    note: {code: 'older-than-server', server: 15},
    fix: 'apt-get install postgresql-client-15',
  },
  {subject: 'pg_restore', level: 'green', value: '15.18  /usr/lib/postgresql/15/bin/pg_restore'},
  {subject: 'node', level: 'green', value: '24.21.0  /usr/bin/node'},
  {
    subject: 'runs',
    level: 'amber',
    value: '/home/kim/.local/state/attempt-runbook/runs  41.2 GB',
    note: {code: 'readable-by-others'},
    fix: 'chmod 700 /home/kim/.local/state/attempt-runbook/runs',
  },
  {subject: 'fonts', level: 'amber', note: {code: 'no-hangul-font'}, fix: 'apt-get install fonts-nanum'},
  ...(['alembic', 'gh', 'aws', 'gcloud', 'kubectl'] as const).map((subject) => ({
    subject,
    level: 'dim' as const,
    note: {code: 'missing' as const},
  })),
];

export type FakeHome = Readonly<{model: HomeModel; openings: readonly Opening[]; fake: FakeSession}>;

export const createFakeHome = (fake: FakeSession = createFakeSession()): FakeHome => {
  const openings: Opening[] = [];
  const {id, title, summary} = fixtureRunbook;
  return {
    openings,
    fake,
    model: {
      runbook: {id, title, summary},
      plan: `7f3a91c2${'0'.repeat(56)}`,
      steps: 5,
      entries: () => [
        {
          id: 'rehearse',
          kind: 'rehearse',
          server: {en: 'an embedded PostgreSQL 15', ko: '내장 PostgreSQL 15'},
          enabled: true,
        },
        {
          id: 'resume-r-0412',
          kind: 'resume',
          run: 'r-0412',
          environment: 'staging',
          step: 4,
          of: 17,
          stoppedAgoMs: 720_000,
          inDoubt: true,
          asksSource: false,
          enabled: true,
        },
        {id: 'staging', kind: 'start-staging', suggestedSource: 'env:STAGING_URL', enabled: true},
        {
          id: 'production',
          kind: 'start-production',
          enabled: false,
          because: {en: 'no finished staging run yet', ko: '아직 완료된 스테이징 실행이 없음'},
        },
        {id: 'past', kind: 'past-runs', count: 2, enabled: true},
        {id: 'verify', kind: 'verify-bundle', enabled: true},
        {id: 'doctor', kind: 'doctor', enabled: true},
      ],
      last: () => ({
        run: 'r-0398',
        environment: 'rehearsal',
        openedAt: '2025-11-21T14:10:00.000Z',
        outcome: 'rolled-back',
      }),
      pastRuns: () => [
        {run: 'r-0398', environment: 'rehearsal', openedAt: '2025-11-21T14:10:00.000Z', outcome: 'rolled-back'},
        {run: 'r-0397', environment: 'staging', openedAt: '2025-11-20T14:10:00.000Z'},
      ],
      doctor: async () => fakeChecks,
      open: async (opening) => {
        openings.push(opening);
        if (opening.kind === 'start' && opening.pin === undefined) {
          return {ok: false, ask: {kind: 'pin', environment: opening.environment, target: firstSeen}};
        }
        if (opening.kind === 'start' && opening.takeOver === undefined) {
          return {ok: false, ask: {kind: 'take-over', run: 'r-2abcd', trouble: {code: 'target-locked', holder}}};
        }
        return {ok: true, session: fake.session};
      },
    },
  };
};
