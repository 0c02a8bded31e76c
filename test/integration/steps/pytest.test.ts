// Does a pytest suite count for what it proved, and for no more? With the real pytest.

import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {beforeAll, expect, test} from 'vitest';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import type {ToolFindingCode} from '../../../src/core/tool-finding.ts';
import type {StepState} from '../../../src/core/state.ts';
import type {PytestStep} from '../../../src/core/tools.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun, type TestRun} from '../../support/run.ts';

/** Nothing is changed in it: one for all tests. */
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  return database.drop;
});

const isLong = process.env['LONG'] === '1';
const program = '/usr/bin/pytest';
const suite = fileURLToPath(new URL('../../fixtures/pytest', import.meta.url));
const smoke = 'test_attempt_view_smoke.py';
const all = [`${smoke}::TestColumns::test_eleven`, `${smoke}::test_no_null_keys`, `${smoke}::test_sequence`];

/** A run whose only step is this one. */
const onlyStep =
  (step: Partial<PytestStep>) =>
  (runbook: RunbookDefinition): RunbookDefinition => ({
    ...runbook,
    phases: [{id: 'p', title: {en: 'p', ko: 'p'}}],
    steps: [
      {
        id: 'suite',
        phase: 'p',
        title: {en: 'Suite', ko: '테스트'},
        kind: 'pytest',
        // Without its cache, which it would leave in the repository.
        argv: [program, '-p', 'no:cacheprovider', '-q', '-k', 'attempt_view_smoke'],
        directory: suite,
        url: {variable: 'DATABASE_URL', scheme: 'postgresql+psycopg2'},
        ...step,
      },
    ],
  });

const env = {...process.env, PYTHONDONTWRITEBYTECODE: '1'};
const open = (database: TestDatabase, step: Partial<PytestStep> = {}): Promise<TestRun> =>
  openTestRun(database, {alter: onlyStep(step), env});

/** Walks through a run of its own and leaves the target for the next. */
const outcomeOf = async (database: TestDatabase, step: Partial<PytestStep>): Promise<StepState> => {
  const run = await open(database, step);
  const state = await run.start('suite');
  await run.close();
  return state;
};

const selecting = (name: string): Partial<PytestStep> => ({
  argv: [program, '-p', 'no:cacheprovider', '-q', '-k', name],
});

const codes = (findings: readonly Readonly<{code: ToolFindingCode}>[]): readonly ToolFindingCode[] =>
  findings.map(({code}) => code);

needs('pytest').describe('a pytest suite', () => {
  test('passes when every named test ran on rows, and its report is sealed', async () => {
    const run = await open(database, {expect: all, minimum: 3});
    const state = await run.start('suite');
    expect(codes(factsFrom(state, 'pytest').findings)).toEqual([
      'test-passed',
      'test-passed',
      'test-passed',
      'deselected',
      'object-has-rows',
    ]);
    expect(state).toMatchObject({verdict: 'pass'});
    const sealed = run.events.flatMap((event) => (event.type === 'ArtifactSealed' ? [event.artifact] : []));
    expect(sealed.map(({path}) => path)).toContain('artifacts/suite.1.junit.xml');
    const report = readFileSync(join(run.path, 'artifacts/suite.1.junit.xml'), 'utf8');
    expect(report).toContain('test_no_null_keys');
    expect(readdirSync(join(run.path, 'artifacts')).filter((name) => name.endsWith('.partial'))).toEqual([]);
    const transcript = await run.session.transcript('suite', 1);
    expect(transcript).toContain('-k attempt_view_smoke --junitxml=');
    const cast = readFileSync(join(run.path, 'transcripts/suite.1.cast'), 'utf8');
    expect(cast).toContain('DATABASE_URL');
    expect(cast).not.toContain('postgresql+psycopg2://');
  });

  test('is amber when nobody named the tests, and others were deselected', async () => {
    const state = await outcomeOf(database, {minimum: 3});
    expect(state).toMatchObject({verdict: 'amber'});
    expect(factsFrom(state, 'pytest').findings).toContainEqual({code: 'deselected', count: 7, named: false});
  });

  test('is amber when the view has no rows: it passed on nothing', async () => {
    await using database = await createTestDatabase();
    await (await database.connect()).query('TRUNCATE public.exam_results');
    const state = await outcomeOf(database, {expect: all});
    expect(state).toMatchObject({verdict: 'amber'});
    expect(factsFrom(state, 'pytest').findings).toContainEqual({code: 'object-empty', object: 'public.attempt'});
  });

  const failing: readonly (readonly [string, Partial<PytestStep>, readonly ToolFindingCode[]])[] = [
    ['a test fails', selecting('test_fails'), ['test-failed']],
    ['a fixture breaks', selecting('test_broken'), ['test-error']],
    [
      'a named test was skipped',
      {...selecting('test_skipped'), expect: ['test_other.py::test_skipped']},
      ['test-skipped'],
    ],
    [
      'a named test was deselected',
      {...selecting('test_sequence'), expect: [`${smoke}::test_sequence`, `${smoke}::test_no_null_keys`]},
      ['test-deselected'],
    ],
    [
      'a named test is not there',
      {argv: [program, '-p', 'no:cacheprovider', '-q', smoke], expect: [...all, `${smoke}::test_gone`]},
      ['test-missing'],
    ],
    ['a test ran that nobody named', {expect: all.slice(0, 2)}, ['test-unknown']],
    ['too few ran', {...selecting('test_sequence or test_skipped'), minimum: 2}, ['too-few']],
    ['none was collected', selecting('no_such_test'), ['none-collected']],
  ];
  // Each is a start of pytest: all of them under LONG, otherwise one.
  test.each(failing.filter(([name]) => isLong || name === 'a named test is not there'))(
    'fails when %s',
    async (_, step, wanted) => {
      const {findings} = failureFrom(await outcomeOf(database, step), 'tool-findings');
      expect(codes(findings)).toEqual(expect.arrayContaining([...wanted]));
    },
  );

  test('a skipped test that nobody named is amber, and says so', async () => {
    const state = await outcomeOf(database, selecting('test_skipped'));
    expect(state).toMatchObject({verdict: 'amber'});
    expect(codes(factsFrom(state, 'pytest').findings)).toContain('test-skipped');
  });

  test('is amber when no session of it was seen in the target', async () => {
    const state = await outcomeOf(database, selecting('test_loud'));
    expect(codes(factsFrom(state, 'pytest').findings)).toContain('not-seen-in-target');
  });

  test('cannot write, unless the runbook lets it', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const left = async () => (await admin.query("SELECT to_regclass('public.left_behind')::text AS t")).rows;
    const refused = failureFrom(await outcomeOf(database, selecting('test_writes')), 'tool-findings');
    expect(JSON.stringify(refused.findings)).toContain('read-only transaction');
    expect(await left()).toEqual([{t: null}]);
    const state = await outcomeOf(database, {...selecting('test_writes'), writes: true});
    expect(codes(factsFrom(state, 'pytest').findings)).toContain('test-passed');
    expect(await left()).toEqual([{t: 'left_behind'}]);
  });

  test('an end that its report does not explain is no verdict on the tests', async () => {
    const state = await outcomeOf(database, selecting('test_exits_early'));
    expect(failureFrom(state, 'process-failed')).toMatchObject({program: 'pytest', exitCode: 3});
  });

  test('reports through standard error where there is no common disk', async () => {
    // As in a container: /dev/stderr can be opened there, since it is a pipe; here node made it a socket.
    const argv = [
      '/usr/bin/bash',
      '-c',
      '"$@" 2> >(cat >&2)',
      'pipe',
      ...(selecting('attempt_view_smoke or test_loud').argv ?? []),
    ];
    const run = await open(database, {argv, report: 'stderr'});
    const state = await run.start('suite');
    expect(codes(factsFrom(state, 'pytest').findings).filter((code) => code === 'test-passed')).toHaveLength(4);
    expect(readFileSync(join(run.path, 'artifacts/suite.1.junit.xml'), 'utf8')).toMatch(/^<\?xml[^]*<\/testsuites>$/);
  });

  test('a missing program and a missing folder are said as such', async () => {
    const lost = await outcomeOf(database, {argv: ['no-such-pytest']});
    expect(failureFrom(lost, 'program-missing')).toMatchObject({program: 'no-such-pytest'});
    const nowhere = await outcomeOf(database, {directory: '/no/such/folder'});
    expect(failureFrom(nowhere, 'directory-missing')).toMatchObject({path: '/no/such/folder'});
  });

  test('is stopped by its limit and by the operator, with its session', async () => {
    if (isLong) {
      const late = await outcomeOf(database, {...selecting('test_long'), timeoutMs: 1500});
      expect(failureFrom(late, 'timed-out')).toMatchObject({afterMs: 1500});
    }
    const run = await open(database, selecting('test_long'));
    await run.begin('suite');
    const admin = await database.connect();
    const asleep = async (): Promise<number> => {
      const name = `attempt-runbook/${run.id}/suite/1`;
      const answer = await admin.query(
        "SELECT FROM pg_stat_activity WHERE application_name = $1 AND query LIKE 'SELECT pg_sleep(600)%'",
        [name],
      );
      return answer.rowCount ?? 0;
    };
    await expect.poll(asleep, {timeout: 20_000}).toBe(1);
    expect(await run.submit({type: 'CancelEffect'})).toBeUndefined();
    expect(failureFrom(run.stateOf('suite'), 'cancelled')).toEqual({code: 'cancelled'});
    await expect.poll(asleep, {timeout: 20_000}).toBe(0);
  });

  test('what a failing test printed is masked in the report as everywhere', async () => {
    const run = await openTestRun(database, {
      alter: onlyStep({argv: [program, '-p', 'no:cacheprovider', '-q', '-k', 'test_fails', '-o', 'junit_logging=all']}),
      env: {...env, SOME_PASSWORD: 'hunter2-hunter2'},
    });
    expect(codes(failureFrom(await run.start('suite'), 'tool-findings').findings)).toContain('test-failed');
    const report = readFileSync(join(run.path, 'artifacts/suite.1.junit.xml'), 'utf8');
    expect(report).toContain('the password is in here');
    expect(report).not.toContain('hunter2');
    expect(await run.session.transcript('suite', 1)).not.toContain('hunter2');
  });
});
