// Does the prediction for CREATE OR REPLACE VIEW agree with the server, and is what it silently loses put back?

import {describe, expect, test} from 'vitest';
import {replacePrediction} from '../../../src/catalog/replace.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {catalogOf} from '../../support/run.ts';
import {stepsOn} from './support/change.ts';

type Column = Readonly<{name: string; type: string}>;

const kinds: readonly Column[] = [
  {name: 'id', type: 'bigint'},
  {name: 'id', type: 'integer'},
  {name: 'score', type: 'numeric(8,2)'},
  {name: 'score', type: 'numeric'},
  {name: 'label', type: 'character varying(10)'},
  {name: 'label', type: 'text'},
  {name: '이름 "x"', type: 'text'},
];

/** Every list of up to three columns with different names, and the empty one. */
const lists = (): readonly (readonly Column[])[] => {
  const longer = (list: readonly Column[]): readonly (readonly Column[])[] =>
    kinds.filter(({name}) => list.every((other) => other.name !== name)).map((kind) => [...list, kind]);
  const [one, two] = [longer([]), longer([]).flatMap(longer)];
  return [[], ...one, ...two, ...two.flatMap(longer).filter((_, at) => at % 7 === 0)];
};

const select = (columns: readonly Column[]): string =>
  `SELECT ${columns.map(({name, type}) => `NULL::${type} AS "${name.replaceAll('"', '""')}"`).join(', ')}`;

const said: Readonly<Record<string, RegExp>> = {
  dropped: /^cannot drop columns from view/,
  name: /^cannot change name of view column/,
  type: /^cannot change data type of view column/,
};

describe('CREATE OR REPLACE VIEW', () => {
  test('is possible exactly when predicted, and the server names the same reason and column', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await database.connect();
    const all = lists();
    let compared = 0;
    for (const before of all) {
      await admin.query(`DROP VIEW IF EXISTS public.v; CREATE VIEW public.v AS ${select(before)}`);
      for (const after of all.filter((_, at) => (at + before.length) % 2 === 0 || at < 20)) {
        const predicted = replacePrediction(before, after);
        const refusal = await admin.query(`BEGIN; CREATE OR REPLACE VIEW public.v AS ${select(after)}`).then(
          () => undefined,
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
        await admin.query('ROLLBACK');
        compared += 1;
        if (predicted.possible) {
          expect(refusal, `${select(before)} -> ${select(after)}`).toBeUndefined();
          continue;
        }
        expect(refusal, `${select(before)} -> ${select(after)}`).toMatch(said[predicted.because] ?? /^$/);
        if (predicted.because !== 'dropped') expect(refusal).toContain(`"${predicted.column}"`);
      }
    }
    expect(compared).toBeGreaterThan(500);
  });

  test('loses security_barrier by itself, and not in a change of ours', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query('ALTER VIEW public.attempt SET (security_barrier = true, security_invoker = true)');
    const before = await catalogOf(database);
    const replaced = `CREATE OR REPLACE VIEW public.attempt AS ${(before.objects[0]?.definition ?? '').replace(/;$/, '')} LIMIT 10`;

    await admin.query('BEGIN');
    await admin.query(replaced);
    const {rows} = await admin.query("SELECT reloptions FROM pg_class WHERE oid = 'public.attempt'::regclass");
    expect(rows).toEqual([{reloptions: null}]);
    await admin.query('ROLLBACK');

    const steps = stepsOn(database, ['public.attempt']);
    await steps.snapshot();
    expect(await steps.apply(replaced)).toMatchObject({
      ok: true,
      value: {changes: [{object: 'public.attempt', aspect: 'definition'}]},
    });
    expect((await catalogOf(database)).objects[0]?.options).toEqual(['security_barrier=true', 'security_invoker=true']);
  });
});
