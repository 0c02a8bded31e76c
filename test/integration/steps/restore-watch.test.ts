// Is a restore of the backup ever without the watch that keeps it from waiting for a lock for ever?

import {expect} from 'vitest';
import type {Compose} from '../../../src/cli/open-run.ts';
import {failed} from '../../../src/core/failure.ts';
import type {DatabaseSession} from '../../../src/core/ports.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {catalogOf, failureFrom, openTestRun} from '../../support/run.ts';

const {test} = needs('pg_dump');

const step = 'rollback/restore-backup';
const steps = ['snapshot', 'backup', 'apply-v1'];
const gone = failed({code: 'connection-lost', message: 'cut by the test'});

type Line = {
  /** Restores that were started. */
  started: number;
  isRestoring: boolean;
};

/** Cuts the watch's line while pg_restore runs, `cuts` times, and refuses new connections when `refuses` says so. */
const cut = (line: Line, cuts: number, refuses: (line: Line) => boolean): Compose => {
  let left = cuts;
  return (world) => ({
    ...world,
    attempt: (name) => {
      const real = world.attempt(name);
      if (!/\/rollback.*\/1$/.test(name)) return real;
      const brittle = (session: DatabaseSession): DatabaseSession => ({
        ...session,
        query: async (sql, options) => {
          if (line.isRestoring && left > 0 && sql.includes("wait_event_type = 'Lock'")) {
            left -= 1;
            return gone;
          }
          return session.query(sql, options);
        },
      });
      return {
        database: {
          ...real.database,
          connect: async (options) => {
            if (refuses(line)) return gone;
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
};

test('nothing is restored when the watch cannot connect', async () => {
  await using database = await createTestDatabase();
  const line: Line = {started: 0, isRestoring: false};
  let isCut = false;
  const run = await openTestRun(database, {steps, compose: cut(line, 0, () => isCut)});
  await run.start('apply-v1');
  const v1 = await catalogOf(database);
  isCut = true;
  await run.rollback('restore-backup');
  isCut = false;
  expect(line.started).toBe(0);
  expect(await catalogOf(database)).toEqual(v1);
});

test('a watch whose line breaks watches on over a new one', async () => {
  await using database = await createTestDatabase();
  const line: Line = {started: 0, isRestoring: false};
  const run = await openTestRun(database, {steps, compose: cut(line, 1, () => false)});
  await run.start('apply-v1');
  const holder = await database.connect();
  await holder.query('BEGIN; SELECT count(*) FROM public.question');
  const {rows} = await holder.query<{pid: number}>('SELECT pg_backend_pid() AS pid');
  expect(failureFrom(await run.rollback('restore-backup'), 'lock-timeout').blockers).toMatchObject(rows);
  expect(line.started).toBe(1);
});

test('a watch that is lost for good takes the restore with it, and the target is asked', async () => {
  await using database = await createTestDatabase();
  const line: Line = {started: 0, isRestoring: false};
  const run = await openTestRun(database, {steps, compose: cut(line, 1, ({isRestoring}) => isRestoring)});
  await run.start('apply-v1');
  const v1 = await catalogOf(database);
  const holder = await database.connect();
  await holder.query('BEGIN; SELECT count(*) FROM public.question');
  const began = performance.now();
  await run.rollback('restore-backup');
  // Without the watch it would queue behind the holder, which does not go away.
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(line.started).toBe(1);
  expect(run.events.some((event) => event.type === 'StepInterrupted' && event.step === step)).toBe(true);
  expect(run.stateOf(step).status).not.toBe('succeeded');
  expect(await catalogOf(database)).toEqual(v1);
});
