// Is every damaged dump refused, wherever the damage is, unless nothing of what it restores is different?

import {execFileSync} from 'node:child_process';
import {chmodSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {readProgramVersion} from '../../../src/adapters/pg-tools.ts';
import type {BackupStep} from '../../../src/core/definition.ts';
import type {Processes, Tool} from '../../../src/core/ports.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {openTestRun, temporaryFolder, withProcesses, withStep, type TestRun} from '../../support/run.ts';

const {describe, test} = needs('pg_dump');

const isLong = process.env['LONG'] === '1';
/** Half an hour for all of them: each takes one to two seconds on a machine that others use as well. */
const TIMEOUT_MS = isLong ? 1_800_000 : 120_000;

/** mulberry32: the same damage in every run, so that a failure can be looked at again. */
const randomOf = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const artifacts = (run: TestRun): readonly string[] =>
  readdirSync(join(run.path, 'artifacts')).filter((name) => name.startsWith('backup.'));

/** Everything that a restore of the file would do, in whatever order, a comment once or twice; undefined when it cannot be read. */
const scriptOf = (file: string): string | undefined => {
  try {
    return execFileSync('pg_restore', ['--file=-', file], {encoding: 'utf8', maxBuffer: 2 ** 28, stdio: 'pipe'})
      .split('\n')
      .filter((line) => !/^(--|\\(un)?restrict )/.test(line) && line !== '')
      .toSorted()
      .filter((line, at, all) => !line.startsWith('COMMENT ') || line !== all[at - 1])
      .join('\n');
  } catch {
    return undefined;
  }
};

const program = async (name: string, script: string): Promise<Tool> => {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, `#!/bin/bash\n${script}\n`);
  chmodSync(path, 0o755);
  const found = await readProgramVersion(path);
  if (found === undefined) throw new Error('the script does not tell a version');
  return found;
};

/**
 * The real pg_dump, once for each kind of dump: what it wrote is written again from then on. Nobody changes the database
 * between two damages, and a dump is most of what one of them takes.
 */
const keptDumps = () => {
  const kept = new Map<string, Readonly<{ended: Awaited<ReturnType<Processes['run']>>; bytes: Buffer}>>();
  return async (
    spec: Parameters<Processes['run']>[0],
    run: () => ReturnType<Processes['run']>,
  ): ReturnType<Processes['run']> => {
    const path = spec.args.find((argument) => argument.startsWith('--file='))?.slice('--file='.length);
    if (path === undefined || !spec.program.endsWith('pg_dump')) return run();
    const kind = spec.args.includes('--schema-only') ? 'schema' : 'whole';
    const earlier = kept.get(kind);
    if (earlier !== undefined) {
      writeFileSync(path, earlier.bytes, {mode: 0o600});
      return earlier.ended;
    }
    const ended = await run();
    kept.set(kind, {ended, bytes: readFileSync(path)});
    return ended;
  };
};

/** Each look asks every program of this machine for its version. */
const looks = new Map<string, ReturnType<Processes['find']>>();
const findOnce = (key: string, look: () => ReturnType<Processes['find']>): ReturnType<Processes['find']> => {
  const earlier = looks.get(key) ?? look();
  looks.set(key, earlier);
  return earlier;
};

/** A run whose pg_dump is the real one, after which `harm` has its way with the file. */
const harmedRun = async (
  database: TestDatabase,
  dumps: ReturnType<typeof keptDumps>,
  harm: () => (bytes: Buffer) => Buffer,
  step: Partial<BackupStep> = {},
) =>
  openTestRun(database, {
    steps: ['snapshot', 'backup'],
    alter: withStep('backup', {compression: 6, ...step}),
    compose: withProcesses((real) => ({
      ...real,
      find: (name, major) => findOnce(`${name} ${major}`, () => real.find(name, major)),
      run: async (spec) => {
        const ended = await dumps(spec, () => real.run(spec));
        const file = spec.args.find((argument) => argument.startsWith('--file=') && argument.endsWith('.dump.partial'));
        if (file !== undefined && spec.program.endsWith('pg_dump')) {
          const path = file.slice('--file='.length);
          writeFileSync(`${path}.whole`, readFileSync(path));
          writeFileSync(path, harm()(readFileSync(path)));
        }
        return ended;
      },
    })),
  });

type Damage = Readonly<{name: string; harm: (bytes: Buffer) => Buffer}>;

const truncations: readonly Damage[] = Array.from({length: 40}, (_, at) => ({
  name: `cut to ${at + 1}/41`,
  harm: (bytes) => bytes.subarray(0, Math.floor((bytes.length * (at + 1)) / 41)),
}));

const flips: readonly Damage[] = Array.from({length: 120}, (_, at) => {
  const random = randomOf(at + 1);
  const [where, bit] = [random(), Math.floor(random() * 8)];
  // Half of them in the first and last twentieth, where the table of contents is: it has no checksum.
  const share = at % 2 === 0 ? where : where * 0.1;
  return {
    name: `bit ${bit} at ${share.toFixed(4)}`,
    harm: (bytes) => {
      const harmed = Buffer.from(bytes);
      const place = Math.floor(share * bytes.length);
      harmed[place] = (harmed[place] ?? 0) ^ (1 << bit);
      return harmed;
    },
  };
});

const every: readonly Damage[] = [
  {name: 'empty', harm: () => Buffer.alloc(0)},
  {name: 'cut by one byte', harm: (bytes) => bytes.subarray(0, -1)},
  {name: 'another format', harm: () => Buffer.from('-- PostgreSQL database dump\nSELECT 1;\n')},
  {name: 'something else', harm: (bytes) => Buffer.alloc(bytes.length, 7)},
  ...(isLong ? truncations : truncations.filter((_, at) => at % 20 === 6)),
  ...(isLong ? flips : flips.filter((_, at) => at % 40 === 0 || at === 41)),
];

describe('a dump that was damaged on its way to the disk', () => {
  test(
    `is refused, or restores exactly what the whole one does (${every.length} damages)`,
    async () => {
      await using database = await createTestDatabase();
      let damage: Damage | undefined;
      const dumps = keptDumps();
      const newRun = () => harmedRun(database, dumps, () => damage?.harm ?? ((bytes) => bytes));
      let run = await newRun();
      let attempt = 0;
      const accepted: string[] = [];
      for (const next of every) {
        damage = next;
        const state = attempt === 0 ? await run.start('backup') : await run.retry('backup');
        attempt += 1;
        if (state.status === 'succeeded') {
          accepted.push(next.name);
          const dump = join(run.path, `artifacts/backup.${attempt}.dump`);
          expect(scriptOf(dump), next.name).toBe(scriptOf(`${dump}.partial.whole`));
          await run.close();
          [run, attempt] = [await newRun(), 0];
          continue;
        }
        expect(state, next.name).toMatchObject({
          status: 'failed',
          failure: {code: expect.stringMatching(/^backup-(unreadable|not-restorable)$/) as string},
        });
        expect(
          artifacts(run).filter((name) => !name.endsWith('.whole')),
          next.name,
        ).toEqual([]);
      }
      // Nothing but a flip in what no restore looks at may have passed.
      expect(accepted.filter((name) => !name.startsWith('bit '))).toEqual([]);
      if (isLong)
        console.log(`${every.length} damages, ${accepted.length} flips changed nothing: ${accepted.join(', ')}`);
    },
    TIMEOUT_MS,
  );

  test('is refused in directory format as well', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps: ['snapshot', 'backup'],
      alter: withStep('backup', {format: 'directory'}),
      compose: withProcesses((real) => ({
        ...real,
        run: async (spec) => {
          const ended = await real.run(spec);
          const file = spec.args.find((argument) => argument.endsWith('.dump.partial'))?.slice('--file='.length);
          if (file !== undefined && spec.program.endsWith('pg_dump')) {
            const [data = ''] = readdirSync(file)
              .filter((name) => name.endsWith('.gz'))
              .toSorted((a, b) => readFileSync(join(file, b)).length - readFileSync(join(file, a)).length);
            const bytes = readFileSync(join(file, data));
            const place = Math.floor(bytes.length / 2);
            bytes[place] = (bytes[place] ?? 0) ^ 16;
            writeFileSync(join(file, data), bytes);
          }
          return ended;
        },
      })),
    });
    expect(await run.start('backup')).toMatchObject({status: 'failed', failure: {code: 'backup-unreadable'}});
    expect(artifacts(run)).toEqual([]);
  });
});

test('a dump that lacks a table nobody declared is refused', async () => {
  await using database = await createTestDatabase();
  const real = await readProgramVersion('/usr/bin/pg_dump');
  const wrapper = await program(
    'pg_dump',
    `[ "$1" = --version ] && { echo 'pg_dump (PostgreSQL) ${real?.version}'; exit; }
case "$*" in *--schema-only*) exec pg_dump "$@";; *) exec pg_dump --exclude-table=public.question "$@";; esac`,
  );
  const run = await openTestRun(database, {
    steps: ['snapshot', 'backup'],
    compose: withProcesses((found) => ({
      ...found,
      find: async (name, major) => (name === 'pg_dump' ? wrapper : found.find(name, major)),
    })),
  });
  const state = await run.start('backup');
  expect(state).toMatchObject({status: 'failed', failure: {code: 'backup-not-restorable', what: 'schema'}});
  expect(artifacts(run)).toEqual([]);
});

test('a pg_dump that is killed leaves no backup', async () => {
  await using database = await createTestDatabase();
  const killed = await program(
    'pg_dump',
    `[ "$1" = --version ] && { echo 'pg_dump (PostgreSQL) 99.0'; exit; }
for argument in "$@"; do case $argument in --file=*) head -c 4096 /dev/urandom > "\${argument#--file=}";; esac; done
kill -9 $$`,
  );
  const run = await openTestRun(database, {
    steps: ['snapshot', 'backup'],
    compose: withProcesses((found) => ({
      ...found,
      find: async (name, major) => (name === 'pg_dump' ? killed : found.find(name, major)),
    })),
  });
  expect(await run.start('backup')).toMatchObject({
    status: 'failed',
    failure: {code: 'process-failed', program: 'pg_dump', signal: 'SIGKILL'},
  });
  expect(artifacts(run)).toEqual([]);
});
