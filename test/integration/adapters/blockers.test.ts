// Who keeps a session of ours waiting: whoever holds the lock, told apart from whoever only stands in line for it.

import {appendFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Client} from 'pg';
import {expect, test} from 'vitest';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import {holdersOf} from '../../../src/core/failure.ts';
import {blockerText} from '../../../src/ui/text/place.ts';
import {startOwnServer} from '../../support/own-server.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {settingsOf} from '../../support/run.ts';

const name = 'attempt-runbook/r-test/apply/1';
const relations = {objects: ['public.attempt'], tables: ['public.exam_results']};

const pidOf = async (client: Client): Promise<number> =>
  (await client.query<{pid: number}>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;

const untilWaiting = async (observer: Client, pid: number): Promise<void> => {
  const waits = "SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'";
  while ((await observer.query(waits, [pid])).rowCount === 0) await new Promise((resolve) => setImmediate(resolve));
};

/** A session of the attempt that waits for ACCESS EXCLUSIVE on the view until it is cancelled. */
const change = async (database: TestDatabase, observer: Client) => {
  const client = await database.connect();
  await client.query(`SET application_name = '${name}'; BEGIN`);
  const pid = await pidOf(client);
  const waiting = client.query('ALTER VIEW public.attempt SET SCHEMA public').catch(() => undefined);
  await untilWaiting(observer, pid);
  return async (): Promise<void> => {
    await observer.query('SELECT pg_cancel_backend($1)', [pid]);
    await waiting;
    await client.query('ROLLBACK');
  };
};

test('a line is followed to whoever holds it: not who stands behind us, and not who reads a table below', async () => {
  await using database = await createTestDatabase();
  const [observer, holder, ahead, behind, reader] = await Promise.all(Array.from({length: 5}, database.connect));
  if (!observer || !holder || !ahead || !behind || !reader) throw new Error('five sessions');
  const {blockers} = databaseOf(settingsOf(database), name);
  await reader.query('BEGIN; SELECT FROM public.exam_results LIMIT 0');
  await holder.query('BEGIN; SELECT FROM public.attempt LIMIT 0');
  const [holding, lining] = [await pidOf(holder), await pidOf(ahead)];
  const altering = ahead.query('ALTER VIEW public.attempt SET SCHEMA public');
  await untilWaiting(observer, lining);
  const end = await change(database, observer);
  const behindPid = await pidOf(behind);
  const reading = behind.query('SELECT FROM public.attempt LIMIT 0');
  await untilWaiting(observer, behindPid);

  const met = await blockers(relations);
  await end();
  // Nobody of ours waits any more: what is known is who holds the view, and nobody who only reads the table.
  const afterwards = await blockers(relations);
  await holder.query('COMMIT');
  await Promise.all([altering, reading]);

  expect(met).toMatchObject({
    ok: true,
    value: [
      {pid: holding, role: 'holds'},
      {pid: lining, role: 'waits'},
    ],
  });
  expect(afterwards).toMatchObject({ok: true, value: [{pid: holding, role: 'holds'}]});
});

test('a prepared transaction has no session, and holds its locks all the same', async () => {
  await using server = await startOwnServer();
  await server.restart((data) => appendFile(join(data, 'postgresql.auto.conf'), 'max_prepared_transactions = 1\n'));
  const {database} = server;
  const observer = await database.connect();
  await observer.query("BEGIN; SELECT FROM public.attempt LIMIT 0; PREPARE TRANSACTION 'night-job'");
  const end = await change(database, observer);
  const met = await databaseOf(settingsOf(database), name).blockers(relations);
  await end();
  if (!met.ok) throw new Error(JSON.stringify(met.failure));
  expect(met.value).toMatchObject([{pid: 0, prepared: 'night-job', user: database.user, role: 'holds'}]);
  expect(holdersOf(met.value).map((of) => blockerText(of, 'en'))[0]).toMatch(
    /^prepared transaction 'night-job' {2}\S+ {2}open /,
  );
});
