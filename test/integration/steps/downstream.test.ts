// Are downstream samples timed against their budgets, kept as plans that can be read, and unable to write?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun} from '../../support/run.ts';
import {placeV1} from '../../support/v1.ts';

const steps = ['downstream'];

const withBudget =
  (budgetMs: number) =>
  (runbook: RunbookDefinition): RunbookDefinition => ({
    ...runbook,
    steps: runbook.steps.map((step) =>
      step.kind === 'downstream'
        ? {
            ...step,
            samples: step.samples.map((sample) => (sample.id === 'one-student' ? {...sample, budgetMs} : sample)),
          }
        : step,
    ),
  });

describe('the downstream samples', () => {
  test('run, return rows, and leave each plan as JSON beside the journal', async () => {
    await using database = await createTestDatabase();
    await placeV1(await database.connect());
    const run = await openTestRun(database, {steps, alter: withBudget(60_000)});
    const state = await run.start('downstream');
    const {samples} = factsFrom(state, 'downstream');
    expect(samples.map(({id}) => id)).toEqual([
      'irt-calibration',
      'kpi-backfill',
      'daily-aggregation',
      'topic-dashboard',
      'one-student',
    ]);
    expect(samples.filter(({rows, runsMs}) => rows === 0 || runsMs.length !== 3)).toEqual([]);
    expect(state).toMatchObject({verdict: 'pass'});
    for (const {id, medianMs, runsMs} of samples) {
      expect(runsMs).toContain(medianMs);
      const path = `artifacts/downstream.1.${id}.explain.json`;
      const sealed = run.events.find((event) => event.type === 'ArtifactSealed' && event.artifact.path === path);
      expect(sealed).toMatchObject({artifact: {mediaType: 'application/json'}});
      const plan = JSON.parse(readFileSync(join(run.path, path), 'utf8')) as readonly Record<string, unknown>[];
      expect(plan).toHaveLength(1);
      expect(plan[0]).toMatchObject({
        Plan: {'Node Type': expect.any(String) as string, 'Shared Hit Blocks': expect.any(Number) as number},
      });
    }
  });

  test('are amber when a budget is missed', async () => {
    await using database = await createTestDatabase();
    await placeV1(await database.connect());
    const run = await openTestRun(database, {steps, alter: withBudget(0.001)});
    const state = await run.start('downstream');
    expect(state).toMatchObject({status: 'succeeded', verdict: 'amber'});
    const verdicts = factsFrom(state, 'downstream').samples.map(({id, verdict}) => `${id} ${verdict}`);
    expect(verdicts).toContain('one-student amber');
    expect(verdicts).toContain('topic-dashboard pass');
  });

  test('cannot write, not even as the owner', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const run = await openTestRun(database, {
      steps: ['downstream'],
      sql: {
        'downstream/010_irt_calibration.sql':
          "-- a sample that writes\nDELETE FROM public.exam_results WHERE session_id <> '';\n",
      },
      alter: (runbook) => ({...runbook, environments: {staging: {}}}),
    });
    expect(failureFrom(await run.start('downstream'), 'query-refused')).toMatchObject({
      sqlState: '25006',
      file: 'downstream/010_irt_calibration.sql',
    });
    expect((await admin.query('SELECT count(*)::int AS rows FROM public.exam_results')).rows).toEqual([{rows: 400}]);
  });

  test('are only planned, and amber, when they would cost too much to run', async () => {
    await using database = await createTestDatabase();
    const costly =
      'SELECT count(*) FROM public.exam_results a, public.exam_results b, public.exam_results c, public.exam_results d, public.exam_results e;\n';
    const run = await openTestRun(database, {
      steps: ['downstream'],
      sql: {'downstream/010_irt_calibration.sql': costly},
    });
    const sample = factsFrom(await run.start('downstream'), 'downstream').samples[0];
    expect(sample).toMatchObject({id: 'irt-calibration', verdict: 'amber', runsMs: []});
    expect(sample?.estimatedCost).toBeGreaterThan(500_000_000);
  });

  test('point to the file, the line and the column of an error', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps: ['downstream'],
      sql: {
        'downstream/010_irt_calibration.sql':
          '-- a sample\nSELECT a.student_id,\n  a.score\nFROM public.attempt AS a;\n',
      },
    });
    expect(failureFrom(await run.start('downstream'), 'query-refused')).toMatchObject({
      sqlState: '42703',
      file: 'downstream/010_irt_calibration.sql',
      line: 3,
      column: 3,
      sourceLine: '  a.score',
    });
  });
});
