// What does each answer of GitHub count for?

import {describe, expect, test} from 'vitest';
import type {PullRequestStep} from '../../../src/core/tools.ts';
import {judgePullRequest, readPullRequest} from '../../../src/steps/pull-request-verdict.ts';

const commit = '279d6aa1a0123456789012345678901234567890';
const step: PullRequestStep = {
  id: 'pr',
  phase: 'p',
  title: {en: 'x', ko: 'x'},
  kind: 'pull-request',
  number: 73,
  checks: 2,
  commit: '279d6aa1a',
  base: 'main',
};
const run = (name: string, conclusion: string, status = 'COMPLETED') => ({
  __typename: 'CheckRun',
  name,
  status,
  conclusion,
  workflowName: 'CI',
});
const answer = (over: object) => {
  const read = readPullRequest(
    JSON.stringify({
      number: 73,
      state: 'MERGED',
      url: '',
      mergedAt: '2025-11-01T07:12:00Z',
      mergeCommit: {oid: commit},
      baseRefName: 'main',
      headRefOid: 'f00d',
      statusCheckRollup: [run('a', 'SUCCESS'), run('b', 'SUCCESS')],
      ...over,
    }),
  );
  if (read === undefined) throw new Error('not what gh answers');
  return read;
};
const checks = (...of: readonly object[]) => ({statusCheckRollup: [run('a', 'SUCCESS'), ...of]});

describe('a pull request', () => {
  test.each<readonly [string, object, readonly object[]]>([
    ['a failed check', checks(run('b', 'FAILURE')), [{code: 'check-failed', name: 'CI / b', conclusion: 'FAILURE'}]],
    ['a timeout', checks(run('b', 'TIMED_OUT')), [{code: 'check-failed', name: 'CI / b', conclusion: 'TIMED_OUT'}]],
    ['a word that nobody knows', checks(run('b', 'NEW')), [{code: 'check-failed', name: 'CI / b', conclusion: 'NEW'}]],
    [
      'a check at work',
      checks(run('b', '', 'IN_PROGRESS')),
      [
        {code: 'check-pending', name: 'CI / b', conclusion: 'IN_PROGRESS'},
        {code: 'checks-too-few', passed: 1, required: 2},
      ],
    ],
    [
      'a cancelled check',
      checks(run('b', 'CANCELLED')),
      [{code: 'check-cancelled', name: 'CI / b', conclusion: 'CANCELLED'}],
    ],
    ['a skipped check', checks(run('b', 'SKIPPED')), [{code: 'check-skipped', name: 'CI / b', conclusion: 'SKIPPED'}]],
    ['a neutral check', checks(run('b', 'NEUTRAL')), [{code: 'check-neutral', name: 'CI / b', conclusion: 'NEUTRAL'}]],
    [
      'a pending commit status',
      checks({__typename: 'StatusContext', context: 'lint', state: 'PENDING'}),
      [{code: 'check-pending', name: 'lint', conclusion: 'PENDING'}],
    ],
    ['a missing check', checks(), [{code: 'checks-too-few', passed: 1, required: 2}]],
    ['no checks at all', {statusCheckRollup: null}, [{code: 'checks-too-few', passed: 0, required: 2}]],
    [
      'another commit',
      {mergeCommit: {oid: '1'.repeat(40)}},
      [{code: 'merged-commit-differs', pinned: '279d6aa1a', found: '1'.repeat(40)}],
    ],
    ['another branch', {baseRefName: 'develop'}, [{code: 'merged-elsewhere', base: 'main', found: 'develop'}]],
    ['no merge', {state: 'CLOSED', mergeCommit: null}, [{code: 'not-merged', number: 73, state: 'CLOSED'}]],
  ])('with %s', (_, over, wanted) => {
    const findings = judgePullRequest(step, answer(over));
    for (const finding of wanted) expect(findings).toContainEqual(finding);
  });

  test('says when the answer was full', () => {
    const full = {statusCheckRollup: Array.from({length: 100}, (_, at) => run(`c${at}`, 'SUCCESS'))};
    expect(judgePullRequest({...step, checks: 100}, answer(full))).toContainEqual({code: 'checks-cut-off', count: 100});
  });

  test('that is no pull request is no answer', () => {
    expect(readPullRequest('')).toBeUndefined();
    expect(readPullRequest('{"data":{}}')).toBeUndefined();
    expect(readPullRequest('{"number":0,"state":"","baseRefName":"","headRefOid":""}')).toBeUndefined();
  });
});
