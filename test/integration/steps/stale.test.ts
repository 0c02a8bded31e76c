// Does the change refuse a database that is not the one that was captured and approved, and dependants it cannot put back?

import {describe, expect, test} from 'vitest';
import {alembicProject} from '../../support/alembic.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun, withStep} from '../../support/run.ts';

const steps = ['snapshot', 'apply-v1'];

/** Every kind of drift; otherwise a view more, which a comparison could most easily pass over. */
const isLong = process.env['LONG'] === '1';

const drifts = [
  {
    name: 'a new grant',
    sql: 'GRANT UPDATE ON public.attempt TO app_reader',
    change: {object: 'public.attempt', aspect: 'grants', after: expect.stringContaining('app_reader=UPDATE') as string},
  },
  {
    name: 'a lost column grant',
    sql: 'REVOKE REFERENCES (id) ON public.attempt FROM app_etl',
    change: {object: 'public.attempt', aspect: 'column grants'},
  },
  {
    name: 'another comment',
    sql: "COMMENT ON VIEW public.attempt IS 'changed by hand'",
    change: {object: 'public.attempt', aspect: 'comment', after: 'changed by hand'},
  },
  {
    name: 'another option',
    sql: 'ALTER VIEW public.attempt RESET (security_barrier)',
    change: {object: 'public.attempt', aspect: 'options', before: 'security_barrier=true', after: ''},
  },
  {
    name: 'another owner',
    sql: 'ALTER VIEW public.attempt_topic OWNER TO CURRENT_USER',
    change: {object: 'public.attempt_topic', aspect: 'owner', before: 'seedtest_owner'},
  },
  {
    name: 'a new dependent view',
    sql: 'CREATE VIEW public.attempt_new AS SELECT id FROM public.attempt',
    change: {object: 'public.attempt_new', aspect: 'existence', before: '', after: 'view'},
  },
  {
    name: 'a dependent view that is gone',
    sql: 'DROP VIEW public.attempt_weekly',
    change: {object: 'public.attempt_weekly', aspect: 'existence', before: 'view', after: ''},
  },
] as const;

describe('a snapshot that is stale, rightly', () => {
  test('is taken again, with what was done since: the change then finds what it expects', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const run = await openTestRun(database, {steps: ['snapshot', 'apply-v1']});
    expect(await run.submit({type: 'TakeSnapshotAgain'})).toEqual({code: 'snapshot-not-stale'});
    await run.walkTo('apply-v1');
    await admin.query('CREATE VIEW public.attempt_new AS SELECT id FROM public.attempt');
    failureFrom(await run.start('apply-v1'), 'snapshot-stale');
    expect(await run.submit({type: 'TakeSnapshotAgain'})).toBeUndefined();
    expect(run.stateOf('snapshot').status).toBe('waiting');
    expect(run.stateOf('apply-v1').status).toBe('waiting');
    factsFrom(await run.start('apply-v1'), 'migration');
    expect(factsFrom(run.stateOf('snapshot'), 'snapshot').dependants).toContain('public.attempt_new');
    expect(run.stateOf('snapshot')).toMatchObject({attempt: 2});
    expect(await run.submit({type: 'TakeSnapshotAgain'})).toEqual({code: 'run-closed'});
  });
});

needs('alembic').test('with Alembic a snapshot is taken again as often as it is stale', async () => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  const run = await openTestRun(database, {runbook: alembicProject().runbook, steps: ['snapshot', 'upgrade']});
  await run.walkTo('upgrade');
  await admin.query('CREATE VIEW public.attempt_new AS SELECT id FROM public.attempt');
  failureFrom(await run.start('upgrade'), 'snapshot-stale');
  // Not even a second try, which is refused as the first was, has left anything.
  failureFrom(await run.retry('upgrade'), 'snapshot-stale');
  expect(await run.submit({type: 'TakeSnapshotAgain'})).toBeUndefined();
  await run.walkTo('upgrade');
  factsFrom(await run.retry('upgrade'), 'migration');
  expect((await catalogOf(database)).dependants.map(({name}) => name)).toContain('attempt_new');
});

describe('a database that changed after the snapshot', () => {
  test.for(isLong ? drifts : drifts.filter(({name}) => name === 'a new dependent view'))(
    'is not changed further: $name',
    async ({sql, change}) => {
      await using database = await createTestDatabase();
      const admin = await database.connect();
      const run = await openTestRun(database, {steps});
      await run.walkTo('apply-v1');
      await admin.query(sql);
      const drifted = await catalogOf(database);

      const {changes} = failureFrom(await run.start('apply-v1'), 'snapshot-stale');

      expect(changes).toContainEqual(expect.objectContaining(change));
      expect(await catalogOf(database)).toEqual(drifted);
    },
  );

  test('is seen even when the drift is committed while the change already waits for its lock', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const observer = await database.connect();
    // One long try: what is committed meanwhile is seen by this try or by none.
    const run = await openTestRun(database, {
      steps,
      alter: withStep('migration', {lockTries: 1, lockTimeoutMs: 60_000}),
    });
    await run.walkTo('apply-v1');
    await admin.query("BEGIN; COMMENT ON VIEW public.attempt IS 'half way'");
    await run.begin('apply-v1');
    const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
      AND application_name LIKE 'attempt-runbook/%/apply-v1/1'`;
    while ((await observer.query(waits)).rowCount === 0) await new Promise((resolve) => setImmediate(resolve));
    await admin.query('COMMIT');
    await run.session.settled();
    const {changes} = failureFrom(run.stateOf('apply-v1'), 'snapshot-stale');
    expect(changes).toMatchObject([{object: 'public.attempt', aspect: 'comment', after: 'half way'}]);
  });

  test('is changed after a new run has captured it again', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const run = await openTestRun(database, {steps});
    await run.walkTo('apply-v1');
    await admin.query('GRANT UPDATE ON public.attempt TO app_reader');
    failureFrom(await run.start('apply-v1'), 'snapshot-stale');
    await run.close();
    const second = await openTestRun(database, {steps});
    factsFrom(await second.start('apply-v1'), 'migration');
    expect((await catalogOf(database)).objects[0]?.grants).toContainEqual(
      expect.objectContaining({grantee: 'app_reader', privilege: 'UPDATE'}),
    );
  });
});

const unreplayable = [
  {
    name: 'a table column of its row type',
    sql: 'CREATE TABLE public.archive (item public.attempt)',
    object: 'table column public.archive.item',
  },
  {
    name: 'a table column of many of its rows',
    sql: 'CREATE TABLE public.archive (items public.attempt[])',
    object: 'table column public.archive.items',
  },
  {
    name: 'a table column of the row type of a dependent view',
    sql: 'CREATE TABLE public.archive (item public.attempt_topic)',
    object: 'table column public.archive.item',
  },
] as const;

describe('a dependant that cannot be dropped and put back', () => {
  test.for(isLong ? unreplayable : unreplayable.slice(-1))(
    'stops the change before it begins: $name',
    async ({sql, object}) => {
      await using database = await createTestDatabase();
      const admin = await database.connect();
      await admin.query(sql);
      const before = await catalogOf(database);
      const run = await openTestRun(database, {steps});
      await run.walkTo('apply-v1');
      expect(run.stateOf('snapshot')).toMatchObject({status: 'succeeded', verdict: 'amber'});
      expect(factsFrom(run.stateOf('snapshot'), 'snapshot').notReplayable).toContain(object);
      expect((await run.session.preview('apply-v1')).impact?.notReplayable).toContain(object);

      const {objects} = failureFrom(await run.start('apply-v1'), 'dependants-not-replayable');

      expect(objects).toContain(object);
      expect(await catalogOf(database)).toEqual(before);
    },
  );
});
