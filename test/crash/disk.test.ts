// Does a run whose disk refuses one operation, whichever, stop in order, say so, and end undisturbed once it is resumed?

import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect, test, vi} from 'vitest';
import {sha256} from '../../src/adapters/files.ts';
import {fold} from '../../src/core/reduce.ts';
import {inLanes, leftoverSessions} from '../support/crash.ts';
import {randomOf} from '../support/crash-random.ts';
import {ensureBuilt} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {
  errorsAt,
  mayTrace,
  openShop,
  pinnedRun,
  pointText,
  pointsIn,
  walkRun,
  type DiskError,
  type Ended,
  type Point,
  type Shop,
} from '../support/disk-faults.ts';

const LONG = process.env['LONG'] === '1';
vi.setConfig({testTimeout: LONG ? 5_400_000 : 300_000, hookTimeout: 300_000});

const lane = inLanes(2);
const unable = mayTrace() ? '' : ' (skipped: strace may not trace here)';

type Fault = Readonly<{point: Point; error: DiskError}>;

/** Where a record, a name or a whole run hangs on one operation; drawn ones are added to them. */
const delicate: readonly Readonly<{syscall: string; path: RegExp; nth: number; error: DiskError}>[] = [
  {syscall: 'link', path: /^lock\.1\.0/, nth: 1, error: 'EIO'},
  {syscall: 'unlink', path: /^lock\.1\.0/, nth: 1, error: 'EROFS'},
  {syscall: 'openat', path: /^plan\/sql\/apply\/010/, nth: 1, error: 'ENOSPC'},
  {syscall: 'openat', path: /^transcripts\/add-status\.1\.log/, nth: 1, error: 'ENOSPC'},
  {syscall: 'write', path: /^transcripts\/add-status\.1\.log/, nth: 1, error: 'EIO'},
  {syscall: 'rename', path: /^artifacts\/snapshot\.1\.snapshot\.json\.partial/, nth: 1, error: 'EIO'},
];

/** The end of every run that came through, whatever happened on the way. */
const expectWholeEnd = async (shop: Shop, mayKeepLock = false): Promise<void> => {
  const {events, damage, tornBytes} = shop.journal();
  expect({damage, tornBytes}).toEqual({damage: undefined, tornBytes: 0});
  const state = fold(events);
  expect(state.closed?.outcome).toBe('completed');
  expect(await shop.change()).toEqual({isThere: true, times: 1});
  const root = join(shop.runs, shop.runNames()[0] ?? '');
  for (const {artifact} of state.artifacts) {
    expect(`${artifact.path} ${sha256(readFileSync(join(root, artifact.path)))}`).toBe(
      `${artifact.path} ${artifact.sha256}`,
    );
  }
  // A disk that does not let go of the lock leaves one that names a dead process, which the next one finds out.
  const left = readdirSync(root).filter((name) => /^(lock\.\d+$|pgpass)/.test(name));
  if (!mayKeepLock) expect(left).toEqual([]);
  expect(await leftoverSessions(shop.admin)).toEqual([]);
};

/** What the journal says and what the server holds are one story. */
const expectAgreement = async (shop: Shop): Promise<void> => {
  const {events, damage} = shop.journal();
  expect(damage).toBeUndefined();
  const of = events.filter((event) => 'step' in event && event.step === 'add-status').map(({type}) => type);
  const {isThere, times} = await shop.change();
  expect(times).toBe(isThere ? 1 : 0);
  if (of.includes('StepSucceeded')) expect(isThere).toBe(true);
  if (of.includes('StepFailed') || !of.includes('TransactionOpened')) expect(isThere).toBe(false);
};

/** An end that a human can read: a sentence for what happened, and none of our own stack. */
const expectSaid = ({code, signal, all}: Ended, codes: readonly number[]): void => {
  expect(signal, `hung or died:\n${all}`).toBeNull();
  expect(codes, all).toContain(code);
  expect(all).not.toMatch(/\n {4}at |Error:/);
};

const tryFault = async ({point, error}: Fault): Promise<void> => {
  await using shop = await openShop();
  const met = await walkRun(shop, {point, error, pinned: true});
  if (!met.injected) expectSaid(met, [0]);
  const isJournal = point.path === 'journal.ndjson';
  const isHarmless = !met.injected || error === 'EINTR';
  // 65: a file of the plan that cannot be read counts as one that has changed.
  const unreadable = point.isReading && point.path.startsWith('plan/') ? [65] : [];
  expectSaid(met, isHarmless ? [0] : isJournal ? [4, 64] : [0, 2, 4, 64, ...unreadable]);
  if (met.code === 0) {
    await expectWholeEnd(shop, point.syscall === 'unlink');
    return;
  }
  if (met.code === 64) {
    expect(met.all).toContain(`Runs cannot be kept in ${shop.runs}`);
    expect(await shop.change()).toEqual({isThere: false, times: 0});
    expect(shop.runNames()).toEqual([]);
    expect(await leftoverSessions(shop.admin)).toEqual([]);
    expectSaid(await walkRun(shop), [0]);
    await expectWholeEnd(shop);
    return;
  }
  if (met.code === 4)
    expect(met.all).toMatch(/The journal could not be written: journal\.ndjson \w+\.|cannot be written to/);
  await expectAgreement(shop);
  expectSaid(await shop.cli(['resume', pinnedRun]), [0]);
  await expectWholeEnd(shop);
};

const drawnFaults = (points: readonly Point[]): readonly Fault[] => {
  const all = points.flatMap((point) => errorsAt(point).map((error) => ({point, error})));
  if (LONG) return all;
  const random = randomOf(20_251_201);
  const journal = all.filter(
    ({point, error}) => point.path === 'journal.ndjson' && error !== 'EINTR' && !point.isReading,
  );
  const chosen = delicate.flatMap(({syscall, path, nth, error}) =>
    points
      .filter((point) => point.syscall === syscall && path.test(point.path) && point.nth === nth)
      .slice(0, 1)
      .map((point) => ({point, error})),
  );
  expect(chosen).toHaveLength(delicate.length);
  for (let more = 0; more < 2; more += 1) {
    const fault = journal[Math.floor(random() * journal.length)];
    if (fault !== undefined) chosen.push(fault);
  }
  for (let more = 0; more < 2; more += 1) {
    const fault = all[Math.floor(random() * all.length)];
    if (fault !== undefined) chosen.push(fault);
  }
  return chosen;
};

beforeAll(ensureBuilt);

needs('strace', 'pg_dump').describe('a disk that refuses one operation of a run', () => {
  test.skipIf(!mayTrace())(`stops it in order, and the resumed run ends undisturbed${unable}`, async () => {
    let points: readonly Point[];
    {
      await using shop = await openShop();
      const trace = join(shop.folder, 'points.txt');
      expectSaid(await walkRun(shop, {pinned: true, trace}), [0]);
      await expectWholeEnd(shop);
      points = pointsIn(trace, join(shop.runs, pinnedRun));
    }
    const faults = drawnFaults(points);
    expect(points.length).toBeGreaterThan(100);
    const failures: string[] = [];
    await Promise.all(
      faults.map((fault) =>
        lane(async () => {
          try {
            await tryFault(fault);
          } catch (error) {
            failures.push(`${fault.error} at ${pointText(fault.point)}: ${String(error)}`);
          }
        }),
      ),
    );
    expect(failures).toEqual([]);
  });
});
