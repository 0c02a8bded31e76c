// Whoever ends the tool without a screen, at whatever it is doing: is the journal whole, and is nothing left behind?

import {spawn} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Client} from 'pg';
import {beforeAll, expect, vi} from 'vitest';
import {readJournal} from '../../src/adapters/journal-file.ts';
import {fold} from '../../src/core/reduce.ts';
import {inLanes, leftoverSessions} from '../support/crash.ts';
import {ensureBuilt, inThisProcess} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {briefFlags} from '../support/node-flags.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {fixtureFolder} from '../support/run.ts';

const {describe, test} = needs('pg_dump');

const LONG = process.env['LONG'] === '1';
vi.setConfig({testTimeout: 300_000, hookTimeout: 300_000});

const launcher = fileURLToPath(new URL('../../src/cli/launcher.js', import.meta.url));
const runbookName = 'orders-add-status';
const lane = inLanes(2);
/** Of resumes in one process only one may be at work. */
const inTurn = LONG ? test.concurrent : test;

/** A child that ignores being asked to end, with one of its own, until the test lets it through. */
const STUBBORN = `
  - id: stubborn
    phase: before
    kind: command
    repeatable: true
    title: {en: A stubborn command, ko: 멈추지 않는 명령}
    run: |
      test -e "$LET_THROUGH" && exit 0
      trap '' TERM HUP INT
      echo stubborn
      sleep 600
`;

type Moment = 'command' | 'backup' | 'apply';
const moments: readonly Moment[] = ['command', 'backup', 'apply'];
const stepAt = {command: 'stubborn', backup: 'backup', apply: 'add-status'} as const;

type How = 'SIGHUP' | 'SIGTERM' | 'SIGINT' | 'EPIPE';
const ways: readonly How[] = ['SIGHUP', 'SIGTERM', 'SIGINT', 'EPIPE'];

type Case = Readonly<{how: How; moment: Moment}>;
const all: readonly Case[] = ways.flatMap((how) => moments.map((moment) => ({how, moment})));
/** Each way and each moment at least once. */
const few: readonly Case[] = [
  {how: 'SIGHUP', moment: 'apply'},
  {how: 'SIGTERM', moment: 'command'},
  {how: 'SIGINT', moment: 'backup'},
  {how: 'EPIPE', moment: 'apply'},
];

/** Processes that were started in this folder, or that name it. */
const processesOf = (folder: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return environment.includes(folder) || line.includes(folder) ? [`${pid} ${line}`] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });

const setUp = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'in-'));
  const database = await createTestDatabase({template: 'empty'});
  const admin = await database.connect();
  await admin.query("SET runbook.orders = '300'");
  await admin.query(readFileSync(join(fixtureFolder, '../sql/orders-add-status/sample/010_orders.sql'), 'utf8'));
  for (const name of ['runbook', 'sql'])
    cpSync(join(fixtureFolder, '..', name, runbookName), join(folder, name, runbookName), {recursive: true});
  const yaml = join(folder, 'runbook', runbookName, 'runbook.yaml');
  writeFileSync(yaml, readFileSync(yaml, 'utf8').replace(/\n {2}- id: snapshot\n/, `${STUBBORN}  - id: snapshot\n`));
  mkdirSync(join(folder, 'home'));
  const answers = {
    format: 'attempt-runbook-answers/1',
    steps: {
      agreed: {check: 'all', note: 'a test'},
      'no-status-yet': {start: true},
      stubborn: {start: true},
      snapshot: {start: true},
      backup: {start: true},
      'add-status': {confirm: database.name},
      smoke: {start: true},
    },
  };
  writeFileSync(join(folder, 'answers.yaml'), JSON.stringify(answers));
  const {rows} = await admin.query<{id: string}>('SELECT system_identifier::text AS id FROM pg_control_system()');
  return {folder, database, admin, systemIdentifier: rows[0]?.id ?? ''};
};

type Place = Awaited<ReturnType<typeof setUp>>;

const placesOf = ({folder}: Place): readonly string[] => [
  '--answers',
  join(folder, 'answers.yaml'),
  '--runs-dir',
  join(folder, 'runs'),
  '--runbook-dir',
  join(folder, 'runbook'),
];

const environmentOf = ({folder, database}: Place) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: join(folder, 'home'),
  TMPDIR: folder,
  LANG: 'C.UTF-8',
  LET_THROUGH: join(folder, 'let-through'),
  NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
  TARGET: database.url,
});

const start = (place: Place, args: readonly string[]) => {
  const child = spawn(process.execPath, [...briefFlags, launcher, ...args, ...placesOf(place)], {
    cwd: place.folder,
    env: environmentOf(place),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Readonly<{code: number | null; signal: NodeJS.Signals | null}>>((resolve) => {
    child.once('exit', (code, signal) => resolve({code, signal}));
  });
  const says = (what: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (what.test(said)) resolve();
      };
      listeners.add(look);
      look();
      void ended.then((how) => reject(new Error(`ended with ${JSON.stringify(how)} before ${what}:\n${said}`)));
    });
  return {child, ended, says, said: () => said};
};

/** Brings the run to the moment and keeps it there; returns what lets it go on. */
const hold = async ({folder, database, admin}: Place, moment: Moment): Promise<() => Promise<void>> => {
  const letThrough = (): void => writeFileSync(join(folder, 'let-through'), '');
  if (moment === 'command') {
    return async () => letThrough();
  }
  letThrough();
  const blocker: Client = await database.connect();
  await blocker.query('BEGIN');
  // pg_dump wants to read the table, the change wants to alter it.
  const mode = moment === 'backup' ? 'ACCESS EXCLUSIVE' : 'ROW EXCLUSIVE';
  if (moment === 'apply') await blocker.query(`LOCK TABLE public.orders IN ${mode} MODE`);
  else await admin.query('CREATE TABLE IF NOT EXISTS public.held (id int)');
  if (moment === 'backup') await blocker.query('LOCK TABLE public.held IN ACCESS EXCLUSIVE MODE');
  return async () => {
    await blocker.query('ROLLBACK');
  };
};

const arrivedAt: Readonly<Record<Moment, RegExp>> = {
  command: /\| stubborn/,
  backup: /\$ pg_dump/,
  apply: /lock not granted|waiting for a lock/,
};

const endIt = ({child}: ReturnType<typeof start>, how: How): void => {
  if (how === 'EPIPE') {
    child.stdout.destroy();
    child.stderr.destroy();
  } else child.kill(how);
};

/**
 * Nobody ends it this time: it is this process, which is half of the time. Under LONG it is one of its own, and where a
 * command is run, which wants a temporary folder that stays as it was when the tool was loaded.
 */
const expectResumed = async (place: Place, name: string, moment: Moment): Promise<void> => {
  if (LONG || moment === 'command') {
    const again = start(place, ['resume', name]);
    expect(await again.ended, again.said()).toEqual({code: 0, signal: null});
    return;
  }
  const {code, all: said} = await inThisProcess(
    ['resume', name, ...placesOf(place)],
    environmentOf(place),
    place.folder,
  );
  expect(code, said).toBe(0);
};

const tryCase = async ({how, moment}: Case): Promise<void> => {
  const place = await setUp();
  const {folder, database, admin} = place;
  try {
    const goOn = await hold(place, moment);
    const run = ['run', runbookName, '--env', 'staging', '--url', 'env:TARGET', '--scratch', 'env:TARGET'];
    const tool = start(place, [...run, '--pin', place.systemIdentifier]);
    await tool.says(arrivedAt[moment]);
    endIt(tool, how);
    // What it prints next finds nobody: a child that says nothing has to be told by us.
    if (how === 'EPIPE' && moment !== 'apply') tool.child.kill('SIGTERM');
    const ended = await tool.ended;
    const bySignal = how === 'SIGHUP' || how === 'SIGTERM' ? how : null;
    if (how !== 'EPIPE') expect(ended).toEqual({code: bySignal === null ? 130 : null, signal: bySignal});
    else expect(ended.code ?? ended.signal).toSatisfy((end) => end === 130 || end === 'SIGTERM');

    const name = readdirSync(join(folder, 'runs')).find((entry) => entry.startsWith('r-')) ?? '';
    const journal = (): ReturnType<typeof readJournal> => readJournal(join(folder, 'runs', name, 'journal.ndjson'));
    const {events, damage, tornBytes} = journal();
    expect({damage, tornBytes}).toEqual({damage: undefined, tornBytes: 0});
    const last = events.findLast((event) => 'step' in event && event.type !== 'ArtifactSealed');
    expect(last).toMatchObject({type: 'StepFailed', step: stepAt[moment], failure: {code: 'cancelled'}});
    const {rows} = await admin.query(
      "SELECT FROM pg_attribute WHERE attrelid = 'public.orders'::regclass AND attname = 'status'",
    );
    expect(rows).toEqual([]);
    expect(await leftoverSessions(admin)).toEqual([]);
    expect(processesOf(folder)).toEqual([]);
    expect(readdirSync(folder).filter((entry) => entry.startsWith('core'))).toEqual([]);

    await goOn();
    await expectResumed(place, name, moment);
    expect(fold(journal().events).closed?.outcome).toBe('completed');
    expect(existsSync(join(folder, 'runs', name, 'lock.1'))).toBe(false);
  } finally {
    await database.drop();
    rmSync(folder, {recursive: true, force: true});
  }
};

beforeAll(ensureBuilt);

describe('a run without a screen that is ended', () => {
  for (const one of LONG ? all : few) {
    inTurn(`by ${one.how} during ${stepAt[one.moment]} stops its child, leaves nothing, and can be resumed`, () =>
      lane(() => tryCase(one)),
    );
  }
});
