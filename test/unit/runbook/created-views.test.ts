// Is the query of each view that a script creates found whole, and nothing else?

import {describe, expect, test} from 'vitest';

import {loadSqlParser} from '../../../src/adapters/sql-parser.ts';
import {createdViews} from '../../../src/runbook/created-views.ts';
import {shipped} from './fixtures.ts';

const cases: readonly (readonly [string, string, ReturnType<typeof createdViews>])[] = [
  [
    'a plain one',
    'CREATE VIEW public.a AS SELECT 1 AS one;',
    [{name: 'public.a', replaces: false, columns: [], query: 'SELECT 1 AS one'}],
  ],
  [
    'one that replaces, with options, column names and a check option',
    'create or replace view public."응시" (a, "B") with (security_barrier = true) as select 1, 2 with local check option',
    [{name: 'public.응시', replaces: true, columns: ['a', 'B'], query: 'select 1, 2'}],
  ],
  [
    'a query with its own AS and a string at its end',
    "CREATE VIEW public.a AS WITH w AS (SELECT 'x;' AS s) SELECT w.s || '--' AS t FROM w WHERE s <> 'AS'",
    [
      {
        name: 'public.a',
        replaces: false,
        columns: [],
        query: "WITH w AS (SELECT 'x;' AS s) SELECT w.s || '--' AS t FROM w WHERE s <> 'AS'",
      },
    ],
  ],
  ['two among others', 'DROP VIEW a; CREATE VIEW a AS SELECT 1; COMMENT ON VIEW a IS NULL; CREATE VIEW b AS SELECT 2', [
    {name: 'a', replaces: false, columns: [], query: 'SELECT 1'},
    {name: 'b', replaces: false, columns: [], query: 'SELECT 2'},
  ]],
  ['none: materialised, temporary, recursive, a table', 'CREATE MATERIALIZED VIEW m AS SELECT 1; CREATE TEMP VIEW t AS SELECT 1; CREATE RECURSIVE VIEW r (n) AS SELECT 1; CREATE TABLE x AS SELECT 1', []],
  ['none: broken', 'CREATE VIEW; CREATE VIEW a; CREATE VIEW a AS', []],
];

describe('the views of a script', () => {
  for (const [name, sql, expected] of cases) test(name, () => expect(createdViews(sql)).toEqual(expected));

  test('of the shipped runbook have queries that PostgreSQL can read', async () => {
    const parser = await loadSqlParser();
    const found = [...shipped()].flatMap(([key, bytes]) =>
      key.endsWith('.sql') ? createdViews(new TextDecoder().decode(bytes)) : [],
    );
    expect(found.map(({name}) => name)).toContain('public.attempt');
    for (const {query} of found) expect(parser.parse(`SELECT * FROM (\n${query}\n) AS planned LIMIT 0`)).toMatchObject({ok: true});
  });
});
