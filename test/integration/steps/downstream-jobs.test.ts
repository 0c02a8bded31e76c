// Are downstream jobs run in dry-run form, each judged by what it must say, and unable to write?

import {existsSync} from 'node:fs';
import {expect} from 'vitest';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import type {DownstreamJob} from '../../../src/core/tools.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun} from '../../support/run.ts';

const {test} = needs('psql');

const psql = ['/usr/bin/psql', '/usr/lib/postgresql/15/bin/psql'].find((path) => existsSync(path)) ?? 'psql';
const job = (id: string, sql: string, rest: Partial<DownstreamJob> = {}): DownstreamJob => ({
  id,
  title: {en: id, ko: id},
  // As a job connects: by the URL of its environment, which a shell of its own reads.
  argv: ['/usr/bin/bash', '-c', `"$0" -X -q -A -t -v ON_ERROR_STOP=1 -c "$1" "$DATABASE_URL"`, psql, sql],
  url: {variable: 'DATABASE_URL'},
  ...rest,
});

const withJobs =
  (...jobs: readonly DownstreamJob[]) =>
  (runbook: RunbookDefinition): RunbookDefinition => ({
    ...runbook,
    phases: [{id: 'p', title: {en: 'p', ko: 'p'}}],
    steps: [{id: 'jobs', phase: 'p', title: {en: 'Jobs', ko: '작업'}, kind: 'downstream-jobs', jobs}],
  });

const rows = {pattern: 'dry run: (\\d+) rows', minimum: 1};
const counting = "SELECT 'dry run: ' || count(*) || ' rows' FROM public.exam_results";

test('jobs that say what they must pass, and one of which nothing is expected is amber', async () => {
  await using database = await createTestDatabase();
  const run = await openTestRun(database, {
    alter: withJobs(
      job('irt-calibration', counting, {rows}),
      job('kpi-backfill', "SELECT current_setting('application_name')", {output: '^attempt-runbook/'}),
      job('report', 'SELECT 1', {budgetMs: 1}),
    ),
  });
  const state = await run.start('jobs');
  expect(state).toMatchObject({verdict: 'amber'});
  expect(factsFrom(state, 'downstream-jobs').findings).toMatchObject([
    {code: 'job-passed', id: 'irt-calibration', rows: 400},
    {code: 'job-passed', id: 'kpi-backfill'},
    {code: 'job-ended', id: 'report'},
    {code: 'job-late', id: 'report', budgetMs: 1},
  ]);
});

test('every job is run, and each that fails says how', async () => {
  await using database = await createTestDatabase();
  const run = await openTestRun(database, {
    alter: withJobs(
      job('broken', 'SELECT 1/0'),
      job('writer', 'CREATE TABLE public.left_behind ()'),
      job('silent', "SELECT 'hello'", {rows}),
      job('empty', `${counting} WHERE false`, {rows}),
      job('slow', 'SELECT pg_sleep(600)', {timeoutMs: 500}),
      {id: 'lost', title: {en: 'lost', ko: 'lost'}, argv: ['no-such-job']},
      job('fine', counting, {rows}),
    ),
  });
  const {findings} = failureFrom(await run.start('jobs'), 'tool-findings');
  expect(findings.map((of) => `${'id' in of ? of.id : ''} ${of.code}`)).toEqual([
    'broken job-failed',
    'writer job-failed',
    'silent job-silent',
    'empty job-too-few-rows',
    'slow job-failed',
    'lost job-failed',
    'fine job-passed',
  ]);
  expect(JSON.stringify(findings)).toContain('read-only transaction');
});
