// What becomes of an Alembic migration that is not as it should be: by its history, its project, its connection, or its end?

import {expect, test, vi} from 'vitest';
import type {AlembicTrouble} from '../../../src/core/alembic.ts';
import {alembicProject, from, revision, type Project} from '../../support/alembic.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun} from '../../support/run.ts';

const steps = ['snapshot', 'upgrade'];
const isLong = process.env['LONG'] === '1';

const versionsOf = async (database: TestDatabase): Promise<readonly string[]> => {
  const admin = await database.connect();
  const {rows} = await admin.query<{version_num: string}>('SELECT version_num FROM public.alembic_version ORDER BY 1');
  return rows.map(({version_num: version}) => version);
};

const next = '20251102_1300_attempt_view_stub_or_real';

/** Three moments of a death: before anything, with all of it sent and not committed, and after the COMMIT. */
const deaths = [
  [
    'before its first statement',
    `migrations/versions/${revision}.py`,
    '    conn = op.get_bind()',
    '    DIE\n    conn = op.get_bind()',
  ],
  ['before its COMMIT', `migrations/versions/${revision}.py`, '    op.execute(V1)', '    op.execute(V1)\n    DIE'],
  [
    'after its COMMIT',
    'migrations/env.py',
    'else:\n    run_migrations_online()',
    'else:\n    run_migrations_online()\n    import sys\n    if "upgrade" in sys.argv: DIE',
  ],
] as const;

const SUICIDE = '__import__("os").kill(__import__("os").getpid(), 9)';

type Case = Readonly<{
  what: string;
  make: (project: Project, database: TestDatabase) => Promise<void> | void;
  troubles: readonly Partial<AlembicTrouble>[];
}>;

/** Each is seen before anything runs; what goes ahead all the same is in the check's warnings. */
const unfit: readonly Case[] = [
  {
    what: 'a revision whose parent no file has',
    make: ({add}) => add('20251103_lost.py', {id: '20251103_lost', down: '20251102_gone'}),
    troubles: [{code: 'parent-missing', subject: '20251102_gone', actual: '20251103_lost'}],
  },
  {
    what: 'a revision id that the version table has no room for',
    make: ({add, editRunbook}) => {
      add(`${next}.py`, {id: next, down: revision});
      editRunbook(`revision: ${revision}`, `revision: ${next}`);
    },
    troubles: [{code: 'id-too-long', subject: next, expected: '32', actual: '39'}],
  },
  {
    what: 'a current revision that is on another branch',
    make: ({add, editRunbook}) => {
      add('20251031_other.py', {id: '20251031_other', down: '20251031_2110_attempt_view'});
      editRunbook(`revision: ${revision}`, 'revision: 20251031_other');
    },
    troubles: [
      {code: 'not-an-ancestor', subject: from, expected: '20251031_other'},
      {code: 'several-heads', subject: `20251031_other, ${revision}`},
    ],
  },
  {
    what: 'a revision that is nowhere',
    make: ({editRunbook}) => editRunbook(`revision: ${revision}`, 'revision: 20251101_0900_attempt_view_lok'),
    troubles: [{code: 'revision-unknown', subject: '20251101_0900_attempt_view_lok'}],
  },
  {
    what: 'a database that is at another revision than the runbook expects',
    make: async (_project, database) => {
      const admin = await database.connect();
      await admin.query(`UPDATE public.alembic_version SET version_num = '20251031_2110_attempt_view'`);
    },
    troubles: [{code: 'current-differs', expected: from, actual: '20251031_2110_attempt_view'}],
  },
  {
    what: 'an env.py that reads another URL',
    make: ({edit}, {user, host, port}) =>
      edit(
        'migrations/env.py',
        'os.environ["DATABASE_URL"]',
        `"postgresql+psycopg2://${user}@/postgres?host=${host}&port=${port}"`,
      ),
    troubles: [{code: 'other-target', subject: 'env.py'}],
  },
  {
    what: 'a % that the ini takes for its own',
    make: ({editRunbook}) => editRunbook('urlPercentDoubled: true', 'urlPercentDoubled: false'),
    troubles: [{code: 'percent-in-url', subject: 'env.py'}],
  },
  {
    what: 'a driver that this SQLAlchemy does not have',
    make: ({editRunbook}) => editRunbook('postgresql+psycopg2', 'postgresql+psycopg'),
    troubles: [{code: 'driver-unknown', subject: 'postgresql+psycopg'}],
  },
  {
    what: 'an env.py that takes the name of the attempt off its session',
    make: ({edit}) =>
      edit(
        'migrations/env.py',
        'poolclass=pool.NullPool',
        'poolclass=pool.NullPool, connect_args={"application_name": "api"}',
      ),
    troubles: [{code: 'setting-lost', subject: 'application_name', actual: 'api'}],
  },
  {
    what: 'another version table',
    make: ({edit}) =>
      edit('migrations/env.py', 'connection=connection', 'connection=connection, version_table="versions"'),
    troubles: [
      {code: 'version-table-differs', subject: 'public.alembic_version', actual: 'public.versions'},
      {code: 'current-differs', expected: from, actual: ''},
    ],
  },
  {
    what: 'a program that is no Alembic',
    make: ({editRunbook}) =>
      editRunbook('argv: [/usr/bin/alembic]', 'argv: [/usr/bin/alembic]\n      python: [/bin/false]'),
    troubles: [{code: 'not-answered', subject: 'python', actual: 'exit 1'}],
  },
];

needs('alembic').describe('an Alembic migration is not begun with', () => {
  test.each(isLong ? unfit : unfit.filter(({what}) => /parent/.test(what)))('$what', async ({make, troubles}) => {
    await using database = await createTestDatabase();
    const project = alembicProject();
    await make(project, database);
    const before = {catalog: await catalogOf(database), versions: await versionsOf(database)};
    const run = await openTestRun(database, {runbook: project.runbook, steps});
    const found = failureFrom(await run.start('upgrade'), 'alembic-unfit').troubles;
    expect(found).toMatchObject(troubles);
    expect(found).toHaveLength(troubles.length);
    expect({catalog: await catalogOf(database), versions: await versionsOf(database)}).toEqual(before);
  });

  test.each([
    [
      'a changed revision',
      (project: Project) => project.edit(`migrations/versions/${revision}.py`, 'CASCADE', 'RESTRICT'),
    ],
    ['a changed ini', (project: Project) => project.edit('alembic.ini', 'level = INFO', 'level = WARN')],
    ['a revision that came since', (project: Project) => project.add('x.py', {id: 'x', down: revision})],
  ])('%s', async (_what, change) => {
    await using database = await createTestDatabase();
    const project = alembicProject();
    const run = await openTestRun(database, {runbook: project.runbook, steps});
    await run.walkTo('upgrade');
    change(project);
    expect(await run.submit({type: 'StartStep', step: 'upgrade', confirm: database.name})).toMatchObject({
      code: 'plan-changed',
      files: [expect.stringMatching(/^alembic\/apps\/seedtest_api\//)],
    });
    expect(await versionsOf(database)).toEqual([from]);
  });
});

needs('alembic').describe('an Alembic migration that', () => {
  const brokenBy = (upgrade: string): Project => {
    const project = alembicProject();
    project.edit(
      `migrations/versions/${revision}.py`,
      '    conn = op.get_bind()',
      `    ${upgrade}\n    conn = op.get_bind()`,
    );
    return project;
  };

  test('the server refuses has changed nothing, and four lines of its traceback say why', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const {runbook} = brokenBy('op.execute("DROP VIEW attempt CASCADE"); op.execute("SELECT *\\nFROM nowhere")');
    const run = await openTestRun(database, {runbook, steps});
    const {exitCode, lines} = failureFrom(await run.start('upgrade'), 'alembic-failed');
    expect(exitCode).toBe(1);
    expect(lines).toEqual([
      expect.stringContaining(`Running upgrade ${from} -> ${revision}`),
      'sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "nowhere" does not exist',
      'LINE 2: FROM nowhere',
      '[SQL: SELECT *',
    ]);
    expect(await catalogOf(database)).toEqual(before);
    expect(await versionsOf(database)).toEqual([from]);
    // Nothing was applied, so no way back is advised.
    const ranked = await run.session.rollbackOptions();
    const restore = ranked.ok ? ranked.options.find(({option}) => option.kind === 'restore-objects') : undefined;
    expect(restore).toMatchObject({advice: 'not-advised', reasons: expect.arrayContaining(['nothing-applied'])});
  });

  test('ends well without a view has failed, and the way back brings the view again', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const {runbook} = brokenBy('op.execute("DROP VIEW attempt CASCADE"); return');
    const run = await openTestRun(database, {runbook, steps});
    expect(failureFrom(await run.start('upgrade'), 'alembic-incomplete')).toMatchObject({
      exitCode: 0,
      versions: [revision],
      missing: ['public.attempt'],
    });
    factsFrom(await run.rollback('restore-objects'), 'restore-objects');
    expect(await catalogOf(database)).toEqual(before);
    expect(await versionsOf(database)).toEqual([from]);
  });

  test('fails after its COMMIT took effect all the same, and its exit code is told', async () => {
    await using database = await createTestDatabase();
    const project = alembicProject();
    project.edit(
      'migrations/env.py',
      'else:\n    run_migrations_online()',
      'else:\n    run_migrations_online()\n    if "upgrade" in sys.argv: sys.exit(7)',
    );
    project.edit('migrations/env.py', 'import os', 'import os\nimport sys');
    const run = await openTestRun(database, {runbook: project.runbook, steps});
    const state = await run.start('upgrade');
    expect(factsFrom(state, 'migration').alembic).toMatchObject({exitCode: 7});
    expect(state).toMatchObject({verdict: 'amber'});
    expect(await versionsOf(database)).toEqual([revision]);
  });

  test('meets a lock tries again, is blocked with whoever holds it, and goes on when it is free', async () => {
    await using database = await createTestDatabase();
    const reader = await database.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT count(*) FROM public.attempt');
    const project = alembicProject();
    project.editRunbook('    verify: verify', '    lockTries: 2\n    verify: verify');
    const run = await openTestRun(database, {runbook: project.runbook, steps});
    const {blockers, tries} = failureFrom(await run.start('upgrade'), 'lock-timeout');
    expect(tries).toBe(2);
    expect(blockers.length).toBeGreaterThan(0);
    await reader.query('ROLLBACK');
    factsFrom(await run.retry('upgrade'), 'migration');
  });
});

// One run for both ends: every start of Alembic costs seconds.
needs('alembic').describe('an Alembic migration', () => {
  test('that is refused, and then killed after its COMMIT, is judged by what it has left', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const admin = await database.connect();
    const project = alembicProject();
    project.edit(
      `migrations/versions/${revision}.py`,
      '    conn = op.get_bind()',
      '    op.execute("DROP VIEW attempt CASCADE"); op.execute("SELECT *\\nFROM nowhere")\n    conn = op.get_bind()',
    );
    const [, file, part, by] = deaths[2];
    project.edit(file, part, by.replace('DIE', SUICIDE));
    const run = await openTestRun(database, {runbook: project.runbook, steps});

    // The server refuses a statement: nothing has changed, and four lines of the traceback say why.
    const {exitCode, lines} = failureFrom(await run.start('upgrade'), 'alembic-failed');
    expect(exitCode).toBe(1);
    expect(lines).toEqual([
      expect.stringContaining(`Running upgrade ${from} -> ${revision}`),
      'sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "nowhere" does not exist',
      'LINE 2: FROM nowhere',
      '[SQL: SELECT *',
    ]);
    expect(await catalogOf(database)).toEqual(before);
    expect(await versionsOf(database)).toEqual([from]);
    // Nothing was applied, so no way back is advised.
    const ranked = await run.session.rollbackOptions();
    const restore = ranked.ok ? ranked.options.find(({option}) => option.kind === 'restore-objects') : undefined;
    expect(restore).toMatchObject({advice: 'not-advised', reasons: expect.arrayContaining(['nothing-applied'])});

    // What it lacked is there: it goes on, and is killed when it has committed.
    await admin.query('CREATE TABLE public.nowhere ()');
    const state = await run.retry('upgrade');
    expect(await versionsOf(database)).toEqual([revision]);
    expect(factsFrom(state, 'migration').putBack?.dependants).toHaveLength(2);
  });
});

needs('alembic').describe('an Alembic that waits for a lock', () => {
  test('ends at the request of the operator, leaves no session behind, and has changed nothing', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const reader = await database.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT count(*) FROM public.attempt');
    const project = alembicProject();
    project.editRunbook('    verify: verify', '    lockTimeoutMs: 60000\n    verify: verify');
    const run = await openTestRun(database, {runbook: project.runbook, steps});
    await run.begin('upgrade');
    // Within its transaction the reader would see the sessions of its first look for ever.
    const watcher = await database.connect();
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'
                     AND application_name LIKE 'attempt-runbook/%/upgrade/1'`;
    await vi.waitUntil(async () => (await watcher.query(waiting, [database.name])).rowCount === 1, {timeout: 60_000});
    expect(await run.submit({type: 'CancelEffect'})).toBeUndefined();
    failureFrom(run.stateOf('upgrade'), 'cancelled');
    expect((await watcher.query(waiting, [database.name])).rowCount).toBe(0);
    await reader.query('ROLLBACK');
    expect(await catalogOf(database)).toEqual(before);
    expect(await versionsOf(database)).toEqual([from]);
  });
});

needs('alembic').describe('an Alembic that runs elsewhere', () => {
  test('is bounded by what its prefix hands on, and its files are held against the plan', async () => {
    await using database = await createTestDatabase();
    const project = alembicProject();
    // What kubectl exec does: nothing of our environment arrives, and env.py reads the URL of that place.
    const {user, name, host, port} = database;
    const url = `DATABASE_URL=postgresql+psycopg2://${user}@/${name}?host=${host}&port=${port}`;
    const prefix = `/usr/bin/env, -i, 'PATH=/usr/bin', '${url}', '{environment}'`;
    project.editRunbook(
      'argv: [/usr/bin/alembic]',
      `argv: [${prefix}, /usr/bin/alembic]\n      python: [${prefix}, /usr/bin/python3]\n      urlFrom: elsewhere`,
    );
    if (isLong)
      project.editRunbook('urlFrom: elsewhere', 'urlFrom: elsewhere\n      onCopy: {argv: [/usr/bin/alembic]}');
    const run = await openTestRun(database, {
      runbook: project.runbook,
      // On a copy it is one of this machine: the other place cannot reach it.
      steps: isLong ? ['snapshot', 'backup', 'rehearse', 'upgrade'] : steps,
    });
    const facts = factsFrom(await run.start('upgrade'), 'migration');
    // The probe before it has asked for name and bounds on the connection that env.py makes. Whether the upgrade itself was
    // seen is a matter of its 30 ms and of how busy the machine is.
    expect(facts.alembic).toMatchObject({exitCode: 0});
  });
});

needs('alembic').describe('the downgrade of a revision', () => {
  test.runIf(isLong)('leaves no view at all where nothing hangs on it, and has failed for it', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query('DROP VIEW public.attempt_weekly, public.attempt_topic');
    const run = await openTestRun(database, {
      runbook: alembicProject().runbook,
      steps: ['snapshot', 'upgrade', 'smoke'],
    });
    factsFrom(await run.start('upgrade'), 'migration');
    const state = await run.rollback('downgrade');
    expect(failureFrom(state, 'way-back-missed')).toMatchObject({inPlace: [], missing: ['public.attempt']});
    expect(run.session.view().state.closed).toBeUndefined();
    expect(await versionsOf(database)).toEqual([from]);
    expect((await catalogOf(database)).objects).toEqual([]);
  });
});

needs('alembic').describe('a downgrade whose end nobody saw', () => {
  test.runIf(isLong)(
    'is not said to have had no effect where the object is gone, whatever the version table says',
    async () => {
      await using database = await createTestDatabase();
      const admin = await database.connect();
      await admin.query('DROP VIEW public.attempt_weekly, public.attempt_topic');
      const project = alembicProject();
      // It commits on its way, and then fails.
      project.edit(
        `migrations/versions/${revision}.py`,
        '    op.execute("DROP VIEW IF EXISTS attempt")',
        '    with op.get_context().autocommit_block():\n        op.execute("DROP VIEW attempt")\n    raise RuntimeError("late")',
      );
      let isCut = false;
      const run = await openTestRun(database, {
        runbook: project.runbook,
        steps,
        compose: (world) => ({
          ...world,
          attempt: (name) => {
            const {database: target, processes} = world.attempt(name);
            return {
              processes: {
                ...processes,
                run: async (spec) => {
                  const ran = await processes.run(spec);
                  isCut = spec.args.includes('downgrade');
                  return ran;
                },
              },
              database: {
                ...target,
                connect: async (options) => {
                  if (!isCut) return target.connect(options);
                  isCut = false;
                  return {ok: false, failure: {code: 'connection-lost', message: 'the test has cut the line'}};
                },
              },
            };
          },
        }),
      });
      factsFrom(await run.start('upgrade'), 'migration');
      const state = await run.rollback('downgrade');
      expect(await versionsOf(database)).toEqual([revision]);
      expect((await catalogOf(database)).objects).toEqual([]);
      expect(state).toMatchObject({
        status: 'in-doubt',
        probe: {verdict: 'cannot-tell', found: {catalog: {present: []}}},
      });
    },
  );
});

needs('alembic').describe('an Alembic that is killed', () => {
  test.each(isLong ? deaths : deaths.slice(-1))('%s is judged by what it has left', async (_when, file, part, by) => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const project = alembicProject();
    project.edit(file, part, by.replace('DIE', SUICIDE));
    const run = await openTestRun(database, {runbook: project.runbook, steps});
    const state = await run.start('upgrade');
    if (file === 'migrations/env.py') {
      expect(await versionsOf(database)).toEqual([revision]);
      expect(factsFrom(state, 'migration').putBack?.dependants).toHaveLength(2);
    } else {
      expect(failureFrom(state, 'alembic-failed')).toMatchObject({signal: 'SIGKILL'});
      expect(await versionsOf(database)).toEqual([from]);
      expect(await catalogOf(database)).toEqual(before);
    }
  });
});

/** How often the step connects to the target, beside its child. */
const CONNECTIONS = 7;
const points = Array.from({length: CONNECTIONS}, (_unused, at) => at + 1);

needs('alembic').describe('a target that is lost at connection', () => {
  // 6: the one that puts back, after Alembic's COMMIT.
  test.each(isLong ? points : [6])(
    '%i leaves a step that is settled, and ends well when it is started again',
    async (nth) => {
      await using database = await createTestDatabase();
      let isOn = false;
      let count = 0;
      const run = await openTestRun(database, {
        runbook: alembicProject().runbook,
        steps,
        compose: (world) => ({
          ...world,
          attempt: (name) => {
            const {database: target, processes} = world.attempt(name);
            return {
              processes,
              database: {
                ...target,
                connect: async (options) => {
                  count += isOn ? 1 : 0;
                  if (!isOn || count !== nth) return target.connect(options);
                  isOn = false;
                  return {ok: false, failure: {code: 'connection-lost', message: 'the test has cut the line'}};
                },
              },
            };
          },
        }),
      });
      await run.walkTo('upgrade');
      isOn = true;
      const state = await run.start('upgrade');
      expect(isOn).toBe(false);
      const wasCommitted = (await versionsOf(database))[0] === revision;
      if (state.status !== 'succeeded') {
        // What was not committed is as before; what was, and is not whole, says so.
        expect(state.status).toBe(wasCommitted ? 'failed' : 'waiting');
        if (wasCommitted) {
          const {changes} = failureFrom(state, 'alembic-incomplete');
          expect(changes.map(({object, aspect}) => `${object} ${aspect}`)).toContain('public.attempt grants');
        }
        const facts = factsFrom(await run.retry('upgrade'), 'migration');
        if (wasCommitted) expect(facts.alembic).not.toHaveProperty('exitCode');
      }
      expect(await versionsOf(database)).toEqual([revision]);
      expect((await catalogOf(database)).dependants).toHaveLength(2);
    },
  );
});
