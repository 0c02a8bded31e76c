// Is a backup called proven only when it was restored and is, object by object, what the target was?

import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Client} from 'pg';
import {expect} from 'vitest';
import {failed, success, type Result} from '../../../src/core/failure.ts';
import type {Scratch} from '../../../src/core/ports.ts';
import type {Compose} from '../../../src/cli/open-run.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun, type TestRun} from '../../support/run.ts';

const {describe, test} = needs('pg_dump');

const steps = ['snapshot', 'backup'];
const isLong = process.env['LONG'] === '1';

const artifacts = (path: string): readonly string[] =>
  readdirSync(join(path, 'artifacts')).filter((name) => name.startsWith('backup.'));

const scratchDatabases = async (database: TestDatabase, run: TestRun): Promise<readonly string[]> => {
  const admin = await database.connect();
  const {rows} = await admin.query<{datname: string}>(
    `SELECT datname FROM pg_database WHERE datname LIKE 'ar\\_scratch\\_${run.id.replace('-', '\\_')}%'`,
  );
  await admin.end();
  return rows.map(({datname}) => datname);
};

const withScratch =
  (change: (real: Scratch) => Scratch | Promise<Scratch>): Compose =>
  (world) => ({
    ...world,
    scratch: {
      ...world.scratch,
      open: async (...of) => {
        const opened = await world.scratch.open(...of);
        return opened.ok ? success(await change(opened.value)) : opened;
      },
    },
  });

/** Does something to the scratch database when pg_restore has ended; `alone` says to which of the two. */
const tampered = (database: TestDatabase, sql: string, alone = false): Compose =>
  withScratch((real) => {
    if (real.name.endsWith('_alone') !== alone) return real;
    return {
      ...real,
      processes: {
        ...real.processes,
        run: async (spec) => {
          const ended = await real.processes.run(spec);
          if (!spec.program.endsWith('pg_restore')) return ended;
          const {host, port, user} = database;
          const client = new Client({host, port, user, database: real.name});
          await client.connect();
          await client.query(sql);
          await client.end();
          return ended;
        },
      },
    };
  });

describe('a backup', () => {
  test('is proven when what was restored from it is what the target was, whatever it holds', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(RICH);
    // Worded anew by the server when it reads it again, which is no difference.
    await admin.query(`
      CREATE TABLE public.state (s varchar(9), n int);
      CREATE VIEW public.worded AS SELECT * FROM public.state WHERE s IN ('a', 'b')`);
    const objects = ['public.attempt', 'public.worded'];
    const run = await openTestRun(database, {
      steps,
      alter: (runbook) => ({...runbook, objects}),
      env: {...process.env, PGPASSWORD: 'open-sesame-9f3'},
    });
    try {
      const state = await run.start('backup');
      const facts = factsFrom(state, 'backup');
      const dumped = execFileSync('pg_restore', ['--list', join(run.path, facts.path)], {encoding: 'utf8'})
        .split('\n')
        .filter(
          (line) => /^\d+;/.test(line) && !/ (TABLE DATA|SEQUENCE SET|MATERIALIZED VIEW DATA|BLOBS?) /.test(line),
        );
      expect(state).toMatchObject({verdict: 'pass'});
      expect(facts.proof).toEqual({
        level: 'restored',
        where: 'declared',
        serverVersion: run.session.view().state.opened?.target.serverVersion,
        objects: dumped.length,
        tables: 1,
        alone: objects,
        restoreMs: expect.any(Number) as number,
        durationMs: expect.any(Number) as number,
      });
      expect(await scratchDatabases(database, run)).toEqual([]);
      expect(artifacts(run.path)).toEqual(['backup.1.dump', 'backup.1.dump.marks.json']);
      // Neither the dump nor its restore has left a secret of the environment in the run.
      const files = readdirSync(run.path, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
      const telling = files.filter(({parentPath, name: file}) =>
        readFileSync(join(parentPath, file)).includes('open-sesame-9f3'),
      );
      expect(telling).toEqual([]);
    } finally {
      await run.close();
      await admin.query(RICH_AWAY);
    }
  });

  test('is proven on a server of this machine where nobody named one, roles of all kinds included', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(RICH);
    const run = await openTestRun(database, {steps, scratch: 'embedded'});
    try {
      const {proof} = factsFrom(await run.start('backup'), 'backup');
      expect(proof).toMatchObject({level: 'restored', where: 'embedded', alone: ['public.attempt']});
      // The server is gone with its databases.
      const {servers} = JSON.parse(readFileSync(join(run.path, 'scratch.json'), 'utf8')) as {servers: string[]};
      expect(servers.filter((directory) => existsSync(directory))).toEqual([]);
      expect(servers).toHaveLength(1);
      expect(await scratchDatabases(database, run)).toEqual([]);
    } finally {
      await run.close();
      await admin.query(RICH_AWAY);
    }
  });

  const tamperings = [
    ['objects', 'DROP INDEX public.ix_exam_results_org', '- INDEX public ix_exam_results_org seedtest_owner'],
    ['objects', 'ALTER TABLE public.question OWNER TO operator', '- TABLE public question seedtest_owner'],
    ['objects', 'GRANT DELETE ON public.question TO PUBLIC', '+ GRANT DELETE ON TABLE public.question TO PUBLIC;'],
    [
      'rows',
      "DELETE FROM public.exam_results WHERE session_id = 'session-00000001'",
      'public.exam_results: 400 -> 399',
    ],
    ['catalog', "COMMENT ON VIEW public.attempt IS 'another'", 'public.attempt comment'],
    ['catalog', 'ALTER VIEW public.attempt RESET (security_barrier)', 'public.attempt options'],
  ] as const;
  // One of them in a short run: every case pays for a dump and two databases.
  test.each(tamperings.filter((_, at) => isLong || at === 4))(
    'is refused when the restored %s differ: %s',
    async (what, sql, line) => {
      await using database = await createTestDatabase();
      const run = await openTestRun(database, {steps, compose: tampered(database, sql)});
      const failure = failureFrom(await run.start('backup'), 'backup-not-restorable');
      expect(failure).toMatchObject({what, where: 'declared'});
      expect(failure.lines.join('\n')).toContain(line);
      expect(artifacts(run.path)).toEqual([]);
      expect(await scratchDatabases(database, run)).toEqual([]);
    },
  );

  test('is refused when the declared objects are not what they were, restored from it alone', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps,
      compose: tampered(database, "COMMENT ON COLUMN public.attempt.student_id IS 'another'", true),
    });
    expect(failureFrom(await run.start('backup'), 'backup-not-restorable')).toMatchObject({what: 'alone'});
    expect(artifacts(run.path)).toEqual([]);
    expect(await scratchDatabases(database, run)).toEqual([]);
  });

  test('is refused when it cannot be restored: a check that its rows do not pass', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    // The function says yes here and no in any other database, as a check that reads other tables may.
    await admin.query(`
      CREATE FUNCTION public.here() RETURNS boolean LANGUAGE sql AS $$ SELECT current_database() = '${database.name}' $$;
      CREATE TABLE public.picky (n int CHECK (public.here()));
      INSERT INTO public.picky VALUES (1)`);
    const run = await openTestRun(database, {steps});
    const failure = failureFrom(await run.start('backup'), 'backup-not-restorable');
    expect(failure).toMatchObject({what: 'restore'});
    expect(failure.lines.join('\n')).toContain('picky');
    expect(artifacts(run.path)).toEqual([]);
    expect(await scratchDatabases(database, run)).toEqual([]);
  });
});

describe('a backup that nothing could be tried with is amber and says why', () => {
  const unavailable: Result<never> = failed({
    code: 'scratch-unavailable',
    problem: 'no-server-programs',
    message: '15.18',
  });

  test.each([
    [
      'no server',
      ((world) => ({...world, scratch: {...world.scratch, open: async () => unavailable}})) satisfies Compose,
      {because: 'no-scratch', failure: {code: 'scratch-unavailable'}},
    ],
    [
      'no room',
      ((world) => ({...world, scratch: {...world.scratch, freeBytes: async () => 1024}})) satisfies Compose,
      {because: 'no-room', freeBytes: 1024},
    ],
    [
      'no role',
      withScratch((real) => ({...real, ensureRoles: async () => success(['nobody_knows'])})),
      {because: 'roles-missing', names: ['nobody_knows']},
    ],
    [
      'no extension',
      withScratch((real) => ({
        ...real,
        database: {
          ...real.database,
          connect: async (options) => {
            const connected = await real.database.connect(options);
            return connected.ok
              ? success({
                  ...connected.value,
                  query: async (sql: string, more) =>
                    sql.includes('pg_available_extensions')
                      ? success({columns: ['name'], rows: [], count: 0})
                      : connected.value.query(sql, more),
                })
              : connected;
          },
        },
      })),
      {because: 'extensions-missing', names: ['plpgsql']},
    ],
  ] as const)('%s', async (_, compose, because) => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {steps, compose});
    const state = await run.start('backup');
    expect(state).toMatchObject({verdict: 'amber'});
    const facts = factsFrom(state, 'backup');
    expect(facts.proof).toMatchObject({level: 'read', ...because});
    // It is a whole backup all the same.
    expect(artifacts(run.path)).toEqual(['backup.1.dump', 'backup.1.dump.marks.json']);
    expect(await scratchDatabases(database, run)).toEqual([]);
  });
});

test('a proof that is cancelled ends at once, and leaves neither a file nor a database', async () => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  // Restoring it takes an hour.
  await admin.query(`
    CREATE FUNCTION public.slow(int) RETURNS boolean LANGUAGE sql AS $$ SELECT current_database() = '${database.name}' OR pg_sleep(3600) IS NULL $$;
    CREATE TABLE public.patient (n int CHECK (public.slow(n)));
    INSERT INTO public.patient VALUES (1)`);
  const run = await openTestRun(database, {steps});
  await run.walkTo('backup');
  const restoring = run.progress(({code}) => code === 'restoring-into-scratch');
  await run.begin('backup');
  await restoring;
  await run.submit({type: 'CancelEffect'});
  failureFrom(run.stateOf('backup'), 'cancelled');
  expect(artifacts(run.path)).toEqual([]);
  expect(await scratchDatabases(database, run)).toEqual([]);
});

/** One of nearly everything that a database can hold, with owners and grants. */
const RICH = `
CREATE ROLE "Odd ""role"" 1" NOLOGIN; CREATE ROLE rich_group NOLOGIN; GRANT rich_group TO "Odd ""role"" 1";
CREATE SCHEMA "Rich Schema" AUTHORIZATION "Odd ""role"" 1";
CREATE TYPE public.mood AS ENUM ('sad', 'ok'); CREATE DOMAIN public.positive AS int CHECK (VALUE > 0);
CREATE TYPE public.pair AS (a int, b text);
CREATE SEQUENCE "Rich Schema".counter START 7;
CREATE TABLE "Rich Schema"."My Table" (id serial PRIMARY KEY, m public.mood, p public.positive, doubled int GENERATED ALWAYS AS (p * 2) STORED,
  pair public.pair, at timestamptz DEFAULT now(), n bigint DEFAULT nextval('"Rich Schema".counter'), UNIQUE (m, p));
INSERT INTO "Rich Schema"."My Table" (m, p) SELECT 'ok', n FROM generate_series(1, 50) AS n;
CREATE TABLE public.parted (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE public.parted_2026 PARTITION OF public.parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON public.parted (day);
ALTER TABLE "Rich Schema"."My Table" ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON "Rich Schema"."My Table" FOR SELECT TO rich_group USING (p > 1);
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE INSERT ON "Rich Schema"."My Table" FOR EACH ROW EXECUTE FUNCTION public.touch();
CREATE FUNCTION public.over(int) RETURNS int LANGUAGE sql AS 'SELECT $1'; CREATE FUNCTION public.over(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE public.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE MATERIALIZED VIEW public.sums AS SELECT m, sum(p) AS s FROM "Rich Schema"."My Table" GROUP BY m;
CREATE UNIQUE INDEX sums_m ON public.sums (m); COMMENT ON INDEX public.sums_m IS 'unique by mood';
CREATE MATERIALIZED VIEW public.unfilled AS SELECT 1 AS one WITH NO DATA;
CREATE VIEW public.guarded WITH (security_barrier = true) AS SELECT * FROM "Rich Schema"."My Table";
CREATE RULE nothing AS ON INSERT TO public.guarded DO INSTEAD NOTHING; COMMENT ON RULE nothing ON public.guarded IS 'no inserts';
CREATE STATISTICS public.corr ON m, p FROM "Rich Schema"."My Table";
CREATE FUNCTION public.rich_event() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE EVENT TRIGGER rich_watch ON ddl_command_end WHEN TAG IN ('CREATE STATISTICS') EXECUTE FUNCTION public.rich_event();
GRANT SELECT (id, m) ON "Rich Schema"."My Table" TO rich_group; GRANT SELECT ON public.sums TO "Odd ""role"" 1" WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO rich_group;
ALTER VIEW public.guarded OWNER TO "Odd ""role"" 1"; COMMENT ON TYPE public.mood IS 'how one feels';
SELECT lo_from_bytea(424242, 'large');`;
const RICH_AWAY = `DROP EVENT TRIGGER rich_watch; DROP OWNED BY "Odd ""role"" 1", rich_group CASCADE; DROP ROLE "Odd ""role"" 1", rich_group`;
