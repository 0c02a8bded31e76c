// Is nobody shut out for longer than was agreed, and nobody at all by a change that does not touch what he reads?

import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import type {Database, DatabaseSession} from '../../../src/core/ports.ts';
import type {Failure, Result} from '../../../src/core/failure.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {loneSteps} from '../../support/lone-steps.ts';
import {settingsOf} from '../../support/run.ts';
import {stepsOn} from './support/change.ts';

const shipped = (path: string): string =>
  readFileSync(new URL(`../../../sql/attempt-view-v1-lock/${path}`, import.meta.url), 'utf8');

const made = async (database: TestDatabase) => {
  const admin = await database.connect();
  await admin.query(
    'create schema s; create table s.t(id int, a text); create view s.v as select id from s.t; create table s.other(id int)',
  );
  return admin;
};

const changed = async (database: TestDatabase, objects: readonly string[], sql: string, holdMs?: number) => {
  const steps = stepsOn(database, objects, undefined, holdMs === undefined ? {} : {holdMs});
  await steps.snapshot();
  return steps.apply(sql);
};

const refused = (done: Result<unknown>): Failure => {
  if (done.ok) throw new Error(`not refused: ${JSON.stringify(done.value)}`);
  return done.failure;
};
const facts = (done: Result<unknown>): Record<string, unknown> => {
  if (!done.ok) throw new Error(JSON.stringify(done.failure));
  return done.value as Record<string, unknown>;
};

const SLEEP = 'SELECT pg_catalog.pg_sleep(20)';
const exceeded = {code: 'hold-exceeded', holdMs: 150};

describe('a change that holds its locks for longer than agreed', () => {
  test('is cancelled before COMMIT, also in the middle of a statement', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(database);
    const anew = 'DROP VIEW s.v; CREATE VIEW s.v AS SELECT id, a FROM s.t;';
    expect(refused(await changed(database, ['s.v'], `${anew} ${SLEEP};`, 150))).toEqual(exceeded);
    const {rows} = await admin.query(`SELECT FROM pg_attribute WHERE attrelid = 's.v'::regclass AND attnum = 2`);
    expect(rows).toEqual([]);
    // The limit that nobody wrote: 2 s.
    expect(refused(await changed(database, ['s.v'], `${anew} ${SLEEP};`))).toEqual({
      code: 'hold-exceeded',
      holdMs: 2000,
    });
    facts(await changed(database, ['s.v'], anew, 10_000));
  });

  test('is seen from outside where the script itself locks, and rows that it writes shut nobody out', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    await made(database);
    const table = 'ALTER TABLE s.t ADD COLUMN b int;';
    expect(refused(await changed(database, [], `${table} ${SLEEP};`, 150))).toEqual(exceeded);
    const data = `INSERT INTO s.t VALUES (1); CREATE TABLE s.made (id int); SELECT pg_catalog.pg_sleep(0.6);`;
    const done = facts(await changed(database, [], data, 150));
    expect(done['lockHeldMs']).toBeUndefined();
    expect(done['durationMs']).toBeGreaterThan(500);
    const held = facts(await changed(database, [], `${table} SELECT pg_catalog.pg_sleep(0.6);`, 10_000));
    expect(held['lockHeldMs']).toBeGreaterThan(500);
  });
});

test('a declared view is not locked by a change that does not touch it', async () => {
  await using database = await createTestDatabase({template: 'empty'});
  const admin = await made(database);
  await admin.query('BEGIN; SELECT * FROM s.v');
  const done = facts(await changed(database, ['s.v'], 'ALTER TABLE s.other ADD COLUMN a int;'));
  expect(done['lockTries']).toBe(1);
  expect(refused(await changed(database, ['s.v'], 'COMMENT ON VIEW s.v IS $$x$$;'))).toMatchObject({
    code: 'lock-timeout',
  });
  await admin.query('ROLLBACK');
});

test('a line with a round trip of 300 ms: six messages from the lock to COMMIT, and so less than 2 s', async () => {
  await using database = await createTestDatabase();
  const messages: string[] = [];
  const real = databaseOf(settingsOf(database), 'test/catalog');
  const counted: Database = {
    ...real,
    connect: async (options) => {
      const connected = await real.connect(options);
      if (!connected.ok || options.readOnly) return connected;
      const {query, queryAll} = connected.value;
      const session: DatabaseSession = {
        ...connected.value,
        query: (sql, given) => {
          messages.push(sql);
          return query(sql, given);
        },
        queryAll: (statements) => {
          messages.push(statements.join('; '));
          return queryAll(statements);
        },
      };
      return {ok: true, value: session};
    },
  };
  const steps = loneSteps(counted, ['public.attempt'], {verify: shipped('verify/010_columns.sql')});
  await steps.snapshot();
  const underLock = (): readonly string[] => {
    const from = messages.findIndex((sql) => sql.startsWith('SELECT CASE') && sql.includes(' SET SCHEMA '));
    return messages.splice(0).slice(from);
  };
  facts(await steps.apply(shipped('apply/010_attempt_v1.sql')));
  const apply = underLock();
  expect(apply.at(-1)).toBe('COMMIT');
  expect(apply).toHaveLength(6);
  facts(await steps.restore());
  expect(underLock()).toHaveLength(4);
});
