// How does a test let one file operation of the built tool, or of a program that it starts, fail as a bad disk lets it?
//
// strace stands between the tool and the system. An undisturbed run is watched once, and every operation in its run
// directory becomes a point; later runs meet an error at exactly one point. For the paths to be the same in every run,
// its name and the names of its temporary files are not drawn.

import {spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Client} from 'pg';
import {readJournal, type ReadJournal} from '../../src/adapters/journal-file.ts';
import {inThisProcess} from './headless.ts';
import {briefFlags} from './node-flags.ts';
import {createTestDatabase, type TestDatabase} from './postgres.ts';
import {has} from './programs.ts';
import {fixtureFolder} from './run.ts';

const launcher = fileURLToPath(new URL('../../src/cli/launcher.js', import.meta.url));

/** False where strace is there and may not trace, as in some containers. */
export const mayTrace = (): boolean =>
  !has('strace') || spawnSync('strace', ['-f', '-e', 'inject=fsync:error=EIO:when=1', 'true']).status === 0;

const syscalls = ['openat', 'mkdir', 'rename', 'link', 'unlink', 'write', 'pwrite64', 'fsync', 'fdatasync'] as const;
type Syscall = (typeof syscalls)[number];

/** The nth time that a thread does this to this path, relative to the run directory; '' is the directory itself. */
export type Point = Readonly<{syscall: Syscall; path: string; nth: number; isReading: boolean}>;

export type DiskError = 'EIO' | 'ENOSPC' | 'EROFS' | 'EINTR';

export const pointText = ({syscall, path, nth}: Point): string => `${syscall} ${nth} of ${path === '' ? '.' : path}`;

export type Ended = Readonly<{
  code: number | null;
  signal: NodeJS.Signals | null;
  all: string;
  /** Whether the error was met. */
  injected: boolean;
}>;

/** Every command that adds the column is counted by the server itself, inside the transaction that does it. */
const AUDIT = `
CREATE SCHEMA audit;
CREATE TABLE audit.altered (at timestamptz NOT NULL DEFAULT now());
CREATE FUNCTION audit.note() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit.altered SELECT FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'ALTER TABLE';
END $$;
CREATE EVENT TRIGGER note_altered ON ddl_command_end EXECUTE FUNCTION audit.note();`;

const PIN = `
import crypto from 'node:crypto';
import {syncBuiltinESMExports} from 'node:module';
crypto.randomInt = () => 0;
crypto.randomUUID = () => '00000000';
syncBuiltinESMExports();`;

const answersOf = (database: string) => ({
  format: 'attempt-runbook-answers/1',
  steps: {
    agreed: {check: 'all', note: 'a test'},
    'no-status-yet': {start: true},
    snapshot: {start: true},
    backup: {start: true},
    'add-status': {confirm: database},
    smoke: {start: true},
  },
});

export type Shop = AsyncDisposable &
  Readonly<{
    folder: string;
    runs: string;
    database: TestDatabase;
    admin: Client;
    /** Lets one operation fail; without a point nothing does. */
    cli: (
      args: readonly string[],
      options?: Readonly<{
        point?: Point;
        error?: DiskError;
        /** Draws no names, so that the points of another run are those of this one. */
        pinned?: boolean;
        /** Traces into this file. */
        trace?: string;
        prefix?: readonly string[];
        runs?: string;
      }>,
    ) => Promise<Ended>;
    /** The undisturbed tool in this process, which is half of the time; under LONG=1 in one of its own as well. */
    inPlace: (args: readonly string[]) => Promise<Ended>;
    runNames: () => readonly string[];
    journal: () => ReadJournal;
    /** Whether the column is there now, and how often it was added. */
    change: () => Promise<Readonly<{isThere: boolean; times: number}>>;
  }>;

export const pinnedRun = 'r-22222';

const runbookName = 'orders-add-status';

export const openShop = async (): Promise<Shop> => {
  const folder = mkdtempSync(join(tmpdir(), 'df-'));
  const database = await createTestDatabase({template: 'empty'});
  const admin = await database.connect();
  await admin.query("SET runbook.orders = '300'");
  await admin.query(readFileSync(join(fixtureFolder, '../sql/orders-add-status/sample/010_orders.sql'), 'utf8'));
  await admin.query(AUDIT);
  const runs = join(folder, 'runs');
  const answers = join(folder, 'answers.yaml');
  const pin = join(folder, 'pin.mjs');
  mkdirSync(join(folder, 'home'));
  writeFileSync(answers, JSON.stringify(answersOf(database.name)));
  writeFileSync(pin, PIN);
  const runNames = (): readonly string[] =>
    existsSync(runs) ? readdirSync(runs).filter((name) => name.startsWith('r-')) : [];
  const placesIn = (of: string): readonly string[] => [
    '--answers',
    answers,
    '--runs-dir',
    of,
    '--runbook-dir',
    fixtureFolder,
  ];
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    TMPDIR: folder,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
    TARGET: database.url,
  };
  const shop: Shop = {
    folder,
    runs,
    database,
    admin,
    inPlace: async (args) =>
      process.env['LONG'] === '1'
        ? shop.cli(args)
        : {...(await inThisProcess([...args, ...placesIn(runs)], env, folder)), injected: false},
    runNames,
    journal: () => readJournal(join(runs, runNames()[0] ?? '', 'journal.ndjson')),
    change: async () => {
      const {rows} = await admin.query<{there: boolean; times: number}>(
        `SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'public.orders'::regclass AND attname = 'status') AS there,
                (SELECT count(*)::int FROM audit.altered) AS times`,
      );
      return {isThere: rows[0]?.there === true, times: rows[0]?.times ?? -1};
    },
    cli: (args, {point, error = 'EIO', pinned = false, trace, prefix = [], runs: elsewhere = runs} = {}) => {
      const log = join(folder, 'strace.txt');
      const inject =
        point === undefined
          ? []
          : [
              'strace',
              '-f',
              '--seccomp-bpf',
              '-o',
              log,
              '-P',
              join(runs, pinnedRun, point.path),
              '-e',
              `trace=${point.syscall}`,
              '-e',
              `inject=${point.syscall}:error=${error}:when=${point.nth}`,
            ];
      const record =
        trace === undefined
          ? []
          : ['strace', '-f', '--seccomp-bpf', '-y', '-s', '0', '-o', trace, '-e', `trace=${syscalls.join(',')}`];
      const [program = '', ...rest] = [
        ...prefix,
        ...inject,
        ...record,
        process.execPath,
        ...briefFlags,
        launcher,
        ...args,
      ];
      const child = spawn(program, [...rest, ...placesIn(elsewhere)], {
        cwd: folder,
        env: {
          ...env,
          // One thread for asynchronous file operations, so that each has one number.
          UV_THREADPOOL_SIZE: '1',
          ...(pinned ? {NODE_OPTIONS: `--import=${pin}`} : {}),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        // 60 s: a run takes two; one that hangs is found out.
        timeout: 60_000,
        killSignal: 'SIGKILL',
      });
      let all = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => (all += chunk));
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code, signal) => {
          const injected = point !== undefined && readFileSync(log, 'utf8').includes('(INJECTED)');
          resolve({code, signal, all, injected});
        });
      });
    },
    [Symbol.asyncDispose]: async () => {
      await database.drop();
      rmSync(folder, {recursive: true, force: true});
    },
  };
  return shop;
};

const runArguments = [
  'run',
  runbookName,
  '--env',
  'staging',
  '--url',
  'env:TARGET',
  '--scratch',
  'env:TARGET',
] as const;

/** The target is confirmed as at a first use. */
const pinOf = async ({admin}: Shop): Promise<readonly string[]> => {
  const {rows} = await admin.query<{id: string}>('SELECT system_identifier::text AS id FROM pg_control_system()');
  return ['--pin', rows[0]?.id ?? ''];
};

/** The whole run against the shop, to its end. */
export const walkRun = async (
  shop: Shop,
  options: Parameters<Shop['cli']>[1] & Readonly<{more?: readonly string[]}> = {},
): Promise<Ended> => shop.cli([...runArguments, ...(await pinOf(shop)), ...(options.more ?? [])], options);

/** `1234 openat(AT_FDCWD</>, "/…", O_WRONLY|O_CREAT, 0600) = 23</…>` and its like. */
const pathOf = (line: string): string | undefined =>
  /"(\/[^"]*)"/.exec(line)?.[1] ?? /\(\d+<(\/[^>]*)>/.exec(line)?.[1];

export const pointsIn = (trace: string, root: string): readonly Point[] => {
  const counts = new Map<string, number>();
  const points = new Map<string, Point>();
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    const [, thread, name] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    const syscall = syscalls.find((known) => known === name);
    const path = pathOf(line);
    if (syscall === undefined || path === undefined || (path !== root && !path.startsWith(`${root}/`))) continue;
    const key = `${thread} ${syscall} ${path}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    const isReading = syscall === 'openat' && line.includes('O_RDONLY');
    const point = {syscall, path: path.slice(root.length + 1), nth, isReading};
    points.set(pointText(point), point);
  }
  return [...points.values()];
};

/** What a bad disk can answer there. */
export const errorsAt = ({syscall, isReading}: Point): readonly DiskError[] => {
  if (isReading) return ['EIO'];
  switch (syscall) {
    case 'openat':
    case 'mkdir':
    case 'rename':
    case 'link':
      return ['ENOSPC', 'EIO', 'EROFS'];
    case 'unlink':
      return ['EIO', 'EROFS'];
    case 'write':
    case 'pwrite64':
    case 'fsync':
    case 'fdatasync':
      return ['ENOSPC', 'EIO', 'EINTR'];
  }
};
