// Is Alembic's change asked for the rights of what it takes, and of nothing else, and for the rows of what is filled anew?

import {expect} from 'vitest';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import {factsText} from '../../../src/ui/text/facts.ts';
import {alembicProject, revision} from '../../support/alembic.ts';
import {deployLogin, roleOf} from '../../support/login.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const {describe, test} = needs('alembic', 'pg_dump');

describe('the rights for what Alembic takes', () => {
  test('are asked for by the copy that shows what falls, and for nothing that stays', async () => {
    await using database = await createTestDatabase();
    const login = await deployLogin(database, 'GRANT app_reader TO $login');
    const stranger = await roleOf(database, 'stranger');
    const admin = await database.connect();
    await admin.query(
      `ALTER VIEW public.attempt_weekly OWNER TO ${stranger}; GRANT SELECT ON public.attempt TO ${stranger}`,
    );
    const before = await catalogOf(database);
    const options = {
      steps: ['snapshot', 'backup', 'rehearse', 'upgrade'],
      scratch: 'embedded',
      compose: unproven,
      alter: (runbook: RunbookDefinition) => ({...runbook, rollback: []}),
    } as const;

    const all = await openTestRun(login, {...options, runbook: alembicProject().runbook});
    const {failure} = failureFrom(await all.start('rehearse'), 'rehearsal-failed');
    expect(failure).toMatchObject({
      code: 'rights-missing',
      missing: expect.arrayContaining([
        expect.objectContaining({need: 'owner', what: stranger, objects: ['public.attempt_weekly']}),
      ]) as unknown,
    });
    await all.close();

    const project = alembicProject();
    project.editRunbook('    verify: verify/010_columns.sql\n', '');
    project.edit(
      `migrations/versions/${revision}.py`,
      '    conn = op.get_bind()',
      '    return\n    conn = op.get_bind()',
    );
    const none = await openTestRun(login, {...options, runbook: project.runbook});
    const {parts, ...copy} = factsFrom(await none.start('rehearse'), 'rehearse');
    expect(copy).toMatchObject({rights: {tried: true}, isFaithful: true});
    expect(parts.find(({step}) => step === 'upgrade')).toMatchObject({verdict: 'pass', taken: []});
    expect((await none.session.preview('upgrade')).impact).not.toHaveProperty('unmet');
    factsFrom(await none.start('upgrade'), 'migration');
    expect(await catalogOf(database)).toEqual(before);
  });
});

describe('a materialized view that falls with Alembic and is filled anew', () => {
  test('is compared row by row: what is lost for good makes the change amber, and what is as before does not', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(`
      CREATE MATERIALIZED VIEW public.attempt_daily AS SELECT session_id, count(*) AS n FROM public.attempt GROUP BY 1;
      DELETE FROM public.exam_results WHERE id = (SELECT min(id::text)::uuid FROM public.exam_results);
      CREATE MATERIALIZED VIEW public.attempt_sessions AS SELECT DISTINCT session_id FROM public.attempt`);
    const run = await openTestRun(database, {runbook: alembicProject().runbook, steps: ['snapshot', 'upgrade']});
    const state = await run.start('upgrade');
    const facts = factsFrom(state, 'migration');
    const {refilled = []} = facts.alembic ?? {};
    expect(refilled.map(({object, aspect}) => `${object} ${aspect}`)).toEqual(['public.attempt_daily rows']);
    expect(Number(refilled[0]?.before)).toBe(Number(refilled[0]?.after) + 1);
    expect(state).toMatchObject({verdict: 'amber'});
    expect(factsText(facts, 'en').join('\n')).toContain(
      '! filled anew by the put-back, and cannot be brought back: public.attempt_daily  rows: ',
    );
  });
});
