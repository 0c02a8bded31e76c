// What becomes of a right that somebody grants while the change is under way? It is kept, or one of the two is told.

import type {Client} from 'pg';
import {describe, expect, test} from 'vitest';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {catalogOf} from '../../support/run.ts';
import {stepsOn} from './support/change.ts';

/** Before every statement of ours, with a grant that commits at once and one that commits later; otherwise one of nine. */
const isLong = process.env['LONG'] !== undefined;

const objects = ['public.attempt'];

const rowType = 'REVOKE USAGE ON TYPE public.attempt FROM PUBLIC;';
const routine = `
  CREATE FUNCTION public.attempt_total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM public.attempt; END;
  REVOKE EXECUTE ON FUNCTION public.attempt_total() FROM PUBLIC;`;
/** Beside views alone, which are looked at in another way, the function that one of the writes is about. */
const extraFor = ({name}: (typeof writes)[number]): string =>
  name === 'on a dependent function' ? `${rowType}${routine}` : rowType;

const script = (definition: string): string =>
  `DROP VIEW public.attempt RESTRICT;\nCREATE VIEW public.attempt AS ${definition.replace(/;$/, '')} LIMIT 10;`;

const writes = [
  {name: 'on the declared view', sql: 'GRANT UPDATE ON public.attempt TO app_reader', kept: 'public.attempt'},
  {name: 'on one of its columns', sql: 'GRANT UPDATE (id) ON public.attempt TO app_reader', kept: 'public.attempt'},
  {
    name: 'on a dependent view',
    sql: 'GRANT UPDATE ON public.attempt_weekly TO app_reader',
    kept: 'public.attempt_weekly',
  },
  {
    name: 'on a dependent function',
    sql: 'GRANT EXECUTE ON FUNCTION public.attempt_total() TO app_reader',
    kept: 'function public.attempt_total()',
  },
  {name: 'on its row type', sql: 'GRANT USAGE ON TYPE public.attempt TO app_reader', kept: 'public.attempt'},
] as const;

const isHeld = async (admin: Client, {name}: (typeof writes)[number]): Promise<boolean> => {
  const asked = {
    'on the declared view': "has_table_privilege('app_reader', 'public.attempt', 'UPDATE')",
    'on one of its columns': "has_column_privilege('app_reader', 'public.attempt', 'id', 'UPDATE')",
    'on a dependent view': "has_table_privilege('app_reader', 'public.attempt_weekly', 'UPDATE')",
    'on its row type': "has_type_privilege('app_reader', 'public.attempt', 'USAGE')",
    'on a dependent function': "has_function_privilege('app_reader', 'public.attempt_total()', 'EXECUTE')",
  }[name];
  const {rows} = await admin.query<{held: boolean}>(`SELECT ${asked} AS held`);
  return rows[0]?.held === true;
};

/** One change with the write begun before its nth statement; says how both ended. Undefined: there is no nth statement. */
const collide = async (
  database: TestDatabase,
  definition: string,
  write: string,
  nth: number,
  commitLater: boolean,
) => {
  const other = await database.connect();
  // 2 s: longer than the change takes, so that a grant that waits for it learns how it ended.
  await other.query("SET lock_timeout = '2s'");
  let granted: Promise<string> | undefined;
  let count = 0;
  const steps = stepsOn(database, objects, async (_sql, when) => {
    if (when === 'before') {
      count += 1;
      if (count !== nth) return;
      const said = other.query(commitLater ? `BEGIN; ${write}` : write).then(() => 'granted', String);
      // It either ends at once or waits for our transaction; then the change goes on without it.
      const first = await Promise.race([
        said,
        new Promise<string>((resolve) => setTimeout(() => resolve('waits'), 60)),
      ]);
      granted = first === 'waits' ? said : Promise.resolve(first);
      if (commitLater && first === 'granted') setTimeout(() => void other.query('COMMIT').catch(() => undefined), 30);
    }
  });
  await steps.snapshot();
  const changed = await steps.apply(script(definition));
  const grant = await granted;
  await other.query(commitLater ? 'COMMIT' : 'SELECT').catch(() => undefined);
  await other.end();
  return grant === undefined ? undefined : {changed: changed.ok ? 'changed' : changed.failure.code, grant};
};

describe('what is done between the look at the catalog and the lock', () => {
  const also = [
    ...writes.map((write) => ({
      ...write,
      check: (admin: Client) => isHeld(admin, write),
      extra: extraFor(write),
    })),
    {
      name: 'a role that has rights is renamed',
      sql: 'ALTER ROLE a_reader RENAME TO b_reader',
      extra: 'CREATE ROLE a_reader; GRANT SELECT ON public.attempt TO a_reader',
      check: async (admin: Client) => {
        const {rows} = await admin.query(`SELECT has_table_privilege('b_reader', 'public.attempt', 'SELECT') AS held`);
        await admin.query('REVOKE ALL ON public.attempt FROM b_reader; DROP ROLE b_reader');
        return rows[0]?.held === true;
      },
    },
    {
      name: 'a type is renamed that a view gives',
      sql: 'ALTER TYPE public.mood RENAME TO humour',
      extra: `CREATE TYPE public.mood AS ENUM ('calm');
        CREATE VIEW public.moods AS SELECT 'calm'::public.mood AS mood, count(*) FROM public.attempt`,
      check: async (admin: Client) => {
        const {rows} = await admin.query(`SELECT pg_get_viewdef('public.moods'::regclass) LIKE '%humour%' AS held`);
        return rows[0]?.held === true;
      },
    },
  ];
  test.for(also)('is kept: $name', async ({sql: write, extra, check}) => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(extra);
    const definition = (await catalogOf(database)).objects[0]?.definition ?? '';
    let isDone = false;
    const steps = stepsOn(database, objects, async (sql, when) => {
      if (when !== 'before' || isDone || !/^ALTER VIEW .* SET SCHEMA /m.test(sql)) return;
      isDone = true;
      await admin.query(write);
    });
    await steps.snapshot();
    const changed = await steps.apply(script(definition));
    expect(isDone).toBe(true);
    expect(changed).toMatchObject({ok: false, failure: {code: 'snapshot-stale'}});
    expect(await check(admin)).toBe(true);
  });
});

describe('a right that is granted in the middle of a change', () => {
  test.for(writes)('is never lost without a word: $name', {timeout: 600_000}, async (write) => {
    const outcomes: string[] = [];
    for (const commitLater of isLong ? [false, true] : [false]) {
      await using database = await createTestDatabase();
      const admin = await database.connect();
      await admin.query(extraFor(write));
      const definition = (await catalogOf(database)).objects[0]?.definition ?? '';
      const revoke = write.sql.replace('GRANT', 'REVOKE').replace(' TO ', ' FROM ');
      for (let nth = 1; ; nth += isLong ? 1 : 9) {
        const ended = await collide(database, definition, write.sql, nth, commitLater);
        if (ended === undefined) break;
        const held = await isHeld(admin, write);
        outcomes.push(
          `${ended.changed}, ${ended.grant === 'granted' ? 'granted' : 'grant refused'}, ${held ? 'held' : 'not held'}`,
        );
        // The one who granted was told that it was done: then it must hold, whatever became of the change.
        if (ended.grant === 'granted') expect(held, `statement ${nth}, ${JSON.stringify(ended)}`).toBe(true);
        await admin.query(revoke);
      }
    }
    const counted = [...new Set(outcomes)].map(
      (outcome) => `${outcomes.filter((other) => other === outcome).length} x ${outcome}`,
    );
    process.stdout.write(`${write.name}: ${counted.join('; ')}\n`);
    expect(outcomes.some((outcome) => outcome.startsWith('snapshot-stale'))).toBe(true);
    expect(outcomes.some((outcome) => outcome.includes('grant refused'))).toBe(true);
  });
});
