// What does each event change in what is known about a run?

import {describe, expect, it} from 'vitest';
import type {RunEvent} from '../../../src/core/event.ts';
import {verdictOf, type Facts} from '../../../src/core/facts.ts';
import {factsOf, stepState, type StepState} from '../../../src/core/state.ts';
import {
  changed,
  closed,
  failedWith,
  goodFacts,
  interrupted,
  lockTimeout,
  opened,
  operator,
  receipt,
  reconciled,
  resumed,
  sealed,
  started,
  stateOf,
  succeeded,
  ticked,
  target,
  transaction,
  untilChange,
  waived,
  wayBack,
} from '../../support/events.ts';

const second = (seq: number): string => new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString();
const changeAfter = (...events: readonly RunEvent[]): StepState => stepState(stateOf(opened(), ...events), 'change');
const begun = {attempt: 1, receipt: receipt('change', 1), startedAt: second(2), target};

describe('a step', () => {
  it.each<readonly [string, readonly RunEvent[], StepState]>([
    ['waits until it is started', [], {status: 'waiting', attempt: 0}],
    ['runs from its started event on', [started('change')], {status: 'running', ...begun}],
    [
      'knows the transaction in which it runs',
      [started('change'), transaction('change')],
      {status: 'running', ...begun, xid: '735', backendPid: 4711},
    ],
    [
      'knows the last transaction after a lock was refused and another was opened',
      [started('change'), transaction('change'), transaction('change', 1, '736')],
      {status: 'running', ...begun, xid: '736', backendPid: 4711},
    ],
    [
      'is in doubt after an interruption, with what it is recognised by',
      [started('change'), transaction('change'), interrupted('change')],
      {status: 'in-doubt', ...begun, xid: '735', backendPid: 4711},
    ],
    [
      'stays in doubt when the probe cannot tell, with what the probe said',
      [started('change'), interrupted('change'), reconciled('change', 'cannot-tell')],
      {
        status: 'in-doubt',
        ...begun,
        probe: {verdict: 'cannot-tell', by: 'probe', detail: 'xid 735: cannot-tell', at: second(4)},
      },
    ],
    [
      'forgets an earlier probe when it is asked about again',
      [started('change'), interrupted('change'), reconciled('change', 'still-running'), interrupted('change')],
      {status: 'in-doubt', ...begun},
    ],
    [
      'waits again, its attempt spent, when it had no effect',
      [started('change'), interrupted('change'), reconciled('change', 'had-no-effect')],
      {
        status: 'waiting',
        attempt: 1,
        probe: {verdict: 'had-no-effect', by: 'probe', detail: 'xid 735: had-no-effect', at: second(4)},
      },
    ],
    [
      'is blocked, not failed, when a lock was not granted',
      [started('change'), failedWith('change', 1, lockTimeout)],
      {status: 'blocked', attempt: 1, failure: lockTimeout, startedAt: second(2), endedAt: second(3)} as StepState,
    ],
    [
      'fails for any other reason',
      [started('change'), failedWith('change')],
      {
        status: 'failed',
        attempt: 1,
        failure: {code: 'snapshot-missing'},
        startedAt: second(2),
        endedAt: second(3),
      },
    ],
    [
      'is waived with its reason and by whom',
      [waived('change')],
      {status: 'waived', attempt: 0, reason: 'not needed', by: operator, at: second(2)},
    ],
  ])('%s', (_name, events, state) => {
    expect(changeAfter(...events)).toEqual(state);
  });

  it('that took effect without anybody writing so succeeds with the facts of the probe', () => {
    const event: RunEvent = {...reconciled('change', 'took-effect'), facts: goodFacts.migration} as RunEvent;
    expect(changeAfter(started('change'), interrupted('change'), event)).toMatchObject({
      status: 'succeeded',
      attempt: 1,
      verdict: 'pass',
      facts: goodFacts.migration,
      startedAt: second(2),
      endedAt: second(4),
      probe: {verdict: 'took-effect'},
    });
  });

  it('that a human says took effect is amber, since nothing was seen', () => {
    const said = reconciled('change', 'took-effect', 1, operator);
    expect(
      changeAfter(started('change'), interrupted('change'), reconciled('change', 'cannot-tell'), said),
    ).toMatchObject({
      status: 'succeeded',
      verdict: 'amber',
      facts: {kind: 'settled', note: 'xid 735: took-effect'},
      probe: {by: operator},
    });
  });

  it('is not settled by a verdict that comes when nobody is in doubt', () => {
    expect(changeAfter(reconciled('change', 'took-effect')).status).toBe('waiting');
    expect(changeAfter(started('change'), reconciled('change', 'took-effect')).status).toBe('running');
    expect(changeAfter(started('change'), failedWith('change'), interrupted('change')).status).toBe('failed');
    expect(changeAfter(transaction('change'))).toEqual({status: 'waiting', attempt: 0});
  });
});

describe('a run', () => {
  it('is opened with its plan, its target and its operator', () => {
    expect(stateOf(opened('production')).opened).toEqual({
      run: 'r-small',
      runbook: 'small',
      plan: 'ab'.repeat(32),
      environment: 'production',
      operator,
      target,
      at: second(1),
    });
  });

  it('counts how often it was resumed', () => {
    expect(stateOf(opened()).resumed).toBe(0);
    expect(stateOf(opened(), resumed(), resumed(5)).resumed).toBe(2);
  });

  it('keeps ticks with their notes, by step', () => {
    const {items} = stateOf(opened(), ticked('agree', 'first'), ticked('agree', 'named', 'lee'));
    expect(items).toEqual({
      agree: {first: {by: operator, at: second(2)}, named: {by: operator, at: second(3), note: 'lee'}},
    });
  });

  it('keeps every artifact in the order in which it was sealed', () => {
    const {artifacts} = stateOf(opened(), sealed('look'), sealed('look', 2));
    expect(artifacts.map(({step, attempt}) => `${step} ${attempt}`)).toEqual(['look 1', 'look 2']);
  });

  it('is open again when a way back begins after its end', () => {
    const state = stateOf(...changed, closed(), wayBack('restore'));
    expect(state.closed).toBeUndefined();
    expect(state.rollback).toMatchObject({option: 'restore', reason: 'wrong', by: operator});
    expect(stateOf(...changed, closed('abandoned')).closed?.outcome).toBe('abandoned');
  });

  it('lets a way back begin anew, counting its attempts on', () => {
    const failed = [...changed, wayBack('restore'), started('rollback/restore'), failedWith('rollback/restore')];
    expect(stepState(stateOf(...failed, wayBack('restore')), 'rollback/restore')).toEqual({
      status: 'waiting',
      attempt: 1,
    });
  });

  it('gives the facts of the steps that succeeded, by kind', () => {
    const state = stateOf(...untilChange);
    expect(factsOf(state, 'snapshot')).toEqual([{step: 'capture', facts: goodFacts.snapshot}]);
    expect(factsOf(state, 'migration')).toEqual([]);
    expect(factsOf(stateOf(...changed), 'migration')).toHaveLength(1);
  });
});

describe('a success that proves less than it seems to is amber:', () => {
  const finding = {rule: 'x'};
  it.each<readonly [string, Facts]>([
    ['a query with findings that do not stop the run', {...goodFacts.query, findings: [finding]}],
    ['a snapshot that lacks an object', {...goodFacts.snapshot, missing: ['public.thing']}],
    ['a snapshot of something that cannot be put back', {...goodFacts.snapshot, notReplayable: ['rule x']}],
    ['a stand-in for a backup', {...goodFacts.backup, method: 'stand-in'}],
    [
      'a check that had no data to look at',
      {
        kind: 'smoke',
        checks: [...goodFacts.smoke.checks, {id: 'x', verdict: 'amber', rows: 0, observed: '', durationMs: 1}],
      },
    ],
    [
      'a sample over its budget',
      {kind: 'downstream', samples: goodFacts.downstream.samples.map((sample) => ({...sample, verdict: 'amber'}))},
    ],
    ['what a human said', {kind: 'settled', note: 'seen'}],
  ])('%s', (_name, facts) => {
    expect(verdictOf(facts)).toBe('amber');
    expect(stepState(stateOf(opened(), started('look'), succeeded('look', 1, facts)), 'look')).toMatchObject({
      verdict: 'amber',
    });
  });

  it.each(Object.entries(goodFacts))('and %s is green when nothing is wrong', (_kind, facts) => {
    expect(verdictOf(facts)).toBe('pass');
  });
});
