// Does a runbook about something else run from end to end, and does no file of the tool know what the shipped one is about?

import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {beyondBackup, factsFrom, fixtureFolder, openTestRun} from '../support/run.ts';

const runbook = {name: 'orders-add-status', directory: fixtureFolder};

const shop = async (): Promise<TestDatabase> => {
  const database = await createTestDatabase({template: 'empty'});
  const admin = await database.connect();
  await admin.query("SET runbook.orders = '300'");
  await admin.query(readFileSync(join(fixtureFolder, '../sql/orders-add-status/sample/010_orders.sql'), 'utf8'));
  return database;
};

describe('a runbook that changes a table', () => {
  test('runs from its first step to its last', async () => {
    await using database = await shop();
    const run = await openTestRun(database, {runbook, environment: 'rehearsal'});
    const state = await run.start('vacuum');
    expect(factsFrom(state, 'command')).toMatchObject({exitCode: 0, lines: 1});
    expect(run.session.view().state.closed?.outcome).toBe('completed');
    expect(factsFrom(run.stateOf('backup'), 'backup').tables).toEqual([{table: 'public.orders', rows: 300}]);
    expect(factsFrom(run.stateOf('smoke'), 'smoke').checks).toMatchObject([
      {id: 'status', verdict: 'pass', observed: '100 shipped'},
    ]);
    const admin = await database.connect();
    expect((await admin.query('SELECT status, count(*)::int FROM public.orders GROUP BY 1 ORDER BY 1')).rows).toEqual([
      {status: 'new', count: 200},
      {status: 'shipped', count: 100},
    ]);
  });

  test('comes back by its own script, also after it was completed', async () => {
    await using database = await shop();
    const run = await openTestRun(database, {runbook, environment: beyondBackup});
    await run.start(beyondBackup === 'rehearsal' ? 'vacuum' : 'smoke');
    expect(run.session.view().state.closed?.outcome).toBe('completed');
    factsFrom(await run.rollback('drop-status'), 'revert');
    expect(run.session.view().state.closed?.outcome).toBe('rolled-back');
    const admin = await database.connect();
    expect((await admin.query('SELECT * FROM public.orders LIMIT 0')).fields.map(({name}) => name)).toEqual([
      'id',
      'placed_at',
      'shipped_at',
    ]);
  });

  test('is stopped by its own gate', async () => {
    await using database = await shop();
    const admin = await database.connect();
    await admin.query("ALTER TABLE public.orders ADD COLUMN status text NOT NULL DEFAULT 'new'");
    const run = await openTestRun(database, {runbook});
    expect((await run.start('no-status-yet')).status).toBe('failed');
  });
});

test('no file of the tool names a table, a view or a column of the shipped runbook', () => {
  const source = fileURLToPath(new URL('../../src', import.meta.url));
  const files = readdirSync(source, {recursive: true, encoding: 'utf8'}).filter((name) => /\.(tsx?|js)$/.test(name));
  expect(files.length).toBeGreaterThan(100);
  const named = files.filter((name) =>
    /exam_results|attempt_view|attempt-view|student_id/.test(readFileSync(join(source, name), 'utf8')),
  );
  expect(named).toEqual([]);
});
