// Does every way in which a run ends have the exit code that the README promises?

import {expect, test} from 'vitest';

import {exitCodeOf, exitCodes, exitCodeText, failureExitCode, type RunEnd} from '../../../../src/ui/text/exit.ts';
import {faults, refusals} from './samples.ts';

test.each<[number, RunEnd]>([
  [0, {status: 'closed', outcome: 'completed'}],
  [5, {status: 'closed', outcome: 'rolled-back'}],
  [130, {status: 'closed', outcome: 'abandoned'}],
  [0, {status: 'stopped', step: 'apply'}],
  [3, {status: 'waiting', step: 'apply', question: 'start', needed: []}],
  [2, {status: 'failed', step: 'smoke', failure: {code: 'checks-failed', failed: [], total: 1, checks: []}}],
  [2, {status: 'blocked', step: 'apply', failure: {code: 'lock-timeout', tries: 20, blockers: []}}],
  [69, {status: 'failed', step: 'data', failure: {code: 'target-unreachable', address: 'x', message: 'y'}}],
  [130, {status: 'failed', step: 'data', failure: {code: 'cancelled'}}],
  [4, {status: 'in-doubt', step: 'apply'}],
  [4, {status: 'faulted', fault: {code: 'journal-failed', message: 'x'}}],
  [65, {status: 'faulted', fault: {code: 'run-damaged', seq: 1, detail: 'x'}}],
  [70, {status: 'faulted', fault: {code: 'bug', message: 'x'}}],
])('exit code %d', (code, end) => {
  expect(exitCodeOf(end)).toBe(code);
});

test('a login that is refused and a connection that is lost mean: target unreachable', () => {
  expect(failureExitCode({code: 'authentication-refused', address: 'x', user: 'y', message: 'z'})).toBe(69);
  expect(failureExitCode({code: 'connection-lost', message: 'z'})).toBe(69);
});

test('every code that is given is in the table, with a text in both languages', () => {
  const given = new Set([
    ...Object.values(refusals)
      .flat()
      .map((refusal) => exitCodeOf({status: 'refused', refusal})),
    ...Object.values(faults)
      .flat()
      .map((fault) => exitCodeOf({status: 'faulted', fault})),
  ]);
  for (const code of given) expect(exitCodes.map((of) => of.code)).toContain(code);
  for (const {code} of exitCodes) expect(exitCodeText(code, 'en') !== '' && exitCodeText(code, 'ko') !== '').toBe(true);
});
