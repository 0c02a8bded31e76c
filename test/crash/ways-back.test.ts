// Do the ways back of one transaction, killed at any write of their journal and resumed, end as if nobody had disturbed them?
// restore-objects is walked in staging.test.ts, restore-backup in restore.test.ts.

import {afterAll, beforeAll, expect, it, vi} from 'vitest';
import {fold} from '../../src/core/reduce.ts';
import {
  bundleCrashRun,
  catalogOf,
  createCrashRun,
  leftoverSessions,
  timesCreated,
  type Bundle,
  type CrashRun,
} from '../support/crash.ts';
import {needs} from '../support/needs.ts';
import type {Kill} from './entry/crash-run.ts';

const {describe} = needs('pg_dump');

const LONG = process.env['LONG'] === '1';

// A kill and its resume take a second; a machine that is busy with other tests may take ten times as long.
vi.setConfig({testTimeout: 900_000, hookTimeout: 300_000});

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundleCrashRun();
});
afterAll(() => bundle.remove());

const killsAt = (at: number): readonly Kill[] => [
  {at, when: 'before'},
  {at, when: 'middle', share: 0.5},
  {at, when: 'after'},
];

/** RunResumed, RollbackBegun, StepStarted, TransactionOpened, ArtifactSealed four times, StepSucceeded, RunClosed. */
const WRITES = 10;

type Case = Readonly<{
  option: string;
  /** Where a sample without LONG dies: between begun and done, and between done and written down. */
  sample: readonly number[];
  prepare?: string;
  /** How often the view was made by a transaction that committed. */
  views: number;
  /** What is left of the catalog of before. */
  left: (before: readonly string[]) => readonly string[];
}>;

/** The student index stays, as the runbook says. */
const withoutIndex = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !line.includes('ix_exam_results_student_id'));

const cases: readonly Case[] = [
  {option: 'revert-v0', sample: [4, 5], views: 2, left: (before) => before},
  {
    option: 'drop-attempt',
    sample: [5],
    prepare: 'DROP VIEW public.attempt_weekly, public.attempt_topic',
    views: 1,
    left: (before) => before.filter((line) => !/^(relation|column) attempt /.test(line)),
  },
];

const standing = async (run: CrashRun) => {
  const client = await run.database.connect();
  try {
    const rows = await client.query('SELECT id, status FROM public.exam_results ORDER BY id');
    return {
      catalog: withoutIndex(await catalogOf(client)),
      views: await timesCreated(client, 'public.attempt'),
      rows: rows.rows,
      sessions: await leftoverSessions(client),
    };
  } finally {
    await client.end();
  }
};

describe.each(cases)('$option, killed and resumed', ({option, sample, prepare, views, left}) => {
  it('ends as if nothing had happened, whichever of its writes it died at', async () => {
    await using run = await createCrashRun(bundle, undefined, option);
    if (prepare !== undefined) {
      const client = await run.database.connect();
      await client.query(prepare);
      await client.end();
    }
    const before = await standing(run);
    expect((await run.start({do: 'open'})).exitCode).toBe(0);
    await using completed = await run.save();

    const undisturbed = await run.start({do: 'resume', rollbackAfter: true});
    expect(undisturbed.exitCode, undisturbed.output).toBe(5);
    const {events} = await run.journal();
    expect(events.slice(events.findIndex(({type}) => type === 'RunResumed'))).toHaveLength(WRITES);
    const wanted = await standing(run);
    expect(wanted).toEqual({catalog: left(before.catalog), views, rows: before.rows, sessions: []});

    const positions = LONG ? Array.from({length: WRITES}, (_, at) => at + 1) : sample;
    for (const at of positions) {
      for (const kill of LONG ? killsAt(at) : killsAt(at).slice(at % 3, (at % 3) + 1)) {
        await completed.restore();
        const died = await run.start({do: 'resume', rollbackAfter: true, kill});
        expect(died.signal, died.output).toBe('SIGKILL');
        const resumed = await run.start({do: 'resume', rollbackAfter: true});
        expect(resumed.exitCode, resumed.output).toBe(5);
        expect(await standing(run), `${option} killed ${kill.when} write ${at}`).toEqual(wanted);
        const journal = await run.journal();
        const state = fold(journal.events);
        expect(journal.damage).toBeUndefined();
        expect(state.steps[`rollback/${option}`]?.status).toBe('succeeded');
        expect(state.closed?.outcome).toBe('rolled-back');
      }
    }
  });
});
