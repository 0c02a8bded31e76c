// Do checks that share queries become one statement that says the same, and do the others stay as they are?

import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {loadSqlParser} from '../../../src/adapters/sql-parser.ts';
import type {Of} from '../../../src/core/definition.ts';
import {composed, leadingQueries, sentBy, sharedParts} from '../../../src/steps/shared-read.ts';
import {outlineOf} from '../../../src/steps/registry.ts';
import {load, root, shipped} from '../runbook/fixtures.ts';

const parser = await loadSqlParser();

const smokeOf = (): Of<'smoke'> => {
  const loaded = load(shipped());
  const step = loaded.ok ? loaded.runbook.steps.find(({kind}) => kind === 'smoke') : undefined;
  if (step?.kind !== 'smoke') throw new Error('the shipped runbook has no smoke step');
  return step;
};
const step = smokeOf();
const text = (file: string): string => readFileSync(`${root}/sql/attempt-view-v1-lock/${file}`, 'utf8');

const title = {en: 'a', ko: '가'};
const check = (id: string) => ({id, title, sql: `${id}.sql`, shares: 'both'});

describe('the queries that a file begins with', () => {
  test.each([
    ['one, told by its parentheses', 'WITH a AS (SELECT \')\' AS "(") SELECT 1', ['a']],
    [
      'with columns, and how to keep them',
      'with a (x, y) as not materialized (select (1), 2), B AS (select 3) select',
      ['a', 'b'],
    ],
    [
      'between comments',
      '-- ), c AS (\nWITH a AS (\n  SELECT 1 -- )\n) /* , c AS () */ , b AS (SELECT $$)$$) SELECT',
      ['a', 'b'],
    ],
    ['none', 'SELECT 1', undefined],
    ['recursive ones, which mean more than their text', 'WITH RECURSIVE a AS (SELECT 1) SELECT', undefined],
  ])('%s', (_name, sql, names) => {
    expect(leadingQueries(sql)?.queries.map(({name}) => name)).toEqual(names);
  });

  test('are cut off where the file goes on by itself', () => {
    const sql = '-- Why?\nWITH a AS (\n  SELECT 1\n) -- kept\n, b AS (SELECT 2)\nSELECT * FROM a, b; -- end\n';
    expect(sharedParts(sql, ['a'])).toEqual({
      head: '-- Why?',
      shared: 'WITH a AS (\n  SELECT 1\n)',
      own: 'WITH b AS (SELECT 2)\nSELECT * FROM a, b',
    });
    expect(sharedParts(sql, ['a', 'b'])?.own).toBe('SELECT * FROM a, b');
    expect(sharedParts(sql, ['b'])).toBeUndefined();
    expect(sharedParts(sql, ['a', 'b', 'c'])).toBeUndefined();
  });
});

describe('a shared read', () => {
  const read = {id: 'both', with: ['a']};
  const texts: Readonly<Record<string, string>> = {
    'one.sql': '-- One?\nWITH a AS (SELECT 1 AS x)\nSELECT x = 1 AS ok, 1 AS rows, NULL AS observed FROM a;\n',
    'two.sql':
      'WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a)\nSELECT true AS ok, 2 AS rows, x::text AS observed FROM b -- end',
    'other.sql': 'WITH a AS (SELECT 1 AS y)\nSELECT true AS ok, 2 AS rows, y::text AS observed FROM a',
  };
  const sql = (file: string): string => texts[file] ?? '';

  test('is written once, with the own part of each check under the name of its file', () => {
    expect(
      composed(read, [check('one'), check('two')], sql),
    ).toBe(`-- 2 checks in one statement. If the server refuses it, each file runs alone.
WITH a AS (SELECT 1 AS x)
-- one.sql
-- One?
SELECT 'one' AS id, c.ok, c.rows, c.observed FROM (
SELECT x = 1 AS ok, 1 AS rows, NULL AS observed FROM a
) AS c

UNION ALL

-- two.sql
SELECT 'two' AS id, c.ok, c.rows, c.observed FROM (
WITH b AS (SELECT x FROM a)
SELECT true AS ok, 2 AS rows, x::text AS observed FROM b -- end
) AS c`);
  });

  test('is none where one file differs', () => {
    expect(composed(read, [check('one'), check('other')], sql)).toBeUndefined();
  });

  test('of the shipped runbook is one statement to PostgreSQL, and so is each of its files', () => {
    const reads = sentBy(step).flatMap((sent) => (sent.how === 'together' ? [sent] : []));
    expect(reads.map(({read: {id}, checks}) => [id, checks.length])).toEqual([
      ['every-row', 3],
      ['newest-results', 11],
    ]);
    for (const {read: of, checks} of reads) {
      const statement = composed(of, checks, text) ?? '';
      const shared = sharedParts(text(checks[0]?.sql ?? ''), of.with)?.shared ?? '-';
      expect(statement.split(shared)).toHaveLength(2);
      for (const each of [statement, ...checks.map((one) => text(one.sql))]) {
        expect(parser.parse(each)).toMatchObject({ok: true, statements: {length: 1}});
      }
    }
  });
});

describe('what a smoke step shows beforehand', () => {
  test('is what it sends: each shared read where its first check stands, and the other checks alone', () => {
    const parts = outlineOf(step, text);
    expect(parts.map(({title: shown}) => shown.split(' ')[0])).toEqual([
      'every-row:',
      'newest-results:',
      'smoke/030_columns.sql',
      'smoke/170_attempt_no.sql',
    ]);
    for (const sent of sentBy(step)) {
      const shown = parts.map((part) => part.text);
      if (sent.how === 'alone') expect(shown).toContain(text(sent.check.sql));
      else expect(shown).toContain(composed(sent.read, sent.checks, text));
    }
    const named = parts.map((part) => part.title).join();
    expect(step.checks.filter(({sql: file}) => !named.includes(file))).toEqual([]);
  });

  test('is titled the same in a receipt, which has no texts', () => {
    expect(outlineOf(step, () => '').map((part) => part.title)).toEqual(
      outlineOf(step, text).map((part) => part.title),
    );
  });

  test('leaves a check alone that nobody shares with any more', () => {
    const fewer = {...step, checks: step.checks.filter(({id}) => id === 'row-count' || id === 'columns')};
    expect(sentBy(fewer).map(({how}) => how)).toEqual(['alone', 'alone']);
  });
});
