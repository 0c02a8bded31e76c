// Does a query that says its verdict itself pass only where every row says so?

import {describe, expect, test} from 'vitest';
import type {QueryStep} from '../../../src/core/definition.ts';
import {failureText} from '../../../src/ui/text/failure.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {failureFrom, openTestRun} from '../../support/run.ts';

const answer = async (rows: string, change: Partial<QueryStep> = {}) => {
  await using database = await createTestDatabase();
  const run = await openTestRun(database, {
    steps: ['source-table'],
    sql: {'preflight/030_source_table.sql': `${rows};\n`},
    alter: (runbook) => ({
      ...runbook,
      steps: runbook.steps.map((step) =>
        step.kind === 'query' ? {...step, expect: 'verdict', keepRows: false, ...change} : step,
      ),
    }),
  });
  return await run.start('source-table');
};

const row = (verdict: string): string => `SELECT ${verdict} AS verdict, 'why' AS en, '이유' AS ko`;

describe('a query with expect: verdict', () => {
  test.each([
    ['passes when every row does', `${row("'pass'")} UNION ALL ${row("'pass'")}`, 'pass', 0],
    ['is amber when a row is, and shows that row alone', `${row("'pass'")} UNION ALL ${row("'amber'")}`, 'amber', 1],
  ])('%s', async (_, rows, verdict, findings) => {
    const state = await answer(rows);
    expect(state).toMatchObject({status: 'succeeded', verdict});
    expect(state).toHaveProperty('facts.findings.length', findings);
  });

  test.each([
    ['a row that fails', `${row("'amber'")} UNION ALL ${row("'fail'")}`, '1 of 2 rows did not pass', '2행 중 1행이'],
    ['a word that is no verdict', row("'passed'"), '1 of 1 row did not pass', '1행 중 1행이'],
    ['a verdict that is NULL', row('NULL::text'), '1 of 1 row did not pass', '1행 중 1행이'],
    ['a row without its words', "SELECT 'pass' AS verdict", '1 of 1 row did not pass', '1행 중 1행이'],
    ['no row at all', `${row("'pass'")} WHERE false`, 'no row came, so nothing has passed', '통과한 것이 없습니다'],
  ])('is failed by %s', async (_, rows, en, ko) => {
    const failure = failureFrom(await answer(rows), 'expectation-missed');
    expect(failureText(failure, 'en').what).toContain(en);
    expect(failureText(failure, 'ko').what).toContain(ko);
  });

  test('that is a warning makes the step amber instead', async () => {
    expect(await answer(row("'fail'"), {severity: 'warning'})).toMatchObject({status: 'succeeded', verdict: 'amber'});
  });
});
