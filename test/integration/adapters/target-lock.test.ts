// Does one target have one run at a time, and does the lock go with its connection?

import {createHash} from 'node:crypto';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import {join} from 'node:path';
import type {Client} from 'pg';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {completed, type CompleteSettings} from '../../../src/adapters/postgres/source.ts';
import {lockTarget, type LockOptions, type TargetLock} from '../../../src/adapters/postgres/target-lock.ts';
import {startPooler} from '../../support/pooler.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';

let database: TestDatabase;
let settings: CompleteSettings;
let held: TargetLock[] = [];

beforeEach(async () => {
  database = await createTestDatabase({template: 'empty'});
  const {host, port, user, name} = database;
  settings = completed({host, port, user, database: name}, {});
});

afterEach(async () => {
  for (const lock of held) await lock.release();
  held = [];
  await database.drop();
});

const take = async (
  run: string,
  objects: readonly string[] = ['public.attempt'],
  to = settings,
  more: Partial<LockOptions> = {},
) => {
  const taken = await lockTarget(to, objects, {run, operator: `${run}@laptop`}, {afterCrash: false, ...more});
  if (!taken.ok) throw new Error(taken.failure.code);
  if (taken.value.status === 'locked') held.push(taken.value.lock);
  return taken.value;
};

const endSessionsNamed = async (pattern: string): Promise<void> => {
  const client = await database.connect();
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE $1', [
    pattern,
  ]);
  await client.end();
};

type Line = AsyncDisposable & Readonly<{settings: CompleteSettings; cut: () => void}>;

/** The way to the server over TCP, which can be cut as a network is: without a word from the server. */
const openLine = async (): Promise<Line> => {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const behind = connect(join(database.host, `.s.PGSQL.${database.port}`));
    for (const [from, to] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      open.add(from);
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
  const cut = (): void => {
    for (const socket of open) socket.destroy();
    open.clear();
  };
  return {
    settings: {...settings, host: '127.0.0.1', port, sslmode: 'disable'},
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const keyOf = (objects: readonly string[]): number =>
  createHash('sha256').update(objects.join('\n')).digest().readInt32BE(0);

/** A session that says it is this, and lives until the test ends it. */
const sessionNamed = async (name: string): Promise<Client & {pid: number}> => {
  const client = await database.connect();
  await client.query("SELECT set_config('application_name', $1, false)", [name]);
  const {rows} = await client.query<{pid: number}>('SELECT pg_backend_pid() AS pid');
  return Object.assign(client, {pid: rows[0]?.pid ?? 0});
};

const isAlive = async (pid: number): Promise<boolean> => {
  const admin = await database.connect();
  const {rowCount} = await admin.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid]);
  await admin.end();
  return rowCount === 1;
};

describe('the lock of a target', () => {
  test('is refused to a second run, which is told who has it and since when', async () => {
    expect(await take('r-first')).toMatchObject({status: 'locked'});
    const second = await take('r-second');
    expect(second).toMatchObject({
      status: 'held',
      holder: {run: 'r-first', operator: 'r-first@laptop', session: 'attempt-runbook/r-first/lock/r-first@laptop'},
    });
    expect(second).toMatchObject({holder: {since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/)}});
  });

  test('is for these objects: another change on the same database goes on', async () => {
    await take('r-first');
    expect(await take('r-second', ['public.orders'])).toMatchObject({status: 'locked'});
  });

  test('does not depend on the order in which objects are named', async () => {
    await take('r-first', ['public.a', 'public.b']);
    expect(await take('r-second', ['public.b', 'public.a'])).toMatchObject({status: 'held'});
  });

  test('excludes whoever wants one of its objects, and what that one took beside it is free again', async () => {
    await take('r-first', ['public.a', 'public.b']);
    expect(await take('r-second', ['public.z', 'public.b', 'public.c'])).toMatchObject({
      status: 'held',
      holder: {run: 'r-first'},
    });
    expect(await take('r-third', ['public.z', 'public.c'])).toMatchObject({status: 'locked'});
  });

  test('is mended once for all that ask at once, and never found with ourselves', async () => {
    await using line = await openLine();
    const first = await take('r-first', ['public.a', 'public.b'], line.settings);
    if (first.status !== 'locked') throw new Error(first.status);
    line.cut();
    const {lock} = first;
    expect(await Promise.all([lock.lostTo(), lock.lostTo(), lock.lostTo()])).toEqual([undefined, undefined, undefined]);
    expect(await lock.held()).toBe(true);
    await lock.release();
    expect(await take('r-second', ['public.b'], settings, {afterCrash: true})).toMatchObject({status: 'locked'});
  });

  test('is free when it is released', async () => {
    const first = await take('r-first');
    if (first.status === 'locked') await first.lock.release();
    expect(await take('r-second')).toMatchObject({status: 'locked'});
  });

  test('goes with its connection, and is taken again while nobody else has it', async () => {
    await using line = await openLine();
    const first = await take('r-first', ['public.attempt'], line.settings);
    if (first.status !== 'locked') throw new Error(first.status);
    expect(await first.lock.lostTo()).toBeUndefined();
    line.cut();
    expect(await first.lock.lostTo()).toBeUndefined();
    expect(await take('r-second')).toMatchObject({status: 'held'});
  });

  test('that was lost to another run is reported with its name', async () => {
    await using line = await openLine();
    const first = await take('r-first', ['public.attempt'], line.settings);
    if (first.status !== 'locked') throw new Error(first.status);
    line.cut();
    expect(await take('r-second', ['public.attempt'], settings, {afterCrash: true})).toMatchObject({status: 'locked'});
    expect(await first.lock.lostTo()).toEqual({
      holder: expect.stringMatching(/^r-second@laptop, r-second, pid \d+$/) as string,
    });
  });

  test('whose session somebody ended is not taken again, although nobody has it', async () => {
    const first = await take('r-first');
    if (first.status !== 'locked') throw new Error(first.status);
    await endSessionsNamed('attempt-runbook/r-first/%');
    expect(await first.lock.lostTo()).toEqual({holder: ''});
    expect(await first.lock.lostTo()).toEqual({holder: ''});
    expect(await take('r-second')).toMatchObject({status: 'locked'});
    expect((await first.lock.lostTo())?.holder).toContain('r-second');
  });

  test('is refused behind a transaction pooler, where it would mean nothing', async () => {
    const pooler = await startPooler(join(database.host, `.s.PGSQL.${database.port}`));
    const through = {...settings, host: pooler.host, port: pooler.port, sslmode: 'disable'};
    expect(await take('r-first', ['public.attempt'], through)).toEqual({status: 'pooler'});
    await pooler.close();
  });
});

describe('taking a target over', () => {
  const takeOver = (from: string, run = 'r-second') =>
    take(run, ['public.attempt'], settings, {afterCrash: true, takeOver: from});

  test('ends the lock of an idle run that was named, which is then told who has it', async () => {
    const first = await take('r-first');
    if (first.status !== 'locked') throw new Error(first.status);
    // Other runs' work, and names that only begin alike, are nothing to this one.
    const others = [await sessionNamed('attempt-runbook/r-firstling/apply/1'), await sessionNamed('psql')];
    expect(await takeOver('r-first')).toMatchObject({
      status: 'locked',
      from: {run: 'r-first', operator: 'r-first@laptop', pid: expect.any(Number)},
    });
    expect((await first.lock.lostTo())?.holder).toContain('r-second@laptop, r-second');
    expect(await take('r-third')).toMatchObject({status: 'held', holder: {run: 'r-second'}});
    for (const {pid} of others) expect(await isAlive(pid)).toBe(true);
  });

  test('takes a free target, and says that nobody had it', async () => {
    const taken = await takeOver('r-first');
    expect(taken).toMatchObject({status: 'locked'});
    expect(taken).not.toHaveProperty('from');
  });

  test('is refused while that run is at work, with the sessions, and ends none of them', async () => {
    const first = await take('r-first');
    if (first.status !== 'locked') throw new Error(first.status);
    const change = await sessionNamed('attempt-runbook/r-first/apply-v1/1');
    expect(await takeOver('r-first')).toMatchObject({
      status: 'at-work',
      holder: {run: 'r-first'},
      sessions: [{pid: change.pid, application: 'attempt-runbook/r-first/apply-v1/1'}],
    });
    expect(await first.lock.lostTo()).toBeUndefined();
    expect(await isAlive(change.pid)).toBe(true);
  });

  test('gives the target up again when that run has begun something at the last moment', async () => {
    const first = await take('r-first');
    if (first.status !== 'locked') throw new Error(first.status);
    const taking = takeOver('r-first');
    // The step that had looked at its lock just before: its session comes when the lock is gone already.
    const admin = await database.connect();
    const held = "SELECT FROM pg_stat_activity WHERE application_name LIKE 'attempt-runbook/r-first/lock/%'";
    while ((await admin.query(held)).rowCount !== 0);
    const change = await sessionNamed('attempt-runbook/r-first/apply-v1/1');
    expect(await taking).toMatchObject({status: 'at-work', sessions: [{pid: change.pid}]});
    expect(await isAlive(change.pid)).toBe(true);
    expect(await take('r-third')).toMatchObject({status: 'locked'});
  });

  test('ends nobody who is not the run that was named, and nobody who is not of this tool', async () => {
    const first = await take('r-first');
    if (first.status !== 'locked') throw new Error(first.status);
    for (const named of ['r-other', 'r-fir', '', '%', 'r-first/lock']) {
      expect(await takeOver(named)).toMatchObject({status: 'held', holder: {run: 'r-first'}});
    }
    expect(await first.lock.lostTo()).toBeUndefined();
    await first.lock.release();
    const foreign = await sessionNamed('psql attempt-runbook/r-first/lock/lee@desk');
    await foreign.query('SELECT pg_advisory_lock($1::int, $2::int)', [0x41_54_52_42, keyOf(['public.attempt'])]);
    const refused = await takeOver('r-first');
    expect(refused).toMatchObject({status: 'held', holder: {pid: foreign.pid}});
    expect(refused).not.toHaveProperty('holder.run');
    expect(await isAlive(foreign.pid)).toBe(true);
  });

  test('of another role wants the right to end its sessions, and says so', async () => {
    const first = await take('r-first');
    if (first.status !== 'locked') throw new Error(first.status);
    const admin = await database.connect();
    const role = `deputy_${database.name}`.slice(0, 40);
    await admin.query(`CREATE ROLE ${role} LOGIN`);
    try {
      const options = {afterCrash: false, takeOver: 'r-first'};
      const by = {run: 'r-second', operator: 'lee@desk'};
      const refused = await lockTarget({...settings, user: role}, ['public.attempt'], by, options);
      expect(refused).toMatchObject({ok: false, failure: {code: 'privilege-missing'}});
      expect(await first.lock.lostTo()).toBeUndefined();
    } finally {
      await admin.query(`DROP ROLE ${role}`);
    }
  });
});

describe('the name of a holder', () => {
  const long = 'christopher.montgomery@ip-10-1-4-7.ap-northeast-2.compute.internal';

  test.each([
    [long, 'attempt-runbook/r-first/lock/christopher.montgomery@ip-10-1-4-7'],
    ['a'.repeat(40), `attempt-runbook/r-first/lock/${'a'.repeat(33)}@`],
    ['김철수@노트북', 'attempt-runbook/r-first/lock/???@???'],
  ])(
    'is whole for those who may see the statement, and cut in the right place for the others: %s',
    async (operator, name) => {
      const by = {run: 'r-first', operator};
      const taken = await lockTarget(settings, ['public.attempt'], by, {afterCrash: false});
      if (!taken.ok || taken.value.status !== 'locked') throw new Error('not locked');
      held.push(taken.value.lock);
      expect(await take('r-second')).toMatchObject({status: 'held', holder: {run: 'r-first', operator, session: name}});
      // Also after the holder has looked at its lock.
      expect(await taken.value.lock.lostTo()).toBeUndefined();
      const admin = await database.connect();
      const role = `guest_${database.name}`.slice(0, 40);
      await admin.query(`CREATE ROLE ${role} LOGIN`);
      try {
        const seen = await lockTarget(
          {...settings, user: role},
          ['public.attempt'],
          {run: 'r-2', operator: 'x@y'},
          {
            afterCrash: false,
          },
        );
        expect(seen).toMatchObject({
          value: {
            status: 'held',
            holder: {run: 'r-first', operator: name.slice('attempt-runbook/r-first/lock/'.length)},
          },
        });
      } finally {
        await admin.query(`DROP ROLE ${role}`);
      }
    },
  );
});
