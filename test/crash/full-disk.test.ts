// Does a run whose disk is full, read-only or taken away stop in order, say so, and go on once there is room?

import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect, vi} from 'vitest';
import {readJournal} from '../../src/adapters/journal-file.ts';
import {fold} from '../../src/core/reduce.ts';
import {leftoverSessions} from '../support/crash.ts';
import {openShop, walkRun, type Shop} from '../support/disk-faults.ts';
import {ensureBuilt} from '../support/headless.ts';
import {needs} from '../support/needs.ts';

const {describe, test} = needs('pg_dump');

const LONG = process.env['LONG'] === '1';
vi.setConfig({testTimeout: 900_000, hookTimeout: 300_000});

const isKorean = (text: string): boolean => /[가-힣]/.test(text);
/** A backup wants 64 MB to be free, however small the database is. */
const ROOMY = '96m';

/** A small disk in the place of the runs; gone before the shop's folder is removed. */
const mounted = (shop: Shop, options: string): Disposable & Readonly<{path: string}> => {
  mkdirSync(shop.runs, {recursive: true});
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', shop.runs]);
  return {path: shop.runs, [Symbol.dispose]: () => void execFileSync('umount', ['-l', shop.runs])};
};
const remount = (path: string, options: string): void => void execFileSync('mount', ['-o', `remount,${options}`, path]);

const canMount = ((): boolean => {
  try {
    execFileSync('unshare', ['--mount', 'true'], {stdio: 'ignore'});
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
})();
const unable = canMount ? '' : ' (skipped: only root can mount a small disk)';

const expectSaid = (ended: Awaited<ReturnType<typeof walkRun>>, codes: readonly number[]): void => {
  expect(ended.signal, ended.all).toBeNull();
  expect(codes, ended.all).toContain(ended.code);
  expect(ended.all).not.toMatch(/\n {4}at |Error:/);
};

const expectWholeEnd = async (shop: Shop): Promise<void> => {
  const [run = ''] = shop.runNames();
  const {events, damage} = readJournal(join(shop.runs, run, 'journal.ndjson'));
  expect(damage).toBeUndefined();
  expect(fold(events).closed?.outcome).toBe('completed');
  expect(await shop.change()).toEqual({isThere: true, times: 1});
  expect(await leftoverSessions(shop.admin)).toEqual([]);
};

beforeAll(ensureBuilt);

describe.skipIf(!canMount)(`a disk of a few kilobytes${unable}`, () => {
  // The run as far as its backup takes about 100 KiB; every page less ends it elsewhere.
  const sizes = LONG ? Array.from({length: 36}, (_, at) => 4 * (at + 1)) : [60];

  test.each(sizes)('of %i KiB: the run stops in order, and goes on when there is room', async (kib) => {
    await using shop = await openShop();
    using disk = mounted(shop, `size=${kib}k`);
    const met = await walkRun(shop);
    expectSaid(met, [2, 4, 64]);
    expect(await shop.change()).toEqual({isThere: false, times: 0});
    expect(await leftoverSessions(shop.admin)).toEqual([]);
    remount(disk.path, `size=${ROOMY}`);
    if (met.code === 64) {
      expect(met.all).toContain('ENOSPC');
      expect(shop.runNames()).toEqual([]);
      expectSaid(await walkRun(shop), [0]);
    } else {
      expect(met.all).toMatch(/The disk of this machine is too full|could not be written|could not be made/);
      expectSaid(await shop.inPlace(['resume']), [0]);
    }
    await expectWholeEnd(shop);
  });

  test('that has become read-only: the run is not continued, says so in both languages, and goes on when it can be written to', async () => {
    await using shop = await openShop();
    using disk = mounted(shop, `size=${ROOMY}`);
    expectSaid(await walkRun(shop, {more: ['--until', 'snapshot']}), [0]);
    const before = readFileSync(join(disk.path, shop.runNames()[0] ?? '', 'journal.ndjson'));
    remount(disk.path, 'ro');
    for (const lang of ['en', 'ko']) {
      const refused = await shop.cli(['resume', '--lang', lang]);
      expectSaid(refused, [4]);
      expect(refused.all).toContain('EROFS');
      expect(isKorean(refused.all)).toBe(lang === 'ko');
    }
    expect(readFileSync(join(disk.path, shop.runNames()[0] ?? '', 'journal.ndjson')).equals(before)).toBe(true);
    expect(await leftoverSessions(shop.admin)).toEqual([]);
    remount(disk.path, 'rw');
    expectSaid(await shop.inPlace(['resume']), [0]);
    await expectWholeEnd(shop);
  });
});

/** As far as `rm -r` may have come when the run looks; every order is gone through beside the code that looks. */
const removals: Readonly<Record<string, (run: string) => void>> = {
  'its lock first': (run) => rmSync(join(run, 'lock.1')),
  'its journal first': (run) => rmSync(join(run, 'journal.ndjson')),
  'all but its lock': (run) => {
    for (const name of readdirSync(run)) if (name !== 'lock.1') rmSync(join(run, name), {recursive: true});
  },
  'the whole directory': (run) => rmSync(run, {recursive: true}),
};

test.each(Object.entries(removals))(
  'a run that is removed while the change waits for its lock, %s: nothing is changed, and nobody is said to have it',
  async (_, remove) => {
    await using shop = await openShop();
    const blocker = await shop.database.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE public.orders IN ROW EXCLUSIVE MODE');
    const running = walkRun(shop);
    const isWaiting = async (): Promise<boolean> => {
      const {rowCount} = await shop.admin.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%/add-status/%'
           AND wait_event_type = 'Lock'`,
      );
      return (rowCount ?? 0) > 0;
    };
    await expect.poll(isWaiting, {timeout: 60_000, interval: 20}).toBe(true);
    const [run = ''] = shop.runNames();
    remove(join(shop.runs, run));
    const ended = await running;
    expectSaid(ended, [4]);
    expect(ended.all).toMatch(/were removed while it was open: (lock\.1|journal\.ndjson|r-\w+) is gone/);
    expect(ended.all).not.toContain('taken over');
    await blocker.query('ROLLBACK');
    expect(await shop.change()).toEqual({isThere: false, times: 0});
    expect(await leftoverSessions(shop.admin)).toEqual([]);
  },
);
