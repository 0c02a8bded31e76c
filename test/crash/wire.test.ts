// Does a run know what became of its change when the line is cut at any message of it, in either direction?

import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test, vi} from 'vitest';
import {dropStatement} from '../../src/catalog/recreate.ts';
import type {Compose} from '../../src/cli/open-run.ts';
import {success} from '../../src/core/failure.ts';
import type {DatabaseSession} from '../../src/core/ports.ts';
import type {StepState} from '../../src/core/state.ts';
import {AUDIT, FEWER_RESULTS, save, timesCreated} from '../support/crash.ts';
import {randomOf} from '../support/crash-random.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {
  beyondBackup,
  catalogOf,
  openTestRun,
  resumeTestRun,
  temporaryFolder,
  trimmedRunbook,
  withStandIn,
  type TestRun,
} from '../support/run.ts';
import {startWire, type Cut, type CutHow, type Wire} from '../support/wire.ts';

const LONG = process.env['LONG'] === '1';
vi.setConfig({testTimeout: LONG ? 3_600_000 : 120_000});

/** The server is told, or it is not: then it notices by itself, here when the wire is mended. */
const WAYS: readonly CutHow[] = ['before', 'half', 'after', 'silent'];

/** A database and a run that stand right before `step`; every cut starts from there. */
type Stage = Readonly<{
  database: TestDatabase;
  wire: Wire;
  runs: string;
  run: string;
  restore: () => Promise<void>;
}>;

type Change = Readonly<{
  name: string;
  /** The step whose state tells what became of it. */
  step: string;
  /** Where the run has to be before it: at the step, or at the end of the change that it takes back. */
  isWayBack: boolean;
  begin: (run: TestRun) => Promise<void>;
}>;

const APPLY: Change = {
  name: 'apply',
  step: 'apply-v1',
  isWayBack: false,
  begin: async (run) => {
    const confirm = run.session.view().state.opened?.target.database ?? '';
    expect(await run.submit({type: 'StartStep', step: 'apply-v1', confirm})).toBeUndefined();
  },
};

const wayBack = (option: string): Change => ({
  name: option,
  step: `rollback/${option}`,
  isWayBack: true,
  begin: async (run) => {
    const confirm = run.session.view().state.opened?.target.database ?? '';
    expect(await run.submit({type: 'BeginRollback', option, reason: 'a test', confirm})).toBeUndefined();
  },
});

const CHANGES = [APPLY, wayBack('restore-objects'), wayBack('revert-v0'), wayBack('drop-attempt')];

const stageOf = async ({name, isWayBack}: Change, use: (stage: Stage) => Promise<void>): Promise<void> => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  await admin.query(AUDIT);
  await admin.query(FEWER_RESULTS);
  // Nothing may depend on what the emergency way back drops.
  if (name === 'drop-attempt') {
    for (const of of (await catalogOf(database)).dependants.toReversed()) await admin.query(dropStatement(of));
  }
  await admin.end();
  await using wire = await startWire(database);
  const runs = join(temporaryFolder(), 'runs');
  mkdirSync(runs);
  const run = await openTestRun(database, {
    ...(LONG ? {environment: beyondBackup} : withStandIn),
    runsDirectory: runs,
    runbook: trimmedRunbook(['snapshot', 'backup', 'apply-v1']),
  });
  await run.walkTo('apply-v1');
  if (isWayBack) expect((await run.start('apply-v1')).status).toBe('succeeded');
  await run.close();
  await using saved = await save(database, runs);
  await use({database, wire, runs, run: run.id, restore: saved.restore});
};

const created = async (database: TestDatabase): Promise<number> => {
  const client = await database.connect();
  try {
    return await timesCreated(client, 'public.attempt');
  } finally {
    await client.end();
  }
};

const throughWire = ({wire, runs, run}: Stage): Promise<TestRun> => resumeTestRun(wire.database, runs, run);

type End = Readonly<{state: StepState; catalog: string; created: number; transactions: number}>;

const endOf = async (stage: Stage, run: TestRun, step: string): Promise<End> => ({
  state: run.stateOf(step),
  catalog: JSON.stringify(await catalogOf(stage.database)),
  created: await created(stage.database),
  transactions: run.journal().match(/"TransactionOpened"/g)?.length ?? 0,
});

/** The change through a wire that nobody cuts: how many messages there are, and what it leads to. */
const undisturbed = async (stage: Stage, change: Change) => {
  const before = JSON.stringify(await catalogOf(stage.database));
  const createdBefore = await created(stage.database);
  const run = await throughWire(stage);
  await change.begin(run);
  const after = await endOf(stage, run, change.step);
  expect(after.state.status).toBe('succeeded');
  await run.close();
  const messages = stage.wire.counted();
  const commit = messages.findIndex(({from, text}) => from === 'tool' && text === 'COMMIT') + 1;
  expect(commit).toBeGreaterThan(0);
  return {before, createdBefore, after, messages, commit};
};

type Undisturbed = Awaited<ReturnType<typeof undisturbed>>;

/** Cuts, goes on without the wire until nothing is at work any more, and says how it stands. */
const cutAndResume = async (stage: Stage, change: Change, cut: Cut, compose?: Compose): Promise<End> => {
  await stage.restore();
  stage.wire.mend();
  const run = await throughWire(stage);
  stage.wire.arm(cut);
  await change.begin(run);
  expect(stage.wire.isCut()).toBe(true);
  await run.close();
  const options = compose === undefined ? {} : {compose};
  const resumed = await resumeTestRun(stage.database, stage.runs, stage.run, options);
  await resumed.session.settled();
  // The server may not have noticed yet; it is asked again, as an operator would, until it has.
  for (let asked = 0; resumed.stateOf(change.step).status === 'in-doubt' && asked < 500; asked += 1) {
    expect(resumed.stateOf(change.step)).toMatchObject({probe: {verdict: 'still-running'}});
    // While it is still at work, nothing else can be begun.
    expect(
      await resumed.session.submit({
        type: 'BeginRollback',
        option: 'restore-objects',
        reason: 'r',
        confirm: stage.database.name,
      }),
    ).toMatchObject({code: 'in-doubt'});
    stage.wire.mend();
    await resumed.submit({type: 'ProbeStep', step: change.step});
  }
  const end = await endOf(stage, resumed, change.step);
  await resumed.close();
  return end;
};

/** What the run believes and what the database is; nothing else may be seen. */
const judged = (end: End, of: Undisturbed): string => {
  const catalog = end.catalog === of.before ? 'before' : end.catalog === of.after.catalog ? 'after' : 'neither';
  const times =
    end.created === of.createdBefore ? 'not made' : end.created === of.after.created ? 'made' : 'made twice';
  return `${end.state.status}, catalog ${catalog}, ${times}`;
};

const expectedOf = (of: Undisturbed): readonly string[] => [
  'waiting, catalog before, not made',
  `succeeded, catalog after, ${of.after.created === of.createdBefore ? 'not made' : 'made'}`,
];

/** All around the COMMIT: the message before it, itself, its answer and the last word; and a few of the others. */
const cutsOf = ({messages, commit}: Undisturbed, seed: number, others: number): readonly Cut[] => {
  if (LONG) return messages.flatMap((_, at) => WAYS.map((how) => ({at: at + 1, how})));
  const around = [commit, commit + 1, messages.length].flatMap((at) =>
    WAYS.filter((how) => (at === commit ? how !== 'half' : how === 'before' || how === 'half')).map((how) => ({
      at,
      how,
    })),
  );
  const random = randomOf(seed);
  const drawn = Array.from({length: others}, (_, nth) => ({
    at: 1 + Math.floor(random() * (commit - 1)),
    how: WAYS[nth % WAYS.length] ?? 'before',
  }));
  return [...around, ...drawn];
};

describe('a change whose line is cut at one message', () => {
  for (const [nth, change] of CHANGES.entries()) {
    // Without LONG: everything around the COMMIT of apply, and of the ways back only the COMMIT itself.
    test(`is known as done or not done, and is what it is known as: ${change.name}`, () =>
      stageOf(change, async (stage) => {
        const of = await undisturbed(stage, change);
        const cuts =
          LONG || !change.isWayBack
            ? cutsOf(of, 20_251_101 + nth, 4)
            : (['before', 'after'] as const).map((how) => ({at: of.commit, how}));
        const verdicts = new Set<string>();
        for (const cut of cuts) {
          const end = await cutAndResume(stage, change, cut);
          const verdict = judged(end, of);
          expect(
            expectedOf(of),
            `cut ${cut.how} message ${cut.at} of ${of.messages.length} (COMMIT is ${of.commit})`,
          ).toContain(verdict);
          expect(end.transactions).toBeLessThanOrEqual(of.after.transactions);
          verdicts.add(verdict);
        }
        // Both ends were met, or the cuts proved nothing.
        expect([...verdicts].toSorted()).toEqual([...expectedOf(of)].toSorted());
      }));
  }

  test('is found out when the tool only believes that nothing happened (a tool that is wrong on purpose)', () =>
    stageOf(APPLY, async (stage) => {
      const of = await undisturbed(stage, APPLY);
      const end = await cutAndResume(stage, APPLY, {at: of.commit, how: 'after'}, believesNothingHappened);
      expect(expectedOf(of)).not.toContain(judged(end, of));
      expect(judged(end, of)).toBe('waiting, catalog after, made');
    }));
});

/** Takes every transaction for one that was rolled back. */
const believesNothingHappened: Compose = (world) => ({
  ...world,
  attempt: (name) => {
    const real = world.attempt(name);
    const deaf = (session: DatabaseSession): DatabaseSession => ({
      ...session,
      query: async (sql, options) =>
        sql.includes('pg_xact_status')
          ? success({columns: ['status'], rows: [{status: 'aborted'}], count: 1})
          : session.query(sql, options),
    });
    return {
      ...real,
      database: {
        ...real.database,
        connect: async (options) => {
          const connected = await real.database.connect(options);
          return connected.ok ? success(deaf(connected.value)) : connected;
        },
      },
    };
  },
});
