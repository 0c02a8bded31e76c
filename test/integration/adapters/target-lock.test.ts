// Does one target have one run at a time, and does the lock go with its connection?

import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {completed, type CompleteSettings} from '../../../src/adapters/postgres/source.ts';
import {lockTarget, type TargetLock} from '../../../src/adapters/postgres/target-lock.ts';
import {startPooler} from '../../support/pooler.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';

let database: TestDatabase;
let settings: CompleteSettings;
let held: TargetLock[] = [];

beforeEach(async () => {
  database = await createTestDatabase({template: 'empty'});
  const {host, port, user, name} = database;
  settings = completed({host, port, user, database: name}, {});
});

afterEach(async () => {
  for (const lock of held) await lock.release();
  held = [];
  await database.drop();
});

const take = async (run: string, objects: readonly string[] = ['public.attempt'], to = settings) => {
  const taken = await lockTarget(to, objects, {run, operator: `${run}@laptop`}, false);
  if (!taken.ok) throw new Error(taken.failure.code);
  if (taken.value.status === 'locked') held.push(taken.value.lock);
  return taken.value;
};

const endSessionsNamed = async (pattern: string): Promise<void> => {
  const client = await database.connect();
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE $1', [
    pattern,
  ]);
  await client.end();
};

describe('the lock of a target', () => {
  test('is refused to a second run, which is told who has it and since when', async () => {
    expect(await take('r-first')).toMatchObject({status: 'locked'});
    const second = await take('r-second');
    expect(second).toMatchObject({
      status: 'held',
      holder: expect.stringContaining('attempt-runbook/r-first/lock/r-first@laptop'),
    });
    expect(second).toMatchObject({since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/)});
  });

  test('is for these objects: another change on the same database goes on', async () => {
    await take('r-first');
    expect(await take('r-second', ['public.orders'])).toMatchObject({status: 'locked'});
  });

  test('does not depend on the order in which objects are named', async () => {
    await take('r-first', ['public.a', 'public.b']);
    expect(await take('r-second', ['public.b', 'public.a'])).toMatchObject({status: 'held'});
  });

  test('is free when it is released', async () => {
    const first = await take('r-first');
    if (first.status === 'locked') await first.lock.release();
    expect(await take('r-second')).toMatchObject({status: 'locked'});
  });

  test('goes with its connection, and is taken again while nobody else has it', async () => {
    const first = await take('r-first');
    if (first.status !== 'locked') throw new Error(first.status);
    expect(await first.lock.lostTo()).toBeUndefined();
    await endSessionsNamed('attempt-runbook/r-first/%');
    expect(await first.lock.lostTo()).toBeUndefined();
    expect(await take('r-second')).toMatchObject({status: 'held'});
  });

  test('that was lost to another run is reported with its name', async () => {
    const first = await take('r-first');
    if (first.status !== 'locked') throw new Error(first.status);
    await endSessionsNamed('attempt-runbook/r-first/%');
    expect(await take('r-second')).toMatchObject({status: 'locked'});
    expect(await first.lock.lostTo()).toContain('r-second');
  });

  test('is refused behind a transaction pooler, where it would mean nothing', async () => {
    const pooler = await startPooler(join(database.host, `.s.PGSQL.${database.port}`));
    const through = {...settings, host: pooler.host, port: pooler.port, sslmode: 'disable'};
    expect(await take('r-first', ['public.attempt'], through)).toEqual({status: 'pooler'});
    await pooler.close();
  });
});
