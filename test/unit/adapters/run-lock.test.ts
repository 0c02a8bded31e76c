// Does exactly one process at a time write into a run?

import {mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {hostname, tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {holderOf, lockRun} from '../../../src/adapters/run-lock.ts';
import {identifyProcess} from '../../../src/adapters/embedded/processes.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const source = JSON.stringify(new URL('../../../src/adapters/run-lock.ts', import.meta.url).href);

/** Takes the lock when told to on standard input, says what came of it, and holds it until standard input ends. */
const taker = `
  import {lockRun} from ${source};
  process.stdin.setEncoding('utf8');
  console.log('ready');
  for await (const _line of process.stdin) {
    const locked = lockRun(process.argv[1], 'kim', ${JSON.stringify(NOW)});
    console.log(JSON.stringify(locked.ok ? {ok: true} : {ok: false, holder: locked.holder?.process.pid}));
  }
`;

let folder: string;
const children: (() => Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});

afterEach(async () => {
  for (const end of children.splice(0)) await end();
  rmSync(folder, {recursive: true});
});

const spawnTaker = async () => {
  const child = execa(process.execPath, ['--input-type=module', '-e', taker, folder], {stdin: 'pipe', reject: false});
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await child;
  };
  children.push(kill);
  const lines = child.iterable()[Symbol.asyncIterator]();
  const say = async (): Promise<string> => String((await lines.next()).value);
  expect(await say()).toBe('ready');
  return {
    pid: child.pid ?? 0,
    take: async (): Promise<Readonly<{ok: boolean; holder?: number}>> => {
      child.stdin?.write('take\n');
      return JSON.parse(await say()) as Readonly<{ok: boolean; holder?: number}>;
    },
    kill,
  };
};

describe('a run that another process has', () => {
  it('is refused, and its holder is named with pid, host, operator and since when', async () => {
    const other = await spawnTaker();
    expect(await other.take()).toEqual({ok: true});
    const locked = lockRun(folder, 'lee', NOW);
    expect(locked.ok).toBe(false);
    expect(locked.ok ? undefined : holderOf(locked.holder)).toEqual({
      pid: other.pid,
      host: hostname(),
      operator: 'kim',
      since: NOW,
    });
    expect(statSync(join(folder, 'lock.1')).mode & 0o777).toBe(0o600);
  });

  it('is free again when that process lets go of it, and when it was killed', async () => {
    const first = lockRun(folder, 'lee', NOW);
    expect(first.ok).toBe(true);
    expect(lockRun(folder, 'lee', NOW).ok).toBe(false);
    if (first.ok) first.lock.release();
    expect(readdirSync(folder)).toEqual([]);
    const other = await spawnTaker();
    expect(await other.take()).toEqual({ok: true});
    await other.kill();
    const taken = lockRun(folder, 'lee', NOW);
    expect(taken.ok).toBe(true);
    // The dead lock is gone, and the next one bears the next number.
    expect(readdirSync(folder)).toEqual(['lock.2']);
    if (taken.ok) taken.lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a lock whose holder cannot be asked', () => {
  const left = (change: object): void => {
    const process_ = {...identifyProcess(process.pid), ...change};
    writeFileSync(
      join(folder, 'lock.1'),
      JSON.stringify({process: process_, host: hostname(), operator: 'kim', since: NOW}),
    );
  };

  it('is dead when its pid belongs to a process that started at another time', () => {
    left({startedAt: 'long ago/1'});
    expect(lockRun(folder, 'lee', NOW).ok).toBe(true);
  });

  it('holds when it is on another host', () => {
    const self = identifyProcess(process.pid);
    writeFileSync(
      join(folder, 'lock.1'),
      JSON.stringify({process: {...self, startedAt: 'long ago/1'}, host: 'elsewhere', operator: 'kim', since: NOW}),
    );
    expect(lockRun(folder, 'lee', NOW)).toMatchObject({ok: false, holder: {host: 'elsewhere'}});
  });

  it("can be taken over on somebody's word, and is told of it; until that has come about, letting go gives it back", () => {
    left({scope: 'pid:[1]'});
    expect(lockRun(folder, 'lee', NOW)).toMatchObject({ok: false, judged: false});
    const first = lockRun(folder, 'lee', NOW, true);
    if (!first.ok) throw new Error('not taken');
    expect(first.from).toMatchObject({operator: 'kim'});
    first.lock.release();
    expect(lockRun(folder, 'lee', NOW)).toMatchObject({ok: false, holder: {operator: 'kim'}});
    const second = lockRun(folder, 'lee', NOW, true);
    if (!second.ok) throw new Error('not taken');
    second.lock.settle();
    expect(readdirSync(folder)).toEqual(['lock.2']);
    second.lock.release();
    expect(lockRun(folder, 'lee', NOW).ok).toBe(true);
  });

  it('cannot be taken over while it lives here, whoever says so', async () => {
    const other = await spawnTaker();
    expect(await other.take()).toEqual({ok: true});
    expect(lockRun(folder, 'lee', NOW, true)).toMatchObject({ok: false, judged: true, holder: {operator: 'kim'}});
  });

  it('holds when it is in a container that we cannot look into', () => {
    left({startedAt: 'long ago/1', scope: 'pid:[1]'});
    expect(lockRun(folder, 'lee', NOW).ok).toBe(false);
  });
});

describe('two processes that find the same dead holder', () => {
  it('are never both let in, whoever is faster', async () => {
    const takers = await Promise.all([spawnTaker(), spawnTaker(), spawnTaker()]);
    for (let round = 0; round < 40; round += 1) {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      const dead = {pid: 2 ** 22 - 1, startedAt: 'long ago/1', scope: identifyProcess(process.pid)?.scope};
      writeFileSync(
        join(folder, 'lock.7'),
        JSON.stringify({process: dead, host: hostname(), operator: 'kim', since: NOW}),
      );
      const taken = await Promise.all(takers.map((of) => of.take()));
      const winners = takers.filter((_, at) => taken[at]?.ok);
      expect(winners).toHaveLength(1);
      expect(readdirSync(folder)).toEqual(['lock.8']);
      // Whoever lost was told who won.
      for (const of of taken) if (!of.ok) expect(of.holder).toBe(winners[0]?.pid);
    }
  });
});
