// What is said of a restore of the backup whose answer nobody heard: that it failed, or what the target says of it?

import {expect} from 'vitest';
import type {Compose} from '../../../src/cli/open-run.ts';
import type {ProcessEnd} from '../../../src/core/ports.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {openTestRun, withProcesses} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const {test} = needs('pg_dump');

const isLong = process.env['LONG'] === '1';
const step = 'rollback/restore-backup';
const steps = ['snapshot', 'backup', 'apply-v1'];

/** The restore commits, `then` somebody works on, and the program ends as one that did not hear of it. */
const unheard = (end: Partial<ProcessEnd>, then: () => Promise<void>): Compose =>
  withProcesses((real) => ({
    ...real,
    run: async (spec) => {
      const ran = await real.run(spec);
      if (!ran.ok || !spec.toTarget || !spec.args.includes('--clean')) return ran;
      await then();
      const {exitCode: _, ...rest} = ran.value;
      return {ok: true, value: {...rest, ...end}};
    },
  }));

const broken = {exitCode: 1, lastLines: ['pg_restore: error: could not execute query: server closed the connection']};

const unheardEnds = [
  {name: 'a broken line, and nothing since', end: broken, sql: 'SELECT 1', verdict: 'took-effect'},
  {name: 'a cancel, and nothing since', end: {cancelled: true}, sql: 'SELECT 1', verdict: 'took-effect'},
  {
    name: 'a broken line, and a view made since',
    end: {signal: 'SIGKILL'},
    sql: 'CREATE VIEW public.attempt_new AS SELECT id FROM public.attempt',
    verdict: 'took-effect',
  },
  {
    name: 'a broken line, and a grant made since',
    end: {signal: 'SIGKILL'},
    sql: 'GRANT UPDATE ON public.attempt TO app_reader',
    verdict: 'cannot-tell',
  },
] as const;

// One of them in a short run: every case pays for a dump and its restore.
test.each(unheardEnds.filter((_, at) => isLong || at === 1))(
  'the target is asked: $name',
  async ({end, sql, verdict}) => {
    await using database = await createTestDatabase();
    const then = async (): Promise<void> => {
      const admin = await database.connect();
      await admin.query(sql);
      await admin.end();
    };
    const run = await openTestRun(database, {steps, compose: (world) => unproven(unheard(end, then)(world))});
    await run.start('apply-v1');
    await run.rollback('restore-backup');
    expect(run.events.findLast(({type}) => type === 'StepReconciled')).toMatchObject({step, verdict});
  },
);

test('one that went through is not said to have changed nothing when a lock keeps the look at it away', async () => {
  await using database = await createTestDatabase();
  const holder = await database.connect();
  const lock = async (): Promise<void> => {
    await holder.query('BEGIN; LOCK TABLE public.exam_results IN ACCESS EXCLUSIVE MODE');
  };
  const run = await openTestRun(database, {
    steps,
    compose: (world) => unproven(unheard({exitCode: 0}, lock)(world)),
  });
  await run.start('apply-v1');
  expect(await run.rollback('restore-backup')).toMatchObject({status: 'in-doubt'});
  expect(run.events.filter(({type}) => type === 'StepFailed')).toEqual([]);
  await holder.query('COMMIT');
  await run.submit({type: 'ProbeStep', step});
  expect(run.stateOf(step)).toMatchObject({status: 'succeeded', facts: {kind: 'restore-backup'}});
});

test('a verify that held before the change too does not say that the restore had no effect', async () => {
  await using database = await createTestDatabase();
  const then = async (): Promise<void> => {
    const admin = await database.connect();
    await admin.query('GRANT UPDATE ON public.attempt TO app_reader');
    await admin.end();
  };
  const run = await openTestRun(database, {
    steps,
    sql: {'verify/010_columns.sql': 'SELECT 1 AS rule WHERE false;\n'},
    compose: (world) => unproven(unheard({signal: 'SIGKILL'}, then)(world)),
  });
  await run.start('apply-v1');
  await run.rollback('restore-backup');
  expect(run.events.findLast(({type}) => type === 'StepReconciled')).toMatchObject({step, verdict: 'cannot-tell'});
});
