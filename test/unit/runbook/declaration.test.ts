// Is everything that a script changes and the runbook does not declare named with the line to add?

import {describe, expect, test} from 'vitest';
import {loadSqlParser} from '../../../src/adapters/sql-parser.ts';
import {declarationProblems} from '../../../src/runbook/effects/declaration.ts';
import {scriptEffects} from '../../../src/runbook/effects/script-effects.ts';
import type {Salvaged} from '../../../src/runbook/salvage.ts';

const parser = await loadSqlParser();

const problems = (sql: string, transaction: 'whole' | 'none' = 'whole') => {
  const step = {id: 'apply', kind: 'migration', migrator: 'sql', transaction, apply: ['a.sql']};
  const salvaged = {
    objects: [{path: [], value: 's.v'}],
    tables: [{path: [], value: {name: 's.t'}}],
    steps: [{path: [], value: step}],
  } as unknown as Salvaged;
  return declarationProblems(parser, new Map([['sql/a.sql', sql]]), salvaged).map((one) =>
    one.code === 'sql-not-declared' ? `${one.line}:${one.column} ${one.object} ${one.key}` : `${one.line}:${one.column} ${one.code}`,
  );
};

describe('an object that no line declares', () => {
  test.each([
    ['DROP VIEW s.u; CREATE VIEW s.u AS SELECT 1', ['1:1 s.u objects']],
    ['SELECT 1;\n  -- of old\n  CREATE OR REPLACE VIEW s.u AS SELECT 1', ['3:3 s.u objects']],
    ['GRANT SELECT ON s.v, s.u TO x; REVOKE ALL ON s.u FROM y', ['1:1 s.u objects']],
    ["COMMENT ON VIEW s.u IS 'x'", ['1:1 s.u objects']],
    ["COMMENT ON COLUMN s.u.a IS 'x'", ['1:1 s.u objects']],
    ['ALTER VIEW s.u OWNER TO x', ['1:1 s.u objects']],
    ['DROP MATERIALIZED VIEW s.m', ['1:1 s.m objects']],
    ['ALTER TABLE s.other ADD COLUMN a int', ['1:1 s.other tables']],
    ['DO $$ BEGIN\n DROP VIEW s.u; END $$', ['1:1 s.u objects']],
    ["DO $$ BEGIN EXECUTE 'DROP VIEW s.u'; END $$", []],
    ['ALTER VIEW s.v RENAME TO old', ['1:1 s.old objects']],
    ['ALTER VIEW s.v SET SCHEMA z', ['1:1 z.v objects']],
    // Declared, counted, or newly made by the script.
    ['DROP VIEW s.v; CREATE VIEW s.v AS SELECT 1; GRANT SELECT ON s.v TO x', []],
    ['ALTER TABLE s.t ADD COLUMN a int; GRANT SELECT ON s.t TO x; CREATE INDEX i ON s.other (a)', []],
    ['CREATE VIEW s.n AS SELECT 1; GRANT SELECT ON s.n TO x; COMMENT ON VIEW s.n IS $$x$$', []],
    ['CREATE TABLE s.n (id int); ALTER TABLE s.n ADD COLUMN a int', []],
    ['CREATE TEMP TABLE n (id int); ALTER TABLE n ADD COLUMN a int; DROP TABLE n', []],
    ['CREATE TEMP VIEW n AS SELECT 1', []],
  ])('%s', (sql, expected) => expect(problems(sql)).toEqual(expected));

  test('a change of a declared view is refused outside of a transaction; what PostgreSQL wants there is not', () => {
    expect(problems('CREATE OR REPLACE VIEW s.v AS SELECT 1', 'none')).toEqual(['1:1 sql-view-alone']);
    expect(problems('DROP VIEW s.v', 'none')).toEqual(['1:1 sql-view-alone']);
    expect(problems('CREATE INDEX CONCURRENTLY i ON s.v (a)', 'none')).toEqual([]);
    expect(problems('REFRESH MATERIALIZED VIEW CONCURRENTLY s.v', 'none')).toEqual([]);
  });
});

describe('a statement of which nobody can tell what it changes', () => {
  const opaque = (sql: string) => scriptEffects(parser, [{file: 'a.sql', sql}]).opaque.map(({text}) => text);
  test.each([
    ["DO $$ BEGIN EXECUTE 'DROP VIEW s.u'; END $$", true],
    ['DO $$ BEGIN IF EXISTS (SELECT 1 FROM s.t) THEN DROP VIEW s.u; END IF; END $$', false],
    ['DO $$ BEGIN PERFORM s.migrate(); END $$', true],
    ['CALL s.migrate()', true],
    ['SELECT s.migrate()', true],
    ["SELECT pg_catalog.setval('s.q', 1), count(*) FROM s.t", false],
    ['DROP OWNED BY x', true],
    ['DROP VIEW v', true],
    ['UPDATE s.t SET a = s.f(a)', false],
  ])('%s: %s', (sql, expected) => expect(opaque(sql).length > 0).toBe(expected));
});
