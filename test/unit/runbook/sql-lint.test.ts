// Does each rule find what it is for, at its place, and nothing in files that are as they should be?

import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';

import {loadSqlParser} from '../../../src/adapters/sql-parser.ts';
import {loadRunbook} from '../../../src/runbook/load.ts';
import type {Problem} from '../../../src/runbook/problems.ts';
import type {FileRole} from '../../../src/runbook/referenced-files.ts';
import {judgements} from '../../../src/runbook/sql-allow.ts';
import {lintSql} from '../../../src/runbook/sql-lint.ts';
import {readable, sqlProblems} from '../../../src/runbook/sql-problems.ts';
import {problemText} from '../../../src/ui/text/problem.ts';
import {bytes, changed, line, orders, problemsOf, root, shipped} from './fixtures.ts';

const folder = join(root, 'test/fixtures/lint');
const parser = await loadSqlParser();
const database = {file: 'database.sql', source: readFileSync(join(folder, 'database.sql'), 'utf8')};

/** One file in its role, beside the one that makes the database of the fixtures known. */
const problems = (file: string, content: Uint8Array, role: FileRole): readonly Problem[] => {
  const words = sqlProblems(file, content, {oneStatement: role === 'alone'});
  const source = readable(content, words);
  const own = source === undefined ? [] : [{file, source, roles: new Set([role])}];
  return [...words, ...lintSql(parser, [{...database, roles: new Set(['sample'] as const)}, ...own])];
};

const roles = ['change', 'alone', 'read', 'sample'] as const;

const filesIn = (kind: 'bad' | 'good'): readonly Readonly<{name: string; role: FileRole}>[] =>
  roles.flatMap((role) =>
    readdirSync(join(folder, kind), {encoding: 'utf8'}).includes(role)
      ? readdirSync(join(folder, kind, role)).map((name) => ({name: `${role}/${name}`, role}))
      : [],
  );

const found = (sql: string, role: FileRole = 'change'): readonly string[] =>
  problems('f', bytes(sql), role).map((problem) => line(problem).slice(2));

describe('bad files', () => {
  const all = filesIn('bad');
  const golden = join(folder, 'bad', 'expected.txt');
  const results = new Map(
    all.map(({name, role}) => [name, problems(name, readFileSync(join(folder, 'bad', name)), role)]),
  );

  it('are found out, each at its place', () => {
    const text = [...results.values()].flat().map((problem) => `${line(problem)}\n`).join('');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  it('are none in vain', () => {
    expect(all.length).toBeGreaterThanOrEqual(40);
    expect([...results].filter(([, of]) => of.length === 0).map(([name]) => name)).toEqual([]);
  });

  it('break every rule of the parser at least once', () => {
    const codes = new Set([...results.values()].flat().map(({code}) => code));
    for (const code of [
      'sql-syntax',
      'sql-several-answers',
      'sql-not-in-transaction',
      'sql-write-in-reader',
      'sql-lifts-limit',
      'sql-copy-over-line',
      'sql-index-on-view',
      'sql-lock-on-view',
      'sql-index-blocks-writes',
      'sql-index-may-be-broken',
      'sql-commits-inside',
      'sql-name-not-qualified',
      'sql-cascade',
      'sql-transaction-control',
      'sql-allow-malformed',
      'sql-allow-impossible',
      'sql-allow-unused',
    ])
      expect(codes).toContain(code);
  });
});

describe('good files', () => {
  for (const {name, role} of filesIn('good')) {
    it(name, () => {
      expect(problems(name, readFileSync(join(folder, 'good', name)), role).map(line)).toEqual([]);
    });
  }
});

describe('a place', () => {
  it('is not shifted by Hangul or emoji before it, on its line or above', () => {
    expect(found("-- 가나다 😀\nSELECT '응시', '😀' FROM attempt;", 'read')).toEqual(['2:24 sql-name-not-qualified']);
    expect(found("SELECT '응시 😀' FORM a, b;", 'read')).toEqual(['1:21 sql-syntax']);
  });

  it('in a body is the place in the file', () => {
    expect(found('DO $$\nBEGIN\n  -- 응시\n  PERFORM count(*) FROM attempt;\nEND\n$$;')).toEqual([
      '4:25 sql-name-not-qualified',
    ]);
  });

  it('in a body is found where PL/pgSQL takes INTO out of a query', () => {
    expect(found('DO $$\nDECLARE n bigint;\nBEGIN\n  SELECT count(*) INTO n\n  FROM attempt;\nEND\n$$;')).toEqual([
      '5:8 sql-name-not-qualified',
    ]);
  });

  it('is shown with its line and a caret under it, columns counted as a terminal counts them', () => {
    const [problem] = problems('f', bytes("SELECT '응시' FORM a, b;"), 'read');
    if (problem === undefined) throw new Error('no problem');
    const {excerpt, what} = problemText(problem, 'en');
    expect(excerpt).toEqual(["SELECT '응시' FORM a, b;", `${' '.repeat(19)}^`]);
    expect(what).toContain('at or near "a"');
  });
});

describe('an exception', () => {
  const broken: {readonly [J in (typeof judgements)[number]]: string} = {
    'sql-cascade': 'DROP VIEW public.a CASCADE;',
    'sql-commits-inside': 'CALL public.backfill();',
    'sql-index-blocks-writes': 'CREATE INDEX i ON public.exam_results (user_id);',
    'sql-index-may-be-broken': 'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON public.exam_results (user_id);',
    'sql-name-not-qualified': 'DROP VIEW a RESTRICT;',
  };
  for (const rule of judgements) {
    it(`excepts ${rule} in the next statement alone`, () => {
      const sql = broken[rule];
      // What refuses a transaction has a file of its own, of one statement.
      const role = /CONCURRENTLY|CALL/.test(sql) ? 'alone' : 'change';
      const ofRule = (text: string) => found(text, role).filter((one) => !one.endsWith(' sql-several-statements'));
      expect(ofRule(sql)).toEqual([expect.stringContaining(rule)]);
      expect(ofRule(`-- lint: allow ${rule} because of a reason\n${sql}`)).toEqual([]);
      expect(ofRule(`-- lint: allow ${rule} because of a reason\n${sql}\n${sql}`)).toEqual([
        expect.stringMatching(`^3:.* ${rule}`),
      ]);
    });
  }

  it('behind a statement is not about it', () => {
    const sql = `${broken['sql-cascade']} -- lint: allow sql-cascade because it is late`;
    expect(found(sql).map((one) => one.split(' ')[1]).toSorted()).toEqual(['sql-allow-unused', 'sql-cascade']);
  });
});

describe('runbooks', () => {
  const load = (files: ReadonlyMap<string, Uint8Array>) => problemsOf(loadRunbook({files, parser})).map(line);

  it('that are shipped have nothing against them', () => {
    expect(load(shipped())).toEqual([]);
    expect(load(orders())).toEqual([]);
  });

  it('get the role of each file from the step that runs it', () => {
    const files = changed('sql/smoke/010_status.sql', 'SELECT\n', 'INSERT INTO public.orders\nSELECT\n');
    expect(load(files)).toEqual(['sql/smoke/010_status.sql:2:1 sql-write-in-reader']);
    expect(load(changed('sql/verify/010_status.sql', 'SELECT', 'VACUUM; SELECT'))).toEqual([
      'sql/verify/010_status.sql:2:1 sql-write-in-reader',
      'sql/verify/010_status.sql:2:9 sql-several-answers',
    ]);
  });

  it('whose document is broken are told of their SQL as well', () => {
    const files = changed('sql/apply/010_add_status.sql', 'UPDATE public.', 'UPDATE ');
    expect(load(changed('runbook.yaml', 'repeatable: true', 'repeatabel: true', files))).toEqual([
      'runbook.yaml:63:5 key-unknown steps[6].repeatabel',
      'sql/apply/010_add_status.sql:4:8 sql-name-not-qualified',
    ]);
  });

  it('of runs that have begun are opened without the parser, whatever it would say today', () => {
    const files = changed('sql/apply/010_add_status.sql', 'UPDATE public.', 'UPDATE ');
    expect(problemsOf(loadRunbook({files}))).toEqual([]);
  });
});

describe('the files of an untransacted step', () => {
  const apply = 'transaction: whole\n    apply: [apply/010_add_status.sql]';
  const loaded = (first: string) =>
    loadRunbook({
      files: new Map([
        ...changed('runbook.yaml', apply, 'transaction: none\n    apply: [apply/020.sql, apply/030.sql]'),
        ['sql/apply/020.sql', bytes(first)],
        ['sql/apply/030.sql', bytes('CREATE INDEX CONCURRENTLY i ON public.orders (id);')],
      ]),
      parser,
    });

  it('can run again, up to the last: a retry begins at the first', () => {
    expect(problemsOf(loaded('CREATE INDEX CONCURRENTLY h ON public.orders (id);')).map(line)).toEqual([
      expect.stringMatching(/^runbook\.yaml:\S+ file-not-repeatable steps\[4\]\.apply\[0\]$/) as unknown as string,
    ]);
    expect(problemsOf(loaded('DROP INDEX CONCURRENTLY IF EXISTS public.i;')).map(line)).toEqual([]);
  });
});
