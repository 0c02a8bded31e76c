// Is a change that commits in batches, and is cut off between two of them, ever done twice?

import {expect, test} from 'vitest';
import {createTestDatabase} from '../../support/postgres.ts';
import {failureFrom, openTestRun, withStep} from '../../support/run.ts';

const file = 'apply/030_student_index.sql';
const verify = 'verify/030_student_index.sql';

/** Adds 1 to ten scores at a time; what an author writes who thinks of no second run. */
const inBatches = (between: string): string => `DO $$
DECLARE
  ids bigint[];
BEGIN
  FOR batch IN 1..4 LOOP
    SELECT array_agg(id) INTO ids
    FROM (SELECT id FROM public.raised_scores ORDER BY id OFFSET (batch - 1) * 10 LIMIT 10) AS of;
    UPDATE public.raised_scores SET score = score + 1 WHERE id = ANY (ids);
    COMMIT;
    ${between}
  END LOOP;
  CREATE TABLE public.raised ();
END $$;
`;

test.each([
  {
    cut: 'whose connection is lost',
    between: 'IF batch = 2 THEN PERFORM pg_catalog.pg_terminate_backend(pg_backend_pid()); END IF;',
  },
  {cut: 'that fails', between: "IF batch = 2 THEN RAISE EXCEPTION 'in the middle'; END IF;"},
])(
  'a script in batches $cut stands as it is, says that a part may stay, and is not run again unasked',
  async ({cut, between}) => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(
      'CREATE TABLE public.raised_scores AS SELECT id::bigint, 0 AS score FROM generate_series(1, 40) AS id',
    );
    const sums = async () =>
      (await admin.query<{sum: number}>('SELECT sum(score)::int FROM public.raised_scores')).rows;
    const run = await openTestRun(database, {
      steps: ['student-index'],
      alter: withStep('migration', {apply: [file]}),
      sql: {
        [file]: inBatches(between),
        [verify]: "SELECT 'not raised' AS rule WHERE to_regclass('public.raised') IS NULL;\n",
      },
    });

    const state = await run.start('student-index');

    if (cut === 'that fails')
      expect(failureFrom(state, 'partly-applied')).toMatchObject({
        files: [file],
        cause: {code: 'query-refused', message: 'in the middle'},
      });
    else expect(failureFrom(state, 'partly-applied')).toEqual({code: 'partly-applied', files: [file], verify});
    await run.session.settled();
    expect(run.events.filter(({type}) => type === 'StepStarted')).toHaveLength(1);
    expect(await sums()).toEqual([{sum: 20}]);
    // A human's word starts it again, and nothing else.
    await run.retry('student-index');
    expect(run.events.filter(({type}) => type === 'StepStarted')).toHaveLength(2);
  },
);
