// Do the data contract and the view say the same of a stored result: that V1 reads it, or that it cannot?

import type {Client} from 'pg';
import {diceOf, malformedResult, type StoredResult} from './malformed.ts';

const REPEATED = 'question_id stands twice in one result, so two rows get one id';

/** Every column of every row; a look at one student, whose condition goes down to the table, must not fail either. */
const READ = `SELECT count(a.id), count(a.student_id), count(a.item_id), count(a.correct), count(a.response_time_ms),
  count(a.hint_used), count(a.attempt_no), count(a.started_at), count(a.completed_at), count(a.session_id),
  count(a.topic_id), count(a.id) <> count(DISTINCT a.id) AS repeated FROM public.attempt AS a`;
const READ_ONE = `${READ} WHERE a.student_id = '00000000-0000-0000-0000-000000000001'`;

type Judged = StoredResult & Readonly<{id: string; error: string | undefined; repeated: boolean}>;

export type Agreement = Readonly<{
  stored: number;
  /** What the server does not take as jsonb or timestamptz at all. */
  unstorable: number;
  failing: number;
  repeated: number;
  /** The view fails, the preflight found nothing; and the other way round. */
  missed: readonly string[];
  wronglyFound: readonly string[];
}>;

const described = ({id, userId, json, completedAt, error}: Judged, rules: readonly string[]): string =>
  JSON.stringify({
    id,
    userId,
    json: json.length > 400 ? `${json.slice(0, 200)}… ${json.length}` : json,
    completedAt,
    error,
    rules,
  });

const outcome = async (client: Client, name: string, text: string) => {
  try {
    const {rows} = await client.query<{repeated: boolean}>({name, text});
    return {repeated: rows[0]?.repeated === true};
  } catch (error) {
    return {error: error instanceof Error ? error.message : String(error), repeated: false};
  }
};

/** Puts one result after the other into an otherwise empty table, and reads the view. */
const viewOutcomes = async (client: Client, seed: number, count: number) => {
  const dice = diceOf(seed);
  const judged: Judged[] = [];
  let unstorable = 0;
  await client.query(`TRUNCATE public.exam_results; DROP INDEX IF EXISTS public.ix_exam_results_result_json;
    ALTER TABLE public.exam_results ALTER COLUMN updated_at DROP NOT NULL, ALTER COLUMN created_at DROP NOT NULL;
    CREATE TABLE public.kept (LIKE public.exam_results);
    INSERT INTO public.exam_results (session_id, result_json) VALUES ('the only one', '{}')`);
  const put = `WITH one AS (
      UPDATE public.exam_results SET id = $1::uuid, session_id = $1::uuid::text, user_id = $2::text, result_json = $3::jsonb,
        created_at = $4::timestamptz, updated_at = $4::timestamptz RETURNING *
    ) INSERT INTO public.kept SELECT * FROM one`;
  for (let at = 0; at < count; at += 1) {
    const result = malformedResult(dice);
    const id = `00000000-0000-0000-0000-${String(at).padStart(12, '0')}`;
    try {
      await client.query({name: 'put', text: put, values: [id, result.userId, result.json, result.completedAt]});
    } catch (error) {
      // Class 22: data that jsonb or timestamptz does not take. Anything else is a mistake of this file.
      if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('22'))) throw error;
      unstorable += 1;
      continue;
    }
    const all = await outcome(client, 'read', READ);
    const one = await outcome(client, 'read one', READ_ONE);
    judged.push({...result, id, error: all.error ?? one.error, repeated: all.repeated});
  }
  return {judged, unstorable};
};

/** The rules that found something, for each result. */
const findings = async (client: Client, preflight: string): Promise<ReadonlyMap<string, readonly string[]>> => {
  await client.query('TRUNCATE public.exam_results; INSERT INTO public.exam_results SELECT * FROM public.kept');
  // The shipped file names three examples of each rule; here it names all of them.
  const naming = preflight.replace('f.place <= 3', 'f.place > 0');
  if (naming === preflight) throw new Error('the preflight does not name its examples as expected');
  const {rows} = await client.query<{rule: string; sample: string}>(naming);
  const found = new Map<string, string[]>();
  for (const {rule, sample} of rows) {
    for (const example of sample.split(', ')) {
      const id = example.split('#')[0] ?? '';
      found.set(id, [...(found.get(id) ?? []), rule]);
    }
  }
  return found;
};

/** @param client a session on a database of its own, with the sample's table and V1. */
export const agreement = async (client: Client, preflight: string, seed: number, count: number): Promise<Agreement> => {
  const {judged, unstorable} = await viewOutcomes(client, seed, count);
  const found = await findings(client, preflight);
  const rulesOf = ({id}: Judged): readonly string[] => found.get(id) ?? [];
  const breaking = (one: Judged): boolean => rulesOf(one).some((rule) => rule !== REPEATED);
  const isRepeated = (one: Judged): boolean => rulesOf(one).includes(REPEATED);
  const failing = judged.filter(({error}) => error !== undefined);
  const readable = judged.filter(({error}) => error === undefined);
  const tell = (all: readonly Judged[]): readonly string[] => all.map((one) => described(one, rulesOf(one)));
  return {
    stored: judged.length,
    unstorable,
    failing: failing.length,
    repeated: readable.filter(({repeated}) => repeated).length,
    missed: tell([
      ...failing.filter((one) => !breaking(one)),
      ...readable.filter((one) => one.repeated && !isRepeated(one)),
    ]),
    wronglyFound: tell([...readable.filter(breaking), ...readable.filter((one) => !one.repeated && isRepeated(one))]),
  };
};
