// Does the shipped V1 return exactly the rows that the locked column rules ask for, and those of the plain definition?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {types, type Client} from 'pg';
import {describe, expect, test} from 'vitest';
import {attemptRows, generateExamResults, type AttemptRow, type ExamResult} from '../../support/attempt-rules.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {factsFrom, openTestRun, shippedFolder} from '../../support/run.ts';
import {placeV1} from '../../support/v1.ts';

// 300 in every run; 20,000 with LONG=1, where the rarest combinations meet.
const isLong = process.env['LONG'] === '1';
const count = isLong ? 20_000 : 300;

const plain = readFileSync(fileURLToPath(new URL('../../fixtures/attempt-v1-plain.sql', import.meta.url)), 'utf8');
const shipped = (file: string): string =>
  readFileSync(join(shippedFolder, '../sql/attempt-view-v1-lock', file), 'utf8');
const v1 = shipped('apply/010_attempt_v1.sql');
const verify = shipped('verify/010_columns.sql');

/** The deployed revision's, and that of the guide's table. */
const DEPLOYED =
  'id, student_id, item_id, correct, response_time_ms, hint_used, completed_at, started_at, attempt_no, session_id, topic_id';
const GUIDE =
  'id, student_id, item_id, correct, response_time_ms, hint_used, attempt_no, started_at, completed_at, session_id, topic_id';

const insertAll = async (client: Client, results: readonly ExamResult[]): Promise<void> => {
  // The sample's column is NOT NULL; the view's rule also says what a missing value means, so it is tried as well.
  await client.query('ALTER TABLE public.exam_results ALTER COLUMN updated_at DROP NOT NULL');
  // 500 a message: text of some 250 kB each.
  for (let at = 0; at < results.length; at += 500) {
    await client.query(
      `INSERT INTO public.exam_results (id, session_id, user_id, result_json, created_at, updated_at)
       SELECT id, session_id, user_id, result_json::jsonb, created_at, updated_at
       FROM json_to_recordset($1::json)
         AS r(id uuid, session_id text, user_id text, result_json text, created_at timestamptz, updated_at timestamptz)`,
      [JSON.stringify(results.slice(at, at + 500))],
    );
  }
};

const iso = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ${column}`;

const viewRows = async (client: Client): Promise<readonly AttemptRow[]> => {
  const {rows} = await client.query<AttemptRow>({
    text: `SELECT id, student_id, item_id, correct, response_time_ms, hint_used, attempt_no, ${iso('started_at')}, ${iso('completed_at')},
             session_id, topic_id FROM public.attempt`,
    // bigint as text, as pg does by itself; integers and booleans as values.
    types,
  });
  return rows;
};

const inOrder = (rows: readonly AttemptRow[]): readonly AttemptRow[] =>
  rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
const keyOf = ({session_id: session, item_id: item, id, attempt_no: number}: AttemptRow): string =>
  [session, item, id, number].join(' ');

/** What the view reads is the stored text of the jsonb, not the text that was written. */
const stored = async (client: Client): Promise<readonly ExamResult[]> => {
  const {rows} = await client.query<ExamResult>(
    'SELECT id, session_id, user_id, result_json::text AS result_json, created_at, updated_at FROM public.exam_results',
  );
  return rows;
};

describe('the V1 view', () => {
  test('has its columns where the deployed revision has them; the verify refuses neither known order, and any other', async () => {
    await using database = await createTestDatabase();
    const client = await database.connect();
    await client.query(
      `DROP VIEW public.attempt_weekly, public.attempt_topic; ${v1}; ALTER VIEW public.attempt RENAME TO v1`,
    );
    const findingsOn = async (columns: string): Promise<readonly unknown[]> => {
      await client.query(
        `DROP VIEW IF EXISTS public.attempt; CREATE VIEW public.attempt AS SELECT ${columns} FROM public.v1`,
      );
      return (await client.query(verify)).rows;
    };
    expect(await findingsOn('*')).toEqual([]);
    const {rows} = await client.query<{names: string}>(
      `SELECT string_agg(attname, ', ' ORDER BY attnum) AS names FROM pg_attribute WHERE attrelid = 'public.attempt'::regclass`,
    );
    expect(rows).toEqual([{names: DEPLOYED}]);
    expect(await findingsOn(GUIDE)).toEqual([]);
    const other = DEPLOYED.split(', ').toReversed().join(', ');
    expect(await findingsOn(other)).toEqual([{rule: 'order of columns', expected: DEPLOYED, actual: other}]);
  });

  test.each(isLong ? [11, 42, 2026] : [2026])(
    `equals the independent rules row by row on ${count} generated results (seed %i)`,
    async (seed) => {
      await using database = await createTestDatabase();
      const client = await database.connect();
      await client.query(`TRUNCATE public.exam_results; DROP VIEW public.attempt_weekly, public.attempt_topic; ${v1}`);
      await insertAll(client, generateExamResults(seed, count));

      const expected = inOrder(attemptRows(await stored(client)));

      expect(expected.length).toBeGreaterThan(count);
      expect(inOrder(await viewRows(client))).toEqual(expected);
    },
  );

  test('equals the independent rules on the sample that a rehearsal uses', async () => {
    await using database = await createTestDatabase();
    const client = await database.connect();
    await placeV1(client);
    const expected = inOrder(attemptRows(await stored(client)));
    expect(expected.length).toBeGreaterThan(4000);
    expect(inOrder(await viewRows(client))).toEqual(expected);
  });

  test('has the rows of the plain definition and no others, duplicates counted', async () => {
    await using database = await createTestDatabase();
    const client = await database.connect();
    await client.query(`DROP VIEW public.attempt_weekly, public.attempt_topic; ${v1}; ${plain}`);
    await insertAll(client, generateExamResults(7, count));
    const columns = DEPLOYED;
    const {rows} = await client.query(`
      WITH shipped AS MATERIALIZED (SELECT ${columns} FROM public.attempt),
           plain AS MATERIALIZED (SELECT ${columns} FROM public.attempt_v1_plain)
      SELECT (SELECT count(*)::int FROM (TABLE shipped EXCEPT ALL TABLE plain) AS a) AS unexpected,
             (SELECT count(*)::int FROM (TABLE plain EXCEPT ALL TABLE shipped) AS b) AS missing,
             (SELECT count(*) > 4000 FROM shipped) AS enough`);
    expect(rows).toEqual([{unexpected: 0, missing: 0, enough: true}]);
  });

  test.each([
    '{"questions": {"question_id": 1}}',
    '{"questions": "text"}',
    '{"questions": [{"question_id": "x"}]}',
    '{"questions": [{"question_id": 1, "is_correct": "maybe"}]}',
    '{"questions": [{"question_id": 1, "time_spent_sec": "soon"}]}',
  ])('fails where the plain definition and the rules fail: %s', async (json) => {
    await using database = await createTestDatabase();
    const client = await database.connect();
    await client.query(
      `TRUNCATE public.exam_results; DROP VIEW public.attempt_weekly, public.attempt_topic; ${v1}; ${plain}`,
    );
    await client.query(
      'INSERT INTO public.exam_results (session_id, user_id, result_json) VALUES ($1, $2, $3::jsonb)',
      ['one', 'u', json],
    );
    const columns = 'correct, response_time_ms, item_id';
    const outcome = (view: string) =>
      client.query(`SELECT ${columns} FROM ${view}`).then(
        () => 'rows',
        (error: {code: string}) => error.code,
      );
    const plainOutcome = await outcome('public.attempt_v1_plain');
    expect(plainOutcome).not.toBe('rows');
    expect(await outcome('public.attempt')).toBe(plainOutcome);
    const results = await stored(client);
    expect(() => attemptRows(results)).toThrow();
  });

  test('lets an index on the student expression serve one student', async () => {
    await using database = await createTestDatabase();
    const client = await database.connect();
    await placeV1(client);
    const run = await openTestRun(database, {steps: ['student-index']});
    factsFrom(await run.start('student-index'), 'migration');
    await client.query('ANALYZE public.exam_results; SET enable_seqscan = off');
    const {rows} = await client.query<Record<string, string>>(
      `EXPLAIN SELECT * FROM public.attempt WHERE student_id = md5('student-1')::uuid`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('ix_exam_results_student_id');
  });
});
