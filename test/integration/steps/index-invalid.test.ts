// Is an index that a broken build has left behind ever taken for the index?

import {expect, test} from 'vitest';
import {createTestDatabase} from '../../support/postgres.ts';
import {failureFrom, openTestRun} from '../../support/run.ts';

const steps = ['student-index'];

test.each([
  {as: 'public.t_u', written: 'T_U'},
  {as: 'public."응시 ""유일"""', written: '"응시 ""유일"""'},
])(
  '$as is said to be invalid after the retry that the server skips, and passes once it is dropped',
  async ({as, written}) => {
    await using database = await createTestDatabase();
    const sql = {
      // What every row has can be unique in none of them.
      'apply/030_student_index.sql': `CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ${written} ON public.exam_results ((1));\n`,
      'verify/030_student_index.sql': `SELECT 'missing' AS found WHERE to_regclass($$${as}$$) IS NULL;\n`,
    };
    const run = await openTestRun(database, {steps, sql});

    expect(failureFrom(await run.start('student-index'), 'query-refused').sqlState).toBe('23505');
    expect(failureFrom(await run.start('student-index'), 'index-invalid').indexes).toEqual([as]);

    const admin = await database.connect();
    await admin.query(`DROP INDEX ${as}`);
    await admin.query('DELETE FROM public.exam_results WHERE ctid <> (SELECT min(ctid) FROM public.exam_results)');
    expect((await run.start('student-index')).status).toBe('succeeded');
  },
);

test('one that no file names, or that a partitioned table waits for, is none of the step’s', async () => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  await admin.query('CREATE UNIQUE INDEX CONCURRENTLY other ON public.exam_results ((1))').catch(() => undefined);
  // Of the same name, and named in the file as something else.
  await admin.query('CREATE SCHEMA archive; CREATE TABLE archive.results AS SELECT 1 AS id FROM generate_series(1, 2)');
  await admin.query('CREATE UNIQUE INDEX CONCURRENTLY parts_id ON archive.results (id)').catch(() => undefined);
  await admin.query('CREATE UNIQUE INDEX CONCURRENTLY id ON archive.results (id)').catch(() => undefined);
  await admin.query('CREATE TABLE public.parts (id int) PARTITION BY RANGE (id)');
  await admin.query('CREATE TABLE public.part PARTITION OF public.parts FOR VALUES FROM (1) TO (9)');
  await admin.query('CREATE INDEX whole ON ONLY public.parts (id)');
  const invalid =
    'SELECT relname::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT indisvalid ORDER BY 1';
  const sql = {
    'apply/030_student_index.sql': 'CREATE INDEX CONCURRENTLY parts_id ON public.part (id);\n',
    'verify/030_student_index.sql': "SELECT 'missing' AS found WHERE to_regclass('public.parts_id') IS NULL;\n",
  };
  const run = await openTestRun(database, {steps, sql});
  expect((await run.start('student-index')).status).toBe('succeeded');
  expect((await admin.query(invalid)).rows).toEqual([
    {name: 'id'},
    {name: 'other'},
    {name: 'parts_id'},
    {name: 'whole'},
  ]);
});

test('one without a name of its own is found by its table', async () => {
  await using database = await createTestDatabase();
  const sql = {
    'apply/030_student_index.sql': 'CREATE UNIQUE INDEX CONCURRENTLY ON public.exam_results (exam_id);\n',
    'verify/030_student_index.sql':
      "SELECT 'missing' AS found WHERE to_regclass('public.exam_results_exam_id_idx') IS NULL;\n",
  };
  const admin = await database.connect();
  await admin.query(sql['apply/030_student_index.sql']).catch(() => undefined);
  await admin.query('DELETE FROM public.exam_results WHERE ctid <> (SELECT min(ctid) FROM public.exam_results)');
  const run = await openTestRun(database, {steps, sql});
  expect(failureFrom(await run.start('student-index'), 'index-invalid').indexes).toEqual([
    'public.exam_results_exam_id_idx',
  ]);
});
