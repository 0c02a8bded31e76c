// Does a scripted rehearsal walk a real Alembic revision there and back, and say beforehand what it takes along?

import {readFileSync} from 'node:fs';
import {beforeAll, expect, test} from 'vitest';
import {alembicProject, from, revision} from '../support/alembic.ts';
import {createPlace, ensureBuilt} from '../support/headless.ts';
import {needs} from '../support/needs.ts';

beforeAll(ensureBuilt);

needs('alembic').describe('a scripted rehearsal with Alembic', () => {
  test('names every loss before the upgrade, puts it back after it, and ends where it began', async () => {
    const place = createPlace();
    const {runbook} = alembicProject(place.folder);
    const {code, stdout, stderr} = await place.cli(['--plain', 'rehearse', runbook.name]);
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    const [before = ''] = stdout.split('2.1 Upgrade to V1: started by');
    for (const loss of [
      'public.attempt owner: seedtest_owner -> ',
      'public.attempt options: security_barrier=true -> -',
      'public.attempt comment: One row per answered question',
      'app_reader=SELECT by seedtest_owner',
      'public.attempt column grants: id: app_etl=REFERENCES',
      'public.attempt column comments: student_id: The student',
      'view public.attempt_topic is dropped',
      'view public.attempt_weekly is dropped',
    ]) {
      expect(before).toContain(loss);
    }
    expect(stdout).toContain(`$ /usr/bin/alembic -c alembic.ini upgrade ${revision}`);
    const facts = place.journal().flatMap((event) => (event.type === 'StepSucceeded' ? [event.facts] : []));
    const of = <K extends (typeof facts)[number]['kind']>(kind: K) =>
      facts.find((one): one is Extract<(typeof facts)[number], {kind: K}> => one.kind === kind);
    expect(of('alembic-check')).toMatchObject({current: [from], pending: [revision], offline: 'crashed'});
    expect(of('migration')).toMatchObject({putBack: {dependants: ['public.attempt_topic', 'public.attempt_weekly']}});
    // Byte for byte the catalog of before, which the downgrade of the revision would not have brought.
    expect(of('restore-objects')?.digest).toBe(of('snapshot')?.digest);
    const downgrade = of('rehearse')?.parts.find(({step}) => step === 'rollback/downgrade');
    expect(downgrade).toMatchObject({verdict: 'fail', digestEqual: false});
    const statements = of('rehearse')?.parts.find(({step}) => step === 'upgrade')?.statements;
    expect(readFileSync(place.path(statements?.path ?? ''), 'utf8')).toContain('DROP VIEW IF EXISTS attempt CASCADE;');
    expect(place.leftovers()).toEqual([]);
  });
});
