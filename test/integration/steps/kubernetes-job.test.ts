// Is a Job made once, followed, found again, deleted only when it is ours, and judged by the database? The real kubectl asks
// a local server that speaks as much of the API as it needs; no cluster was run.

import {beforeAll, expect, test} from 'vitest';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import type {KubernetesJobStep} from '../../../src/core/tools.ts';
import {imageId, startKubernetes, type Kubernetes} from '../../support/kubernetes.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun, type TestRun} from '../../support/run.ts';

const kubectl = '/usr/bin/kubectl';

/** Nothing is changed in it: one for all tests. */
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({template: 'empty'});
  return database.drop;
});

const stepWith = (change: Partial<KubernetesJobStep>): KubernetesJobStep => ({
  id: 'backfill',
  phase: 'p',
  title: {en: 'Backfill', ko: '백필'},
  kind: 'kubernetes-job',
  argv: [kubectl],
  namespace: 'seedtest',
  image: 'registry/seedtest:1',
  args: ['backfill'],
  writes: true,
  ...change,
});

const open = (
  database: TestDatabase,
  {env}: Kubernetes,
  step: Partial<KubernetesJobStep> = {},
  verify = '',
): Promise<TestRun> =>
  openTestRun(database, {
    alter: (runbook: RunbookDefinition) => ({
      ...runbook,
      phases: [{id: 'p', title: {en: 'p', ko: 'p'}}],
      steps: [stepWith(step)],
    }),
    env: {...process.env, ...env},
    ...(verify === '' ? {} : {sql: {'v.sql': verify}}),
  });

const codes = (findings: readonly Readonly<{code: string}>[]): readonly string[] => findings.map(({code}) => code);

needs('kubectl').describe('a Job', () => {
  test('is made once without a second try, its log is recorded, and the database says whether its work is there', async () => {
    const cluster = await startKubernetes();
    const run = await open(database, cluster, {verify: 'v.sql'}, 'SELECT 1 WHERE false;');
    cluster.say('wrote 12 rows with postgresql://app:hunter2secret@db/x\n');
    await run.begin('backfill');
    await cluster.followed;
    cluster.say('done\n');
    cluster.end(0);
    await run.session.settled();
    const name = `arb-${run.id}-backfill-1`;
    expect(factsFrom(run.stateOf('backfill'), 'kubernetes-job').findings).toEqual([
      {code: 'kube-job-succeeded', name, imageId, exitCode: 0},
      {code: 'kube-in-place', file: 'v.sql'},
    ]);
    expect(cluster.created).toMatchObject([
      {
        metadata: {name, labels: {'attempt-runbook/run': run.id, 'attempt-runbook/step': 'backfill'}},
        spec: {backoffLimit: 0, template: {spec: {restartPolicy: 'Never', containers: [{args: ['backfill']}]}}},
      },
    ]);
    const transcript = await run.session.transcript('backfill', 1);
    expect(transcript).toContain('wrote 12 rows');
    expect(transcript).toContain('done');
    expect(transcript).not.toContain('hunter2secret');
  });

  test('that ends with 0 is amber by itself, and fails when the database does not have its work', async () => {
    const cluster = await startKubernetes();
    cluster.end(0);
    const alone = await open(database, cluster);
    expect(await alone.start('backfill')).toMatchObject({status: 'succeeded', verdict: 'amber'});
    await alone.close();
    const judged = await open(database, cluster, {verify: 'v.sql'}, 'SELECT 1 AS missing;');
    const {findings} = failureFrom(await judged.start('backfill'), 'tool-findings');
    expect(codes(findings)).toEqual(['kube-job-succeeded', 'kube-not-in-place']);
  });

  test('that ended is not said to have changed nothing when a lock keeps its question from an answer', async () => {
    const cluster = await startKubernetes();
    cluster.end(0);
    const holder = await database.connect();
    await holder.query('CREATE TABLE public.filled (); BEGIN; LOCK TABLE public.filled IN ACCESS EXCLUSIVE MODE');
    const run = await open(database, cluster, {verify: 'v.sql'}, 'SELECT 1 AS missing FROM public.filled;');
    expect(await run.start('backfill')).toMatchObject({status: 'in-doubt', probe: {verdict: 'cannot-tell'}});
    expect(run.events.filter(({type}) => type === 'StepFailed')).toEqual([]);
    await holder.query('COMMIT');
    await run.submit({type: 'ProbeStep', step: 'backfill'});
    expect(run.stateOf('backfill').status).toBe('succeeded');
    expect(cluster.created).toHaveLength(1);
  });

  test('that fails is not run again by itself; the next attempt makes its own', async () => {
    const cluster = await startKubernetes();
    cluster.end(3);
    const run = await open(database, cluster);
    const {findings} = failureFrom(await run.start('backfill'), 'tool-findings');
    expect(findings[0]).toMatchObject({code: 'kube-job-failed', exitCode: 3, reason: 'BackoffLimitExceeded'});
    await run.retry('backfill');
    expect(cluster.created.map(({metadata}) => metadata.name)).toEqual([
      `arb-${run.id}-backfill-1`,
      `arb-${run.id}-backfill-2`,
    ]);
  });

  test('is deleted when the step is stopped, and a Job of somebody else is not', async () => {
    const cluster = await startKubernetes();
    const run = await open(database, cluster);
    const foreign = {name: 'nightly', namespace: 'seedtest', labels: {app: 'nightly'}};
    cluster.jobs.set('nightly', {metadata: foreign, spec: {}});
    await run.begin('backfill');
    await cluster.followed;
    await run.submit({type: 'CancelEffect'});
    const {findings} = failureFrom(run.stateOf('backfill'), 'tool-findings');
    expect(findings).toEqual([{code: 'kube-job-deleted', name: `arb-${run.id}-backfill-1`}]);
    expect(cluster.deleted).toEqual([`arb-${run.id}-backfill-1`]);
    expect([...cluster.jobs.keys()]).toEqual(['nightly']);
  });

  test('that an attempt left behind is found again instead of made twice', async () => {
    const cluster = await startKubernetes();
    const run = await open(database, cluster);
    const labels = {
      'attempt-runbook/run': run.id,
      'attempt-runbook/step': 'backfill',
      'attempt-runbook/attempt': '1',
    };
    const name = `arb-${run.id}-backfill-1`;
    const spec = {backoffLimit: 0, template: {spec: {restartPolicy: 'Never'}}};
    cluster.jobs.set(name, {metadata: {name, namespace: 'seedtest', labels}, spec});
    cluster.end(0);
    const {findings} = factsFrom(await run.start('backfill'), 'kubernetes-job');
    expect(codes(findings)).toEqual(['kube-job-succeeded', 'kube-job-found-again', 'kube-exit-alone']);
    expect(cluster.created).toEqual([]);
  });

  test('that the cluster refuses is said to have begun nothing', async () => {
    const cluster = await startKubernetes();
    cluster.refuse(true);
    const run = await open(database, cluster);
    const {findings} = failureFrom(await run.start('backfill'), 'tool-findings');
    expect(codes(findings)).toEqual(['kube-refused']);
  });

  test('that nobody here knows the fate of is settled by the cluster, and then goes on as it was found', async () => {
    const cluster = await startKubernetes();
    const run = await open(database, cluster);
    // The Job is made, and from then on the cluster answers nobody.
    cluster.loseAnswers();
    expect(await run.start('backfill')).toMatchObject({status: 'in-doubt', probe: {verdict: 'cannot-tell'}});
    expect(cluster.created).toHaveLength(1);
    cluster.refuse(false);
    const probe = async (): Promise<unknown> => {
      expect(await run.submit({type: 'ProbeStep', step: 'backfill'})).toBeUndefined();
      return run.stateOf('backfill');
    };
    expect(await probe()).toMatchObject({status: 'in-doubt', probe: {verdict: 'still-running'}});
    cluster.end(0);
    expect(await probe()).toMatchObject({status: 'succeeded', verdict: 'amber', facts: {kind: 'kubernetes-job'}});
    expect(cluster.created).toHaveLength(1);
  });

  test.each([
    ['failed: a failure, since a part of its work may be there', 3, {status: 'failed'}],
    [
      'is not there: it may have been deleted, and a human says',
      undefined,
      {status: 'in-doubt', probe: {verdict: 'cannot-tell'}},
    ],
  ] as const)('in doubt that %s', async (_, exitCode, wanted) => {
    const cluster = await startKubernetes();
    const run = await open(database, cluster);
    cluster.loseAnswers();
    await run.start('backfill');
    cluster.refuse(false);
    if (exitCode === undefined) cluster.jobs.clear();
    else cluster.end(exitCode);
    await run.submit({type: 'ProbeStep', step: 'backfill'});
    expect(run.stateOf('backfill')).toMatchObject(wanted);
  });
});
