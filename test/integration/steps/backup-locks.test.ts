// Is it known before a dump that the server has no room for the locks that it takes?

import {appendFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect} from 'vitest';
import {failureText} from '../../../src/ui/text/failure.ts';
import {needs} from '../../support/needs.ts';
import {startOwnServer} from '../../support/own-server.ts';
import {failureFrom, openTestRun} from '../../support/run.ts';

const {test} = needs('pg_dump');

test('a server with far more tables than locks is not dumped: the setting and the value that it wants are named', async () => {
  await using own = await startOwnServer();
  await own.restart((data) =>
    appendFile(
      join(data, 'postgresql.conf'),
      'max_locks_per_transaction = 10\nmax_connections = 10\nmax_worker_processes = 0\nmax_wal_senders = 0\nautovacuum_max_workers = 1\n',
    ),
  );
  const admin = await own.database.connect();
  await admin.query(`DO $$ BEGIN
    FOR nth IN 1..1300 LOOP EXECUTE format('CREATE UNLOGGED TABLE public.many_%s (n int)', nth); COMMIT; END LOOP;
  END $$`);
  const run = await openTestRun(own.database, {steps: ['snapshot', 'backup']});
  let isDumped = false;
  run.session.subscribe((message) => {
    isDumped ||= message.type === 'output' && message.text.startsWith('pg_dump ');
  });
  const failure = failureFrom(await run.start('backup'), 'locks-too-few');
  expect(failure).toMatchObject({room: 120, setting: 10});
  expect(failure.tables).toBeGreaterThan(1300);
  expect(isDumped).toBe(false);
  for (const locale of ['en', 'ko'] as const) {
    const {what, now} = failureText(failure, locale);
    expect(what).toContain('120');
    expect(now).toMatch(/max_locks_per_transaction.*\d\d/);
  }
});
