// Does the smoke test notice each of the 37 kinds of bad data that make V1 fail, when it comes only after the change?

import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {BAD_REMOVAL, badDocument, badInsertion, badKinds} from '../../support/bad-data.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {failureFrom, openTestRun} from '../../support/run.ts';
import {placeV1} from '../../support/v1.ts';

const plain = readFileSync(new URL('../../fixtures/attempt-v1-plain.sql', import.meta.url), 'utf8');

const steps = ['smoke'];
/** All of them; otherwise one of nine with the newest result, and one of twelve with the oldest. */
const isLong = process.env['LONG'] !== undefined;

describe('bad data that was written after the change', () => {
  test('makes the smoke test fail whatever kind it is of, and the check of its column says so', async () => {
    expect(new Set(badKinds.map((kind) => badDocument(kind) + kind.value)).size).toBe(37);
    expect(badKinds.filter(({isCounted}) => isCounted)).toHaveLength(14);
    await using database = await createTestDatabase();
    const admin = await database.connect();
    // Twenty results: a check stumbles over one bad result among few as it does among many.
    await admin.query(`DELETE FROM public.exam_results WHERE session_id > 'session-00000020'`);
    await placeV1(admin);
    await admin.query(plain);
    const run = await openTestRun(database, {steps});
    for (const kind of badKinds.filter((_kind, at) => isLong || at % 9 === 0)) {
      await admin.query(...badInsertion(kind, 'now'));
      const named = JSON.stringify(kind);
      const {failed, checks} = failureFrom(await run.start('smoke'), 'checks-failed');
      expect(failed, named).toEqual(expect.arrayContaining(['row-count', kind.check]));
      // The server's own words reach the operator: what could not be read, or what it was no part of.
      const observed = checks.find(({id}) => id === kind.check)?.observed;
      expect(observed, named).toMatch(/invalid input syntax|out of range|cannot (convert|extract)/);
      const isCounted = await admin.query('SELECT count(*) FROM public.attempt_v1_plain').then(
        () => false,
        () => true,
      );
      expect(isCounted, `count(*) alone: ${named}`).toBe(kind.isCounted);
      await admin.query(BAD_REMOVAL);
    }
  });

  test('is noticed in the oldest result too, far outside the sample that the column checks compare', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(`DELETE FROM public.exam_results WHERE session_id > 'session-00000020';
      INSERT INTO public.exam_results (session_id, user_id, result_json)
      SELECT 'filler ' || n, 'u', '{"questions": [{"question_id": 1}]}' FROM generate_series(1, 2100) AS n`);
    await placeV1(admin);
    const run = await openTestRun(database, {
      steps,
      alter: (runbook) => ({
        ...runbook,
        steps: runbook.steps.map((step) =>
          step.kind === 'smoke' ? {...step, checks: step.checks.filter(({id}) => id === 'row-count')} : step,
        ),
      }),
    });
    for (const kind of badKinds.filter((_kind, at) => isLong || at % 12 === 0)) {
      await admin.query(...badInsertion(kind, '2001-01-01'));
      expect(failureFrom(await run.start('smoke'), 'checks-failed').failed, JSON.stringify(kind)).toEqual([
        'row-count',
      ]);
      await admin.query(BAD_REMOVAL);
    }
    expect((await run.start('smoke')).status).toBe('succeeded');
  });
});
