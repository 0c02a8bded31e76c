// Is a managed backup begun once, found again by its name, and never taken for a proven one? The real aws asks a local
// server; gcloud is stood in for by its argument contract.

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {beforeAll, describe, expect, test} from 'vitest';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import {chosenBackup} from '../../../src/core/rollback.ts';
import type {ManagedBackupStep} from '../../../src/core/tools.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {secretKey, startRds, type Rds} from '../../support/rds.ts';
import {factsFrom, failureFrom, openTestRun, temporaryFolder, type TestRun} from '../../support/run.ts';

const aws = '/usr/bin/aws';
const gcloud = fileURLToPath(new URL('../../fixtures/gcloud-stand-in.mjs', import.meta.url));

/** Nothing is changed in it: one for all tests. */
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({template: 'empty'});
  return database.drop;
});

const onlyStep =
  (step: Partial<ManagedBackupStep>) =>
  (runbook: RunbookDefinition): RunbookDefinition => ({
    ...runbook,
    phases: [{id: 'p', title: {en: 'p', ko: 'p'}}],
    steps: [
      {
        id: 'managed',
        phase: 'p',
        title: {en: 'Managed', ko: '관리형 백업'},
        kind: 'managed-backup',
        method: 'rds-snapshot',
        instance: 'seedtest-prod',
        ...step,
      },
    ],
  });

const open = (database: TestDatabase, step: Partial<ManagedBackupStep>, env: object): Promise<TestRun> =>
  openTestRun(database, {alter: onlyStep(step), env: {...process.env, ...env}});

const ofRds = ({endpoint}: Rds): Partial<ManagedBackupStep> => ({argv: [aws, '--endpoint-url', endpoint]});

// One walk through all of it: each call of aws costs a second and more.
needs('aws').describe('an RDS snapshot', () => {
  test('is begun once under the name of the run, found again, waited for, and amber since nobody restored it', async () => {
    const rds = await startRds(['creating', 'available']);
    const run = await open(database, ofRds(rds), rds.env);
    const waiting = run.progress(({code}) => code === 'waiting-for-backup');
    await run.begin('managed');
    expect(await waiting).toMatchObject({status: 'creating', percent: 41});
    await run.submit({type: 'CancelEffect'});
    failureFrom(run.stateOf('managed'), 'cancelled');
    const state = await run.retry('managed');
    const name = `attempt-runbook-${run.id}-managed`;
    expect(rds.created).toEqual([name]);
    expect(rds.actions.filter((action) => action === 'CreateDBSnapshot')).toHaveLength(1);
    expect(state).toMatchObject({status: 'succeeded', verdict: 'amber'});
    expect(factsFrom(state, 'managed-backup').findings).toEqual([
      {
        code: 'backup-available',
        name,
        id: `arn:aws:rds:x:1:snapshot:${name}`,
        status: 'available',
        createdAt: expect.stringContaining('2025-11-21T17:02:11') as string,
      },
      {code: 'backup-found-again', name},
      {code: 'backup-not-restore-tested'},
    ]);
    const kept = readFileSync(join(run.path, 'artifacts/managed.2.managed-backup.json'), 'utf8');
    expect(JSON.parse(kept)).toMatchObject({name, state: 'available', instance: 'seedtest-prod'});
    expect(`${kept}${run.journal()}${await run.session.transcript('managed', 1)}`).not.toContain(secretKey);
    // A restore would not use it.
    expect(chosenBackup(run.session.view().state)).toBeUndefined();
  });

  test('that a login is missing for is confirmed by hand', async () => {
    const closed = await startRds([], 'InvalidClientTokenId');
    const refused = await open(database, ofRds(closed), closed.env);
    expect(failureFrom(await refused.start('managed'), 'tool-unavailable')).toMatchObject({tool: 'aws', why: 'login'});
    const byHand = {type: 'WaiveStep', step: 'managed', reason: 'snapshot nightly-1121, seen in the console'} as const;
    expect(await refused.submit(byHand)).toBeUndefined();
    expect(refused.stateOf('managed')).toMatchObject({status: 'succeeded', verdict: 'amber', facts: {kind: 'settled'}});
  });
});

describe('by the argument contract of gcloud, which is not run here', () => {
  test('a Cloud SQL backup is made once, and found by its description', async () => {
    const backups = join(temporaryFolder(), 'backups.json');
    const run = await open(database, {method: 'cloud-sql', argv: [gcloud, '--project=seedtest']}, {BACKUPS: backups});
    const state = await run.start('managed');
    expect(factsFrom(state, 'managed-backup').findings).toEqual([
      expect.objectContaining({code: 'backup-available', id: '1732294800', status: 'SUCCESSFUL'}),
      {code: 'backup-not-restore-tested'},
    ]);
    expect(JSON.parse(readFileSync(backups, 'utf8'))).toHaveLength(1);
  });

  test('a missing login is said as such, and confirmed by hand', async () => {
    const env = {BACKUPS: join(temporaryFolder(), 'backups.json'), REFUSE: '1'};
    const run = await open(database, {method: 'cloud-sql', argv: [gcloud]}, env);
    expect(failureFrom(await run.start('managed'), 'tool-unavailable')).toMatchObject({
      tool: 'gcloud',
      why: 'login',
    });
    const byHand = {type: 'WaiveStep', step: 'managed', reason: 'backup nightly-1121, seen in the console'} as const;
    expect(await run.submit(byHand)).toBeUndefined();
    expect(run.stateOf('managed')).toMatchObject({status: 'succeeded', verdict: 'amber', facts: {kind: 'settled'}});
  });
});

test("a team's own commands make a backup once, wait for it, find it again, and tell of it", async () => {
  const folder = temporaryFolder();
  const shell = (script: string): readonly string[] => ['/usr/bin/bash', '-c', script, 'own', '{name}'];
  const run = await open(
    database,
    {
      method: 'command',
      create: shell(`touch ${folder}/$1; echo $1 >> ${folder}/all`),
      // The first look after it was made finds it half done.
      find: shell(
        `test -f ${folder}/$1 || { echo '{"status":"missing"}'; exit; }
         test -f ${folder}/looked && echo '{"status":"available","id":"own-1","createdAt":"2025-11-21T17:02:11Z"}' && exit
         touch ${folder}/looked; echo '{"status":"creating","percent":41}'`,
      ),
    },
    {},
  );
  const waiting = run.progress(({code}) => code === 'waiting-for-backup');
  await run.begin('managed');
  await waiting;
  await run.submit({type: 'CancelEffect'});
  failureFrom(run.stateOf('managed'), 'cancelled');
  const state = await run.retry('managed');
  expect(state).toMatchObject({status: 'succeeded', verdict: 'amber'});
  expect(factsFrom(state, 'managed-backup').findings).toMatchObject([
    {code: 'backup-available', id: 'own-1'},
    {code: 'backup-found-again'},
    {code: 'backup-not-restore-tested'},
  ]);
  expect(readFileSync(join(folder, 'all'), 'utf8')).toBe(`attempt-runbook-${run.id}-managed\n`);
  // A restore would not use it.
  expect(chosenBackup(run.session.view().state)).toBeUndefined();
  await run.close();
  const broken = await open(
    database,
    {method: 'command', create: shell('true'), find: shell(`echo '{"status":"failed"}'`)},
    {},
  );
  const {findings} = failureFrom(await broken.start('managed'), 'tool-findings');
  expect(findings).toEqual([{code: 'backup-failed', name: `attempt-runbook-${broken.id}-managed`, status: 'failed'}]);
});
