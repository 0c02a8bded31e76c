// Does a scripted rehearsal walk a real Alembic revision there and back, and say beforehand what it takes along?

import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {alembicProject, from, revision} from '../support/alembic.ts';
import {createPlace, ensureBuilt} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase} from '../support/postgres.ts';

beforeAll(ensureBuilt);

needs('alembic').describe('a scripted rehearsal with Alembic', () => {
  test('names every loss before the upgrade, puts it back after it, and ends where it began', async () => {
    await using database = await createTestDatabase();
    const place = createPlace();
    const {runbook, editRunbook} = alembicProject(place.folder);
    // What comes after the upgrade, and the way back by the backup, are those of every runbook.
    const folder = join(runbook.directory, runbook.name);
    const yaml = readFileSync(join(folder, 'runbook.yaml'), 'utf8');
    editRunbook(yaml.slice(yaml.indexOf('  - id: smoke\n'), yaml.indexOf('rollback:\n')), '');
    editRunbook(yaml.slice(yaml.indexOf('  - id: restore-backup\n')), '');
    const answers = join(folder, 'answers.rehearsal.yaml');
    writeFileSync(answers, readFileSync(answers, 'utf8').replace('  smoke: {start: true}\n', ''));
    const {code, stdout, stderr} = await place.command(
      ['--plain', 'rehearse', runbook.name, '--scratch-url', 'env:SCRATCH'],
      {env: {SCRATCH: database.url}},
    );
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
