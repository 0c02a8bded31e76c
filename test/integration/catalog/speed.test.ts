// Is a snapshot quick enough to be taken under an exclusive lock, in a database with many views, and takes it no lock?

import {expect, test} from 'vitest';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import {capturedFrom, captureSnapshot} from '../../../src/catalog/capture.ts';
import {catalogSql} from '../../../src/catalog/capture-sql.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {settingsOf} from '../../support/run.ts';

/** 10 ms is the goal on an idle machine. The quickest of many is compared, with room for what others run meanwhile. */
const LIMIT_MS = 40;
const objects = ['public.attempt'];

test('a snapshot among 500 views takes milliseconds and leaves no lock on the objects', async () => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  await admin.query(`DO $do$ BEGIN FOR i IN 1..500 LOOP
    EXECUTE format('CREATE VIEW public.other_%s AS SELECT id, session_id, status FROM public.exam_results WHERE org_id = %s', i, i);
  END LOOP; END $do$;
  CREATE FUNCTION public.attempt_total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM public.attempt; END`);
  await admin.query('ANALYZE pg_class, pg_depend, pg_rewrite, pg_attribute');
  const connected = await databaseOf(settingsOf(database), 'test/speed').connect({
    readOnly: true,
    statementTimeoutMs: 30_000,
    lockTimeoutMs: 1000,
  });
  if (!connected.ok) throw new Error(connected.failure.code);
  const session = connected.value;
  const took: number[] = [];
  // As under the lock: planned before, which is most of what it costs.
  await session.query(`PREPARE look AS ${catalogSql(objects)}`);
  for (let nth = 0; nth < 41; nth += 1) {
    const began = performance.now();
    const looked = await session.query('EXECUTE look');
    took.push(performance.now() - began);
    if (!looked.ok) throw new Error(looked.failure.code);
    expect(capturedFrom(looked.value, objects).snapshot).toMatchObject({dependants: {length: 3}});
  }
  took.sort((a, b) => a - b);
  process.stdout.write(`a snapshot among 500 views: ${took[20]?.toFixed(1)} ms, least ${took[0]?.toFixed(1)} ms\n`);
  expect(took[0]).toBeLessThan(LIMIT_MS);

  await session.query('BEGIN');
  await captureSnapshot(session, objects);
  const {rows} = await admin.query(
    `SELECT l.relation::regclass::text AS relation, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
     WHERE l.pid = $1 AND c.relnamespace = 'public'::regnamespace AND l.mode <> 'AccessShareLock'`,
    [session.backendPid],
  );
  expect(rows).toEqual([]);
  await session.close();
});
