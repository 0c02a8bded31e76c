// Does a bundle's final name ever bear anything but a whole bundle, whatever ends the export and wherever?

import {spawn} from 'node:child_process';
import {cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest';
import {sha256} from '../../src/adapters/files.ts';
import {verifyBundle} from '../../src/cli/verify-bundle.ts';
import {randomOf} from '../support/crash-random.ts';
import {ensureBuilt} from '../support/headless.ts';
import {keepRun, keptRun} from '../support/kept-run.ts';

const LONG = process.env['LONG'] === '1';
vi.setConfig({testTimeout: LONG ? 1_800_000 : 120_000});

const launcher = fileURLToPath(new URL('../../src/cli/launcher.js', import.meta.url));
const preload = fileURLToPath(new URL('../support/entry/fault-files.ts', import.meta.url));

let kept: string;
let folder: string;
let out: string;

type Ended = Readonly<{code: number | null; signal: NodeJS.Signals | null; stderr: string}>;

/** @param killAfterMs ends the process at some moment; whoever asks for it draws it. */
const exported = (
  env: Readonly<Record<string, string>> = {},
  runs = join(kept, 'runs'),
  killAfterMs?: number,
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const options = Object.keys(env).length === 0 ? [] : ['--import', preload];
    const args = [...options, launcher, 'export', keptRun, '--runs-dir', runs, '-o', join(out, 'e.zip')];
    const child = spawn(process.execPath, args, {
      env: {PATH: process.env['PATH'] ?? '', HOME: folder, LANG: 'C.UTF-8', FAULT_UNDER: out, ...env},
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({code, signal, stderr});
    });
  });

beforeAll(async () => {
  await ensureBuilt();
  kept = mkdtempSync(join(tmpdir(), 'kept-'));
  keepRun(kept);
});
afterAll(() => rmSync(kept, {recursive: true}));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
  out = join(folder, 'out');
});
afterEach(() => rmSync(folder, {recursive: true}));

const shaOf = (path: string): string => sha256(readFileSync(path));

/** Nothing, or something whole; beside it only what the next export puts away. */
const expectWholeOrNothing = async (): Promise<void> => {
  const names = existsSync(out) ? readdirSync(out) : [];
  for (const name of ['e.zip', 'e'])
    if (names.includes(name)) expect((await verifyBundle({path: join(out, name), env: {}})).ok, name).toBe(true);
  expect(names.filter((name) => !/^e(\.zip)?(\.\d+\.(partial|earlier))?$/.test(name))).toEqual([]);
};

const expectWhole = async (archive: string): Promise<void> => {
  expect(readdirSync(out).toSorted()).toEqual(['e', 'e.zip']);
  expect(shaOf(join(out, 'e.zip'))).toBe(archive);
  expect((await verifyBundle({path: join(out, 'e'), env: {}})).ok).toBe(true);
};

/** @returns the operations of an undisturbed export, and the hash of what it makes. */
const undisturbed = async (): Promise<Readonly<{points: readonly string[]; archive: string}>> => {
  const count = join(folder, 'count');
  expect((await exported({FAULT_COUNT: count})).code).toBe(0);
  const points = readFileSync(count, 'utf8').trimEnd().split('\n');
  const archive = shaOf(join(out, 'e.zip'));
  rmSync(out, {recursive: true});
  return {points, archive};
};

const drawn = (points: readonly string[], often: number): readonly number[] => {
  const all = points.map((_, at) => at + 1);
  if (LONG) return all;
  const random = randomOf(20_261_124);
  // The last ones are those that give the names.
  const last = all.filter((at) => points[at - 1]?.startsWith('renameSync') === true).slice(-3);
  const some = Array.from({length: often}, () => all[Math.floor(random() * all.length)] ?? 1);
  return [...new Set([...some, ...last])].toSorted((a, b) => a - b);
};

// In short, only the harder case: with a bundle of that name there already.
const cases: readonly (readonly [string, boolean])[] = [
  ...(LONG ? [['the first bundle of its name', false] as const] : []),
  ['a bundle that takes the place of an earlier one', true],
];

describe.each(cases)('%s', (_what, hasEarlier) => {
  const earlier = async (): Promise<string | undefined> => {
    if (!hasEarlier) return undefined;
    // Of the run before it was closed: another bundle of the same name.
    const before = join(folder, 'before');
    keepRun(before, 10, false);
    expect((await exported({}, join(before, 'runs'))).code).toBe(0);
    cpSync(out, join(folder, 'saved'), {recursive: true});
    return shaOf(join(out, 'e.zip'));
  };
  const restore = (): void => {
    rmSync(out, {recursive: true, force: true});
    if (hasEarlier) cpSync(join(folder, 'saved'), out, {recursive: true});
  };

  test('whose export is killed at any operation is whole or not there, and the next export puts all in order', async () => {
    const {archive} = await undisturbed();
    await earlier();
    const count = join(folder, 'count');
    restore();
    expect((await exported({FAULT_COUNT: count})).code).toBe(0);
    const points = readFileSync(count, 'utf8').trimEnd().split('\n');
    expect(points.length).toBeGreaterThan(40);
    for (const at of drawn(points, 2)) {
      restore();
      const killed = await exported({FAULT_AT: `${at}`, FAULT_HOW: 'SIGKILL'});
      expect(killed.signal, `${at}: ${points[at - 1]}`).toBe('SIGKILL');
      await expectWholeOrNothing();
      expect((await exported()).code).toBe(0);
      await expectWhole(archive);
    }
  });

  test('whose disk is full at any operation is not there, is said to be so, and the one before stays', async () => {
    const {points} = await undisturbed();
    const before = await earlier();
    for (const at of drawn(points, 2).filter((nth) => points[nth - 1]?.startsWith('rmSync') !== true)) {
      restore();
      const refused = await exported({FAULT_AT: `${at}`, FAULT_HOW: 'ENOSPC'});
      const where = `${at}: ${points[at - 1]}`;
      if (refused.code === 0) continue;
      expect({where, code: refused.code}).toEqual({where, code: 64});
      expect(refused.stderr, where).toContain('ENOSPC');
      expect(refused.stderr, where).not.toMatch(/\n {4}at /);
      await expectWholeOrNothing();
      const names = existsSync(out) ? readdirSync(out) : [];
      expect(
        names.filter((name) => name.endsWith('.partial')),
        where,
      ).toEqual([]);
      if (before !== undefined) expect(names, where).toContain('e.zip');
    }
  });
});

test('a process that is killed at any moment of a large export leaves nothing half under the final name', async () => {
  const large = mkdtempSync(join(tmpdir(), 'kept-large-'));
  try {
    const runs = keepRun(large, 30_000_000);
    const before = performance.now();
    expect((await exported({}, runs)).code).toBe(0);
    const tookMs = performance.now() - before;
    const archive = shaOf(join(out, 'e.zip'));
    const random = randomOf(20_261_126);
    let killed = 0;
    for (let nth = 0; nth < (LONG ? 60 : 4); nth += 1) {
      const ended = await exported({}, runs, random() * tookMs);
      if (ended.signal === 'SIGKILL') killed += 1;
      await expectWholeOrNothing();
    }
    expect(killed).toBeGreaterThan(0);
    expect((await exported({}, runs)).code).toBe(0);
    await expectWhole(archive);
  } finally {
    rmSync(large, {recursive: true});
  }
});

test('a folder that is no bundle is never replaced', async () => {
  cpSync(kept, join(out, 'e'), {recursive: true});
  const refused = await exported();
  expect(refused.code).toBe(64);
  expect(refused.stderr).toContain(join(out, 'e'));
  expect(existsSync(join(out, 'e', 'runs'))).toBe(true);
});
