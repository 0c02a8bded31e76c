// Does the change arrive whole, with everything that the drop takes put back, and does the journal say what happened?

import {describe, expect, test} from 'vitest';
import {diffSnapshots} from '../../../src/catalog/diff.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun, shippedFolder} from '../../support/run.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

const steps = ['snapshot', 'apply-v1'];

describe('the apply step', () => {
  test('makes V1 and leaves the catalog otherwise as it was', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    // More than the sample has: a grant passed on by somebody else, an invoker option, a rule, a column default.
    await admin.query(`
      SET ROLE app_etl;
      GRANT SELECT ON public.attempt TO PUBLIC;
      RESET ROLE;
      COMMENT ON COLUMN public.attempt.topic_id IS E'it''s a \\\\ topic\\n주제';
      ALTER VIEW public.attempt ALTER COLUMN topic_id SET DEFAULT 'none';
      ALTER VIEW public.attempt_topic SET (security_invoker = false, security_barrier = true);
      CREATE MATERIALIZED VIEW public.attempt_days AS SELECT completed_at::date AS day, count(*) FROM public.attempt GROUP BY 1;
      CREATE UNIQUE INDEX attempt_days_day ON public.attempt_days (day);
    `);
    const before = await catalogOf(database);

    const run = await openTestRun(database, {steps});
    const facts = factsFrom(await run.start('apply-v1'), 'migration');

    const after = await catalogOf(database);
    expect(
      diffSnapshots(before, after)
        .map(({object, aspect}) => `${object} ${aspect}`)
        .toSorted(),
    ).toEqual([
      'public.attempt column types',
      'public.attempt columns',
      'public.attempt definition',
      'public.attempt_topic column types',
    ]);
    expect(after.dependants.map(({name}) => name).toSorted()).toEqual([
      'attempt_days',
      'attempt_topic',
      'attempt_weekly',
    ]);
    expect(after.objects[0]).toMatchObject({owner: 'seedtest_owner', options: ['security_barrier=true']});
    expect(facts.putBack).toMatchObject({
      dependants: expect.arrayContaining([
        'public.attempt_topic',
        'public.attempt_weekly',
        'public.attempt_days',
      ]) as unknown,
      owners: 4,
    });
    expect(facts.changes.map(({object, aspect}) => `${object} ${aspect}`).toSorted()).toEqual([
      'public.attempt column types',
      'public.attempt columns',
      'public.attempt definition',
      'public.attempt_topic column types',
    ]);
    const verify = readFileSync(join(shippedFolder, '../sql/attempt-view-v1-lock/verify/010_columns.sql'), 'utf8');
    expect((await admin.query(verify)).rows).toEqual([]);
  });

  test('puts back what is no view: functions, a policy, a trigger, a rule', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(`
      CREATE FUNCTION public.attempt_count() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM public.attempt; END;
      REVOKE EXECUTE ON FUNCTION public.attempt_count() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION public.attempt_count() TO app_reader;
      COMMENT ON FUNCTION public.attempt_count() IS 'read by the nightly report';
      CREATE FUNCTION public.attempts() RETURNS SETOF public.attempt LANGUAGE plpgsql STABLE
        AS $$ BEGIN RETURN QUERY SELECT * FROM public.attempt; END $$;
      CREATE TABLE public.note (id bigint, session_id text);
      ALTER TABLE public.note ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON public.note TO app_reader
        USING (EXISTS (SELECT FROM public.attempt a WHERE a.session_id = note.session_id));
    `);
    const before = await catalogOf(database);
    expect(before.others).toEqual([]);

    const run = await openTestRun(database, {steps});
    factsFrom(await run.start('apply-v1'), 'migration');

    const after = await catalogOf(database);
    expect(diffSnapshots(before, after).filter(({aspect}) => !aspect.startsWith('column'))).toEqual([
      expect.objectContaining({object: 'public.attempt', aspect: 'definition'}),
    ]);
    await admin.query('SET ROLE app_reader');
    expect((await admin.query('SELECT public.attempt_count() > 0 AS counted')).rows).toEqual([{counted: true}]);
    await admin.query('RESET ROLE');
    factsFrom(await run.rollback('restore-objects'), 'restore-objects');
    expect(await catalogOf(database)).toEqual(before);
  });

  test('wants the name of the target, says how long it held its lock, and never says CASCADE', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {steps});
    await run.walkTo('apply-v1');
    // Not without the name of the target, nor with another one.
    const expected = {code: 'confirmation-missing', expected: database.name};
    expect(await run.submit({type: 'StartStep', step: 'apply-v1'})).toEqual(expected);
    expect(await run.submit({type: 'StartStep', step: 'apply-v1', confirm: 'seedtest'})).toEqual(expected);
    expect(run.stateOf('apply-v1')).toEqual({status: 'waiting', attempt: 0});
    const facts = factsFrom(await run.start('apply-v1'), 'migration');

    expect(facts.lockTries).toBe(1);
    expect(facts.lockHeldMs).toBeGreaterThan(0);
    // 5 s: it holds for milliseconds; what is guarded against is the run's whole duration being told instead.
    expect(facts.lockHeldMs).toBeLessThan(5000);
    expect(run.events.filter((event) => 'step' in event && event.step === 'apply-v1').map(({type}) => type)).toEqual([
      'StepStarted',
      'TransactionOpened',
      // The catalog afterwards and what differs from before, the log and the recording.
      'ArtifactSealed',
      'ArtifactSealed',
      'ArtifactSealed',
      'ArtifactSealed',
      'StepSucceeded',
      // It is the last step: the change is looked at once more before the run is closed.
      'StepProbedAgain',
    ]);
    const admin = await database.connect();
    const {rows} = await admin.query<{status: string}>('SELECT pg_xact_status($1::xid8) AS status', [facts.xid]);
    expect(rows).toEqual([{status: 'committed'}]);

    // It never says CASCADE, nor does any file that it ships.
    const preview = await run.session.preview('rollback/restore-objects');
    const transcript = await run.session.transcript('apply-v1', 1);
    expect(transcript).toContain('GRANT');
    const folder = join(shippedFolder, '../sql/attempt-view-v1-lock');
    const shipped = readdirSync(folder, {recursive: true, encoding: 'utf8'})
      .filter((name) => name.endsWith('.sql'))
      .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll(/--.*$/gm, ''));
    expect(
      [transcript, ...preview.parts.map(({text}) => text), ...shipped].filter((text) => /\bCASCADE\b/i.test(text)),
    ).toEqual([]);
    expect(preview.parts.map(({text}) => text).join('\n')).toContain('RESTRICT');
  });

  test('refuses a change whose own promise is not kept, and changes nothing', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const v1 = readFileSync(join(shippedFolder, '../sql/attempt-view-v1-lock/apply/010_attempt_v1.sql'), 'utf8');
    const narrow = v1.replace(')::integer AS attempt_no', ')::smallint AS attempt_no');
    expect(narrow).not.toBe(v1);
    const run = await openTestRun(database, {steps, sql: {'apply/010_attempt_v1.sql': narrow}});

    const failure = failureFrom(await run.start('apply-v1'), 'expectation-missed');

    expect(failure).toMatchObject({what: 'verify/010_columns.sql', actual: '1'});
    expect(failure.findings).toEqual([{rule: 'column attempt_no', expected: 'integer', actual: 'smallint'}]);
    expect(await catalogOf(database)).toEqual(before);
  });

  test('refuses what a script that nobody can read does beside the declared object', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const v1 = readFileSync(join(shippedFolder, '../sql/attempt-view-v1-lock/apply/010_attempt_v1.sql'), 'utf8');
    const sql = {
      'apply/010_attempt_v1.sql': `${v1}\nDO $$ BEGIN EXECUTE 'CREATE VIEW public.attempt_' || 'stowaway AS SELECT id FROM public.attempt'; END $$;\n`,
    };
    const run = await openTestRun(database, {steps, sql});

    const {changes} = failureFrom(await run.start('apply-v1'), 'catalog-differs');

    expect(changes).toEqual([{object: 'public.attempt_stowaway', aspect: 'existence', before: '', after: 'view'}]);
    expect(await catalogOf(database)).toEqual(before);
  });
});
