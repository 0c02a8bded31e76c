// Does the lint agree with a real server: what it takes, what it refuses in a transaction, what it brings by itself?

import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Client} from 'pg';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';

import {loadSqlParser} from '../../../src/adapters/sql-parser.ts';
import {isCatalogFunction, isCatalogType} from '../../../src/runbook/catalog-names.ts';
import {refusesTransaction, writes} from '../../../src/runbook/sql-rules.ts';
import {statementsOf} from '../../../src/runbook/sql-statements.ts';
import {tokenize} from '../../../src/core/sql-tokens.ts';
import {randomOf} from '../../support/crash-random.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';

const root = join(import.meta.dirname, '../../..');
const parser = await loadSqlParser();

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = await database.connect();
});
afterAll(() => database.drop());

const codeOf = async (sql: string): Promise<string> => {
  try {
    await client.query(sql);
    return 'taken';
  } catch (error) {
    return (error as {code?: string}).code ?? String(error);
  }
};

/**
 * In a transaction that has failed the server still parses each message, and runs none of it. The role is for the case
 * that something slips out: it may change nothing on a cluster that other tests share.
 */
const enterFailed = async (): Promise<void> => {
  await client.query('ROLLBACK');
  await client.query('BEGIN');
  await client.query('SET LOCAL ROLE pg_monitor');
  await codeOf('SELECT 1/0');
};

const sqlBelow = (...path: readonly string[]): readonly string[] =>
  readdirSync(join(root, ...path), {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .map((name) => readFileSync(join(root, ...path, name), 'utf8'));

const corpus = [...sqlBelow('sql'), ...sqlBelow('test/fixtures/lint'), ...sqlBelow('test/fixtures/runbooks/sql')];

// Spellings that lead a tokenizer or a younger grammar astray.
const odd = [
  "'a''b'",
  String.raw`E'\''`,
  "U&'d\\0061t'",
  '"a""b"',
  '$$ ; $$',
  '$x$ $$ $x$',
  '/* /* ; */ */',
  '-- ;\n',
  '1.5e-3',
  '::',
  'json_value',
  'json_table',
  'system_user',
  'merge_action',
  'format json',
  'absent',
  'nested path',
  'virtual',
  'enforced',
  'begin atomic',
  'case',
  'end',
  ';',
  '(',
  ')',
  ',',
  'as',
  'select',
  'from t',
  '가나다',
  '"😀"',
  '@>',
  '*',
];

const random = randomOf(20_251_101);
const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;

/** The text with one to three of its tokens left out, doubled, exchanged or replaced. */
const mutated = (sql: string): string => {
  const {tokens} = tokenize(sql);
  let pieces: readonly string[] = tokens.map(({offset}, at) => sql.slice(offset, tokens[at + 1]?.offset ?? sql.length));
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
    const at = Math.floor(random() * pieces.length);
    const piece = pieces[at] ?? '';
    const other = pick(pieces) ?? '';
    const instead = pick([[], [piece, piece], [other], [` ${pick(odd)} `], [piece, ` ${pick(odd)} `]]);
    pieces = pieces.toSpliced(at, 1, ...instead);
  }
  return pieces.join('');
};

/** Statements that end even a failed transaction; what follows them in a message would run. */
const mayEnd = (sql: string): boolean =>
  tokenize(sql).tokens.some(({text}) => ['commit', 'rollback', 'abort', 'prepare'].includes(text)) ||
  statementsOf(tokenize(sql).tokens).some(([first]) => first.text === 'end');

describe('syntax', () => {
  const rounds = process.env['LONG'] === '1' ? 20_000 : 600;

  it(`that the server takes is never called an error, in ${rounds} changed files`, async () => {
    await enterFailed();
    let taken = 0;
    const wrong: string[] = [];
    for (const sql of [...corpus, ...odd.map((one) => `SELECT 1 AS a, ${one}`)]) {
      if (mayEnd(sql)) continue;
      if ((await codeOf(sql)) === '25P02' && !parser.parse(sql).ok) wrong.push(sql);
    }
    for (let round = 0; round < rounds; round += 1) {
      const sql = mutated(pick(corpus));
      if (mayEnd(sql)) continue;
      const code = await codeOf(sql);
      if (code !== '25P02') continue;
      taken += 1;
      if (!parser.parse(sql).ok) wrong.push(sql);
    }
    expect(wrong).toEqual([]);
    expect(taken).toBeGreaterThan(rounds / 20);
  });

  it(`is cut into the same statements by our own tokenizer, in ${rounds} changed files`, () => {
    const wrong: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const sql = mutated(pick(corpus));
      const {tokens, unterminated} = tokenize(sql);
      const parsed = parser.parse(sql);
      if (!parsed.ok) continue;
      const own = statementsOf(tokens).map(([first]) => first.offset);
      const theirs = parsed.statements.map(({offset}) => tokens.find((token) => token.offset >= offset)?.offset);
      if (unterminated !== undefined || JSON.stringify(own) !== JSON.stringify(theirs)) wrong.push(sql);
    }
    expect(wrong).toEqual([]);
  });

  it('error has its place where the server has it', async () => {
    await enterFailed();
    for (const sql of ["SELECT '응시 😀' FORM a, b", '-- 가\nDROP VEIW a', 'CREATE TABLE t (a integer,)', 'SELECT 1 +']) {
      const parsed = parser.parse(sql);
      if (parsed.ok) throw new Error(sql);
      const error = await client.query(sql).catch((caught: unknown) => caught as {position?: string; message: string});
      const position = 'position' in error ? Number(error.position) : 0;
      expect(Array.from(sql.slice(0, parsed.offset)).length + 1, sql).toBe(position);
      expect(parsed.message).toBe('message' in error ? error.message : '');
    }
  });
});

describe('certainties', () => {
  const statementIn = (sql: string) => {
    const parsed = parser.parse(sql);
    const [first] = parsed.ok ? parsed.statements : [];
    if (first === undefined) throw new Error(sql);
    return first.tree;
  };

  it('about transactions are the server’s own', async () => {
    await client.query('ROLLBACK');
    await client.query('CREATE TABLE IF NOT EXISTS public.parts (a integer) PARTITION BY LIST (a)');
    await client.query('CREATE TABLE IF NOT EXISTS public.part_1 PARTITION OF public.parts FOR VALUES IN (1)');
    await client.query('CREATE INDEX IF NOT EXISTS ix ON public.exam_results (user_id)');
    const files = readdirSync(join(root, 'test/fixtures/lint/bad/change')).toSorted();
    const certain: string[] = [];
    for (const name of files) {
      const sql = readFileSync(join(root, 'test/fixtures/lint/bad/change', name), 'utf8');
      const parsed = parser.parse(sql);
      if (!parsed.ok || parsed.statements.length !== 1 || refusesTransaction(statementIn(sql)) === undefined) continue;
      certain.push(name);
      await client.query('BEGIN');
      expect(await codeOf(sql), name).toBe('25001');
      await client.query('ROLLBACK');
    }
    expect(certain.length).toBeGreaterThanOrEqual(15);
  });

  it('about reading are the server’s own', async () => {
    await client.query('ROLLBACK');
    await client.query('CREATE SEQUENCE IF NOT EXISTS public.s');
    await client.query('CREATE TABLE IF NOT EXISTS public.t (id integer)');
    await client.query('CREATE TABLE IF NOT EXISTS public.u (id integer)');
    const files = readdirSync(join(root, 'test/fixtures/lint/bad/read')).toSorted();
    let refused = 0;
    const otherwise = new Map([
      ['vacuum.sql', '25001'], // refuses every transaction, and says that first
      ['lock-table.sql', 'taken'], // reads nothing and lets others wait: the server's rule is milder than ours
    ]);
    for (const name of files) {
      const sql = readFileSync(join(root, 'test/fixtures/lint/bad/read', name), 'utf8');
      const tree = statementIn(sql);
      if (writes(tree, 'x') === undefined) continue;
      await client.query('BEGIN READ ONLY');
      expect(await codeOf(sql), name).toBe(otherwise.get(name) ?? '25006');
      await client.query('ROLLBACK');
      refused += 1;
    }
    expect(refused).toBeGreaterThanOrEqual(12);
  });
});

describe('names of the catalog', () => {
  it('are all known, so that no built-in function needs a schema', async () => {
    await client.query('ROLLBACK');
    const {rows} = await client.query<{name: string}>(`
      SELECT DISTINCT p.proname AS name FROM pg_proc p
      WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname !~ '^(binary_upgrade|RI_FKey)_'
        AND NOT EXISTS (SELECT FROM unnest(p.proargtypes::oid[]) a WHERE a IN ('internal'::regtype, 'cstring'::regtype))
        AND p.prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'event_trigger'::regtype)
        AND NOT EXISTS (SELECT FROM pg_operator o WHERE p.oid IN (o.oprcode, o.oprrest, o.oprjoin))
        AND NOT EXISTS (SELECT FROM pg_amproc o WHERE o.amproc = p.oid)
        AND NOT EXISTS (SELECT FROM pg_type t
          WHERE p.oid IN (t.typsend, t.typreceive, t.typinput, t.typoutput, t.typmodin, t.typmodout, t.typanalyze))
        AND NOT EXISTS (SELECT FROM pg_aggregate a WHERE p.oid IN
          (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn))`);
    expect(rows.length).toBeGreaterThan(400);
    expect(rows.map(({name}) => name).filter((name) => !isCatalogFunction(name))).toEqual([]);
  });

  it('are all known, so that no built-in type needs one', async () => {
    const {rows} = await client.query<{name: string}>(
      `SELECT t.typname AS name FROM pg_type t WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'p', 'r', 'm')`,
    );
    expect(rows.map(({name}) => name).filter((name) => !isCatalogType(name))).toEqual([]);
  });
});
