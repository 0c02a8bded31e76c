// Is a backup proven before it is called one, and does nothing half done stay when it cannot be made?

import {execFileSync} from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {readProgramVersion} from '../../../src/adapters/pg-tools.ts';
import type {Processes, Tool} from '../../../src/core/ports.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun, temporaryFolder, withProcesses} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const steps = ['snapshot', 'backup'];

const artifacts = (path: string): readonly string[] =>
  readdirSync(join(path, 'artifacts')).filter((name) => name.startsWith('backup.'));

/** A program of the test's own in place of one of PostgreSQL's, as the tool would find it. */
const program = async (name: string, script: string): Promise<Tool> => {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, `#!/bin/bash\n${script}\n`);
  chmodSync(path, 0o755);
  const found = await readProgramVersion(path);
  if (found === undefined) throw new Error('the script does not tell a version');
  return found;
};

const found =
  (wanted: 'pg_dump' | 'pg_restore', tool: Tool | undefined) =>
  (real: Processes): Processes => ({
    ...real,
    find: async (name, major) => (name === wanted ? tool : real.find(name, major)),
  });

describe('a backup', () => {
  // One backup for all that is said of a good one.
  needs('pg_dump').test(
    'is a whole dump of one moment, with the hash that sha256sum finds, and holds no secret',
    async () => {
      await using database = await createTestDatabase();
      const admin = await database.connect();
      let written = 0;
      const run = await openTestRun(database, {
        steps,
        env: {...process.env, PGPASSWORD: 'open-sesame-9f3'},
        // Writes a row between the moment the rows were counted and the moment pg_dump begins to read.
        compose: (world) =>
          withProcesses((real) => ({
            ...real,
            run: async (spec) => {
              if (spec.program.endsWith('pg_dump') && written === 0) {
                await admin.query(`INSERT INTO public.exam_results (session_id, result_json) VALUES ('between', '{}')`);
                written += 1;
              }
              return real.run(spec);
            },
          }))(unproven(world)),
      });

      const state = await run.start('backup');

      const facts = factsFrom(state, 'backup');
      // Nothing could be tried with it, which is amber and said; and pg_dump was seen in the target under its name.
      expect(state).toMatchObject({verdict: 'amber'});
      expect(facts.proof).toMatchObject({level: 'read', because: 'no-scratch', failure: {code: 'scratch-unavailable'}});
      expect(facts.isUnseen).toBeUndefined();
      expect(await run.session.transcript('backup', 1)).not.toContain('no session named attempt-runbook/');

      expect(artifacts(run.path)).toEqual(['backup.1.dump', 'backup.1.dump.marks.json']);
      const path = join(run.path, facts.path);
      expect(execFileSync('sha256sum', [path], {encoding: 'utf8'}).split(' ')[0]).toBe(facts.sha256);
      expect(statSync(path)).toMatchObject({size: facts.bytes});
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(facts).toMatchObject({method: 'pg_dump', tables: [{table: 'public.exam_results', rows: 400}]});
      expect(facts.clientVersion).toMatch(/^\d+/);
      const listed = execFileSync('pg_restore', ['--list', path], {encoding: 'utf8'})
        .split('\n')
        .filter((line) => /^\d+;/.test(line));
      expect(facts.entries).toBe(listed.length);
      expect(run.events).toContainEqual(
        expect.objectContaining({
          type: 'ArtifactSealed',
          step: 'backup',
          artifact: {path: facts.path, bytes: facts.bytes, sha256: facts.sha256, mediaType: 'application/x-pg-dump'},
        }),
      );

      // Exactly the rows that were there when they were counted, whatever is written meanwhile.
      expect(written).toBe(1);
      const data = execFileSync('pg_restore', ['--data-only', '--table=exam_results', '--file=-', path], {
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      });
      expect(data.split('\n').filter((line) => /\tsession-\d{8}\t/.test(line))).toHaveLength(400);
      expect(data).not.toContain('between');

      // The transcript says what was run, and nothing of the run holds a secret of the environment.
      expect(readFileSync(join(run.path, 'transcripts/backup.1.log'), 'utf8')).toMatch(/^pg_dump \d+/);
      const files = readdirSync(run.path, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
      expect(files.length).toBeGreaterThan(5);
      const telling = files.filter(({parentPath, name}) =>
        readFileSync(join(parentPath, name)).includes('open-sesame-9f3'),
      );
      expect(telling).toEqual([]);
    },
  );

  needs('pg_dump').test('is not one when the dump was cut, though its table of contents reads well', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps,
      compose: withProcesses((real) => ({
        ...real,
        run: async (spec) => {
          const ended = await real.run(spec);
          const file = spec.args
            .find((argument) => argument.startsWith('--file=') && argument.includes('artifacts'))
            ?.slice('--file='.length);
          if (file !== undefined) truncateSync(file, Math.floor(statSync(file).size * 0.9));
          return ended;
        },
      })),
    });
    expect(failureFrom(await run.start('backup'), 'backup-unreadable').message).not.toBe('');
    expect(artifacts(run.path)).toEqual([]);
  });

  needs('pg_dump').test('is not one when a declared table is not in it', async () => {
    await using database = await createTestDatabase();
    const real =
      (await readProgramVersion('/usr/bin/pg_dump')) ??
      (() => {
        throw new Error('no pg_dump on this machine');
      })();
    const wrapper = await program(
      'pg_dump',
      `[ "$1" = --version ] && { echo 'pg_dump (PostgreSQL) ${real.version}'; exit; }\nexec pg_dump --exclude-table=public.exam_results "$@"`,
    );
    const run = await openTestRun(database, {steps, compose: withProcesses(found('pg_dump', wrapper))});
    expect(failureFrom(await run.start('backup'), 'backup-unreadable').message).toContain('public.exam_results');
    expect(artifacts(run.path)).toEqual([]);
  });

  test('is not begun without pg_dump, and the step says what installs it', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {steps, compose: withProcesses(found('pg_dump', undefined))});
    expect(failureFrom(await run.start('backup'), 'program-missing')).toEqual({
      code: 'program-missing',
      program: 'pg_dump',
      install: expect.stringMatching(/install|https:/) as string,
    });
    expect(artifacts(run.path)).toEqual([]);
  });

  test('of a rehearsal without pg_dump is a stand-in that is amber and no way back', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps: [...steps, 'apply-v1'],
      environment: 'rehearsal',
      compose: withProcesses(found('pg_dump', undefined)),
    });
    const state = await run.start('backup');
    expect(state).toMatchObject({status: 'succeeded', verdict: 'amber', facts: {method: 'stand-in'}});
    await run.start('apply-v1');
    expect(
      await run.submit({type: 'BeginRollback', option: 'restore-backup', reason: 'a test', confirm: database.name}),
    ).toEqual({code: 'option-impossible', option: 'restore-backup', because: 'backup-stand-in'});
  });

  test('is not begun with a pg_dump older than the server', async () => {
    await using database = await createTestDatabase();
    const old = await program('pg_dump', "echo 'pg_dump (PostgreSQL) 9.6.24'");
    const run = await openTestRun(database, {steps, compose: withProcesses(found('pg_dump', old))});
    expect(failureFrom(await run.start('backup'), 'program-too-old')).toMatchObject({
      program: 'pg_dump',
      version: '9.6.24',
      serverVersion: run.session.view().state.opened?.target.serverVersion,
    });
    expect(artifacts(run.path)).toEqual([]);
  });

  needs('pg_dump').test('says what pg_dump said last when it fails, and leaves no partial file', async () => {
    await using database = await createTestDatabase();
    const failing = await program(
      'pg_dump',
      `[ "$1" = --version ] && { echo 'pg_dump (PostgreSQL) 99.0'; exit; }
for argument in "$@"; do case $argument in --file=*) echo half > "\${argument#--file=}";; esac; done
echo 'pg_dump: error: the disk caught fire' >&2; exit 3`,
    );
    const run = await openTestRun(database, {steps, compose: withProcesses(found('pg_dump', failing))});
    expect(failureFrom(await run.start('backup'), 'process-failed')).toMatchObject({
      program: 'pg_dump',
      exitCode: 3,
      lastLines: ['pg_dump: error: the disk caught fire'],
    });
    expect(artifacts(run.path)).toEqual([]);
  });

  needs('pg_dump').test('that is cancelled ends its child and its session, and leaves no partial file', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    // pg_dump waits for this table's lock, for at most a minute.
    await admin.query('BEGIN; LOCK TABLE public.question IN ACCESS EXCLUSIVE MODE');
    const run = await openTestRun(database, {steps});
    await run.walkTo('backup');
    const dumping = run.progress(({code}) => code === 'dumping');
    await run.begin('backup');
    await dumping;
    const began = performance.now();
    await run.submit({type: 'CancelEffect'});
    failureFrom(run.stateOf('backup'), 'cancelled');
    // 10 s: five until a child is killed that does not listen; without the cancelling, a minute.
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(artifacts(run.path)).toEqual([]);
  });

  needs('pg_dump').test(
    'waits behind a lock for as long as it says, names who has it, and goes on when it is free',
    async () => {
      await using database = await createTestDatabase();
      const run = await openTestRun(database, {steps, compose: unproven});
      await run.walkTo('backup');
      // One that the tool counts first, and one that only pg_dump reads.
      const holders = await Promise.all(
        ['exam_results', 'question'].map(async (table) => {
          const client = await database.connect();
          await client.query(`BEGIN; LOCK TABLE public.${table} IN ACCESS EXCLUSIVE MODE`);
          const {rows} = await client.query<{pid: number}>('SELECT pg_backend_pid() AS pid');
          return {client, pid: rows[0]?.pid ?? 0};
        }),
      );
      const heldUp = holders.map(({pid}) =>
        run.progress(
          (of) => of.code === 'held-up' && of.blockers.some((one) => one.pid === pid && one.role === 'holds'),
        ),
      );
      await run.begin('backup');
      for (const [at, {client}] of holders.entries()) {
        // A backup that ends instead was held up by nobody.
        const first = await Promise.race([heldUp[at], run.session.settled().then(() => 'ended')]);
        expect(first).toMatchObject({atMostMs: 60_000, blockers: {length: 1}});
        await client.query('COMMIT');
      }
      await run.session.settled();
      factsFrom(run.stateOf('backup'), 'backup');
    },
  );

  needs('pg_dump').test('needs the right to read what it dumps', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const role = `dump_${database.name}`.slice(0, 40);
    await admin.query(`CREATE ROLE ${role} LOGIN; GRANT USAGE ON SCHEMA public TO ${role};
      GRANT SELECT ON public.exam_results TO ${role}`);
    try {
      const url = database.url.replace(`//${database.user}@`, `//${role}@`);
      const run = await openTestRun({...database, user: role, url}, {steps: ['backup']});
      expect(failureFrom(await run.start('backup'), 'privilege-missing').message).toContain('permission denied for');
      expect(artifacts(run.path)).toEqual([]);
      await run.close();
    } finally {
      await admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});

needs('pg_dump').describe('a backup on a disk that is full', () => {
  test('is refused beforehand when the free space is too little for it', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps,
      compose: (world) => ({...world, files: {...world.files, freeBytes: async () => 1024}}),
    });
    expect(failureFrom(await run.start('backup'), 'disk-full')).toMatchObject({
      path: 'artifacts/backup.1.dump',
      freeBytes: 1024,
      neededBytes: expect.any(Number) as number,
    });
    expect(artifacts(run.path)).toEqual([]);
  });

  const disk = smallDisk();
  test.skipIf(disk === undefined)(
    'ends without a partial file when pg_dump meets the end of the disk (a real small file system)',
    async () => {
      const mounted = disk?.() ?? '';
      await using database = await createTestDatabase();
      const admin = await database.connect();
      await admin.query(`CREATE TABLE public.noise AS
      SELECT n, (SELECT string_agg(md5(random()::text || n || k), '') FROM generate_series(1, 200) AS k) AS text FROM generate_series(1, 600) AS n`);
      const run = await openTestRun(database, {
        steps,
        runsDirectory: join(mounted, 'runs'),
        // The free space is asked for beforehand, and would refuse; what is tested is a disk that fills up meanwhile.
        compose: (world) => ({...world, files: {...world.files, freeBytes: async () => 2 ** 40}}),
      });
      failureFrom(await run.start('backup'), 'disk-full');
      expect(artifacts(run.path)).toEqual([]);
      expect(run.session.view().fault).toBeUndefined();
      await run.close();
    },
  );
});

/** A file system of 2 MiB that the test may mount, or undefined where it may not. */
function smallDisk(): (() => string) | undefined {
  const probe = join('/tmp', `arr-disk-${process.pid}`);
  const mount = (path: string): void => {
    mkdirSync(path, {recursive: true});
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'tmpfs', path], {stdio: 'ignore'});
  };
  const unmount = (path: string): void => {
    execFileSync('umount', [path], {stdio: 'ignore'});
  };
  try {
    mount(probe);
    unmount(probe);
  } catch {
    // No right to mount here.
    return undefined;
  }
  return () => {
    mount(probe);
    onTestFinished(() => {
      if (existsSync(probe)) unmount(probe);
    });
    return probe;
  };
}
