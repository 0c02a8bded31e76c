// Does the bench end, whatever its parts do, and does a comparison say what moved?

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, describe, expect, test} from 'vitest';
import {compare} from '../bench/comparison.ts';
import type {BenchRecord} from '../bench/record.ts';
import {median, rowOf, spreadOf, type Row} from '../bench/row.ts';
import {isRunning} from '../../src/adapters/embedded/processes.ts';

const program = fileURLToPath(new URL('../bench/bench.ts', import.meta.url));
const parts = fileURLToPath(new URL('../fixtures/bench', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
afterAll(() => rmSync(folder, {recursive: true}));
const inFolder = (name: string): string => join(folder, name);

const begin = (...args: readonly string[]) => {
  const child = spawn(process.execPath, [program, '--parts', parts, ...args], {stdio: ['ignore', 'pipe', 'pipe']});
  const said = {stdout: '', stderr: ''};
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => void (said[stream] += text));
  const ends = once(child, 'close').then(([status]) => ({...said, status: status as number}));
  return {child, said, ends};
};
const bench = (...args: readonly string[]) => begin(...args).ends;
const recordIn = (file: string): BenchRecord => JSON.parse(readFileSync(file, 'utf8')) as BenchRecord;
const failedIn = (rows: readonly Row[], part: string): string | undefined =>
  rows.flatMap((row) => (row.part === part && 'failed' in row ? [row.failed] : []))[0];

/** What the part that hangs has started, by its own words. */
const startedBy = (stderr: string): Readonly<{pids: readonly number[]; temporary: string}> => {
  const [, child, terminal, temporary = ''] = /started (\d+) (\d+) in (\S+)/.exec(stderr) ?? [];
  return {pids: [Number(child), Number(terminal)], temporary};
};

describe.concurrent('a bench with parts that fail', () => {
  const file = inFolder('all.json');
  let begun: ReturnType<typeof bench> | undefined;
  /** One run for all of these tests, which wait for it beside those that need another. */
  const all = async () => {
    begun ??= bench('--output', file);
    const ended = await begun;
    return {ended, rows: recordIn(file).rows};
  };

  test('ends 1, and each part that fails says why in a row', async () => {
    const {ended, rows} = await all();
    expect(ended.status).toBe(1);
    expect(failedIn(rows, 'throws')).toBe('pg_nothing is missing');
    expect(failedIn(rows, 'hangs')).toBe('did not end within 0.05 minutes');
    expect(failedIn(rows, 'blocks')).toBe('did not end within 0.02 minutes');
    expect(failedIn(rows, 'exits')).toBe('its process ended with 0 before it was done');
    expect(failedIn(rows, 'unreadable')).toBe('what it imports is not there');
    expect(failedIn(rows, 'succeeds')).toBeUndefined();
    expect(ended.stdout).toContain('| throws | failed: pg_nothing is missing |');
  });

  test('keeps what a part had measured before it failed, and what the others measured', async () => {
    const {ended, rows} = await all();
    expect(rows).toContainEqual(expect.objectContaining({part: 'throws', what: 'before', value: 7, unit: 'ms'}));
    expect(rows).toContainEqual(
      expect.objectContaining({
        part: 'succeeds',
        what: 'work',
        value: 30,
        beside: {what: 'bare work', value: 10},
        ratio: 3,
        spread: [2, 4],
        load: expect.any(Number) as number,
      }),
    );
    expect(ended.stdout).toContain('| succeeds | work | 30 ms | 10 ms bare work | 3.00 x | 2.00 x: missed |  |');
    expect(ended.stdout).toContain('| succeeds | memory | 20 MB |  |  | 29 MB: met |  |');
  });

  test('ends the children and terminals of a part that hung, and removes its temporary folder', async () => {
    const {ended} = await all();
    const {pids, temporary} = startedBy(ended.stderr);
    expect(pids).toEqual([expect.any(Number), expect.any(Number)]);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(existsSync(temporary)).toBe(false);
  });

  test('leaves out what runs only when it is named', async () => {
    const {rows} = await all();
    expect(rows.filter(({part}) => part === 'named')).toEqual([]);
  });

  test('says where and what it measured', async () => {
    await all();
    expect(recordIn(file)).toMatchObject({
      v: 1,
      node: process.versions.node,
      machine: expect.stringContaining(process.platform) as string,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      isQuick: false,
    });
  });
});

test.concurrent('a bench whose parts all end ends 0, quick or whole, and runs what is named', async () => {
  const file = inFolder('named.json');
  const {status} = await bench('--only', 'named,succeeds', '--quick', '--output', file);
  expect(status).toBe(0);
  expect(recordIn(file).isQuick).toBe(true);
  expect(recordIn(file).rows).toMatchObject([
    {part: 'named', what: 'once'},
    {part: 'succeeds', what: 'work', remark: 'quick'},
    {part: 'succeeds', what: 'memory'},
  ]);
});

test.concurrent('a bench that is interrupted keeps its rows, ends what it started, and ends 130', async () => {
  const file = inFolder('interrupted.json');
  const {child, said, ends} = begin('--only', 'succeeds,hangs,named', '--output', file);
  while (!said.stderr.includes('started ')) await once(child.stderr, 'data');
  child.kill('SIGINT');
  const {status, stderr} = await ends;
  expect(status).toBe(130);
  expect(recordIn(file).rows).toMatchObject([{what: 'work'}, {what: 'memory'}, {part: 'hangs', failed: 'interrupted'}]);
  expect(startedBy(stderr).pids.filter(isRunning)).toEqual([]);
});

test.concurrent('a part that does not exist, and a file of another kind to compare with, are refused before anything runs', async () => {
  const unknown = await bench('--only', 'succeeds,nothing');
  expect(unknown).toMatchObject({status: 64, stdout: ''});
  expect(unknown.stderr).toContain('no part is called nothing; there are blocks, exits, hangs');
  writeFileSync(inFolder('other.json'), '{}');
  const other = await bench('--only', 'succeeds', '--compare', inFolder('other.json'));
  expect(other).toMatchObject({status: 64, stdout: ''});
  expect(other.stderr).toContain('other.json is not what the bench writes');
});

test.concurrent('the list says what each part asks', async () => {
  const {stdout, status} = await bench('--list');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^succeeds +Which part of a bench gives all kinds of rows\?$/m);
  expect(stdout).toMatch(/^named .*\(only when named\)$/m);
  expect(stdout).toMatch(/^unreadable /m);
});

test.concurrent('a run beside an earlier one says which ratios moved by more than their spread', async () => {
  const file = inFolder('then.json');
  await bench('--only', 'succeeds', '--output', file);
  const then = recordIn(file);
  const slower = then.rows.map((row) =>
    'ratio' in row && row.what === 'work' ? {...row, ratio: 1.5, spread: [1.4, 1.6]} : row,
  );
  writeFileSync(file, JSON.stringify({...then, rows: slower}));
  const {stdout, status} = await bench('--only', 'succeeds', '--output', inFolder('now.json'), '--compare', file);
  expect(status).toBe(0);
  expect(stdout).toContain('| succeeds | work | 1.50 x | 3.00 x | +100 % | moved |');
  expect(stdout).toContain('| succeeds | memory | 20 MB | 20 MB | 0 % | not moved |');
  expect(stdout).toContain('1 of 2 moved by more than their spread');
});

describe('a comparison', () => {
  const when = {load: 0, at: ''};
  const measured = (rounds: readonly number[], what = 'work', part = 'a') =>
    rowOf(part, {what, measured: rounds, beside: {what: 'bare', measured: rounds.map(() => 10)}}, when);
  const failed = {part: 'a', failed: 'why', ...when};
  const movedOf = (now: readonly Row[], then: readonly Row[]) =>
    compare(now, then).map(({what, moved}) => `${what}: ${moved}`);

  test('takes spreads that touch for the same thing', () => {
    expect(movedOf([measured([18, 20, 26])], [measured([10, 12, 19])])).toEqual(['work: not moved']);
    expect(movedOf([measured([20, 21, 22])], [measured([10, 12, 19])])).toEqual(['work: moved']);
    expect(movedOf([measured([10, 12, 19])], [measured([20, 21, 22])])).toEqual(['work: moved']);
  });

  test('looks at the ratio and not at the figure', () => {
    const onSlowMachine = rowOf('a', {what: 'work', measured: 400, beside: {what: 'bare', measured: 200}}, when);
    const onFastMachine = rowOf('a', {what: 'work', measured: 20, beside: {what: 'bare', measured: 10}}, when);
    expect(movedOf([onSlowMachine], [onFastMachine])).toEqual(['work: not moved']);
  });

  test('says what one of them lacks, and whether its part failed; what was left out has not gone', () => {
    expect(movedOf([measured([1]), measured([1], 'new')], [measured([1]), measured([1], 'old')])).toEqual([
      'work: not moved',
      'new: only here',
      'old: only there',
    ]);
    expect(movedOf([failed], [measured([1])])).toEqual(['work: failed here']);
    expect(movedOf([measured([1])], [failed])).toEqual(['work: failed there']);
    expect(movedOf([measured([1])], [measured([1]), measured([1], 'else', 'b')])).toEqual(['work: not moved']);
  });
});

test('the spread is that of single rounds when they are few, of their quartiles when they are many, never nothing', () => {
  expect(spreadOf([8, 10, 15])).toEqual([8, 15]);
  expect(spreadOf([10, 10, 10])).toEqual([9.5, 10.5]);
  expect(spreadOf([10])).toEqual([8, 12]);
  expect(spreadOf([1, 8, 9, 10, 10, 10, 11, 12, 90])).toEqual([9, 11]);
  expect(median([1, 2, 3, 10])).toBe(2.5);
});

test('what was not measured is no row', () => {
  const when = {load: 0, at: ''};
  expect(() => rowOf('a', {what: 'work', measured: []}, when)).toThrow("'work' was not measured");
  expect(() => rowOf('a', {what: 'work', measured: 1, beside: {what: 'bare', measured: []}}, when)).toThrow(
    "'bare' beside 'work' was not measured",
  );
  expect(() => rowOf('a', {what: 'work', measured: Number.NaN}, when)).toThrow("'work' was not measured");
});
