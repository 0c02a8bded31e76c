// How long does a snapshot of the view take among many others? It is taken again under the exclusive lock.

import {catalogSql} from '../../../src/catalog/capture-sql.ts';
import {filled} from '../changes.ts';
import type {Part} from '../part.ts';
import {timedQuery} from '../program.ts';

/** 10 ms of the 50 ms that the lock may be held. */
const GOAL_MS = 10;
const ROUNDS = 41;

const run: Part['run'] = async ({add, isQuick, note}) => {
  await using server = await filled(400, note);
  const client = await server.connect();
  const views = isQuick ? 50 : 500;
  await client.query(`DO $do$ BEGIN FOR i IN 1..${views} LOOP
    EXECUTE format('CREATE VIEW public.other_%s AS SELECT id, session_id, status FROM public.exam_results WHERE org_id = %s', i, i);
  END LOOP; END $do$;
  CREATE FUNCTION public.attempt_total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM public.attempt; END`);
  await client.query('ANALYZE pg_class, pg_depend, pg_rewrite, pg_attribute');
  // As every session of the tool.
  await client.query('SET jit = off');
  // As under the lock: planned before, which is most of what it costs.
  await client.query(`PREPARE look AS ${catalogSql(['public.attempt'])}`);
  await client.query(`PREPARE least AS SELECT count(*) FROM pg_class`);
  const measured: number[] = [];
  const least: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    measured.push(await timedQuery(client, 'EXECUTE look'));
    least.push(await timedQuery(client, 'EXECUTE least'));
  }
  add({
    what: `a snapshot among ${views} views`,
    measured,
    beside: {what: 'count(*) of pg_class', measured: least},
    goal: {value: GOAL_MS},
    remark: `median of ${ROUNDS}, planned before`,
  });
  await client.end();
};

export const part: Part = {minutes: 1, run};
