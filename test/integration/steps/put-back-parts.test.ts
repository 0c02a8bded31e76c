// Alembic's change of a login that may not act for the owner of what falls with it: not begun, and where that is found out
// too late, everything else is back.

import {expect} from 'vitest';
import {takenBy} from '../../../src/steps/alembic-put-back.ts';
import {failureText} from '../../../src/ui/text/failure.ts';
import {alembicProject} from '../../support/alembic.ts';
import {deployLogin, roleOf} from '../../support/login.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun, withProcesses} from '../../support/run.ts';

// One run: each start of Alembic costs seconds.
needs('alembic').test(
  'a dependant of another role stops Alembic before it starts; lost in between, it alone stays away, by name',
  async () => {
    await using database = await createTestDatabase();
    const login = await deployLogin(database, 'GRANT app_reader TO $login');
    const reporting = await roleOf(database, 'reporting');
    const admin = await database.connect();
    await admin.query(`GRANT CREATE ON SCHEMA public TO ${reporting};
      ALTER VIEW public.attempt_weekly OWNER TO ${reporting}`);
    const before = await catalogOf(database);
    let upgrades = 0;
    let afterUpgrade = '';
    const run = await openTestRun(login, {
      runbook: alembicProject().runbook,
      steps: ['snapshot', 'upgrade'],
      compose: withProcesses((real) => ({
        ...real,
        run: async (spec) => {
          const ended = await real.run(spec);
          if (!spec.args.includes('upgrade') || spec.args.includes('--sql')) return ended;
          upgrades += 1;
          if (afterUpgrade !== '') await admin.query(afterUpgrade);
          return ended;
        },
      })),
    });

    const gate = failureFrom(await run.start('upgrade'), 'rights-missing');
    expect(gate.missing).toMatchObject([{need: 'owner', what: reporting, objects: ['public.attempt_weekly']}]);
    expect(upgrades).toBe(0);
    expect(await catalogOf(database)).toEqual(before);

    // Granted, and taken away while Alembic commits.
    await admin.query(gate.missing[0]?.cure ?? '');
    afterUpgrade = `REVOKE ${reporting} FROM ${login.role}`;
    const failure = failureFrom(await run.retry('upgrade'), 'alembic-incomplete');
    expect(upgrades).toBe(1);
    expect(failure.missing).toEqual([]);
    expect(failure.changes.map(({object, aspect}) => `${object} ${aspect}`)).toEqual([
      'public.attempt_weekly existence',
    ]);
    expect(failureText(failure, 'en').where).toContain('public.attempt_weekly: ');
    const left = takenBy(['public.attempt'], before, await catalogOf(database));
    expect(left.map(({object}) => object)).toEqual(['public.attempt_weekly']);

    // With the right the rest goes back, and Alembic is not run again.
    await admin.query(`GRANT ${reporting} TO ${login.role}`);
    factsFrom(await run.retry('upgrade'), 'migration');
    expect(upgrades).toBe(1);
    expect(takenBy(['public.attempt'], before, await catalogOf(database))).toEqual([]);
  },
);
