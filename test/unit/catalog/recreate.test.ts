// Are the statements that drop and put back objects exact for every name, text and right that can be in a catalog?

import {describe, expect, test} from 'vitest';
import {quoteIdentifier, quoteLiteral, quoteQualified} from '../../../src/catalog/names.ts';
import {
  createStatements,
  dropStatement,
  lockStatement,
  ownerStatements,
  putBackStatements,
} from '../../../src/catalog/recreate.ts';
import type {Grant, ObjectState, PartState} from '../../../src/catalog/snapshot.ts';

const grant = (grantee: string, privilege: string, more: Partial<Grant> = {}): Grant => ({
  grantee,
  grantor: 'owner',
  privilege,
  grantable: false,
  ...more,
});

/** Statements under a lock are counted: one a grantee would be a thousand for a thousand roles. */
test('rights that many roles have alike are one statement, on columns as well', () => {
  const roles = Array.from({length: 1000}, (_, at) => `role_${at}`);
  const column = (name: string) => ({
    ...view().columns[0],
    name,
    type: 'integer',
    default: null,
    comment: null,
    grants: roles.map((role) => grant(role, 'UPDATE')),
  });
  const wanted = view({
    grants: [
      ...roles.flatMap((role) => [grant(role, 'SELECT'), grant(role, 'INSERT')]),
      grant('chief', 'SELECT', {grantable: true}),
      grant('owner', 'SELECT'),
    ],
    columns: [column('id'), column('n')],
  });
  const bare = view({columns: wanted.columns.map((of) => ({...of, grants: []}))});
  const given = putBackStatements(wanted, bare);
  expect(given).toHaveLength(3);
  expect(given[0]).toMatch(/^GRANT SELECT, INSERT ON "public"\."attempt" TO "role_0", "role_1", /);
  expect(given[1]).toBe('GRANT SELECT ON "public"."attempt" TO "chief" WITH GRANT OPTION');
  expect(given[2]).toMatch(/^GRANT UPDATE \("id", "n"\) ON "public"\."attempt" TO "role_0", "role_1", /);
  expect(putBackStatements(bare, wanted)).toHaveLength(2);
});

const view = (more: Partial<ObjectState> = {}): ObjectState => ({
  schema: 'public',
  name: 'attempt',
  kind: 'view',
  owner: 'owner',
  options: [],
  definition: ' SELECT 1 AS id;',
  columns: [{name: 'id', type: 'integer', default: null, comment: null, grants: []}],
  comment: null,
  grants: [grant('owner', 'SELECT')],
  rules: [],
  triggers: [],
  indexes: [],
  populated: true,
  settings: [],
  ...more,
});

const policy = (more: Partial<PartState> = {}): PartState => ({
  kind: 'policy',
  name: 'own on public.note',
  owner: 'owner',
  address: 'POLICY "own" ON "public"."note"',
  lock: 'ALTER TABLE "public"."note" SET SCHEMA "public"',
  definition: 'CREATE POLICY "own" ON "public"."note" USING (true)',
  grants: [],
  rowColumns: [],
  settings: [],
  ...more,
});

describe('what is no relation', () => {
  test('is dropped by its own address, with RESTRICT, and made again by its own definition', () => {
    expect(dropStatement(policy())).toBe('DROP POLICY "own" ON "public"."note" RESTRICT');
    expect(createStatements(policy())).toEqual([policy().definition]);
  });

  test('gets an owner only if it has one of its own', () => {
    expect(ownerStatements(policy())).toEqual([]);
    const total = policy({kind: 'function', name: 'public.total()', address: 'FUNCTION "public"."total"()'});
    expect(ownerStatements(total)).toEqual(['ALTER FUNCTION "public"."total"() OWNER TO "owner"']);
  });

  test('gets back its rights and settings', () => {
    const wanted = policy({
      grants: [grant('app', 'EXECUTE')],
      settings: [`COMMENT ON POLICY "own" ON "public"."note" IS 'c'`],
    });
    const statements = putBackStatements(wanted, policy());
    expect(statements).toHaveLength(2);
    expect(statements[0]).toMatch(/^GRANT EXECUTE ON .* TO "app"$/);
    expect(statements[1]).toBe(wanted.settings[0]);
    expect(putBackStatements(wanted, wanted)).toEqual([]);
  });
});

describe('names', () => {
  test.each([
    ['plain', '"plain"'],
    ['Two Words', '"Two Words"'],
    ['a"b', '"a""b"'],
    ['; DROP TABLE x; --', '"; DROP TABLE x; --"'],
    ['한글', '"한글"'],
  ])('are quoted whole: %s', (name, quoted) => {
    expect(quoteIdentifier(name)).toBe(quoted);
  });

  test('of a runbook are two names', () => {
    expect(quoteQualified('public.attempt')).toBe('"public"."attempt"');
  });

  test.each([
    ["it's", "'it''s'"],
    ['', "''"],
    ['a\\b', "E'a\\\\b'"],
    ["\\'; DROP TABLE x; --", "E'\\\\''; DROP TABLE x; --'"],
    ['two\nlines', "'two\nlines'"],
  ])('and texts mean the same whatever standard_conforming_strings says: %j', (text, quoted) => {
    expect(quoteLiteral(text)).toBe(quoted);
  });
});

describe('an object', () => {
  test('is dropped with RESTRICT, never with CASCADE', () => {
    expect(dropStatement(view())).toBe('DROP VIEW "public"."attempt" RESTRICT');
    expect(dropStatement(view({kind: 'materialized view'}))).toBe('DROP MATERIALIZED VIEW "public"."attempt" RESTRICT');
  });

  test('is created with its options, and its indexes when it is materialised', () => {
    expect(createStatements(view({options: ['security_barrier=true', "x=it's"]}))).toEqual([
      `CREATE VIEW "public"."attempt" WITH (security_barrier='true', x='it''s') AS\n SELECT 1 AS id`,
    ]);
    const materialised = view({
      kind: 'materialized view',
      populated: false,
      indexes: ['CREATE INDEX i ON public.attempt (id)'],
    });
    expect(createStatements(materialised)).toEqual([
      'CREATE MATERIALIZED VIEW "public"."attempt" AS\n SELECT 1 AS id WITH NO DATA',
      'CREATE INDEX i ON public.attempt (id)',
    ]);
  });

  test('gets its owner by a statement that names only itself', () => {
    expect(ownerStatements(view({owner: 'Night Shift'}))).toEqual([
      'ALTER VIEW "public"."attempt" OWNER TO "Night Shift"',
    ]);
  });

  test('is locked by a statement that changes nothing and names no other object', () => {
    expect(lockStatement(view())).toBe('ALTER VIEW "public"."attempt" SET SCHEMA "public"');
    expect(lockStatement(policy())).toBe(policy().lock);
  });

  test('that is as it was needs nothing', () => {
    const whole = view({
      comment: 'c',
      options: ['security_barrier=true'],
      grants: [grant('owner', 'SELECT'), grant('PUBLIC', 'SELECT')],
    });
    expect(putBackStatements(whole, whole)).toEqual([]);
  });

  test('gets back what it lacks and loses what it did not have', () => {
    const wanted = view({
      options: ['security_barrier=true'],
      comment: "it's",
      grants: [grant('owner', 'SELECT'), grant('app', 'SELECT', {grantable: true}), grant('PUBLIC', 'SELECT')],
    });
    const present = view({
      options: ['check_option=local'],
      grants: [grant('owner', 'SELECT'), grant('intruder', 'DELETE')],
    });
    expect(putBackStatements(wanted, present)).toEqual([
      'ALTER VIEW "public"."attempt" RESET (check_option)',
      `ALTER VIEW "public"."attempt" SET (security_barrier='true')`,
      `COMMENT ON VIEW "public"."attempt" IS 'it''s'`,
      'REVOKE DELETE ON "public"."attempt" FROM "intruder"',
      'GRANT SELECT ON "public"."attempt" TO "app" WITH GRANT OPTION',
      'GRANT SELECT ON "public"."attempt" TO PUBLIC',
    ]);
  });

  test('gets a right that was passed on from the one who passed it on, after that one has it', () => {
    const wanted = view({
      grants: [
        grant('reader', 'SELECT', {grantor: 'app'}),
        grant('app', 'SELECT', {grantable: true}),
        grant('owner', 'SELECT'),
      ],
    });
    const statements = putBackStatements(wanted, view());
    const own = statements.findIndex((statement) => statement.includes('TO "app" WITH GRANT OPTION'));
    const passedOn = statements.findIndex((statement) => statement.includes('TO "reader"'));
    expect(own).toBeGreaterThanOrEqual(0);
    expect(passedOn).toBeGreaterThan(own);
    expect(statements.slice(own + 1, passedOn).join('; ')).toContain('ROLE "app"');
    expect(statements.at(-1)).toMatch(/^RESET ROLE$|^SET LOCAL ROLE|^SET ROLE/);
  });

  test('gets back rights, comments and defaults of its columns, but not of one that is gone', () => {
    const column = {name: 'id', type: 'integer', default: '1', comment: 'c', grants: [grant('app', 'REFERENCES')]};
    const gone = {name: 'old', type: 'integer', default: null, comment: 'gone', grants: [grant('app', 'SELECT')]};
    expect(putBackStatements(view({columns: [column, gone]}), view())).toEqual([
      `COMMENT ON COLUMN "public"."attempt"."id" IS 'c'`,
      'ALTER VIEW "public"."attempt" ALTER COLUMN "id" SET DEFAULT 1',
      'GRANT REFERENCES ("id") ON "public"."attempt" TO "app"',
    ]);
  });
});
