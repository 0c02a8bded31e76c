// Is a change rehearsed with the rights that its login has on the target, and is it said where it cannot be?

import {expect} from 'vitest';
import {factsText} from '../../../src/ui/text/facts.ts';
import {amberLines} from '../../../src/ui/text/amber.ts';
import {deployLogin, roleOf} from '../../support/login.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const {describe, test} = needs('pg_dump');

const steps = ['snapshot', 'backup', 'rehearse-copy', 'apply-v1', 'smoke'];

describe('a copy on a server of its own', () => {
  test('refuses what the target would refuse the login, in the same words, and passes once it is given', async () => {
    await using database = await createTestDatabase();
    const login = await deployLogin(database, 'GRANT app_reader TO $login');
    const stranger = await roleOf(database, 'stranger');
    const admin = await database.connect();
    await admin.query(`
      GRANT USAGE, CREATE ON SCHEMA public TO ${stranger};
      ALTER VIEW public.attempt_weekly OWNER TO ${stranger}; GRANT SELECT ON public.attempt TO ${stranger}`);
    const run = await openTestRun(login, {steps, scratch: 'embedded', compose: unproven});

    const {failure} = failureFrom(await run.start('rehearse-copy'), 'rehearsal-failed');
    expect(failure).toMatchObject({
      code: 'rights-missing',
      missing: [{need: 'owner', who: login.role, what: stranger, objects: ['public.attempt_weekly']}],
    });

    await admin.query(`GRANT ${stranger} TO ${login.role}`);
    const facts = factsFrom(await run.retry('rehearse-copy'), 'rehearse');
    expect(facts.rights).toEqual({tried: true, login: login.role});
    expect(facts.isFaithful).toBe(true);
    expect(factsText(facts, 'en').join('\n')).toContain(`the rights that ${login.role} has on the target`);
    factsFrom(await run.start('apply-v1'), 'migration');
    factsFrom(await run.start('smoke'), 'smoke');
  });
});
