// What an approver sees on the screen: what is approved, by whom so far, and what can be done about it.

import {afterEach, describe, test} from 'vitest';
import type {RunbookDefinition} from '../../src/core/definition.ts';
import {createFakeSession} from './support/fake-session.ts';
import {fixtureRunbook} from './support/fixture-runbook.ts';
import {expectGolden, expectWidth} from './support/golden.ts';
import {closeTerminals, openTerminal} from './support/terminal.ts';

afterEach(closeTerminals);

const by = {name: 'min', host: 'ops-1'};
const sha = '9'.repeat(64);
const migration = fixtureRunbook.steps.filter(({kind}) => kind === 'migration');
const runbook: RunbookDefinition = {
  ...fixtureRunbook,
  steps: [
    {
      id: 'consent',
      kind: 'approval',
      phase: migration[0]?.phase ?? '',
      title: {en: 'The change is approved', ko: '변경 승인'},
      statement: {en: 'The V1 view may be applied', ko: 'V1 뷰를 적용해도 됨'},
      approvers: 2,
      signature: 'required',
      validForMs: 14_400_000,
    },
    ...migration,
  ],
};

describe.each(['en', 'ko'] as const)('in %s', (locale) => {
  test.each([
    ['approval', {columns: 80, rows: 24}],
    ['approval-wide', {columns: 120, rows: 40}],
  ] as const)('%s', async (name, size) => {
    const fake = createFakeSession({runbook, environment: 'production'});
    fake.record({
      type: 'ApprovalGranted',
      step: 'consent',
      attempt: 1,
      by: 'lee@example.org',
      recordedBy: by,
      plan: sha,
      head: {seq: 1, sha256: sha},
      statement: {path: 'artifacts/approvals/consent.1.1.txt', sha256: sha},
      proof: {
        how: 'signed',
        key: `SHA256:${'l'.repeat(43)}`,
        principals: ['lee@example.org'],
        list: 'plan',
        path: '',
        sha256: sha,
      },
    });
    const terminal = openTerminal({session: fake.session, locale, ...size});
    await terminal.waitFor({en: 'Bring a signature', ko: '다른 곳에서 만든'}[locale]);
    const frame = await terminal.settled();
    expectWidth(frame, size.columns);
    expectGolden(`${name}.${locale}`, frame);
  });
});
