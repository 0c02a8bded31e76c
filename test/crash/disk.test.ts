// Does a run whose disk refuses one operation, whichever, stop in order, say so, and end undisturbed once it is resumed?
//
// Under LONG every operation of a whole run, each in a run of its own. Without it a sample, and nobody takes a backup for
// each of them: a fault is met either on the way to the snapshot, which is then the end, or by a run that is backed up.

import {cpSync, readFileSync, readdirSync, rmSync} from 'node:fs';
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

/** As far as a run is walked. */
type Until = 'snapshot' | 'end';

/** What meets the fault: a run from its beginning, or one that is backed up and resumed. */
type Stretch = Readonly<{from: 'start' | 'backup'; until: Until}>;

type Fault = Readonly<{point: Point; error: DiskError; stretch: Stretch}>;

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
const expectWholeEnd = async (shop: Shop, until: Until, mayKeepLock = false): Promise<void> => {
  const {events, damage, tornBytes} = shop.journal();
  expect({damage, tornBytes}).toEqual({damage: undefined, tornBytes: 0});
  const state = fold(events);
  if (until === 'end') expect(state.closed?.outcome).toBe('completed');
  else expect(state.steps['snapshot']?.status).toBe('succeeded');
  expect(await shop.change()).toEqual(until === 'end' ? {isThere: true, times: 1} : {isThere: false, times: 0});
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

const stopAt = (until: Until): readonly string[] => (until === 'end' ? [] : ['--until', until]);

const tryFault = async (shop: Shop, {point, error, stretch: {from, until}}: Fault): Promise<void> => {
  const faulty = {point, error, pinned: true};
  const begin = (options: Parameters<typeof walkRun>[1]) => walkRun(shop, {...options, more: stopAt(until)});
  const resuming = ['resume', pinnedRun, ...stopAt(until)];
  const met = await (from === 'start' ? begin(faulty) : shop.cli(resuming, faulty));
  if (!met.injected) expectSaid(met, [0]);
  const isJournal = point.path === 'journal.ndjson';
  // Our own writes go on where they were interrupted; those of pg_dump and pg_restore are theirs, and end them.
  const isOurs = !/^artifacts\/backup\.\d+\.(?:dump|schema|objects)/.test(point.path);
  const isHarmless = !met.injected || (error === 'EINTR' && isOurs);
  // 65: a file of the plan that cannot be read counts as one that has changed.
  const unreadable = point.isReading && point.path.startsWith('plan/') ? [65] : [];
  // A picture may be drawn after the last word of a run, which is complete without it.
  const isClosed =
    isJournal && shop.runNames().length > 0 && shop.journal().events.some(({type}) => type === 'RunClosed');
  expectSaid(met, isHarmless ? [0] : isJournal ? [4, 64, ...(isClosed ? [0] : [])] : [0, 2, 4, 64, ...unreadable]);
  if (met.code === 0) {
    await expectWholeEnd(shop, until, point.syscall === 'unlink' || point.path.startsWith('lock.'));
    return;
  }
  if (met.code === 64 && from === 'start') {
    expect(met.all).toContain(`Runs cannot be kept in ${shop.runs}`);
    expect(await shop.change()).toEqual({isThere: false, times: 0});
    expect(shop.runNames()).toEqual([]);
    expect(await leftoverSessions(shop.admin)).toEqual([]);
    expectSaid(await begin({}), [0]);
    await expectWholeEnd(shop, until);
    return;
  }
  if (met.code === 4)
    expect(met.all).toMatch(/The journal could not be written: journal\.ndjson \w+\.|cannot be written to/);
  await expectAgreement(shop);
  // Whoever resumes sooner is told to wait for them: a busy server takes its time to notice that a client is gone.
  await vi.waitFor(async () => expect(await leftoverSessions(shop.admin)).toEqual([]), {timeout: 60_000, interval: 50});
  expectSaid(await shop.inPlace(resuming), [0]);
  await expectWholeEnd(shop, until);
};

const faultsAt = (points: readonly Point[], stretch: Stretch): readonly Fault[] =>
  points.flatMap((point) => errorsAt(point).map((error) => ({point, error, stretch})));

/** The delicate ones, two of the journal, and two of all. */
const drawnFaults = (all: readonly Fault[]): readonly Fault[] => {
  const random = randomOf(20_251_201);
  const journal = all.filter(
    ({point, error}) => point.path === 'journal.ndjson' && error !== 'EINTR' && !point.isReading,
  );
  const chosen = delicate.flatMap(({syscall, path, nth, error}) =>
    all
      .filter(({point}) => point.syscall === syscall && path.test(point.path) && point.nth === nth)
      .slice(0, 1)
      .map((fault) => ({...fault, error})),
  );
  expect(chosen).toHaveLength(delicate.length);
  for (const from of [journal, journal, all, all]) {
    const fault = from[Math.floor(random() * from.length)];
    if (fault !== undefined) chosen.push(fault);
  }
  return chosen;
};

const failuresOf = async (fault: Fault, attempt: () => Promise<void>): Promise<readonly string[]> => {
  try {
    await attempt();
    return [];
  } catch (error) {
    return [`${fault.error} at ${pointText(fault.point)}, from ${fault.stretch.from}: ${String(error)}`];
  }
};

beforeAll(ensureBuilt);

needs('strace', 'pg_dump').describe('a disk that refuses one operation of a run', () => {
  const which = LONG ? 'whichever' : 'ten of them';
  test.skipIf(!mayTrace())(
    `stops it in order, ${which}, and the resumed run ends undisturbed${unable}`,
    LONG ? everyFault : fewFaults,
  );
});

async function everyFault(): Promise<void> {
  let points: readonly Point[];
  {
    await using shop = await openShop();
    const trace = join(shop.folder, 'points.txt');
    expectSaid(await walkRun(shop, {pinned: true, trace}), [0]);
    await expectWholeEnd(shop, 'end');
    points = pointsIn(trace, join(shop.runs, pinnedRun));
  }
  expect(points.length).toBeGreaterThan(100);
  const failures = await Promise.all(
    faultsAt(points, {from: 'start', until: 'end'}).map((fault) =>
      lane(async () => {
        await using shop = await openShop();
        return await failuresOf(fault, () => tryFault(shop, fault));
      }),
    ),
  );
  expect(failures.flat()).toEqual([]);
}

async function fewFaults(): Promise<void> {
  await using shop = await openShop();
  const backedUp = join(shop.folder, 'backed-up');
  const traced = async (what: (trace: string) => Promise<Ended>): Promise<readonly Point[]> => {
    const trace = join(shop.folder, 'points.txt');
    expectSaid(await what(trace), [0]);
    return pointsIn(trace, join(shop.runs, pinnedRun));
  };
  const early = await traced((trace) => walkRun(shop, {pinned: true, trace, more: ['--until', 'snapshot']}));
  expectSaid(await shop.inPlace(['resume', pinnedRun, '--until', 'backup']), [0]);
  cpSync(shop.runs, backedUp, {recursive: true});
  const late = await traced((trace) => shop.cli(['resume', pinnedRun], {pinned: true, trace}));
  await expectWholeEnd(shop, 'end');
  expect(early.length + late.length).toBeGreaterThan(100);

  const faults = drawnFaults([
    ...faultsAt(early, {from: 'start', until: 'snapshot'}),
    ...faultsAt(late, {from: 'backup', until: 'end'}),
  ]);
  expect(faults).toHaveLength(10);
  const failures: string[] = [];
  for (const fault of faults) {
    rmSync(shop.runs, {recursive: true});
    if (fault.stretch.from === 'backup') cpSync(backedUp, shop.runs, {recursive: true});
    // As it was before the change; dropping is altering as well.
    await shop.admin.query('ALTER TABLE public.orders DROP COLUMN IF EXISTS status');
    await shop.admin.query('TRUNCATE audit.altered');
    failures.push(...(await failuresOf(fault, () => tryFault(shop, fault))));
  }
  expect(failures).toEqual([]);
}
