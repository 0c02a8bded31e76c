// What an approver sees on the screen: what is approved, by whom so far, and what can be done about it.

import {afterEach, describe, expect, test} from 'vitest';
import type {RunbookDefinition} from '../../src/core/definition.ts';
import {createFakeSession, withImpact} from './support/fake-session.ts';
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

const elsewhere = {
  runs: ' --runs-dir /srv/runbooks/runs',
  signers: ' --allowed-signers /home/min/night/approvers',
};

describe.each(['en', 'ko'] as const)('in %s', (locale) => {
  test.each([
    ['approval-no-list', {columns: 80, rows: 24}],
    ['approval-no-list-wide', {columns: 120, rows: 40}],
  ] as const)(
    '%s: a list that is missing is said when the run begins, where it is approved, and how it is given',
    async (name, size) => {
      const previews = {...withImpact({}), consent: {parts: [], signers: {code: 'none'}}} as const;
      const fake = createFakeSession({runbook, environment: 'production', previews});
      const terminal = openTerminal({session: fake.session, locale, ...size});
      await terminal.waitFor('ATTEMPT_RUNBOOK_ALLOWED_SIGNERS=FILE');
      const frame = await terminal.settled();
      expectWidth(frame, size.columns);
      expectGolden(`${name}.${locale}`, frame);
    },
  );

  test('what another terminal has to type stands there whole, with what it needs to find the run and the list', async () => {
    const persons = ['lee@example.org', 'park@example.org'];
    const signers = {code: 'enough', list: 'operator', place: '/home/min/night/approvers', persons, needed: 2} as const;
    const previews = {...withImpact({}), consent: {parts: [], signers}} as const;
    const fake = createFakeSession({runbook, environment: 'production', previews});
    const terminal = openTerminal({session: fake.session, locale, columns: 120, rows: 40, elsewhere});
    await terminal.waitFor('park@example.org');
    const frame = await terminal.settled();
    expectGolden(`approval-elsewhere.${locale}`, frame);
    // The panel breaks it into rows; typed as one line it is what finds the run.
    const rows = frame
      .split('\n')
      .flatMap((row) => row.split('║').slice(3, 4))
      .map((row) => row.trim())
      .join(' ');
    expect(rows).toContain(
      `attempt-runbook approve r-0412 consent${elsewhere.runs}${elsewhere.signers} --as NAME --key KEY`,
    );
  });

  test('what comes from there is said when it comes: taken, or why not', async () => {
    const fake = createFakeSession({runbook, environment: 'production'});
    const terminal = openTerminal({session: fake.session, locale, columns: 120, rows: 40});
    await terminal.waitFor({en: 'Bring a signature', ko: '다른 곳에서 만든'}[locale]);
    fake.inbox({was: 'taken', step: 'consent', by: 'lee@example.org', decision: 'approved'});
    await terminal.waitFor(
      {en: 'From another terminal: lee@example.org has approved.', ko: '다른 터미널에서 승인함: lee@example.org.'}[
        locale
      ],
    );
    fake.inbox({was: 'refused', names: ['notes.txt'], problem: {why: 'foreign-name'}});
    await terminal.waitFor({en: 'Not taken from another terminal', ko: '받아들이지 않음'}[locale]);
  });

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
