// How long is the exclusive lock held that keeps readers out, beside the bare statements?

import {change, filled, shipped, type Change} from '../changes.ts';
import type {Part} from '../part.ts';
import {quantile} from '../row.ts';
import type {SampleServer} from '../sample-server.ts';

const GOAL_MS = 15;

/** The bare statements in one transaction: no snapshot, no comparison, nothing put back. */
const bareMs = async (server: SampleServer, runs: number): Promise<readonly number[]> => {
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
  return took;
};

const run: Part['run'] = async ({isQuick, add, note}) => {
  await using server = await filled(3000, note);
  const beside = {what: 'bare DROP and CREATE', measured: await bareMs(server, 20)};
  const rows = (how: string, all: readonly Change[]): void => {
    for (const what of ['apply', 'restore']) {
      const held = all.filter((one) => one.what === what).map(({heldMs}) => heldMs);
      const name = `exclusive lock held by ${what}, ${how}`;
      add({what: `${name}, median`, measured: held, beside, remark: `of ${held.length}`});
      const remark = `at most ${Math.max(...held).toFixed(0)} ms`;
      add({what: `${name}, p99`, measured: quantile(held, 0.99), beside, goal: {value: GOAL_MS}, remark});
    }
  };
  rows('one process', await change(server, isQuick ? 20 : 100));
  const cold: Change[] = [];
  for (let nth = 0; nth < (isQuick ? 3 : 20); nth += 1) cold.push(...(await change(server, 1)));
  rows('a new process each', cold);
};

export const part: Part = {minutes: 3, run};
