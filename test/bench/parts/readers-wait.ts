// How long does anybody who reads the view wait while it is changed and changed back?

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import type {Client} from 'pg';
import {startReaders} from '../../support/readers.ts';
import {change, filled, type Change} from '../changes.ts';
import type {Part} from '../part.ts';

const LOCK_TIMEOUT_MS = 150;
const GOAL_MS = LOCK_TIMEOUT_MS + 50;

const waits = async (client: Client, condition: string): Promise<void> => {
  for (;;) {
    const {rowCount} = await client.query(`SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
      WHERE l.relation = 'public.attempt'::regclass AND l.granted AND ${condition}`);
    if (rowCount !== 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const run: Part['run'] = async ({isQuick, add, note}) => {
  // So many results that a pg_dump takes seconds.
  await using server = await filled(isQuick ? 3000 : 60_000, note);
  const row = async (what: string, act: () => Promise<readonly Change[]>): Promise<void> => {
    const readers = await startReaders(server.url);
    const changes = await act();
    const {reads, longestMs, medianMs, errors} = await readers.stop();
    const slowest = Math.max(...changes.map(({tookMs}) => tookMs));
    add({
      what: `longest wait of 20 readers, ${what}`,
      measured: longestMs,
      beside: {what: 'lock_timeout + 50 ms', measured: GOAL_MS},
      goal: {value: GOAL_MS},
      remark: `${reads} reads, median ${medianMs.toFixed(1)} ms, ${errors.length} errors, the change took ${slowest.toFixed(0)} ms`,
    });
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

export const part: Part = {minutes: 4, run};
