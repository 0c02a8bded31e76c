// A login that lacks a right is told which one, and how it is given, before the first statement of a change.

import {expect, test} from 'vitest';
import type {SqlMigrationStep} from '../../../src/core/definition.ts';
import {factsText} from '../../../src/ui/text/facts.ts';
import {failureText} from '../../../src/ui/text/failure.ts';
import {impactText} from '../../../src/ui/text/impact.ts';
import {deployLogin, roleOf} from '../../support/login.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun, withStep, type TestRun} from '../../support/run.ts';

const steps = ['snapshot', 'apply-v1', 'smoke'];

const begunTransactions = (run: TestRun): number => run.events.filter(({type}) => type === 'TransactionOpened').length;

test('a change is not begun while a right is missing that it, its put-back or a later step needs; what is said gives it', async () => {
  await using database = await createTestDatabase();
  const login = await deployLogin(database, 'REVOKE CREATE ON SCHEMA public FROM $login');
  const [stranger, keeper] = [await roleOf(database, 'stranger'), await roleOf(database, 'keeper')];
  const admin = await database.connect();
  await admin.query(`
    ALTER VIEW public.attempt_weekly OWNER TO ${stranger};
    GRANT SELECT ON public.attempt TO ${keeper} WITH GRANT OPTION;
    SET ROLE ${keeper}; GRANT SELECT ON public.attempt TO ${stranger}; RESET ROLE`);
  const before = await catalogOf(database);
  const run = await openTestRun(login, {steps});

  // Known already by the snapshot, and in the preview a cross instead of a tick.
  await run.walkTo('apply-v1');
  expect(run.stateOf('snapshot')).toMatchObject({status: 'succeeded', verdict: 'amber', facts: {unmet: {length: 5}}});
  const said = impactText((await run.session.preview('apply-v1')).impact ?? expect.fail(), 'en');
  expect(said).toContain(`  ✗ view public.attempt_weekly (${stranger})`);
  expect(said).toContain(`  -   GRANT ${stranger} TO ${login.role};`);

  const failure = failureFrom(await run.start('apply-v1'), 'rights-missing');
  expect(begunTransactions(run)).toBe(0);
  expect(await catalogOf(database)).toEqual(before);
  expect(failure.missing.map(({need, who, what}) => `${need}: ${who}, ${what}`)).toEqual([
    `owner: ${login.role}, ${stranger}`,
    `create: ${login.role}, public`,
    `create: ${stranger}, public`,
    `grantor: ${login.role}, ${keeper}`,
    `application-role: ${login.role}, app_reader`,
  ]);
  expect(failure.missing[0]?.objects).toEqual(['public.attempt_weekly']);
  expect(failureText(failure, 'en').where).toContain(`GRANT ${stranger} TO ${login.role};`);

  // Each cure is what it says: with all of them the change goes through, and nothing else is wanted on the way.
  for (const {cure} of failure.missing) await admin.query(cure ?? '');
  const {impact} = await run.session.preview('apply-v1');
  expect(impact).not.toHaveProperty('unmet');
  expect(impact?.takenAndPutBack.some(({isBarred}) => isBarred === true)).toBe(false);
  factsFrom(await run.retry('apply-v1'), 'migration');
  factsFrom(await run.start('smoke'), 'smoke');
});

test('no right is asked for what the change does not touch', async () => {
  await using database = await createTestDatabase();
  const login = await deployLogin(database, 'GRANT app_reader TO $login');
  const stranger = await roleOf(database, 'stranger');
  const admin = await database.connect();
  await admin.query(`ALTER VIEW public.attempt_weekly OWNER TO ${stranger}`);
  const run = await openTestRun(login, {
    steps: ['snapshot', 'apply-v1'],
    alter: (runbook) => withStep('migration', {verify: 'verify/nothing.sql'})(runbook),
    sql: {
      'apply/010_attempt_v1.sql': `GRANT SELECT ON public.attempt TO ${stranger}`,
      'verify/nothing.sql': 'SELECT WHERE false',
    },
  });
  factsFrom(await run.start('apply-v1'), 'migration');
  // Bringing all objects back would drop that view as well: said beforehand, and no reason to refuse the change.
  const snapshot = run.stateOf('snapshot');
  expect(snapshot).toMatchObject({status: 'succeeded', verdict: 'amber'});
  const {unmetBack = []} = factsFrom(snapshot, 'snapshot');
  const lacking = unmetBack.map(
    ({option, missing}) => `${option}: ${missing.map(({objects}) => objects.join(', ')).join()}`,
  );
  expect(lacking).toContain('restore-objects: public.attempt_weekly,public.attempt_weekly');
  expect(factsText(factsFrom(snapshot, 'snapshot'), 'en')).toContain(
    `! the way back restore-objects could not be taken: public.attempt_weekly: owned by ${stranger}, for whom ${login.role} may not act; can be neither dropped nor put back`,
  );
});

test('nobody is told to become a superuser for the sake of a view, and an absent role is called absent', async () => {
  await using database = await createTestDatabase();
  const login = await deployLogin(database);
  const admin = await database.connect();
  await admin.query(`ALTER VIEW public.attempt_weekly OWNER TO ${database.user}`);
  const run = await openTestRun(login, {
    steps,
    alter: (runbook) => ({
      ...runbook,
      environments: {...runbook.environments, staging: {applicationRole: 'app_nobody'}},
    }),
  });
  const {missing} = failureFrom(await run.start('apply-v1'), 'rights-missing');
  expect(missing).toEqual([
    {
      need: 'owner',
      who: login.role,
      what: database.user,
      objects: ['public.attempt_weekly'],
      cure: `ALTER TABLE public.attempt_weekly OWNER TO ${login.role}`,
    },
    {need: 'application-role', who: login.role, what: 'app_nobody', isAbsent: true, objects: []},
  ]);
});

test('a table that the script alters is asked for its owner, and a role that a file takes on counts for those after it', async () => {
  await using database = await createTestDatabase();
  const login = await deployLogin(database, 'GRANT app_reader TO $login');
  const stranger = await roleOf(database, 'stranger');
  const admin = await database.connect();
  await admin.query(`
    ALTER TABLE public.exam_results OWNER TO ${stranger}; GRANT SELECT ON public.exam_results TO ${login.role};
    GRANT CREATE ON SCHEMA public TO ${stranger}`);
  const sql = {
    'apply/role.sql': `SET ROLE ${stranger}`,
    'apply/alter.sql': 'ALTER TABLE public.exam_results ADD COLUMN note text',
    'apply/index.sql': 'CREATE INDEX CONCURRENTLY exam_results_status_idx ON public.exam_results (status)',
    'verify/nothing.sql': 'SELECT WHERE false',
  };
  const runOf = (change: Partial<SqlMigrationStep>): Promise<TestRun> =>
    openTestRun(login, {
      steps: ['snapshot', 'apply-v1'],
      alter: (runbook) => ({
        ...withStep('migration', {verify: 'verify/nothing.sql', ...change})(runbook),
        objects: ['public.exam_results'],
      }),
      sql,
    });
  const needsOf = async (change: Partial<SqlMigrationStep>): Promise<readonly string[]> => {
    const run = await runOf(change);
    const {missing} = failureFrom(await run.start('apply-v1'), 'rights-missing');
    expect(begunTransactions(run)).toBe(0);
    await run.close();
    return missing.map(({need, who, what, objects}) => `${need}: ${who}, ${what}: ${objects.join(', ')}`);
  };
  const lack = `${login.role}, ${stranger}: public.exam_results`;
  const [altered, indexed] = [['apply/alter.sql'], ['apply/role.sql', 'apply/index.sql']];
  expect(await needsOf({apply: altered})).toEqual([`alter: ${lack}`]);
  // Nobody may take on a role of which they are no member.
  expect(await needsOf({apply: indexed, transaction: 'none'})).toEqual([`table: ${lack}`]);

  // A member without INHERIT may do so as the role, and not as the login.
  await admin.query(`ALTER ROLE ${login.role} NOINHERIT; GRANT ${stranger} TO ${login.role}`);
  expect(await needsOf({apply: altered})).toEqual([`alter: ${lack}`]);
  for (const change of [{apply: indexed, transaction: 'none'}, {apply: ['apply/role.sql', ...altered]}] as const) {
    const run = await runOf(change);
    factsFrom(await run.start('apply-v1'), 'migration');
    await run.close();
  }
});
