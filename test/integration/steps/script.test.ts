// What becomes of a change whose own script is wrong: it ends the transaction, or the server refuses a line of it?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import type {DatabaseSession} from '../../../src/core/ports.ts';
import {execute} from '../../../src/steps/change-messages.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {catalogOf, failureFrom, openTestRun, settingsOf, shippedFolder} from '../../support/run.ts';

const steps = ['snapshot', 'apply-v1'];
const file = 'apply/010_attempt_v1.sql';
const writing = async (database: TestDatabase): Promise<DatabaseSession> => {
  const connected = await databaseOf(settingsOf(database), 'test/script').connect({
    readOnly: false,
    statementTimeoutMs: 30_000,
    lockTimeoutMs: 1000,
  });
  if (!connected.ok) throw new Error(connected.failure.code);
  return connected.value;
};
const v1 = readFileSync(join(shippedFolder, '../sql/attempt-view-v1-lock', file), 'utf8');

describe('a script that ends the transaction it runs in', () => {
  // The loader refuses such a file; what stands here is the second line of defence, behind a definition made by hand.
  const scripts = [
    {name: 'COMMIT', script: `${v1}\nCOMMIT;\n`},
    {name: 'COMMIT and a new BEGIN', script: `${v1}\nCOMMIT;\nBEGIN;\n`},
    {name: 'ROLLBACK', script: `${v1}\nROLLBACK;\n`},
    {name: 'COMMIT before an error', script: `${v1}\nCOMMIT;\nSELECT nothing;\n`},
    {name: 'COMMIT, a new BEGIN and an error', script: `${v1}\nCOMMIT;\nBEGIN;\nSELECT nothing;\n`},
  ];
  // The most cunning of them; all under LONG.
  test.each(scripts.filter((_, at) => process.env['LONG'] === '1' || at === 4))(
    'is found out before our COMMIT: $name',
    async ({script}) => {
      await using database = await createTestDatabase();
      const run = await openTestRun(database, {steps, sql: {[file]: script}});

      const state = await run.start('apply-v1');

      const opened = run.events.find(({type}) => type === 'TransactionOpened');
      expect(failureFrom(state, 'transaction-lost')).toEqual({
        code: 'transaction-lost',
        xid: opened !== undefined && 'xid' in opened ? opened.xid : '',
      });
      // Nothing was sent after the script, which by then would have committed statement by statement.
      expect(run.events.filter(({type}) => type === 'TransactionOpened')).toHaveLength(1);
    },
  );
});

describe('a script that the server refuses', () => {
  test('is named with file, line, column and its text, and nothing of it stays', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const script = `-- 첫 줄: 설명\nCREATE TABLE public.half_done ();\nSELECT '주제' AS "컬럼",\n       er.nothing\nFROM public.exam_results AS er;\n`;
    const run = await openTestRun(database, {steps, sql: {[file]: script}});

    const failure = failureFrom(await run.start('apply-v1'), 'query-refused');

    expect(failure).toMatchObject({
      sqlState: '42703',
      message: 'column er.nothing does not exist',
      file,
      line: 4,
      column: 8,
      sourceLine: '       er.nothing',
    });
    expect(await catalogOf(database)).toEqual(before);
    const admin = await database.connect();
    expect((await admin.query("SELECT to_regclass('public.half_done') AS half")).rows).toEqual([{half: null}]);
  });

  test('is named by line and column when it is not SQL at all', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps,
      sql: {[file]: 'CREATE VIEW public.attempt AS\nSELECT 1 FORM nowhere here;\n'},
    });
    expect(failureFrom(await run.start('apply-v1'), 'query-refused')).toMatchObject({
      sqlState: '42601',
      file,
      line: 2,
      column: 15,
      sourceLine: 'SELECT 1 FORM nowhere here;',
    });
  });

  test('counts columns after characters outside the basic plane as a human does', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {steps, sql: {[file]: "SELECT '😀', nothing;\n"}});
    expect(failureFrom(await run.start('apply-v1'), 'query-refused')).toMatchObject({line: 1, column: 13});
  });

  test('is the failure of a right that is missing when that is what it lacks', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const sql = {[file]: 'SET LOCAL ROLE app_reader;\nDROP VIEW public.attempt;\n'};
    const run = await openTestRun(database, {steps, sql});
    expect(failureFrom(await run.start('apply-v1'), 'privilege-missing')).toMatchObject({
      sqlState: '42501',
      file,
      message: 'must be owner of view attempt',
    });
    expect(await catalogOf(database)).toEqual(before);
  });

  test('gives up at its timeout, and nothing of it stays', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const run = await openTestRun(database, {
      steps,
      sql: {[file]: 'DROP VIEW public.attempt RESTRICT;\nSELECT pg_sleep(60);\n'},
      alter: (runbook) => ({
        ...runbook,
        steps: runbook.steps.map((step) => (step.kind === 'migration' ? {...step, timeoutMs: 3000} : step)),
      }),
    });
    expect(failureFrom(await run.start('apply-v1'), 'statement-timeout')).toEqual({
      code: 'statement-timeout',
      afterMs: 3000,
      file,
    });
    expect(await catalogOf(database)).toEqual(before);
  });
});

describe('a message of several statements', () => {
  test('does nothing at all outside the transaction that it was meant for', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const session = await writing(database);
    await session.query('BEGIN');
    const change = {session, xid: '3', objects: [], look: 'SELECT 1'};

    const inside = await execute(change, ['CREATE TABLE public.half_done ()']);
    await session.query('ROLLBACK');
    const outside = await execute(change, ['CREATE TABLE public.half_done ()']);

    expect([inside, outside]).toEqual([
      {ok: false, failure: {code: 'transaction-lost', xid: '3'}},
      {ok: false, failure: {code: 'transaction-lost', xid: '3'}},
    ]);
    expect((await admin.query("SELECT to_regclass('public.half_done') AS half")).rows).toEqual([{half: null}]);
    await session.close();
  });

  test('says in which statement, line and column the server stopped', async () => {
    await using database = await createTestDatabase();
    const session = await writing(database);
    const stopped = await session.queryAll([
      "SELECT '😀' -- one;\n",
      'SELECT 1;\n\n SELECT 2',
      "SELECT '주제',\n  nothing",
      'SELECT 3',
    ]);
    expect(stopped).toMatchObject({ok: false, failure: {line: 2, column: 3, sourceLine: '  nothing'}});
    const answered = await session.queryAll(['SELECT 1 AS a', 'CREATE TEMP TABLE t (b int)', 'SELECT b FROM t']);
    expect(answered).toMatchObject({
      ok: true,
      value: [
        {columns: ['a'], rows: [{a: '1'}]},
        {columns: [], count: 0},
        {columns: ['b'], count: 0},
      ],
    });
    await session.close();
  });
});
