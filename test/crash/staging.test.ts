// Does a staging run that is killed at any write of its journal, and resumed, end as one that nobody disturbed?
//
// Under LONG the shipped runbook, opened anew for every kill, and every process by itself. Without it a short one of the
// same steps, which was killed for the first time when its backup was done: database and run are brought back from there.

import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it, vi} from 'vitest';
import {hashFile} from '../../src/adapters/files.ts';
import {fold} from '../../src/core/reduce.ts';
import {
  bundleCrashRun,
  catalogOf,
  createCrashRun,
  inLanes,
  leftoverSessions,
  shortCourse,
  timesCreated,
  type Bundle,
  type Course,
  type CrashRun,
  type Saved,
} from '../support/crash.ts';
import {randomOf} from '../support/crash-random.ts';
import {needs} from '../support/needs.ts';
import type {Kill} from './entry/crash-run.ts';

const {describe} = needs('pg_dump');

const LONG = process.env['LONG'] === '1';

// A run takes three seconds; a machine that is busy with other tests may take ten times as long, and nothing is wrong.
vi.setConfig({testTimeout: 300_000, hookTimeout: 300_000});

/** Two cores; the database works as hard as the process that asks it. */
const lane = inLanes(2);

/** Of two runs that are brought back in the place of one another only one can be looked at. */
const test = LONG ? it.concurrent : it;

/** Every kind of step that changes something, a check of the change, a list, and an index outside of a transaction. */
const STEPS = ['pr-merged', 'snapshot', 'backup', 'apply-v1', 'smoke', 'student-index'];

/** The first write behind the backup; everything before it and the backup itself is killed by seed 1 below. */
const BACKED_UP: Kill = {at: 16, when: 'before'};

/**
 * Known before the first run, so that every position can be a test of its own; a test holds it true. The change is one
 * transaction: opened, committed before its transcript is sealed, and only then a success.
 */
const {WRITES, OPENED, COMMITTED, APPLIED} = LONG
  ? {WRITES: 130, OPENED: 61, COMMITTED: 62, APPLIED: 66}
  : {WRITES: 22, OPENED: 3, COMMITTED: 4, APPLIED: 8};

let bundle: Bundle;
let undisturbed: Standing;

/** Without LONG: one run, with its backup and nothing after it, at its end, and what its catalog was at first. */
let short: Readonly<{
  course: Course;
  run: CrashRun;
  backedUp: Saved;
  completed: Saved;
  before: readonly string[];
}>;

/** What must not depend on how often the run died. */
type Standing = Readonly<{
  catalog: readonly string[];
  views: number;
  indexes: number;
  steps: Readonly<Record<string, string>>;
  outcome: string | undefined;
}>;

const standingOf = async (run: CrashRun): Promise<Standing> => {
  const client = await run.database.connect();
  try {
    const {steps, closed} = fold((await run.journal()).events);
    return {
      catalog: await catalogOf(client),
      views: await timesCreated(client, 'public.attempt'),
      indexes: await timesCreated(client, 'public.ix_exam_results_student_id'),
      steps: Object.fromEntries(Object.entries(steps).map(([step, {status}]) => [step, status])),
      outcome: closed?.outcome,
    };
  } finally {
    await client.end();
  }
};

/** Everything that is asked of a run that has come to its end, whatever happened on the way. */
const expectUndisturbedEnd = async (run: CrashRun): Promise<void> => {
  expect(await standingOf(run)).toEqual(undisturbed);
  await expectWholeRun(run);
};

const expectWholeRun = async (run: CrashRun): Promise<void> => {
  const journal = await run.journal();
  expect(journal.damage).toBeUndefined();
  expect(journal.tornBytes).toBe(0);
  const directory = await run.runDirectory();
  for (const {artifact} of fold(journal.events).artifacts) {
    const {sha256} = await hashFile(join(directory, artifact.path));
    expect(`${artifact.path} ${sha256}`).toBe(`${artifact.path} ${artifact.sha256}`);
  }
  expect(readdirSync(directory).filter((name) => name.startsWith('lock'))).toEqual([]);
  const client = await run.database.connect();
  expect(await leftoverSessions(client)).toEqual([]);
  await client.end();
};

/** Bytes of the journal that do not end in a newline. */
const tornTail = (path: string): Buffer => {
  const bytes = readFileSync(path);
  return bytes.subarray(bytes.lastIndexOf(10) + 1);
};

const killedBy = (kill: Kill): string =>
  kill.when === 'middle'
    ? `in the middle of write ${kill.at} (${kill.share === 1 ? 'all but the newline' : kill.share === 0 ? 'one byte' : 'half'})`
    : kill.when === 'unsynced'
      ? `after write ${kill.at}, before its sync`
      : `${kill.when} write ${kill.at}`;

/** In every position the line is torn elsewhere: after one byte, in its half, before its newline. */
const killsAt = (at: number): readonly Kill[] => [
  {at, when: 'before'},
  {at, when: 'middle', share: [0, 0.5, 1][at % 3] ?? 0.5},
  {at, when: 'after'},
];

/**
 * Every position in every way takes ten minutes. Without LONG ten of them: all three ways around the change, the first and
 * the last write, and a drawn one.
 */
const singleKills = (): readonly Kill[] => {
  if (LONG) return Array.from({length: WRITES}, (_, at) => killsAt(at + 1)).flat();
  const random = randomOf(20_251_101);
  const drawn = new Set([1, WRITES]);
  while (drawn.size < 3) drawn.add(APPLIED + 1 + Math.floor(random() * (WRITES - APPLIED - 1)));
  const once = [...drawn].map((at, nth) => killsAt(at).slice((nth + 1) % 3, ((nth + 1) % 3) + 1));
  return [...once, killsAt(OPENED), killsAt(COMMITTED).slice(0, 1), killsAt(APPLIED)].flat();
};

type Torn = Readonly<{seq: number; bytes: Buffer}>;

/**
 * Kills the run as often as asked, goes on until nothing kills any more, and returns what death left half-written.
 */
const dieAndResume = async (run: CrashRun, kills: readonly Kill[], begun = false): Promise<readonly Torn[]> => {
  const torn: Torn[] = [];
  let opened = begun;
  for (const kill of kills) {
    const died = await run.start({do: opened ? 'resume' : 'open', kill});
    if (died.signal !== 'SIGKILL') {
      // Fewer writes were left than the position asked for: the run is at its end.
      expect(died.exitCode, died.output).toBe(0);
      return torn;
    }
    const {events, damage, tornBytes} = await run.journal();
    expect(damage).toBeUndefined();
    expect(tornBytes > 0).toBe(kill.when === 'middle');
    if (events.length === 0) {
      await expectUntouched(run);
      await run.forget();
      continue;
    }
    opened = true;
    if (tornBytes > 0) torn.push({seq: events.length + 1, bytes: tornTail(await run.journalPath())});
  }
  const resumed = await run.start({do: opened ? 'resume' : 'open'});
  expect(resumed.exitCode, resumed.output).toBe(0);
  return torn;
};

/** Dead before its first event was on disk: nothing was asked of the database, and there is nothing to go on with. */
const expectUntouched = async (run: CrashRun): Promise<void> => {
  const refused = await run.start({do: 'resume'});
  expect(refused.output).toContain('run-unreadable');
  const client = await run.database.connect();
  expect(await timesCreated(client, 'public.attempt')).toBe(0);
  await client.end();
};

/** A torn record is kept aside byte for byte, and the run says in its journal how much was cut. */
const expectKeptAside = async (run: CrashRun, torn: readonly Torn[]): Promise<void> => {
  const directory = await run.runDirectory();
  const aside = readdirSync(directory).filter((name) => name.startsWith('journal.torn-'));
  const kept = aside.map((name) => readFileSync(join(directory, name)).toString('hex')).toSorted();
  expect(kept).toEqual(torn.map(({bytes}) => bytes.toString('hex')).toSorted());
};

/** What a run has ended as that nobody disturbed. */
const noteUndisturbed = async (run: CrashRun): Promise<void> => {
  undisturbed = await standingOf(run);
  await expectWholeRun(run);
  const {events} = await run.journal();
  const writes = LONG ? events : events.slice(BACKED_UP.at - 1);
  expect(writes).toHaveLength(WRITES);
  expect(writes[OPENED - 1]).toMatchObject({type: 'TransactionOpened', step: 'apply-v1'});
  expect(writes[COMMITTED - 1]).toMatchObject({type: 'ArtifactSealed', step: 'apply-v1'});
  expect(writes[APPLIED - 1]).toMatchObject({type: 'StepSucceeded', step: 'apply-v1'});
};

const catalogNow = async (run: CrashRun): Promise<readonly string[]> => {
  const client = await run.database.connect();
  const catalog = await catalogOf(client);
  await client.end();
  return catalog;
};

beforeAll(async () => {
  bundle = await bundleCrashRun();
  if (LONG) {
    await using run = await createCrashRun(bundle);
    const ended = await run.start({do: 'open'});
    expect(ended.exitCode, ended.output).toBe(0);
    // Awaited here: the run goes with this block.
    await noteUndisturbed(run);
    return;
  }
  const course = shortCourse(bundle, STEPS);
  const run = await createCrashRun(bundle, course);
  const before = await catalogNow(run);
  expect((await run.start({do: 'open', kill: BACKED_UP})).signal).toBe('SIGKILL');
  const backedUp = await run.save('backed_up');
  const ended = await run.start({do: 'resume', warming: true});
  expect(ended.exitCode, ended.output).toBe(0);
  await noteUndisturbed(run);
  short = {course, run, backedUp, completed: await run.save('completed'), before};
});

afterAll(async () => {
  if (!LONG) for (const one of [short.backedUp, short.completed, short.run]) await one[Symbol.asyncDispose]();
  await bundle.remove();
});

/** Kills a run as often as asked from its first write on, without LONG from that behind its backup; it then ends. */
const dieOf = (kills: readonly Kill[], look: (run: CrashRun, torn: readonly Torn[]) => Promise<void>): Promise<void> =>
  lane(async () => {
    if (LONG) {
      await using run = await createCrashRun(bundle);
      return await look(run, await dieAndResume(run, kills));
    }
    await short.backedUp.restore();
    return look(short.run, await dieAndResume(short.run, kills, true));
  });

describe('a staging run killed at one write of its journal, and resumed', () => {
  for (const kill of singleKills()) {
    test(`ends as if nothing had happened: ${killedBy(kill)}`, () =>
      dieOf([kill], async (run, torn) => {
        await expectUndisturbedEnd(run);
        await expectKeptAside(run, torn);
        const resumed = (await run.journal()).events.filter((event) => event.type === 'RunResumed');
        const isWritten = kill.at > 1 || kill.when === 'after';
        // The first write is that of RunOpened, or of the RunResumed of the process that dies.
        const first = LONG || !isWritten ? [] : [0];
        const last = LONG && !isWritten ? [] : [torn[0]?.bytes.length ?? 0];
        expect(resumed.map(({droppedBytes}) => droppedBytes)).toEqual([...first, ...last]);
      }));
  }
});

describe('a staging run killed again and again', () => {
  const times = LONG ? 3 : 5;
  for (let seed = 1; seed <= (LONG ? 40 : 1); seed += 1) {
    const random = randomOf(seed);
    const drawn = Array.from({length: times}, (): Kill => {
      const at = 1 + Math.floor((random() * (LONG ? WRITES : 35) * 2) / times);
      return killsAt(at)[Math.floor(random() * 3)] ?? {at, when: 'before'};
    });
    // Without LONG the one test that dies at the very first line, and in the steps up to the backup.
    const kills: readonly Kill[] = LONG ? drawn : [{at: 1, when: 'middle', share: 0.5}, ...drawn];
    test(`ends as if nothing had happened: ${kills.length} times, seed ${seed}`, () =>
      lane(async () => {
        await using run = await createCrashRun(bundle, LONG ? undefined : short.course);
        const torn = await dieAndResume(run, kills);
        await expectUndisturbedEnd(run);
        await expectKeptAside(run, torn);
      }));
  }
});

describe('a recovery that is killed as well', () => {
  const committed: Kill = {at: APPLIED, when: 'before'};
  // The next process writes RunResumed, StepInterrupted and StepReconciled before it does anything else.
  const recoveries: readonly (readonly Kill[])[] = [
    [
      {at: 1, when: 'middle', share: 0.5},
      {at: 1, when: 'middle', share: 1},
      {at: 2, when: 'before'},
      {at: 3, when: 'middle', share: 1},
    ],
    ...(LONG ? [1, 2, 3].flatMap(killsAt).map((kill) => [kill]) : []),
  ];
  for (const kills of recoveries) {
    test(`does not apply the change again: ${kills.map(killedBy).join(', then ')}`, () =>
      dieOf([committed, ...kills], async (run, torn) => {
        await expectUndisturbedEnd(run);
        await expectKeptAside(run, torn);
      }));
  }
});

describe('a way back that is killed, and resumed', () => {
  // RunResumed, RollbackBegun, StepStarted, TransactionOpened, ArtifactSealed four times, StepSucceeded, RunClosed.
  const writes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const once = (at: number): readonly Kill[] => killsAt(at).slice(at % 3, (at % 3) + 1);
  // Without LONG the runs that have not committed die again: before StepStarted and in TransactionOpened, which RollbackBegun
  // has put one write nearer, and of the second try behind its COMMIT.
  const lives: readonly (readonly Kill[])[] = LONG
    ? writes.flatMap(killsAt).map((kill) => [kill])
    : [
        [...once(1), ...once(2), {at: 2, when: 'before'}, {at: 3, when: 'middle', share: 0.5}],
        [...once(4).map(({at}): Kill => ({at, when: 'after'})), {at: 6, when: 'before'}],
        ...[5, 7, 9, 10].map(once),
      ];

  const back = {do: 'resume', rollbackAfter: true} as const;
  /** The short course ends with the way back; the shipped runbook has steps behind it. */
  const followed = Object.fromEntries(
    ['', '/pools', '/alembic-version', '/readers'].map((id) => [`rollback/restore-objects${id}`, 'succeeded']),
  );

  /** Killed at each of them in turn, where each process has its own count of writes. */
  const expectBack = async (
    run: CrashRun,
    completed: Saved,
    before: readonly string[],
    kills: readonly Kill[],
  ): Promise<void> => {
    const killed = kills.map(killedBy).join(', then ');
    await completed.restore();
    for (const kill of kills) expect((await run.start({...back, kill})).signal, killed).toBe('SIGKILL');
    const resumed = await run.start(back);
    expect(resumed.exitCode, resumed.output).toBe(5);
    const {catalog, ...standing} = await standingOf(run);
    // The student index stays, as the runbook says.
    expect(catalog.filter((line) => !line.includes('ix_exam_results_student_id'))).toEqual(before);
    expect(standing, killed).toEqual({
      views: 2,
      indexes: 1,
      steps: {...undisturbed.steps, ...(LONG ? followed : {'rollback/restore-objects': 'succeeded'})},
      outcome: 'rolled-back',
    });
    await expectWholeRun(run);
  };

  it(`restores the catalog of before, once: ${lives.flat().length} kills, at every one of its writes`, async () => {
    if (!LONG) {
      for (const life of lives) await expectBack(short.run, short.completed, short.before, life);
      return;
    }
    await using run = await createCrashRun(bundle);
    const before = await catalogNow(run);
    expect((await run.start({do: 'open'})).exitCode).toBe(0);
    await using completed = await run.save();
    for (const life of lives) await expectBack(run, completed, before, life);
  }, 600_000);
});

describe('the controls: a tool that is wrong on purpose is caught', () => {
  const committed: Kill = {at: APPLIED, when: 'before'};

  const withDead = (use: (run: CrashRun) => Promise<void>): Promise<void> =>
    lane(async () => {
      if (!LONG) {
        await short.backedUp.restore();
        expect((await short.run.start({do: 'resume', kill: committed})).signal).toBe('SIGKILL');
        return use(short.run);
      }
      await using run = await createCrashRun(bundle);
      expect((await run.start({do: 'open', kill: committed})).signal).toBe('SIGKILL');
      return await use(run);
    });

  test('one that believes that nothing happened does not come to the same end', () =>
    withDead(async (run) => {
      const resumed = await run.start({do: 'resume', unsafe: 'believes'});
      // It does try again; what stops it is that the catalog is not the one of the snapshot any more.
      expect(resumed.exitCode).toBe(2);
      const last = (await run.journal()).events.findLast((event) => event.type === 'StepFailed');
      expect(last).toMatchObject({step: 'apply-v1', attempt: 2, failure: {code: 'snapshot-stale'}});
      await expect(expectUndisturbedEnd(run)).rejects.toThrow();
    }));

  test('one that applies the change twice is found out by the count of the server alone', () =>
    withDead(async (run) => {
      const resumed = await run.start({do: 'resume', unsafe: 'believes-and-does-not-look'});
      expect(resumed.exitCode, resumed.output).toBe(0);
      expect(await standingOf(run)).toEqual({...undisturbed, views: 2});
      await expect(expectUndisturbedEnd(run)).rejects.toThrow();
    }));
});
