// What does the change cost those who read meanwhile, and what does the preflight cost beside what it protects?

import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import type {Client} from 'pg';
import {startReaders} from '../support/readers.ts';
import {startSampleServer, type SampleServer} from './sample-server.ts';

export type Figures = Readonly<{
  isQuick: boolean;
  note: (text: string) => void;
  add: (what: string, measured: number, peer: number, peerName: string, remark?: string) => void;
}>;

type Change = Readonly<{what: string; waitedMs: number; heldMs: number; tookMs: number}>;

const LOCK_TIMEOUT_MS = 150;
const GOAL_MS = LOCK_TIMEOUT_MS + 50;

const shipped = (path: string): string =>
  readFileSync(new URL(`../../sql/attempt-view-v1-lock/${path}`, import.meta.url), 'utf8');
const plain = readFileSync(new URL('../fixtures/attempt-v1-plain.sql', import.meta.url), 'utf8');

const at = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};

/** Changes the view and changes it back in a process of its own. */
const change = async (server: SampleServer, pairs: number): Promise<readonly Change[]> => {
  const entry = fileURLToPath(new URL('entry/change.ts', import.meta.url));
  const {stdout} = await promisify(execFile)(process.execPath, [entry, server.url, `${pairs}`]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Change);
};

/** The bare statements in one transaction: no snapshot, no comparison, nothing put back. */
const bareMs = async (server: SampleServer, runs: number): Promise<number> => {
  const client = await server.connect();
  const took: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await client.query('BEGIN; DROP VIEW public.attempt_weekly, public.attempt_topic');
    const before = performance.now();
    await client.query(shipped('apply/010_attempt_v1.sql'));
    took.push(performance.now() - before);
    await client.query('ROLLBACK');
  }
  await client.end();
  return at(took, 0.5);
};

const lockRows = async (server: SampleServer, {add, isQuick}: Figures): Promise<void> => {
  const bare = await bareMs(server, 20);
  const rows = (how: string, all: readonly Change[]): void => {
    for (const what of ['apply', 'restore']) {
      const held = all.filter((one) => one.what === what).map(({heldMs}) => heldMs);
      const [p50, p99, most] = [at(held, 0.5), at(held, 0.99), Math.max(...held)].map((one) => `${one.toFixed(0)} ms`);
      add(
        `exclusive lock held by ${what}, ${how}, median`,
        at(held, 0.5),
        bare,
        'bare DROP and CREATE',
        `p50 ${p50}, p99 ${p99}, most ${most} of ${held.length}; goal 50 ms at p99`,
      );
    }
  };
  rows('one process', await change(server, isQuick ? 20 : 100));
  const cold: Change[] = [];
  for (let nth = 0; nth < (isQuick ? 3 : 20); nth += 1) cold.push(...(await change(server, 1)));
  rows('a new process each', cold);
};

const waits = async (client: Client, condition: string): Promise<void> => {
  for (;;) {
    const {rowCount} = await client.query(`SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
      WHERE l.relation = 'public.attempt'::regclass AND l.granted AND ${condition}`);
    if (rowCount !== 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const readerRows = async (server: SampleServer, {add}: Figures): Promise<void> => {
  const row = async (what: string, act: () => Promise<readonly Change[]>): Promise<void> => {
    const readers = await startReaders(server.url);
    const changes = await act();
    const {reads, longestMs, medianMs, errors} = await readers.stop();
    const slowest = Math.max(...changes.map(({tookMs}) => tookMs));
    add(
      `longest wait of 20 readers, ${what}`,
      longestMs,
      GOAL_MS,
      'lock_timeout + 50 ms',
      `${reads} reads, median ${medianMs.toFixed(1)} ms, ${errors.length} errors, the change took ${slowest.toFixed(0)} ms`,
    );
  };
  await row('10 changes and ways back', () => change(server, 10));
  const holder = await server.connect();
  await row('beside a reader of 4 s', async () => {
    await holder.query('BEGIN; SELECT FROM public.attempt LIMIT 0');
    const ended = new Promise((resolve) => setTimeout(resolve, 4000)).then(() => holder.query('COMMIT'));
    const changes = await change(server, 1);
    await ended;
    return changes;
  });
  await row('beside a pg_dump', async () => {
    const dump = spawn('pg_dump', ['--format=custom', '--compress=9', '--file=/dev/null', ...server.target]);
    const ended = once(dump, 'exit');
    await waits(holder, "a.application_name = 'pg_dump'");
    const changes = await change(server, 1);
    await ended;
    return changes;
  });
  await holder.end();
};

const filled = (results: number, {note}: Figures): Promise<SampleServer> => {
  note(`filling a server with ${results} results`);
  return startSampleServer(results);
};

export const lockHeld = async (figures: Figures): Promise<void> => {
  await using server = await filled(3000, figures);
  await lockRows(server, figures);
};

/** So many results that a pg_dump takes seconds. */
export const readersWait = async (figures: Figures): Promise<void> => {
  await using server = await filled(figures.isQuick ? 3000 : 60_000, figures);
  await readerRows(server, figures);
};

/** The preflight reads what the view reads, and casts nothing that it has not looked at. */
export const dataContract = async (figures: Figures): Promise<void> => {
  const {add, isQuick} = figures;
  for (const results of isQuick ? [3000] : [10_000, 100_000]) {
    await using server = await filled(results, figures);
    const client = await server.connect();
    await client.query(
      `ALTER VIEW public.attempt RENAME TO attempt_v0; ${plain}; ${shipped('apply/010_attempt_v1.sql')}`,
    );
    const median = async (sql: string): Promise<number> => {
      const took: number[] = [];
      for (let run = 0; run < 3; run += 1) {
        const before = performance.now();
        await client.query(sql);
        took.push(performance.now() - before);
      }
      return at(took, 0.5);
    };
    const preflight = await median(shipped('preflight/010_data_contract.sql'));
    const name = `data contract over ${results.toLocaleString('en')} results`;
    add(name, preflight, await median('SELECT count(*) FROM public.attempt_v0'), 'count(*) on V0');
    add(name, preflight, await median('SELECT count(*) FROM public.attempt_v1_plain'), 'count(*) on the plain V1');
    add(name, preflight, await median('SELECT count(*) FROM public.attempt'), 'count(*) on V1 as shipped');
    const every = shipped('smoke/010_row_count.sql');
    add(name, preflight, await median(every), 'every column of V1 as shipped', 'smoke check row-count');
    await client.end();
  }
};
