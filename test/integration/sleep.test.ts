// Whose is the target after a night: of a run that slept, or of the one that took it meanwhile?

import {expect, onTestFinished, test} from 'vitest';
import {lockTarget} from '../../src/adapters/postgres/target-lock.ts';
import type {Compose} from '../../src/cli/open-run.ts';
import {success} from '../../src/core/failure.ts';
import type {DatabaseSession} from '../../src/core/ports.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {catalogOf, failureFrom, openTestRun, settingsOf} from '../support/run.ts';

const steps = ['snapshot', 'apply-v1'];

/** Ends the session that holds this run's lock, as a sleep does, and takes the target for another run. */
const takeOver = async (database: TestDatabase, run: string): Promise<void> => {
  const admin = await database.connect();
  await admin.query(
    `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
     WHERE datname = $1 AND application_name LIKE 'attempt-runbook/' || $2 || '/lock/%'`,
    [database.name, run],
  );
  const other = {run: 'r-other', operator: 'lee@desk'};
  const taken = await lockTarget(settingsOf(database), ['public.attempt'], other, {afterCrash: false});
  if (!taken.ok || taken.value.status !== 'locked') throw new Error(JSON.stringify(taken));
  onTestFinished(taken.value.lock.release);
};

test('a change that slept between two tries does not begin another one once the target is taken', async () => {
  await using database = await createTestDatabase();
  const before = await catalogOf(database);
  const reader = await database.connect();
  const run = await openTestRun(database, {steps});
  await run.walkTo('apply-v1');
  await reader.query('BEGIN');
  await reader.query('SELECT FROM public.attempt LIMIT 1');
  const waits = run.progress(({code}) => code === 'waiting-for-lock');
  await run.begin('apply-v1');
  await waits;
  await takeOver(database, run.id);
  await reader.query('ROLLBACK');
  await run.session.settled();
  const {holder} = failureFrom(run.stateOf('apply-v1'), 'target-lock-lost');
  expect(holder).toContain('r-other');
  expect(await catalogOf(database)).toEqual(before);
  expect(await run.submit({type: 'StartStep', step: 'apply-v1', confirm: database.name})).toMatchObject({
    code: 'target-lock-lost',
  });
});

/** Stops before the COMMIT of the change for as long as the test likes; `deaf` does not ask whose the target is. */
const asleepBeforeCommit =
  (sleep: () => Promise<void>, deaf = false): Compose =>
  (world) => {
    const sleepy = (session: DatabaseSession): DatabaseSession => ({
      ...session,
      query: async (sql, options) => {
        if (sql.includes('CREATE VIEW public.attempt')) await sleep();
        return session.query(sql, options);
      },
    });
    return {
      ...world,
      ...(deaf ? {targetLockHeld: async () => true} : {}),
      attempt: (name) => {
        const {database, processes} = world.attempt(name);
        return {
          processes,
          database: {
            ...database,
            connect: async (options) => {
              const connected = await database.connect(options);
              return connected.ok ? success(sleepy(connected.value)) : connected;
            },
          },
        };
      },
    };
  };

test.each([
  {name: 'rolls back', deaf: false},
  {name: 'would be committed by a tool that does not ask (control)', deaf: true},
])('a change that slept in its transaction while the target was taken $name', async ({deaf}) => {
  await using database = await createTestDatabase();
  const before = await catalogOf(database);
  let id = '';
  const run = await openTestRun(database, {
    steps,
    compose: asleepBeforeCommit(() => takeOver(database, id), deaf),
  });
  id = run.id;
  const state = await run.start('apply-v1');
  if (deaf) {
    expect(state.status).toBe('succeeded');
    return;
  }
  failureFrom(state, 'target-lock-lost');
  expect(await catalogOf(database)).toEqual(before);
});
