// What does the preflight cost beside what it protects? It reads what the view reads, and casts nothing unseen.

import {filled, plain, shipped} from '../changes.ts';
import type {Part} from '../part.ts';
import {timedQuery} from '../program.ts';

const run: Part['run'] = async ({add, isQuick, note}) => {
  for (const results of isQuick ? [3000] : [10_000, 100_000]) {
    await using server = await filled(results, note);
    const client = await server.connect();
    await client.query(
      `ALTER VIEW public.attempt RENAME TO attempt_v0; ${plain}; ${shipped('apply/010_attempt_v1.sql')}`,
    );
    const statements = {
      'count(*) on V0': 'SELECT count(*) FROM public.attempt_v0',
      'count(*) on the plain V1': 'SELECT count(*) FROM public.attempt_v1_plain',
      'count(*) on V1 as shipped': 'SELECT count(*) FROM public.attempt',
      'every column of V1 as shipped': shipped('smoke/010_row_count.sql'),
    };
    const preflight: number[] = [];
    const peers = Object.entries(statements).map(([what, sql]) => ({what, sql, measured: [] as number[]}));
    for (let round = 0; round < 3; round += 1) {
      preflight.push(await timedQuery(client, shipped('preflight/010_data_contract.sql')));
      for (const peer of peers) peer.measured.push(await timedQuery(client, peer.sql));
    }
    for (const {what, measured} of peers)
      add({
        what: `data contract over ${results.toLocaleString('en')} results, beside ${what}`,
        measured: preflight,
        beside: {what, measured},
      });
    await client.end();
  }
};

export const part: Part = {minutes: 4, run};
