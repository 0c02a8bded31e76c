// Is a change rehearsed with the rights that its login has on the target, and is it said where it cannot be?

import {expect} from 'vitest';
import {captureLogin} from '../../../src/catalog/login/capture.ts';
import {loginStatements} from '../../../src/catalog/login/statements.ts';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import type {Result} from '../../../src/core/failure.ts';
import type {LoginRights} from '../../../src/core/login-rights.ts';
import type {Database, DatabaseSession, ScratchPlace} from '../../../src/core/ports.ts';
import {scratchName} from '../../../src/core/scratch-name.ts';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import {factsText} from '../../../src/ui/text/facts.ts';
import {failureText} from '../../../src/ui/text/failure.ts';
import {amberLines} from '../../../src/ui/text/amber.ts';
import {deployLogin, roleOf} from '../../support/login.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun, settingsOf, withStep} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const {describe, test} = needs('pg_dump');

const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
};

const withSession = async <T>(of: Database, use: (session: DatabaseSession) => Promise<Result<T>>): Promise<T> => {
  const session = value(await of.connect({readOnly: true, statementTimeoutMs: 5000, lockTimeoutMs: 5000}));
  try {
    return value(await use(session));
  } finally {
    await session.close();
  }
};

/** Each costs the change once more, and none of them is what these tests are about. */
const withoutWaysBack = (runbook: RunbookDefinition): RunbookDefinition => ({...runbook, rollback: []});

const steps = ['snapshot', 'backup', 'rehearse-copy', 'apply-v1', 'smoke'];

describe('a copy on a server of its own', () => {
  test('refuses what the target would refuse the login, in the same words, and passes once it is given', async () => {
    await using database = await createTestDatabase();
    const login = await deployLogin(database, 'GRANT app_reader TO $login');
    const stranger = await roleOf(database, 'stranger');
    const admin = await database.connect();
    await admin.query(`
      ALTER VIEW public.attempt_weekly OWNER TO ${stranger}; GRANT SELECT ON public.attempt TO ${stranger}`);
    const run = await openTestRun(login, {steps, scratch: 'embedded', compose: unproven, alter: withoutWaysBack});

    const {failure} = failureFrom(await run.start('rehearse-copy'), 'rehearsal-failed');
    expect(failure).toMatchObject({
      code: 'rights-missing',
      missing: [
        {need: 'owner', who: login.role, what: stranger, objects: ['public.attempt_weekly']},
        {need: 'create', who: stranger, what: 'public'},
      ],
    });

    // Who is a member of what is asked anew; what a role may do in a schema comes with the backup.
    await admin.query(`GRANT ${stranger} TO ${login.role}; GRANT USAGE, CREATE ON SCHEMA public TO ${stranger}`);
    const again = failureFrom(await run.retry('rehearse-copy'), 'rehearsal-failed');
    expect(again.failure).toMatchObject({missing: [{need: 'create', who: stranger, what: 'public'}]});
    expect(failureText(again, 'en').now).toContain('resume --snapshot-again');
    expect(await run.submit({type: 'TakeSnapshotAgain'})).toBeUndefined();
    const facts = factsFrom(await run.start('rehearse-copy'), 'rehearse');
    expect(facts.rights).toEqual({tried: true, login: login.role});
    expect(facts.isFaithful).toBe(true);
    expect(factsText(facts, 'en').join('\n')).toContain(`the rights that ${login.role} has on the target`);
    factsFrom(await run.start('apply-v1'), 'migration');
    factsFrom(await run.start('smoke'), 'smoke');
  });

  test('gives its login there what the login of the target has, whatever a dump leaves out', async () => {
    await using database = await createTestDatabase();
    const login = await deployLogin(database);
    const [group, other] = [await roleOf(database, 'Team', 'NOINHERIT CREATEROLE'), await roleOf(database, 'other')];
    const admin = await database.connect();
    const {rows} = await admin.query<{version: number}>("SELECT current_setting('server_version_num')::int AS version");
    const {version = 0} = rows[0] ?? {};
    const withParameters = version >= 150_000;
    await admin.query(`
      ALTER ROLE ${login.role} BYPASSRLS CREATEDB PASSWORD 'never copied';
      GRANT ${group} TO ${login.role} WITH ADMIN OPTION; GRANT pg_monitor TO ${group};
      ALTER ROLE ${login.role} IN DATABASE ${database.name} SET role = '${group.toLowerCase()}';
      ALTER DATABASE ${database.name} OWNER TO ${other};
      REVOKE TEMPORARY ON DATABASE ${database.name} FROM PUBLIC;
      GRANT TEMPORARY ON DATABASE ${database.name} TO ${group} WITH GRANT OPTION;
      ${version >= 160_000 ? `GRANT app_reader TO ${login.role} WITH INHERIT FALSE, SET TRUE` : `GRANT app_reader TO ${login.role}`};
      ${withParameters ? `GRANT SET ON PARAMETER log_min_messages TO ${group}` : 'SELECT'}`);
    let place: ScratchPlace | undefined;
    const run = await openTestRun(login, {
      steps: ['snapshot'],
      scratch: 'embedded',
      compose: (world) => {
        place = world.scratch;
        return world;
      },
    });
    const asked = (of: Database, serverVersionNum: number): Promise<LoginRights> =>
      withSession(of, (session) => captureLogin(session, serverVersionNum, 'app_reader'));

    const there = await asked(databaseOf(settingsOf(login), 'test/rights'), version);
    const scratch = value(
      (await place?.open(scratchName(run.id, 'rights', 1), 'test/rights', new AbortController().signal)) ??
        expect.fail(),
    );
    value(await scratch.ensureRoles(there.roles.map(({name}) => ({name}))));
    const statements = loginStatements(there, {...scratch.target, database: scratch.name});
    const copy = value((await scratch.makeLogin?.(login.role, statements)) ?? expect.fail());
    const here = await asked(copy.database, scratch.target.serverVersionNum);
    const passwords = await withSession(scratch.database, (session) =>
      session.query('SELECT count(rolpassword)::text AS known FROM pg_authid'),
    );
    value(await scratch.drop());
    if (withParameters) await admin.query(`REVOKE SET ON PARAMETER log_min_messages FROM ${group}`);

    expect(there.onDatabase).toContainEqual({grantee: group.toLowerCase(), privilege: 'TEMPORARY', grantable: true});
    expect(there.memberships).toContainEqual(
      expect.objectContaining({member: login.role, role: group.toLowerCase(), admin: true}),
    );
    expect(there.beginsAs).toBe(group.toLowerCase());
    const ofGroup = there.onParameters.filter(({grantee}) => grantee === group.toLowerCase());
    expect(ofGroup).toHaveLength(withParameters ? 1 : 0);
    // The copy's server has a first superuser of its own.
    const isOwn = ({name}: Readonly<{name: string}>): boolean => name !== scratch.target.user;
    const parameters = here.onParameters.filter(({grantee}) => grantee !== scratch.target.user);
    // Nothing is restored into it, so it knows fewer roles.
    expect({...here, roles: there.roles, onParameters: parameters}).toEqual({...there, onParameters: ofGroup});
    expect(there.roles).toEqual(expect.arrayContaining(here.roles.filter(isOwn)));
    expect(here.roles.map(({name}) => name)).toEqual(expect.arrayContaining([login.role, group.toLowerCase(), other]));
    expect(passwords.rows).toEqual([{known: '0'}]);
  });

  test.runIf(process.env['LONG'] === '1')(
    'belongs to a superuser where the login of the target is one, also under a name that such servers have',
    async () => {
      await using database = await createTestDatabase();
      const run = await openTestRun(database, {steps: steps.slice(0, -1), scratch: 'embedded', compose: unproven});
      const facts = factsFrom(await run.start('rehearse-copy'), 'rehearse');
      expect(facts.rights).toEqual({tried: true, login: database.user});
      expect(facts.isFaithful).toBe(true);
    },
  );
});

test.runIf(process.env['LONG'] === '1')(
  'a role of the target that the server of the copy has for itself is not taken',
  async () => {
    await using database = await createTestDatabase();
    const login = await deployLogin(database, 'GRANT app_reader TO $login');
    const admin = await database.connect();
    await admin.query('CREATE ROLE attempt_runbook_scratch');
    await admin.query(`GRANT attempt_runbook_scratch TO ${login.role}`);
    const run = await openTestRun(login, {steps, scratch: 'embedded', compose: unproven, alter: withoutWaysBack});
    const facts = factsFrom(await run.start('rehearse-copy'), 'rehearse');
    await admin.query('DROP ROLE attempt_runbook_scratch');
    expect(facts.rights).toEqual({tried: false, as: 'attempt_runbook_scratch', because: 'name-taken'});
  },
);

test.runIf(process.env['LONG'] === '1')(
  'a target that does not tell what its login may do ends no rehearsal',
  async () => {
    await using database = await createTestDatabase();
    const login = await deployLogin(database, 'GRANT app_reader TO $login');
    const admin = await database.connect();
    const run = await openTestRun(login, {steps, scratch: 'embedded', compose: unproven, alter: withoutWaysBack});
    await run.walkTo('rehearse-copy');
    // pg_dump itself would have asked for it.
    await admin.query('REVOKE SELECT ON pg_catalog.pg_db_role_setting FROM PUBLIC');
    const facts = factsFrom(await run.start('rehearse-copy'), 'rehearse');
    expect(facts.rights).toMatchObject({
      tried: false,
      because: 'roles-hidden',
      message: expect.stringContaining('denied') as unknown,
    });
  },
);

test.runIf(process.env['LONG'] === '1')(
  'an event trigger of a role that is no superuser any more is restored, and the role is none there',
  async () => {
    await using database = await createTestDatabase();
    const login = await deployLogin(database, 'GRANT app_reader TO $login');
    const keeper = await roleOf(database, 'keeper', 'SUPERUSER');
    const admin = await database.connect();
    // As a managed server lets its first user own one.
    await admin.query(`
    SET ROLE ${keeper};
    CREATE FUNCTION public.noted() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
    CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE FUNCTION public.noted();
    RESET ROLE; ALTER ROLE ${keeper} NOSUPERUSER; GRANT ${keeper} TO ${login.role}`);
    const nobodyIs = `SELECT rolname AS rule FROM pg_catalog.pg_roles WHERE rolsuper AND pg_has_role(rolname, 'MEMBER')`;
    const run = await openTestRun(login, {
      steps,
      scratch: 'embedded',
      compose: unproven,
      alter: (runbook) => withStep('migration', {verify: 'verify/none.sql'})(withoutWaysBack(runbook)),
      sql: {'verify/none.sql': nobodyIs},
    });
    const facts = factsFrom(await run.start('rehearse-copy'), 'rehearse');
    expect(facts.rights).toEqual({tried: true, login: login.role});
  },
);

test('a copy on a server where no role is made says that rights were not rehearsed, and is amber for it', async () => {
  await using database = await createTestDatabase();
  const login = await deployLogin(database, 'GRANT app_reader TO $login');
  const run = await openTestRun(login, {
    steps,
    scratch: 'env:KEEPS',
    env: {...process.env, KEEPS: database.url},
    compose: unproven,
    alter: withoutWaysBack,
  });
  const facts = factsFrom(await run.start('rehearse-copy'), 'rehearse');
  expect(facts.rights).toEqual({tried: false, as: database.user, because: 'roles-not-made'});
  expect(run.stateOf('rehearse-copy')).toMatchObject({verdict: 'amber'});
  const said = `! rights were not rehearsed: the copy was changed as ${database.user}`;
  expect(factsText(facts, 'en').join('\n')).toContain(said);
  expect(amberLines(facts, 'en').join('\n')).toContain(said);
  expect(factsText(facts, 'ko').join('\n')).toContain('! 권한은 예행 연습하지 않음');
});
