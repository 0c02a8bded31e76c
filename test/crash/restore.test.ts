// Does the way back by restoring the backup, killed at any write of its journal, end as one that nobody disturbed? All of
// it runs under LONG; the kills around the effect itself are in ways-back.test.ts as well.

import {afterAll, beforeAll, expect, vi} from 'vitest';
import {fold} from '../../src/core/reduce.ts';
import {
  bundleCrashRun,
  catalogOf,
  createCrashRun,
  leftoverSessions,
  type Bundle,
  type CrashRun,
  type Saved,
} from '../support/crash.ts';
import {randomOf} from '../support/crash-random.ts';
import {needs} from '../support/needs.ts';
import type {Kill} from './entry/crash-run.ts';

const {describe, test} = needs('pg_dump');

const LONG = process.env['LONG'] === '1';
vi.setConfig({testTimeout: 1_800_000, hookTimeout: 300_000});

const wayBack = 'restore-backup';
const step = `rollback/${wayBack}`;
/**
 * RunResumed, RollbackBegun, StepStarted, ArtifactSealed (the catalog, what differs, its transcript twice), StepSucceeded, what
 * follows it (two for the pools, four for the query, four for the readers), RunClosed.
 */
const WRITES = 19;
/** The restore has ended before its transcript is sealed. */
const RESTORED = 4;

const killsAt = (at: number): readonly Kill[] => [
  {at, when: 'before'},
  {at, when: 'middle', share: [0, 0.5, 1][at % 3] ?? 0.5},
  {at, when: 'after'},
];

/** Every write in every way, and again and again. */
const sequences = (): readonly (readonly Kill[])[] => {
  const single = Array.from({length: WRITES}, (_, at) => killsAt(at + 1)).flat();
  if (!LONG) return [[{at: 3, when: 'after'}], [{at: RESTORED, when: 'before'}]];
  const random = randomOf(6);
  const drawn = (): Kill => single[Math.floor(random() * single.length)] ?? {at: 1, when: 'before'};
  return [...single.map((kill) => [kill]), ...Array.from({length: 12}, () => [drawn(), drawn(), drawn()])];
};

const textOf = (kills: readonly Kill[]): string => kills.map(({at, when}) => `${when} write ${at}`).join(', then ');

let bundle: Bundle;
let run: CrashRun;
let completed: Saved;
let before: Readonly<{catalog: readonly string[]; rows: number}>;

const standing = async (): Promise<typeof before> => {
  const client = await run.database.connect();
  try {
    const {rows} = await client.query<{count: number}>('SELECT count(*)::int AS count FROM public.exam_results');
    return {catalog: await catalogOf(client), rows: rows[0]?.count ?? -1};
  } finally {
    await client.end();
  }
};

beforeAll(async () => {
  if (!LONG) return;
  bundle = await bundleCrashRun();
  run = await createCrashRun(bundle);
  before = await standing();
  const ended = await run.start({do: 'open'});
  expect(ended.exitCode, ended.output).toBe(0);
  completed = await run.save();
});

afterAll(async () => {
  if (!LONG) return;
  await completed[Symbol.asyncDispose]();
  await run[Symbol.asyncDispose]();
  await bundle.remove();
});

describe('a restore of the backup that is killed, and resumed', () => {
  test.each(sequences().map((kills) => ({name: textOf(kills), kills})))(
    'comes to the same end: $name',
    async ({kills}) => {
      await completed.restore();
      expect(await standing()).not.toEqual(before);
      for (const kill of kills) {
        const died = await run.start({do: 'resume', rollbackAfter: true, wayBack, kill});
        // Fewer writes were left than the position asked for: the run is at its end.
        if (died.signal !== 'SIGKILL') expect(died.exitCode, died.output).toBe(5);
      }
      const resumed = await run.start({do: 'resume', rollbackAfter: true, wayBack});
      expect([5, 64], resumed.output).toContain(resumed.exitCode);
      expect(await standing()).toEqual(before);
      const {events, damage, tornBytes} = await run.journal();
      expect({damage, tornBytes}).toEqual({damage: undefined, tornBytes: 0});
      const state = fold(events);
      expect(state.closed?.outcome).toBe('rolled-back');
      expect(state.steps[step]?.status).toBe('succeeded');
      const started = events.filter((event) => event.type === 'StepStarted' && event.step === step).length;
      const [first] = kills;
      // What is found restored is not restored again.
      if (kills.length === 1 && first !== undefined && first.at >= RESTORED) expect(started).toBe(1);
      const client = await run.database.connect();
      expect(await leftoverSessions(client)).toEqual([]);
      await client.end();
    },
  );
});
