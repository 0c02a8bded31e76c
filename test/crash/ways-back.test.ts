// Do the ways back of one transaction, killed at any write of their journal and resumed, end as if nobody had disturbed them?
// restore-objects is walked in staging.test.ts; more of restore-backup under LONG in restore.test.ts.

import {afterAll, beforeAll, expect, it, vi} from 'vitest';
import {fold} from '../../src/core/reduce.ts';
import {
  bundleCrashRun,
  catalogOf,
  createCrashRun,
  leftoverSessions,
  shortCourse,
  timesCreated,
  type Bundle,
  type CrashRun,
  type Saved,
} from '../support/crash.ts';
import {needs} from '../support/needs.ts';
import type {Kill} from './entry/crash-run.ts';

const {describe} = needs('pg_dump');

const LONG = process.env['LONG'] === '1';

// A kill and its resume take a second; a machine that is busy with other tests may take ten times as long.
vi.setConfig({testTimeout: 900_000, hookTimeout: 300_000});

let bundle: Bundle;
let run: CrashRun;
let before: Standing;
/** A run at its end; without LONG of a short runbook, since a way back is what is killed. */
let completed: Saved;

const killsAt = (at: number): readonly Kill[] => [
  {at, when: 'before'},
  {at, when: 'middle', share: 0.5},
  {at, when: 'after'},
];

type Case = Readonly<{
  option: string;
  /**
   * RunResumed, RollbackBegun, StepStarted, TransactionOpened, ArtifactSealed four times, StepSucceeded, what follows it,
   * RunClosed; a restore opens no transaction of its own.
   */
  writes: number;
  /** The first write after the effect, which is then there and not made again. */
  done: number;
  /** Where a sample without LONG dies: above all between begun and done, and between done and written down. */
  sample: readonly number[];
  prepare?: string;
  /** How often the view was made by a transaction that committed; a restore brings back what the audit said then. */
  views?: number;
  /** What is left of the catalog of before. */
  left: (before: readonly string[]) => readonly string[];
}>;

/** The student index stays, as the runbook says. */
const withoutIndex = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !line.includes('ix_exam_results_student_id'));

const cases: readonly Case[] = [
  // Behind it: the tick of the pools (10, 11), the query (12 to 15), and two ticks (16 to 18).
  {
    option: 'revert-v0',
    writes: 19,
    done: 5,
    sample: [3, 4, 5, 9, 10, 12, 13, 15, 17, 18],
    views: 2,
    left: (lines) => lines,
  },
  {
    option: 'drop-attempt',
    writes: 16,
    done: 5,
    sample: [3, 4, 5, 9, 12],
    prepare: 'DROP VIEW public.attempt_weekly, public.attempt_topic',
    views: 1,
    left: (lines) => lines.filter((line) => !/^(relation|column) attempt(_weekly|_topic)? /.test(line)),
  },
  ...(LONG
    ? []
    : [{option: 'restore-backup', writes: 19, done: 4, sample: [3, 4], left: (lines: readonly string[]) => lines}]),
];

const followers = (option: string): readonly string[] =>
  option === 'drop-attempt' ? ['alembic-version', 'readers'] : ['pools', 'alembic-version', 'readers'];

type Standing = Readonly<{
  catalog: readonly string[];
  views: number;
  rows: readonly unknown[];
  sessions: readonly string[];
}>;

const standing = async (): Promise<Standing> => {
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

beforeAll(async () => {
  bundle = await bundleCrashRun();
  run = await createCrashRun(bundle, LONG ? undefined : shortCourse(bundle, ['snapshot', 'backup', 'apply-v1'], true));
  before = await standing();
  const ended = await run.start({do: 'open', warming: true});
  expect(ended.exitCode, ended.output).toBe(0);
  completed = await run.save();
});
afterAll(async () => {
  await completed[Symbol.asyncDispose]();
  await run[Symbol.asyncDispose]();
  await bundle.remove();
});

describe.each(cases)('$option, killed and resumed', ({option, writes, done, sample, prepare, views, left}) => {
  const positions = LONG ? Array.from({length: writes}, (_, at) => at + 1) : sample;
  const kills = positions.flatMap((at) => (LONG ? killsAt(at) : killsAt(at).slice(at % 3, (at % 3) + 1)));
  const order = {do: 'resume', rollbackAfter: true, wayBack: option} as const;

  const comeToTheEnd = async (): Promise<void> => {
    await completed.restore();
    if (prepare === undefined) return;
    const client = await run.database.connect();
    await client.query(prepare);
    await client.end();
  };

  it(`ends as if nothing had happened, whichever of its writes it died at (${kills.length} kills)`, async () => {
    await comeToTheEnd();
    const undisturbed = await run.start(order);
    expect(undisturbed.exitCode, undisturbed.output).toBe(5);
    const {events} = await run.journal();
    expect(events.slice(events.findIndex(({type}) => type === 'RunResumed'))).toHaveLength(writes);
    const wanted = await standing();
    const {catalog, rows} = before;
    expect(wanted).toEqual({catalog: left(catalog), views: views ?? wanted.views, rows, sessions: []});

    for (const kill of kills) {
      await comeToTheEnd();
      const died = await run.start({...order, kill});
      expect(died.signal, died.output).toBe('SIGKILL');
      const resumed = await run.start(order);
      expect(resumed.exitCode, resumed.output).toBe(5);
      expect(await standing(), `${option} killed ${kill.when} write ${kill.at}`).toEqual(wanted);
      const journal = await run.journal();
      const state = fold(journal.events);
      expect({damage: journal.damage, tornBytes: journal.tornBytes}).toEqual({damage: undefined, tornBytes: 0});
      expect(state.steps[`rollback/${option}`]?.status).toBe('succeeded');
      expect(state.closed?.outcome).toBe('rolled-back');
      // Each step behind it is done as well, and what was done before the kill is not done once more.
      const after = Object.entries(state.steps).filter(([id]) => id.startsWith(`rollback/${option}/`));
      expect(after.map(([id, {status}]) => [id, status])).toEqual(
        followers(option).map((id) => [`rollback/${option}/${id}`, 'succeeded']),
      );
      const ticks = journal.events
        .filter(({type}) => type === 'ItemChecked')
        .map((of) => JSON.stringify(of, ['step', 'item']));
      expect(new Set(ticks).size).toBe(ticks.length);
      const started = journal.events.filter(
        ({type, ...of}) => type === 'StepStarted' && 'step' in of && of.step === `rollback/${option}`,
      );
      if (kill.at >= done) expect(started).toHaveLength(1);
    }
  });
});
