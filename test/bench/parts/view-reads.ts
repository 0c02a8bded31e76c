// What does the view cost its readers as it is shipped, beside its plain form?

import {filled, plain, shipped} from '../changes.ts';
import type {Part} from '../part.ts';
import {timedQuery} from '../program.ts';
import {median} from '../row.ts';
import {times} from '../table.ts';

const run: Part['run'] = async ({isQuick, add, note}) => {
  // As many as the shipped sample has: the plain V1 then takes a second or so for a query.
  await using server = await filled(isQuick ? 3000 : 20_000, note);
  const client = await server.connect();
  await client.query('DROP VIEW public.attempt_weekly, public.attempt_topic');
  await client.query(shipped('apply/010_attempt_v1.sql'));
  await client.query(plain);
  await client.query('ANALYZE');
  const queries = {
    'count(*)': 'SELECT count(*) FROM public.attempt AS a',
    'the five newest': 'SELECT a.* FROM public.attempt AS a ORDER BY a.completed_at DESC LIMIT 5',
    'one student': shipped('downstream/050_one_student.sql'),
    'topic aggregation': shipped('downstream/040_topic_dashboard.sql'),
    'KPI backfill of seven days': shipped('downstream/020_kpi_backfill.sql'),
  };
  const compare = async (what: string, query: string): Promise<void> => {
    const bare = query.replaceAll('public.attempt AS', 'public.attempt_v1_plain AS');
    if (bare === query) throw new Error(`${what} does not read the view as expected`);
    const shippedMs: number[] = [];
    const plainMs: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      shippedMs.push(await timedQuery(client, query));
      plainMs.push(await timedQuery(client, bare));
    }
    add({
      what: `V1 read: ${what}`,
      measured: shippedMs,
      beside: {what: 'plain V1', measured: plainMs},
      remark: `${times(median(plainMs) / median(shippedMs))} faster, median of 3`,
    });
  };
  for (const [what, query] of Object.entries(queries)) await compare(what, query);
  await client.query(shipped('apply/030_student_index.sql'));
  await client.query('ANALYZE');
  await compare('one student, with the index', queries['one student']);
  await client.end();
};

export const part: Part = {minutes: 4, run};
