// Is what stands in strings, names, bodies and comments never taken for a statement, and a statement never for those?

import {describe, expect, it} from 'vitest';

import {sqlProblems} from '../../../src/runbook/sql-problems.ts';
import {statementsOf} from '../../../src/runbook/sql-statements.ts';
import {tokenize} from '../../../src/core/sql-tokens.ts';
import {bytes} from './fixtures.ts';

const found = (sql: string, oneStatement = false): readonly string[] =>
  sqlProblems('sql/x.sql', bytes(sql), {oneStatement}).map(({line, column, code}) => `${line}:${column} ${code}`);

const heads = (sql: string): readonly string[] => statementsOf(tokenize(sql).tokens).map(([first]) => first.text);

describe('tokens', () => {
  const same: readonly (readonly [string, string, readonly string[]])[] = [
    ['a doubled quote', "select 'it''s; x'; select 1", ['select', 'select']],
    ['a backslash in a plain string', String.raw`select 'a\'; commit`, ['select', 'commit']],
    ['a backslash in an escape string', String.raw`select E'a\'; commit'; select 2`, ['select', 'select']],
    ['an escape string that goes on in the next line', "select E'a'\n  '\\'; commit'; select 2", ['select', 'select']],
    ['a doubled quote in an escape string', String.raw`select E'a''\'; commit'; select 2`, ['select', 'select']],
    ['a plain string and another one in the same line', String.raw`select 'a' '\'; commit`, ['select', 'commit']],
    ['a name that ends in e before a string', String.raw`select likee'\'; commit`, ['select', 'commit']],
    ['a quoted name with a semicolon', 'select "a;""b;"; commit', ['select', 'commit']],
    ['a unicode name', 'select U&"\\0041;b" from t; commit', ['select', 'commit']],
    ['a bit string', "select b'01', x'ff', n'a;b'; commit", ['select', 'commit']],
    ['a dollar string', 'do $$ begin; commit; end $$; select 1', ['do', 'select']],
    ['a dollar string with a tag and another inside', 'do $a$ $$;$b$;$$ commit; $a$; select 1', ['do', 'select']],
    ['a dollar inside of a name', 'select a$b$ from t; select c$b$ from t; commit', ['select', 'select', 'commit']],
    ['a parameter', 'select $1; commit', ['select', 'commit']],
    ['a line comment', "select 1 -- '; commit\n; commit", ['select', 'commit']],
    ['a nested comment', "/* ' /* ; commit; */ ; commit; */ select 1", ['select']],
    ['a comment sign in a string', "select '--'; select '/*'; commit", ['select', 'select', 'commit']],
    ['Hangul names', 'select 이름 from 학생; commit', ['select', 'commit']],
    [
      'a rule with two actions',
      'create rule r as on insert to t do (insert into a values (1); delete from b); select 1',
      ['create', 'select'],
    ],
    [
      'a routine of SQL statements',
      'create function f() returns int begin atomic select case when true then 1 end; select 2; end; commit',
      ['create', 'commit'],
    ],
    ['empty statements', ';;select 1;;', ['select']],
  ];
  for (const [name, sql, expected] of same) it(name, () => expect(heads(sql)).toEqual(expected));

  it('know where they stand', () => {
    expect(tokenize('a  "B"\n1').tokens).toEqual([
      {kind: 'word', text: 'a', offset: 0},
      {kind: 'identifier', text: '"B"', offset: 3},
      {kind: 'number', text: '1', offset: 7},
    ]);
  });
});

describe('problems', () => {
  const bad: readonly (readonly [string, string, readonly string[]])[] = [
    ['begin', 'begin; select 1', ['1:1 sql-transaction-control']],
    ['a commit in the third line', 'select 1;\n\n  COMMIT;', ['3:3 sql-transaction-control']],
    ['start transaction', 'start transaction', ['1:1 sql-transaction-control']],
    [
      'end, abort, savepoint, release',
      'end; abort; savepoint a; release a',
      ['1:1', '1:6', '1:13', '1:26'].map((at) => `${at} sql-transaction-control`),
    ],
    [
      'prepare transaction, not prepare',
      "prepare p as select 1; prepare transaction 'x'",
      ['1:24 sql-transaction-control'],
    ],
    ['set transaction, not set', "set transaction read only; set search_path = ''", ['1:1 sql-transaction-control']],
    ['a psql command', 'select 1;\n\\i other.sql\n', ['2:1 sql-meta-command']],
    ['a psql command behind a statement', 'select 1 \\gexec', ['1:10 sql-meta-command']],
    ['nothing but a comment', '-- later\n', ['1:1 sql-empty']],
    ['nothing', '', ['1:1 sql-empty']],
    ['an open string', "select 1;\nselect 'a", ['2:8 sql-unterminated']],
    ['an open comment', 'select 1; /* /* */ commit;', ['1:11 sql-unterminated']],
    ['an open name', 'select "a', ['1:8 sql-unterminated']],
    ['an open dollar string', 'do $x$ begin', ['1:4 sql-unterminated']],
    ['a bidi control in a comment', 'select 1; -- \u202e', ['1:14 hidden-character']],
    [
      'a byte order mark, and what hides behind it',
      '\ufeffbegin',
      ['1:1 byte-order-mark', '1:2 sql-transaction-control'],
    ],
  ];
  for (const [name, sql, expected] of bad) it(name, () => expect(found(sql)).toEqual(expected));

  const good: readonly (readonly [string, string])[] = [
    ['a commit inside of a body', 'do $$ begin commit; end $$'],
    ['tabs and CR LF, which are the editor of the DBA', 'select\t1;\r\nselect 2;\r\n'],
    ['decomposed text, which may be data', "select '\u1100\u1161'"],
    ['an operator that looks like a comment to nobody', 'select 1 - -1, 2 / * from t'],
  ];
  for (const [name, sql] of good) it(`none: ${name}`, () => expect(found(sql)).toEqual([]));

  it('sees a second statement where one is expected', () => {
    expect(found('select 1;', true)).toEqual([]);
    expect(found('select 1;\nselect 2', true)).toEqual(['2:1 sql-several-statements']);
  });

  it('says where the first byte is that is not UTF-8', () => {
    const broken = new Uint8Array([...bytes("select '가\n"), 0xb0, 0xa1]);
    expect(sqlProblems('sql/x.sql', broken, {oneStatement: false})).toMatchObject([
      {code: 'not-utf8', line: 2, column: 1},
    ]);
  });
});
