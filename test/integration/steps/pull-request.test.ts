// Is a pull request judged by what GitHub says of it, and by a human's note only where GitHub cannot be asked? The real gh
// asks a local server over TLS, as it asks GitHub Enterprise.

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import type {StepState} from '../../../src/core/state.ts';
import type {PullRequestStep} from '../../../src/core/tools.ts';
import {startGitHub, token, type CheckRun, type GitHub, type PullRequestState} from '../../support/github.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun, type TestRun} from '../../support/run.ts';

/** Nothing is changed in it: one for all tests. */
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({template: 'empty'});
  return database.drop;
});

const commit = '279d6aa1a0123456789012345678901234567890';
const passing = (count: number): readonly CheckRun[] =>
  Array.from({length: count}, (_, at) => ({name: `check ${at + 1}`, status: 'COMPLETED', conclusion: 'SUCCESS'}));
const merged: PullRequestState = {state: 'MERGED', mergeCommit: commit, checks: passing(29)};

const onlyStep =
  (step: Partial<PullRequestStep>) =>
  (runbook: RunbookDefinition): RunbookDefinition => ({
    ...runbook,
    phases: [{id: 'p', title: {en: 'p', ko: 'p'}}],
    steps: [
      {
        id: 'pr',
        phase: 'p',
        title: {en: 'Pull request', ko: 'PR'},
        kind: 'pull-request',
        number: 73,
        checks: 29,
        commit: '279d6aa1a',
        base: 'main',
        ...step,
      },
    ],
  });

const open = (database: TestDatabase, hub: GitHub, step: Partial<PullRequestStep> = {}, env = {}): Promise<TestRun> =>
  openTestRun(database, {
    alter: onlyStep({repository: hub.repository, ...step}),
    env: {...process.env, ...hub.env, ...env},
  });

const ask = async (of: PullRequestState, step: Partial<PullRequestStep> = {}): Promise<StepState> => {
  await using hub = await startGitHub(of);
  const run = await open(database, hub, step);
  // Awaited here: the server goes with this function, and the target is another run's after it.
  const state = await run.start('pr');
  await run.close();
  return state;
};

const without = (name: string, ...others: readonly CheckRun[]): PullRequestState => ({
  ...merged,
  checks: [...merged.checks.filter((check) => check.name !== name), ...others],
});

needs('gh', 'openssl').describe('a pull request', () => {
  test('passes when it is merged as the pinned commit and all its checks passed', async () => {
    await using hub = await startGitHub(merged);
    const run = await open(database, hub);
    const state = await run.start('pr');
    expect(state).toMatchObject({status: 'succeeded', verdict: 'pass'});
    expect(factsFrom(state, 'pull-request').findings).toEqual([
      {code: 'merged', number: 73, commit, base: 'main', at: '2025-11-01T07:12:00Z'},
      {code: 'checks-passed', count: 29, commit: 'f00dfeedf00dfeedf00dfeedf00dfeedf00dfeed'},
    ]);
    expect(hub.asked.join()).toContain('"pr_number":73');
    const answer = readFileSync(join(run.path, 'artifacts/pr.1.pull-request.json'), 'utf8');
    expect(answer).toContain(commit);
    // gh logs in by itself; nothing of ours has ever seen the token.
    expect(`${answer}${run.journal()}${await run.session.transcript('pr', 1)}`).not.toContain(token);
  });

  test('fails when a check was skipped, and when it is open, which nobody confirms away', async () => {
    const skipped: CheckRun = {name: 'check 2', status: 'COMPLETED', conclusion: 'SKIPPED'};
    const {findings} = failureFrom(await ask(without('check 2', skipped)), 'tool-findings');
    expect(findings).toContainEqual({code: 'check-skipped', name: 'CI / check 2', conclusion: 'SKIPPED'});
    expect(findings).toContainEqual({code: 'checks-too-few', passed: 28, required: 29});

    await using hub = await startGitHub({state: 'OPEN', checks: merged.checks});
    const run = await open(database, hub);
    expect(failureFrom(await run.start('pr'), 'tool-findings').findings).toContainEqual({
      code: 'not-merged',
      number: 73,
      state: 'OPEN',
    });
    expect(await run.submit({type: 'WaiveStep', step: 'pr', reason: 'I know better'})).toMatchObject({
      code: 'mandatory',
    });
  });

  test('counts the latest run of a check that ran twice, and is amber about checks that nobody named', async () => {
    const second: CheckRun = {name: 'check 2', status: 'COMPLETED', conclusion: 'SUCCESS'};
    const state = await ask(
      without(
        'check 2',
        {...second, conclusion: 'FAILURE', startedAt: '2025-11-01T05:00:00Z'},
        {...second, startedAt: '2025-11-01T06:30:00Z'},
        {name: 'check 30', status: 'COMPLETED', conclusion: 'SUCCESS'},
      ),
    );
    expect(state).toMatchObject({verdict: 'amber'});
    expect(factsFrom(state, 'pull-request').findings).toContainEqual({code: 'checks-more', count: 30, required: 29});
  });

  type Unasked = readonly [string, string, Partial<PullRequestStep>, Readonly<Record<string, string>>, number];
  const unasked: readonly Unasked[] = [
    ['without gh', 'missing', {argv: ['no-such-gh']}, {}, 200],
    ['without a login', 'login', {}, {GH_ENTERPRISE_TOKEN: ''}, 200],
    ['with a login that is refused', 'login', {}, {GH_ENTERPRISE_TOKEN: 'wrong'}, 401],
    ['without a network', 'network', {repository: 'localhost:1/acme/seedtest'}, {GH_HOST: 'localhost:1'}, 200],
    ['with a certificate that nobody trusts', 'network', {}, {SSL_CERT_FILE: '/dev/null'}, 200],
    ['with a server in trouble', 'network', {}, {}, 502],
  ];
  // One of each answer; all of them under LONG.
  test.each(unasked.filter((_, at) => process.env['LONG'] === '1' || [0, 2, 3].includes(at)))(
    '%s is confirmed by hand, with a note, and is amber',
    async (_, why, step, env, status) => {
      await using hub = await startGitHub(merged);
      if (status !== 200) hub.refuse(status);
      const run = await open(database, hub, step, env);
      const byHand = (reason: string) => run.submit({type: 'WaiveStep', step: 'pr', reason});
      // Not before the program was tried.
      expect(await byHand('seen')).toEqual({code: 'mandatory', step: 'pr'});
      expect(failureFrom(await run.start('pr'), 'tool-unavailable')).toMatchObject({why});
      expect(await byHand('  ')).toEqual({code: 'reason-missing'});
      expect(await byHand('29 of 29 on the page of #73')).toBeUndefined();
      expect(run.stateOf('pr')).toMatchObject({
        status: 'succeeded',
        verdict: 'amber',
        facts: {kind: 'settled', note: '29 of 29 on the page of #73'},
      });
      expect(run.journal()).toContain('"StepConfirmed"');
    },
  );
});
