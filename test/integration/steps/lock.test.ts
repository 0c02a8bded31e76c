// What happens to readers, to the change and to the catalog when somebody holds a lock that the change needs?

import type {Client} from 'pg';
import {describe, expect, test} from 'vitest';
import {diffSnapshots} from '../../../src/catalog/diff.ts';
import {failureText} from '../../../src/ui/text/failure.ts';
import {deployLogin} from '../../support/login.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun, withStep} from '../../support/run.ts';

const steps = ['snapshot', 'apply-v1'];

/** A session that has read the view and not yet ended its transaction. */
const holdingReader = async (database: TestDatabase): Promise<Client> => {
  const holder = await database.connect();
  await holder.query("SET application_name = 'nightly-report'; BEGIN; SELECT count(*) FROM public.attempt");
  return holder;
};

describe('a change that does not get its lock', () => {
  test('ends blocked after its tries, names who holds it, changes nothing, and goes on once the holder is gone', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const holder = await holdingReader(database);
    const {rows} = await holder.query<{pid: number}>('SELECT pg_backend_pid() AS pid');
    const run = await openTestRun(database, {steps, alter: withStep('migration', {lockTries: 2, lockTimeoutMs: 100})});

    const state = await run.start('apply-v1');

    expect(state.status).toBe('blocked');
    const {tries, blockers} = failureFrom(state, 'lock-timeout');
    expect(tries).toBe(2);
    expect(blockers).toEqual([
      {
        pid: rows[0]?.pid,
        user: database.user,
        application: 'nightly-report',
        state: 'idle in transaction',
        ageMs: expect.any(Number) as number,
        waitsFor: 'Client ClientRead',
        role: 'holds',
      },
    ]);
    expect(blockers[0]?.ageMs).toBeGreaterThan(0);
    expect(run.session.view().need).toEqual({kind: 'answer', step: 'apply-v1', question: 'blocked'});
    expect(await catalogOf(database)).toEqual(before);
    // The holder was left alone.
    expect((await holder.query('SELECT 1 AS alive')).rows).toEqual([{alive: 1}]);
    await holder.query('COMMIT');
    expect(await run.retry('apply-v1')).toMatchObject({status: 'succeeded', attempt: 2});
  });

  test('counts who holds it and not who queues behind us, and says that the login may not see the age of it', async () => {
    await using database = await createTestDatabase();
    const login = await deployLogin(database);
    const holder = await holdingReader(database);
    const {rows} = await holder.query<{pid: number}>('SELECT pg_backend_pid() AS pid');
    const queue = await Promise.all(Array.from({length: 3}, () => database.connect()));
    let isOver = false;
    // Each reads again as soon as it got through: during every try all of them stand in line behind the change.
    const reading = queue.map(async (reader) => {
      while (!isOver) await reader.query('SELECT FROM public.attempt LIMIT 0');
    });
    const run = await openTestRun(login, {steps, alter: withStep('migration', {lockTries: 1, lockTimeoutMs: 400})});

    const failure = failureFrom(await run.start('apply-v1'), 'lock-timeout');
    isOver = true;
    await Promise.all(reading);

    // It is idle in transaction; the login sees its name, and neither since when nor in which state.
    expect(failure.blockers).toEqual([
      {
        pid: rows[0]?.pid,
        user: database.user,
        application: 'nightly-report',
        state: '',
        hiddenFrom: login.role,
        role: 'holds',
      },
    ]);
    const said = failureText(failure, 'en');
    expect(said.what).toContain('1 session holds it');
    expect(said.where).toContain(`not visible to ${login.role} (needs pg_read_all_stats)`);
    expect(said.where).not.toContain('open 0 ms');
  });

  test('names who holds a lock on a table below what it changes', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const run = await openTestRun(database, {steps, alter: withStep('migration', {lockTries: 2, lockTimeoutMs: 300})});
    await run.walkTo('apply-v1');
    const holder = await database.connect();
    await holder.query(
      "SET application_name = 'vacuum-full'; BEGIN; LOCK TABLE public.exam_results IN ACCESS EXCLUSIVE MODE",
    );
    const reader = await database.connect();
    await reader.query("SET application_name = 'dashboard'");
    // Waits for the table that the view reads, and holds the view while it does.
    const reading = reader.query('SELECT count(*) FROM public.attempt').catch(() => undefined);
    await run.start('apply-v1');
    const {blockers} = failureFrom(run.stateOf('apply-v1'), 'lock-timeout');
    expect(blockers.map(({application, role}) => `${application} ${role}`)).toContain('vacuum-full holds');
    await holder.query('COMMIT');
    await reading;
    expect(await catalogOf(database)).toEqual(before);
  });

  test('stops between two tries when the operator asks for it, and succeeds by itself when the holder commits between two', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const holder = await holdingReader(database);
    const run = await openTestRun(database, {steps});
    await run.walkTo('apply-v1');
    const first = run.progress(({code}) => code === 'waiting-for-lock');
    await run.begin('apply-v1');
    await first;
    await run.submit({type: 'CancelEffect'});
    failureFrom(run.stateOf('apply-v1'), 'cancelled');
    expect(await catalogOf(database)).toEqual(before);
    const cancelledTries = run.events.filter(({type}) => type === 'TransactionOpened').length;

    const waiting = run.progress(
      ({code, ...rest}) => code === 'waiting-for-lock' && 'tries' in rest && rest.tries === 1,
    );
    await run.begin('apply-v1');
    expect(await waiting).toMatchObject({
      code: 'waiting-for-lock',
      tries: 1,
      of: 20,
      blockers: [{application: 'nightly-report', user: database.user}],
    });
    await holder.query('COMMIT');
    await run.session.settled();

    const facts = factsFrom(run.stateOf('apply-v1'), 'migration');
    expect(facts.lockTries).toBeGreaterThan(1);
    // Each try is a transaction of its own, and the journal has each of them before it did anything.
    const opened = run.events.filter(({type}) => type === 'TransactionOpened');
    expect(opened).toHaveLength(cancelledTries + facts.lockTries);
    expect(diffSnapshots(before, await catalogOf(database)).length).toBeGreaterThan(0);
  });

  test('lets a reader wait no longer than one try', async () => {
    await using database = await createTestDatabase();
    await holdingReader(database);
    const reader = await database.connect();
    const lockTimeoutMs = 400;
    const run = await openTestRun(database, {steps, alter: withStep('migration', {lockTries: 3, lockTimeoutMs})});
    await run.begin('apply-v1');

    // A reader after the other for as long as the change tries: the slowest of them is the one that queued behind it.
    let slowestMs = 0;
    let reads = 0;
    let mostTries = 0;
    const tries = (): number => run.events.filter(({type}) => type === 'TransactionOpened').length;
    while (run.stateOf('apply-v1').status === 'running') {
      const began = performance.now();
      const before = tries();
      await reader.query('SELECT FROM public.attempt LIMIT 0');
      slowestMs = Math.max(slowestMs, performance.now() - began);
      mostTries = Math.max(mostTries, tries() - before);
      reads += 1;
    }

    expect(run.stateOf('apply-v1').status).toBe('blocked');
    expect(reads).toBeGreaterThan(3);
    // At least one did queue, or this would prove nothing.
    expect(slowestMs).toBeGreaterThan(lockTimeoutMs / 4);
    // Whoever came in the middle of a try is through before the next but one. The holder never lets go: without
    // lock_timeout the reader would wait for ever.
    expect(mostTries).toBeLessThanOrEqual(1);
  });

  test('gives each further lock, and all that comes later, only what is left of one timeout', async () => {
    await using database = await createTestDatabase();
    const holder = await database.connect();
    const observer = await database.connect();
    await holder.query('BEGIN; SELECT FROM public.attempt_weekly LIMIT 0');
    const lockTimeoutMs = 60_000;
    // A row for each millisecond of the timeout that the wait for the first lock should have used up, and did not.
    const verify = `SELECT 'lock_timeout' AS rule, setting AS actual FROM pg_catalog.pg_settings
      WHERE name = 'lock_timeout' AND setting::int > ${lockTimeoutMs} - 200`;
    const run = await openTestRun(database, {
      steps,
      alter: withStep('migration', {lockTries: 1, lockTimeoutMs}),
      sql: {'verify/010_columns.sql': verify},
    });
    await run.begin('apply-v1');
    // The views are locked one after the other; the holder stands in the way of the first.
    const waited = `SELECT FROM pg_locks WHERE NOT granted AND now() - waitstart > interval '200 ms'
      AND relation = 'public.attempt_weekly'::regclass`;
    while ((await observer.query(waited)).rowCount === 0) await new Promise((resolve) => setImmediate(resolve));
    await holder.query('COMMIT');
    await run.session.settled();
    factsFrom(run.stateOf('apply-v1'), 'migration');
  });
});
