// A first screen whose choices are all there, with one that is not possible.

import type {HomeModel, Opening} from '../../../src/ui/tui/home-model.ts';
import {createFakeSession, type FakeSession} from './fake-session.ts';
import {fixtureRunbook} from './fixture-runbook.ts';

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
      open: async (opening) => {
        openings.push(opening);
        return {ok: true, session: fake.session};
      },
    },
  };
};
