// Is a restore of the backup ever without the watch that keeps it from waiting for a lock for ever?

import {expect} from 'vitest';
import type {Compose} from '../../../src/cli/open-run.ts';
import {failed} from '../../../src/core/failure.ts';
import type {DatabaseSession} from '../../../src/core/ports.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {catalogOf, failureFrom, openTestRun} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const {test} = needs('pg_dump');

const step = 'rollback/restore-backup';
const steps = ['snapshot', 'backup', 'apply-v1'];
const gone = failed({code: 'connection-lost', message: 'cut by the test'});

type Line = {
  /** Restores that were started. */
  started: number;
  isRestoring: boolean;
  /** How often the watch's line is still to be cut while pg_restore runs. */
  cuts: number;
  /** When new connections of the way back are refused. */
  refuses: 'never' | 'always' | 'while restoring';
};

const cut =
  (line: Line): Compose =>
  (world) => ({
    ...world,
    attempt: (name) => {
      const real = world.attempt(name);
      if (!name.includes('/rollback')) return real;
      const brittle = (session: DatabaseSession): DatabaseSession => ({
        ...session,
        query: async (sql, options) => {
          if (line.isRestoring && line.cuts > 0 && sql.includes("wait_event_type = 'Lock'")) {
            line.cuts -= 1;
            return gone;
          }
          return session.query(sql, options);
        },
      });
      return {
        database: {
          ...real.database,
          connect: async (options) => {
            if (line.refuses === 'always' || (line.refuses === 'while restoring' && line.isRestoring)) return gone;
            const connected = await real.database.connect(options);
            return connected.ok ? {ok: true, value: brittle(connected.value)} : connected;
          },
        },
        processes: {
          ...real.processes,
          run: async (spec) => {
            if (!spec.toTarget) return real.processes.run(spec);
            line.started += 1;
            line.isRestoring = true;
            return real.processes.run(spec).finally(() => (line.isRestoring = false));
          },
        },
      };
    },
  });

// One run for all three: each leaves V1 as it was.
test('nothing is restored without a watch, one whose line breaks watches on, and one that is lost takes the restore along', async () => {
  await using database = await createTestDatabase();
  const line: Line = {started: 0, isRestoring: false, cuts: 0, refuses: 'never'};
  const run = await openTestRun(database, {steps, compose: (world) => unproven(cut(line)(world))});
  await run.start('apply-v1');
  const v1 = await catalogOf(database);

  // The watch cannot connect.
  line.refuses = 'always';
  await run.rollback('restore-backup');
  line.refuses = 'never';
  expect(line.started).toBe(0);
  await run.submit({type: 'ProbeStep', step});
  expect(run.stateOf(step)).toMatchObject({status: 'waiting'});
  expect(await catalogOf(database)).toEqual(v1);

  // Its line breaks once: it watches on over a new one, and sees who is in the way.
  const holder = await database.connect();
  await holder.query('BEGIN; SELECT count(*) FROM public.question');
  const {rows} = await holder.query<{pid: number}>('SELECT pg_backend_pid() AS pid');
  line.cuts = 1;
  expect(failureFrom(await run.retry(step), 'lock-timeout').blockers).toMatchObject(rows);
  expect(line.cuts).toBe(0);
  expect(line.started).toBe(1);

  // It is lost for good: the restore ends, and the target is asked.
  line.cuts = 1;
  line.refuses = 'while restoring';
  const began = performance.now();
  await run.retry(step);
  // Without the watch it would queue behind the holder, which does not go away.
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(line.started).toBe(2);
  expect(run.events.some((event) => event.type === 'StepInterrupted' && event.step === step)).toBe(true);
  expect(run.stateOf(step).status).not.toBe('succeeded');
  expect(await catalogOf(database)).toEqual(v1);
});
