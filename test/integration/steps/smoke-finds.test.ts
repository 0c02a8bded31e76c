// Does a failed smoke test name the row that it stumbled over, and the query that finds it?

import {expect, test} from 'vitest';
import {failureText} from '../../../src/ui/text/failure.ts';
import {badDocument, badInsertion, badKinds} from '../../support/bad-data.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {failureFrom, openTestRun} from '../../support/run.ts';
import {placeV1} from '../../support/v1.ts';

const [kind] = badKinds;
if (kind === undefined) throw new Error(badDocument.name);

test('the row that no check can read is named, with the rule that it breaks and the file that finds it', async () => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  await admin.query(`DELETE FROM public.exam_results WHERE session_id > 'session-00000020'`);
  await placeV1(admin);
  await admin.query(...badInsertion(kind, 'now'));
  const {rows} = await admin.query<{id: string}>('SELECT id FROM public.exam_results ORDER BY created_at DESC LIMIT 1');
  const run = await openTestRun(database, {
    steps: ['data-contract', 'smoke'],
    alter: (runbook) => ({
      ...runbook,
      // The contract was kept when it was asked; the row came later.
      steps: runbook.steps.map((step) => (step.id === 'data-contract' ? {...step, optional: true} : step)),
    }),
  });
  await run.submit({type: 'WaiveStep', step: 'data-contract', reason: 'was clean then'});
  const failure = failureFrom(await run.start('smoke'), 'checks-failed');
  expect(failure.found).toMatchObject([{step: 'data-contract', sql: 'preflight/010_data_contract.sql', rows: 1}]);
  for (const locale of ['en', 'ko'] as const) {
    const {where, now} = failureText(failure, locale);
    expect(where).toContain(`${rows[0]?.id}`);
    expect(now).toContain('preflight/010_data_contract.sql');
  }
});

test('a query that finds nothing is no cause, and no advice', async () => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  await admin.query(`DELETE FROM public.exam_results WHERE session_id > 'session-00000020'`);
  await placeV1(admin);
  const run = await openTestRun(database, {
    steps: ['data-contract', 'smoke'],
    sql: {'smoke/010_row_count.sql': `SELECT false AS ok, 1 AS rows, 'as it is' AS observed;\n`},
  });
  const failure = failureFrom(await run.start('smoke'), 'checks-failed');
  expect(failure.found).toEqual([
    {step: 'data-contract', sql: 'preflight/010_data_contract.sql', rows: 0, findings: []},
  ]);
  expect(failureText(failure, 'en').now).not.toContain('preflight/');
});
