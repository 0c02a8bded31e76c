// Does a way back say that it has undone the change only where the change's own verify says so?

import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import {closingSummary} from '../../../src/ui/text/outcome.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun, withStep, type TestRun} from '../../support/run.ts';

const shippedSql = new URL('../../../sql/attempt-view-v1-lock/', import.meta.url);

/** A column of a table, which no snapshot has: only the verify file can tell whether it is there. */
const column = {
  'apply/010_attempt_v1.sql': 'ALTER TABLE public.question ADD COLUMN level integer;\n',
  'verify/010_columns.sql': `SELECT 'public.question.level' AS rule WHERE NOT EXISTS (
  SELECT FROM pg_catalog.pg_attribute AS a
  WHERE a.attrelid = 'public.question'::regclass AND a.attname = 'level' AND NOT a.attisdropped);\n`,
};

const withoutObjects = (runbook: RunbookDefinition): RunbookDefinition => ({...runbook, objects: []});

const closing = (run: TestRun): string =>
  closingSummary(run.session.view(), 'en', {run: run.id, continueCommand: '', exportCommand: ''}).join('\n');

describe('a way back', () => {
  test('that leaves the change in place has failed, says so, and leaves the run open for the others', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps: ['snapshot', 'apply-v1'],
      alter: withoutObjects,
      sql: {
        ...column,
        'revert/010_attempt_v0.sql': 'ALTER TABLE public.question ALTER COLUMN level SET STATISTICS 100;\n',
      },
    });
    factsFrom(await run.start('apply-v1'), 'migration');

    expect(failureFrom(await run.rollback('revert-v0'), 'way-back-missed')).toEqual({
      code: 'way-back-missed',
      inPlace: [{step: 'apply-v1', verify: 'verify/010_columns.sql'}],
      missing: [],
    });
    expect(run.session.view().state.closed).toBeUndefined();
    expect(closing(run)).toContain('the change is still in place');

    // Another way may be taken, and is asked the same.
    failureFrom(await run.rollback('restore-objects'), 'way-back-missed');
    const admin = await database.connect();
    await admin.query(
      'ALTER TABLE public.question DROP COLUMN level; ALTER TABLE public.question ALTER COLUMN content SET STATISTICS 100',
    );
    const facts = factsFrom(await run.rollback('restore-objects'), 'restore-objects');
    expect(facts.undone).toEqual([{step: 'apply-v1', verify: 'verify/010_columns.sql', says: 'gone'}]);
    expect(run.session.view().state.closed?.outcome).toBe('rolled-back');
    expect(closing(run)).toContain('The way back was carried out and checked.');
  });

  test('proves nothing where the verify held before the change, which is a remark on the change', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps: ['snapshot', 'apply-v1'],
      alter: withoutObjects,
      sql: {
        'apply/010_attempt_v1.sql': 'SELECT 1;\n',
        'verify/010_columns.sql': 'SELECT 1 AS rule WHERE false;\n',
        'revert/010_attempt_v0.sql': 'SELECT 1;\n',
      },
    });
    const applied = await run.start('apply-v1');
    expect(factsFrom(applied, 'migration').verifyHeldBefore).toBe(true);
    expect(applied).toMatchObject({status: 'succeeded', verdict: 'amber'});

    expect(await run.rollback('revert-v0')).toMatchObject({
      status: 'succeeded',
      verdict: 'amber',
      facts: {undone: [{step: 'apply-v1', says: 'cannot-tell'}]},
    });
    const said = closing(run);
    expect(said).toContain('that nothing of the change is left is not proven');
    expect(said).not.toContain('carried out and checked');
  });

  test('by a script that words the definition in another way than it was captured is amber, with the difference', async () => {
    await using database = await createTestDatabase();
    const script = readFileSync(new URL('revert/010_attempt_v0.sql', shippedSql), 'utf8');
    const run = await openTestRun(database, {
      steps: ['snapshot', 'apply-v1'],
      sql: {'revert/010_attempt_v0.sql': script.replace(/WHERE NULLIF/, 'WHERE e.user_id IS NOT NULL AND NULLIF')},
    });
    factsFrom(await run.start('apply-v1'), 'migration');
    const back = await run.rollback('revert-v0');
    expect(back).toMatchObject({status: 'succeeded', verdict: 'amber'});
    expect(factsFrom(back, 'revert')).toMatchObject({
      differs: true,
      changes: [{object: 'public.attempt', aspect: 'definition'}],
    });
    expect(closing(run)).toContain('that nothing of the change is left is not proven');
  });
});

test('a step that fails after the change says that it stays, and never that nothing was changed', async () => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  const role = `reader_of_${database.name}`;
  await admin.query(`CREATE ROLE ${role}`);
  const run = await openTestRun(database, {
    steps: ['snapshot', 'apply-v1', 'smoke'],
    alter: (runbook) => ({...runbook, environments: {staging: {applicationRole: role}}}),
  });
  factsFrom(await run.start('apply-v1'), 'migration');
  // It was there when the change was asked for; nobody could have known.
  await admin.query(`DROP ROLE ${role}`);
  failureFrom(await run.start('smoke'), 'application-role-missing');
  const said = closing(run);
  expect(said).toContain('This attempt changed nothing');
  expect(said).toContain('What this run changed before it stays in place');
  expect(said).not.toContain('Nothing was changed');
});

test('a check that fails before any change says of none that it stays', async () => {
  await using database = await createTestDatabase();
  const run = await openTestRun(database, {
    steps: ['smoke'],
    alter: withStep('smoke', {checks: [{id: 'no', title: {en: 'No', ko: '아니오'}, sql: 'no.sql'}]}),
    sql: {'no.sql': "SELECT false AS ok, 0 AS rows, 'no' AS observed;\n"},
  });
  failureFrom(await run.start('smoke'), 'checks-failed');
  const said = closing(run);
  expect(said).toContain('Nothing was changed: the checks only read.');
  expect(said).not.toMatch(/stays in place/);
});
