// Does a snapshot, which is taken under an exclusive lock, take none itself? How long it takes is a row of the bench.

import {expect, test} from 'vitest';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import {captureSnapshot} from '../../../src/catalog/capture.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {settingsOf} from '../../support/run.ts';

const objects = ['public.attempt'];

test('a snapshot leaves no lock on the objects', async () => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  await admin.query(
    'CREATE FUNCTION public.attempt_total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM public.attempt; END',
  );
  const connected = await databaseOf(settingsOf(database), 'test/speed').connect({
    readOnly: true,
    statementTimeoutMs: 30_000,
    lockTimeoutMs: 1000,
  });
  if (!connected.ok) throw new Error(connected.failure.code);
  const session = connected.value;
  await session.query('BEGIN');
  expect(await captureSnapshot(session, objects)).toMatchObject({ok: true, value: {dependants: {length: 3}}});
  const {rows} = await admin.query(
    `SELECT l.relation::regclass::text AS relation, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
     WHERE l.pid = $1 AND c.relnamespace = 'public'::regnamespace AND l.mode <> 'AccessShareLock'`,
    [session.backendPid],
  );
  expect(rows).toEqual([]);
  await session.close();
});
