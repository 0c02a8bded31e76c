// What does an object get back that CREATE did not make as it makes most?

import {expect, test} from 'vitest';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {catalogOf} from '../../support/run.ts';
import {stepsOn} from './support/change.ts';

const made = async (database: TestDatabase, sql: string) => {
  const admin = await database.connect();
  await admin.query(`CREATE SCHEMA s; CREATE TABLE s.t (id int, a text);
    CREATE VIEW s.v WITH (security_barrier) AS SELECT id, a FROM s.t; CREATE VIEW s.w AS SELECT id FROM s.v;
    CREATE FUNCTION s.f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM s.v; END;
    COMMENT ON VIEW s.v IS 'of v'; COMMENT ON COLUMN s.v.a IS 'of a'; GRANT SELECT (id), UPDATE (a) ON s.v TO app_reader;
    ${sql}`);
  return admin;
};

const ANEW = 'DROP VIEW s.v RESTRICT; CREATE VIEW s.v AS SELECT id, a, 1 AS b FROM s.t;';

/** All that a drop takes, of everything that is not meant by the change. */
const apartFromColumns = (catalog: Awaited<ReturnType<typeof catalogOf>>): string =>
  JSON.stringify(catalog, (key, value: unknown) => (key === 'definition' || key === 'columns' ? undefined : value));

test.for([
  ['grant more than usual', 'ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO app_etl'],
  [
    'give to everybody, and take from the owner of routines',
    `ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT ALL ON TABLES TO PUBLIC;
     ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC, operator`,
  ],
  ['take from the owner', 'ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM operator'],
])('default privileges that %s change nothing of what is put back', async ([, defaults = '']) => {
  await using database = await createTestDatabase();
  const admin = await made(database, 'REVOKE DELETE ON s.w FROM operator');
  await admin.query(defaults);
  const before = await catalogOf(database, ['s.v']);
  const steps = stepsOn(database, ['s.v']);
  await steps.snapshot();
  const changed = await steps.apply(ANEW);
  expect(changed.ok, JSON.stringify(changed)).toBe(true);
  expect(apartFromColumns(await catalogOf(database, ['s.v']))).toBe(apartFromColumns(before));
  const restored = await steps.restore();
  expect(restored.ok, JSON.stringify(restored)).toBe(true);
  expect(await catalogOf(database, ['s.v'])).toEqual(before);
});

test('a script that leaves a column out is told what the column had, and is rolled back', async () => {
  await using database = await createTestDatabase();
  await made(database, '');
  const before = await catalogOf(database, ['s.v']);
  const steps = stepsOn(database, ['s.v']);
  await steps.snapshot();
  const changed = await steps.apply('DROP VIEW s.v RESTRICT; CREATE VIEW s.v AS SELECT id FROM s.t;');
  expect(changed).toMatchObject({ok: false, failure: {code: 'catalog-differs'}});
  expect(await catalogOf(database, ['s.v'])).toEqual(before);
});
