// Is a sound backup called sound, whatever rights, policies and materialised views there are, and whoever restores it?

import {randomUUID} from 'node:crypto';
import {expect} from 'vitest';
import type {BackupStep} from '../../../src/core/definition.ts';
import {failureText} from '../../../src/ui/text/failure.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun, withStep} from '../../support/run.ts';

const {describe, test} = needs('pg_dump');

const steps = ['snapshot', 'backup'];
const declares = (objects: readonly string[], backup: Partial<BackupStep> = {}) => ({
  steps,
  alter: (runbook: Parameters<ReturnType<typeof withStep>>[0]) => ({
    ...withStep('backup', backup)(runbook),
    objects,
    tables: [],
  }),
});

/** Roles are the server's: named for this test alone, and gone with it. */
const roles = async (database: TestDatabase, count: number): Promise<AsyncDisposable & {names: readonly string[]}> => {
  const admin = await database.connect();
  const names = Array.from({length: count}, () => `sound_${randomUUID().slice(0, 8)}`);
  for (const name of names) await admin.query(`CREATE ROLE ${name}`);
  return {
    names,
    [Symbol.asyncDispose]: async () => {
      for (const name of names) await admin.query(`DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}`);
    },
  };
};

describe('a sound backup', () => {
  test('is restored from it alone with the rights on what it needs, also where a grantee has granted on', async () => {
    await using database = await createTestDatabase();
    await using made = await roles(database, 3);
    const [reader, writer, owner] = made.names;
    const admin = await database.connect();
    await admin.query(`
      CREATE SCHEMA "s s"; CREATE TABLE "s s"."t t" (id int, a text); CREATE FUNCTION "s s".f(int, text) RETURNS int LANGUAGE sql AS 'SELECT $1';
      REVOKE EXECUTE ON FUNCTION "s s".f FROM PUBLIC;
      CREATE SCHEMA own; CREATE VIEW own.v AS SELECT id, a FROM "s s"."t t";
      GRANT USAGE ON SCHEMA own TO ${reader}, ${writer}; GRANT SELECT ON own.v TO ${reader} WITH GRANT OPTION;
      SET ROLE ${reader}; GRANT SELECT ON own.v TO ${writer}; RESET ROLE;
      -- It is filled as its owner, who may read neither the table nor the function by birth.
      GRANT USAGE ON SCHEMA "s s" TO ${owner}; GRANT SELECT (id) ON "s s"."t t" TO ${owner};
      GRANT EXECUTE ON FUNCTION "s s".f TO ${owner}; GRANT CREATE ON SCHEMA own TO ${owner};
      CREATE MATERIALIZED VIEW own.m AS SELECT "s s".f(id, 'x') AS f FROM "s s"."t t"; ALTER MATERIALIZED VIEW own.m OWNER TO ${owner}`);
    const objects = ['own.v', 'own.m'];
    const run = await openTestRun(database, declares(objects));
    const {proof} = factsFrom(await run.start('backup'), 'backup');
    expect(proof).toMatchObject({level: 'restored', alone: objects});
  });

  test('of tables is restored beside the rights that its own grants rest on', async () => {
    await using database = await createTestDatabase();
    await using made = await roles(database, 2);
    const [reader, writer] = made.names;
    const admin = await database.connect();
    await admin.query(`
      CREATE SCHEMA own; CREATE TABLE own.t (id int);
      GRANT USAGE ON SCHEMA own TO ${reader}; GRANT SELECT ON own.t TO ${reader} WITH GRANT OPTION;
      SET ROLE ${reader}; GRANT SELECT ON own.t TO ${writer}; RESET ROLE`);
    const run = await openTestRun(database, declares([], {scope: {tables: ['own.t']}}));
    expect(factsFrom(await run.start('backup'), 'backup').proof).toMatchObject({level: 'restored'});
  });

  test('of the schema is not asked for the rows of a materialised view', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query('CREATE MATERIALIZED VIEW public.filled AS SELECT student_id FROM public.attempt');
    const objects = ['public.attempt', 'public.filled'];
    const run = await openTestRun(database, declares(objects, {scope: 'schema-only'}));
    expect(factsFrom(await run.start('backup'), 'backup').proof).toMatchObject({level: 'restored', alone: objects});
  });

  test('with a materialised view whose owner a policy limits is restored under it, here and as a way back', async () => {
    await using database = await createTestDatabase();
    await using made = await roles(database, 1);
    const [owner] = made.names;
    const admin = await database.connect();
    await admin.query(`
      CREATE TABLE public.secret (id int); INSERT INTO public.secret VALUES (1), (2);
      ALTER TABLE public.secret ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON public.secret USING (id > 1);
      GRANT SELECT ON public.secret TO ${owner}; GRANT CREATE ON SCHEMA public TO ${owner};
      CREATE VIEW public.between AS SELECT id FROM public.secret; ALTER VIEW public.between OWNER TO ${owner};
      CREATE MATERIALIZED VIEW public.limited AS SELECT id FROM public.between WITH NO DATA;
      ALTER MATERIALIZED VIEW public.limited OWNER TO ${owner}; REFRESH MATERIALIZED VIEW public.limited`);
    const before = await catalogOf(database);
    const run = await openTestRun(database, {steps: [...steps, 'apply-v1']});
    const facts = factsFrom(await run.start('backup'), 'backup');
    expect(facts).toMatchObject({rowSecurity: ['public.limited'], proof: {level: 'restored'}});
    await run.start('apply-v1');
    factsFrom(await run.rollback('restore-backup'), 'restore-backup');
    expect(await catalogOf(database)).toEqual(before);
    const {rows} = await admin.query('SELECT id FROM public.limited');
    expect(rows).toEqual([{id: 2}]);
  });
});

describe('a scratch server whose role may not restore', () => {
  const limited = async (database: TestDatabase, name: string): Promise<string> => {
    const admin = await database.connect();
    await admin.query(`ALTER ROLE ${name} LOGIN CREATEDB`);
    return database.url.replace(`${database.user}@`, `${name}@`);
  };

  test('is what the backup was not proven for, and the backup is not blamed', async () => {
    await using database = await createTestDatabase();
    await using made = await roles(database, 1);
    const role = made.names[0] ?? '';
    const url = await limited(database, role);
    const run = await openTestRun(database, {
      steps,
      scratch: 'env:SCRATCH_URL',
      env: {...process.env, SCRATCH_URL: url},
    });
    const state = await run.start('backup');
    expect(state).toMatchObject({verdict: 'amber'});
    expect(factsFrom(state, 'backup').proof).toMatchObject({
      level: 'read',
      because: 'no-scratch',
      failure: {code: 'scratch-role-limited', role},
    });
  });

  test('is named by the rehearsal on a copy, which asks for no privilege on the target', async () => {
    await using database = await createTestDatabase();
    await using made = await roles(database, 1);
    const role = made.names[0] ?? '';
    const url = await limited(database, role);
    const run = await openTestRun(database, {
      steps: [...steps, 'rehearse-copy'],
      scratch: 'env:SCRATCH_URL',
      env: {...process.env, SCRATCH_URL: url},
    });
    const failure = failureFrom(await run.start('rehearse-copy'), 'scratch-role-limited');
    expect(failureText(failure, 'en').what).toContain(role);
  });
});
