// Do checks that are answered by one statement find what each file finds alone, and does none hide another?

import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {StepState} from '../../../src/core/state.ts';
import {BAD_REMOVAL, badInsertion, badKinds} from '../../support/bad-data.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {placeV1, v1 as view} from '../../support/v1.ts';
import {
  factsFrom,
  failureFrom,
  openTestRun,
  shippedFolder,
  shippedRunbook,
  withStep,
  type TestRun,
} from '../../support/run.ts';

const {test: withPsql} = needs('psql');
const folder = join(shippedFolder, '..', 'sql', shippedRunbook);
const shipped = (file: string): string => readFileSync(join(folder, file), 'utf8');
const steps = ['smoke'];
const LONG = process.env['LONG'] === '1';

/** A view that breaks one rule of the lock, and the check that must say so. */
const mutations: readonly Readonly<{check: string; from: string; to: string}>[] = [
  {check: 'id', from: "a.id::text || '-' ||", to: "a.id::text || '_' ||"},
  {check: 'student-id', from: 'ELSE md5(er.user_id)::uuid', to: "ELSE md5(er.user_id || ' ')::uuid"},
  {check: 'item-id', from: 'a.question_id::bigint AS item_id', to: '(a.question_id::bigint + 1) AS item_id'},
  {check: 'correct', from: 'FALSE) AS correct', to: 'TRUE) AS correct'},
  {check: 'response-time-ms', from: 'round(n.seconds * 1000.0)', to: 'trunc(n.seconds)'},
  {check: 'hint-used', from: '> 0 AS hint_used', to: '> 1 AS hint_used'},
  {
    check: 'attempt-no',
    from: 'ORDER BY n.completed_at, n.exam_result_id',
    to: 'ORDER BY n.completed_at DESC, n.exam_result_id',
  },
  {check: 'attempt-no-sequence', from: 'PARTITION BY n.student_id, n.item_id', to: 'PARTITION BY n.student_id'},
  {check: 'started-at', from: 'COALESCE(round(n.seconds)::integer, 0)', to: 'COALESCE(trunc(n.seconds)::integer, 0)'},
  {check: 'completed-at', from: 'COALESCE(er.updated_at, er.created_at)', to: 'COALESCE(er.created_at, er.updated_at)'},
  {check: 'session-id', from: '  er.session_id,', to: "  left(er.session_id, -1) || '0' AS session_id,"},
  {check: 'topic-id', from: "NULLIF(a.question ->> 'topic', '')", to: "a.question ->> 'topic'"},
  {
    check: 'no-null-keys',
    from: '  n.completed_at,\n',
    to: '  CASE WHEN n.item_id > 9 THEN n.completed_at END AS completed_at,\n',
  },
  {
    check: 'row-count',
    from: 'WHERE a.question_id IS NOT NULL',
    to: "WHERE a.question_id IS NOT NULL AND a.question_id <> '7'",
  },
];

/** Few results, and one with what each mutation needs: a user who is no uuid, an empty topic, two hints, half seconds. */
const few = `DELETE FROM public.exam_results WHERE session_id > 'session-00000060';
  INSERT INTO public.exam_results (session_id, user_id, result_json, created_at, updated_at)
  SELECT 'kept ' || n, 'somebody', '{"questions": [
    {"question_id": 7, "topic": "", "used_hints": 1, "time_spent_sec": 1.5}, {"question_id": 8, "is_correct": false}, {"question_id": 9}
  ]}', now() - interval '2 days' * n, now() - interval '1 day' * n FROM generate_series(1, 3) AS n`;

type Verdicts = Readonly<Record<string, string>>;

const together = (state: StepState): Verdicts => {
  const {checks} = state.status === 'succeeded' ? factsFrom(state, 'smoke') : failureFrom(state, 'checks-failed');
  return Object.fromEntries(checks.map(({id, verdict}) => [id, verdict]));
};

const checksOf = (run: TestRun) => {
  const step = run.session.view().runbook.steps.find(({kind}) => kind === 'smoke');
  return step?.kind === 'smoke' ? step.checks : [];
};

/** As a DBA runs one file after the other, with the settings of the tool's session. */
const alone = (database: TestDatabase, run: TestRun): Verdicts => {
  const env = {PGOPTIONS: '-c search_path=pg_catalog -c default_transaction_read_only=on -c role=app_reader'};
  const files = checksOf(run).flatMap(({id, sql}) => ['-c', `\\echo :: ${id}`, '-f', join(folder, sql)]);
  // One psql for all of them: it goes on after an error, which leaves a file without an answer.
  const args = ['-X', '-A', '-t', '-F', '\t', '-d', database.url, ...files];
  const {stdout} = spawnSync('psql', args, {env: {...process.env, ...env}, encoding: 'utf8'});
  const answers = stdout.split(/^:: /m).slice(1);
  return Object.fromEntries(
    answers.map((answer) => {
      const [id = '', line = ''] = answer.split('\n');
      const [ok, rows] = line.split('\t');
      return [id, ok !== 't' ? 'fail' : rows === '0' ? 'amber' : 'pass'];
    }),
  );
};

const said = (run: TestRun, state: StepState): string => {
  const attempt = 'attempt' in state ? state.attempt : 1;
  return readFileSync(join(run.path, 'transcripts', `smoke.${attempt}.log`), 'utf8');
};

describe('a shared read', () => {
  withPsql('gives each check the verdict of its file on the shipped view, and reads what it shares once', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(few);
    await placeV1(admin);
    const run = await openTestRun(database, {steps});
    const sound = await run.start('smoke');
    expect(together(sound)).toEqual(alone(database, run));
    expect(factsFrom(sound, 'smoke').reads?.map(({id}) => id)).toEqual(['every-row', 'newest-results']);
    const scans = (read: string): number =>
      readFileSync(join(run.path, 'artifacts', `smoke.1.${read}.explain.json`), 'utf8').split(
        '"Relation Name": "exam_results"',
      ).length - 1;
    // The view, and the answers that it is held against.
    expect(scans('every-row')).toBe(2);
    // The newest results, the view's rows of them, and the rows of the five newest students.
    expect(scans('newest-results')).toBe(3);
  });

  withPsql('gives each check the verdict of its file on every broken view', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(few);
    await placeV1(admin);
    const run = await openTestRun(database, {steps});
    // All of them under LONG; otherwise one of each read.
    const tried = LONG ? mutations : mutations.filter((_of, at) => at === 1 || at === mutations.length - 1);
    for (const {check, from, to} of tried) {
      expect(view, check).toContain(from);
      await placeV1(admin, view.replace(from, to));
      const state = await run.start('smoke');
      const verdicts = together(state);
      expect(verdicts, check).toMatchObject({[check]: 'fail'});
      expect(verdicts, check).toEqual(alone(database, run));
      // None of these stops the statement: the verdicts are its own.
      expect(said(run, state), check).not.toContain('runs alone');
    }
  });

  withPsql('gives each check the verdict of its file on bad data, which stops the statement', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query("DELETE FROM public.exam_results WHERE session_id > 'session-00000020'");
    await placeV1(admin);
    const run = await openTestRun(database, {steps});
    // All of them under LONG; otherwise one that count(*) does not notice.
    for (const kind of badKinds.filter((_kind, at) => LONG || at === 24)) {
      await admin.query(...badInsertion(kind, 'now'));
      const state = await run.start('smoke');
      const verdicts = together(state);
      expect(verdicts, JSON.stringify(kind)).toEqual(alone(database, run));
      expect(verdicts, JSON.stringify(kind)).toMatchObject({
        'row-count': 'fail',
        [kind.check]: 'fail',
        columns: 'pass',
      });
      expect(said(run, state)).toContain('newest-results: ');
      await admin.query(BAD_REMOVAL);
    }
  });

  test.each([
    [
      'a column that is not there',
      'a.hint_used AS value',
      'a.hint_use AS value',
      /^smoke\/160_hint_used\.sql:\d+:\d+ column a\.hint_use does not exist$/,
    ],
    [
      'an error while it runs',
      'a.hint_used AS value',
      'a.hint_used AND 1 / (a.item_id - a.item_id) > 0 AS value',
      /^division by zero$/,
    ],
  ])('names the check that has %s, and hides no other', async (_name, from, to, observed) => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(few);
    await placeV1(admin);
    const file = 'smoke/160_hint_used.sql';
    const run = await openTestRun(database, {steps, sql: {[file]: shipped(file).replace(from, to)}});
    const {failed, checks} = failureFrom(await run.start('smoke'), 'checks-failed');
    expect(failed).toEqual(['hint-used']);
    expect(checks.find(({id}) => id === 'hint-used')?.observed).toMatch(observed);
    expect(checks.filter(({verdict}) => verdict === 'pass')).toHaveLength(15);
  });

  test('may take as long as the step says, as a whole: it is not asked again check by check', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(few);
    await placeV1(admin);
    const file = 'smoke/160_hint_used.sql';
    const slow = shipped(file).replace('a.hint_used AS value', '(a.hint_used AND pg_sleep(600) IS NOT NULL) AS value');
    const run = await openTestRun(database, {
      steps,
      sql: {[file]: slow},
      // 4 s: the other statements of sixty results take milliseconds.
      alter: withStep('smoke', {timeoutMs: 4000}),
    });
    const state = await run.start('smoke');
    const {failed, checks} = failureFrom(state, 'checks-failed');
    expect(failed).toHaveLength(11);
    expect(checks.find(({id}) => id === 'item-id')?.observed).toBe('statement timeout after 4000 ms');
    expect(checks.find(({id}) => id === 'row-count')?.verdict).toBe('pass');
    expect(said(run, state)).not.toContain('runs alone');
  });
});

test('the five newest rows are those of the whole view, also where one has no student', async () => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  await placeV1(admin);
  await admin.query(`INSERT INTO public.exam_results (session_id, user_id, result_json, updated_at) VALUES
    ('no student', NULL, '{"questions": [{"question_id": 1}, {"question_id": 2}]}', '2099-01-01'),
    ('a student', 'somebody', '{"questions": [{"question_id": 1}, {"question_id": 2}]}', '2098-01-01')`);
  const whole = await admin.query('SELECT * FROM public.attempt ORDER BY completed_at DESC LIMIT 5');
  const rows = (await admin.query(shipped('smoke/025_newest_rows.sql'))).rows as readonly {session_id: string}[];
  expect(rows.map((row) => row.session_id).slice(0, 4)).toEqual(['no student', 'no student', 'a student', 'a student']);
  expect(rows).toHaveLength(5);
  const {rows: strangers} =
    await admin.query(`SELECT count(*)::integer AS n FROM (${shipped('smoke/025_newest_rows.sql').trimEnd().replace(/;$/, '')}) AS five
    WHERE completed_at < '${(whole.rows.at(-1) as {completed_at: Date}).completed_at.toISOString()}'`);
  expect(strangers).toEqual([{n: 0}]);
});
