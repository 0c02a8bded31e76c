// Is a change that was cut off between two of its batches started again by a script that only says 'resume'?

import {writeFileSync} from 'node:fs';
import {beforeAll, expect} from 'vitest';
import {createPlace, ensureBuilt} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase} from '../support/postgres.ts';

const {test} = needs('pg_dump');

beforeAll(ensureBuilt);

/** Two batches of ten are raised by one, then something goes wrong once. */
const batches = (
  wrong: string,
): string => `-- lint: allow sql-commits-inside because this test is about what is wrong with it
DO $$
BEGIN
  FOR batch IN 0..3 LOOP
    UPDATE public.scores SET score = score + 1 WHERE id > batch * 10 AND id <= batch * 10 + 10;
    COMMIT;
    IF batch = 1 AND (SELECT sum(score) FROM public.scores) = 20 THEN ${wrong} END IF;
  END LOOP;
  CREATE TABLE public.raised ();
END $$;
`;

test.each([
  {wrong: 'the connection is lost', as: 'PERFORM pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid());'},
  {wrong: 'a statement fails', as: "RAISE EXCEPTION 'in the middle';"},
])('when $wrong it stops with 2, and a resume with the same answers leaves it as it is', async ({as}) => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  await admin.query('CREATE TABLE public.scores AS SELECT id::int, 0 AS score FROM generate_series(1, 40) AS id');
  const place = createPlace({steps: ['snapshot', 'backup', 'student-index']});
  writeFileSync(place.sql('apply/030_student_index.sql'), batches(as));
  writeFileSync(
    place.sql('verify/030_student_index.sql'),
    "SELECT 'not raised' AS rule WHERE to_regclass('public.raised') IS NULL;\n",
  );
  const answers = place.answers({
    format: 'attempt-runbook-answers/1',
    steps: {snapshot: {start: true}, backup: {start: true}, 'student-index': {confirm: database.name}},
  });
  const env = {TARGET: database.url, SCRATCH: database.url};

  const first = await place.command(
    ['run', '--env', 'staging', '--url', 'env:TARGET', '--scratch', 'env:SCRATCH', '--answers', answers],
    {env},
  );
  expect(first.code, first.all).toBe(2);
  const again = await place.command(['resume', '--answers', answers], {env});
  expect(again.code, again.all).toBe(2);
  expect(again.all).toContain('Whatever was committed by then stays');

  expect(
    place.journal().filter((event) => event.type === 'StepStarted' && event.step === 'student-index'),
  ).toHaveLength(1);
  const {rows} = await admin.query('SELECT sum(score)::int AS sum FROM public.scores');
  expect(rows).toEqual([{sum: 20}]);
});
