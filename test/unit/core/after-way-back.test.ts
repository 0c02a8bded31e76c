// Is a way back followed by its steps, in their order, and does the run close only behind them?

import {describe, expect, it} from 'vitest';
import {decide, type Asking} from '../../../src/core/decide.ts';
import type {Command} from '../../../src/core/command.ts';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import type {RunEvent} from '../../../src/core/event.ts';
import type {Failure} from '../../../src/core/failure.ts';
import {next} from '../../../src/core/next.ts';
import {actionOf} from '../../../src/core/outline.ts';
import {earlierThan} from '../../../src/core/rollback.ts';
import {stepState} from '../../../src/core/state.ts';
import {failedBeforeWayBack, leftToDo} from '../../../src/core/way-back/left-to-do.ts';
import {
  changed,
  closed,
  failedWith,
  goodFacts,
  interrupted,
  opened,
  operator,
  receipt,
  reconciled,
  runbook as bare,
  started,
  stateOf,
  succeeded,
  target,
  ticked,
  waived,
  wayBack,
} from '../../support/events.ts';

const text = (en: string) => ({en, ko: `${en} (ko)`});

/** Every way back has these, under ids of its own. */
const runbook: RunbookDefinition = {
  ...bare,
  rollback: bare.rollback.map((option) => ({
    ...option,
    after: [
      {id: 'pools', kind: 'checklist', title: text('Pools'), items: [{id: 'recycled', text: text('Recycled')}]},
      {id: 'paper', kind: 'checklist', title: text('Paper'), in: ['production'], items: [{id: 'a', text: text('A')}]},
      {id: 'version', kind: 'query', title: text('Version'), sql: 'version.sql', expect: 'verdict'},
      {id: 'look', kind: 'query', title: text('Look'), sql: 'look.sql', expect: 'report', optional: true},
    ],
  })),
};

const asking: Asking = {by: operator, now: '2026-01-01T00:00:00.000Z', receipt};
const missed: Failure = {
  code: 'expectation-missed',
  what: 'version.sql',
  expected: 'verdict',
  actual: '1',
  findings: [],
};
const kinds = ['restore', 'script', 'remove', 'load'] as const;

/** The changes are made, and the way back is carried out. */
const backBy = (
  option: string,
  facts = goodFacts[runbook.rollback.find(({id}) => id === option)?.kind ?? 'revert'],
) => [...changed, wayBack(option), started(`rollback/${option}`), succeeded(`rollback/${option}`, 1, facts)];
const needAfter = (...events: readonly RunEvent[]) => next(runbook, stateOf(...events));
const refusalOf = (events: readonly RunEvent[], command: Command) => {
  const decision = decide(runbook, stateOf(...events), command, asking);
  return decision.ok ? undefined : decision.refusal.code;
};

describe.each(kinds)('the steps behind %s', (option) => {
  const [pools, version, look] = ['pools', 'version', 'look'].map((id) => `rollback/${option}/${id}`) as [
    string,
    string,
    string,
  ];
  const asked = [...backBy(option), ticked(pools, 'recycled'), succeeded(pools, 1, goodFacts.checklist)];

  it('are walked in their order, without those of another environment, and the run closes behind them', () => {
    expect(needAfter(...backBy(option))).toEqual({kind: 'answer', step: pools, question: 'checklist'});
    expect(needAfter(...asked)).toEqual({kind: 'answer', step: version, question: 'start'});
    const answered = [...asked, started(version), succeeded(version, 1, goodFacts.query)];
    expect(needAfter(...answered)).toEqual({kind: 'answer', step: look, question: 'start'});
    expect(needAfter(...answered, waived(look))).toEqual({kind: 'close', outcome: 'rolled-back'});
  });

  it('wait until the way back itself has worked', () => {
    const failed = [...changed, wayBack(option), started(`rollback/${option}`), failedWith(`rollback/${option}`)];
    expect(needAfter(...failed)).toEqual({kind: 'answer', step: `rollback/${option}`, question: 'failed'});
    expect(leftToDo(runbook, stateOf(...failed))).toEqual([]);
  });

  it('keep the run open when a query fails, which can be asked again; other ways back stay possible', () => {
    const failed = [...asked, started(version), failedWith(version, 1, missed)];
    expect(needAfter(...failed)).toEqual({kind: 'answer', step: version, question: 'failed'});
    expect(leftToDo(runbook, stateOf(...failed))).toEqual([version, look]);
    expect(refusalOf(failed, {type: 'StartStep', step: version})).toBeUndefined();
    expect(refusalOf(failed, {type: 'WaiveStep', step: version, reason: 'no'})).toBe('mandatory');
    const confirm = target.database;
    const other = option === 'script' ? 'remove' : 'script';
    expect(refusalOf(failed, {type: 'BeginRollback', option: other, reason: 'no', confirm})).toBeUndefined();
    expect(refusalOf(failed, {type: 'AbandonRun', reason: 'no'})).toBeUndefined();
  });

  it('may be waived where they are optional, and are ticked one by one', () => {
    const before = [...asked, started(version), succeeded(version, 1, goodFacts.query)];
    expect(refusalOf(before, {type: 'WaiveStep', step: look, reason: 'nobody reads it'})).toBeUndefined();
    const tick: Command = {type: 'CheckItem', step: pools, item: 'recycled'};
    const decision = decide(runbook, stateOf(...backBy(option)), tick, asking);
    expect(decision.events?.map(({type}) => type)).toEqual(['ItemChecked', 'StepSucceeded']);
    expect(refusalOf(backBy(option), {type: 'StartStep', step: version})).toBe('not-this-step');
  });

  it('that died while they asked are asked about, and asked again', () => {
    const died = [...asked, started(version), interrupted(version)];
    expect(needAfter(...died)).toEqual({kind: 'reconciliation', step: version, attempt: 1});
    const settled = [...died, reconciled(version, 'had-no-effect')];
    expect(needAfter(...settled)).toEqual({kind: 'answer', step: version, question: 'start'});
  });

  it('are asked anew when the same way back is taken once more', () => {
    const again = [
      ...asked,
      started(version),
      failedWith(version, 1, missed),
      wayBack(option),
      started(`rollback/${option}`, 2),
      succeeded(`rollback/${option}`, 2),
    ];
    expect(needAfter(...again)).toEqual({kind: 'answer', step: pools, question: 'checklist'});
    const state = stateOf(...again);
    expect(state.items[pools]).toBeUndefined();
    expect(stepState(state, version)).toEqual({status: 'waiting', attempt: 1});
  });
});

it('what one way back has left to do is left still when another was begun and has failed', () => {
  const other = [...backBy('restore'), wayBack('remove'), started('rollback/remove'), failedWith('rollback/remove')];
  const state = stateOf(...other);
  expect(needAfter(...other)).toEqual({kind: 'answer', step: 'rollback/remove', question: 'failed'});
  expect(leftToDo(runbook, state)).toEqual(['pools', 'version', 'look'].map((id) => `rollback/restore/${id}`));
  expect(earlierThan(runbook, state, 'rollback/remove')).toBe('way-back');
});

it('they are carried out behind an amber way back as well', () => {
  const differs = {...goodFacts.revert, differs: true} as const;
  expect(needAfter(...backBy('script', differs))).toMatchObject({step: 'rollback/script/pools'});
});

it('a runbook whose ways back have none closes right behind them, as it always did', () => {
  expect(next(bare, stateOf(...backBy('restore')))).toEqual({kind: 'close', outcome: 'rolled-back'});
});

it('their ids stand for a step with its own title, and for none that the way back does not have', () => {
  expect(actionOf(runbook, 'rollback/restore/version')).toMatchObject({kind: 'query', id: 'rollback/restore/version'});
  expect(actionOf(runbook, 'rollback/restore/elsewhere')).toBeUndefined();
  expect(actionOf(runbook, 'version')).toBeUndefined();
});

it('what failed before the way back is remembered, and a failure behind it knows that it came after', () => {
  const events = [opened(), ...changed.slice(1), failedWith('sign'), wayBack('restore'), started('rollback/restore')];
  const state = stateOf(...events, succeeded('rollback/restore', 1, goodFacts['restore-objects']));
  expect(failedBeforeWayBack(runbook, state)).toBe('sign');
  expect(failedBeforeWayBack(runbook, stateOf(...changed, closed()))).toBeUndefined();
  expect(earlierThan(runbook, state, 'rollback/restore/version')).toBe('way-back');
  expect(earlierThan(runbook, stateOf(...events), 'sign')).toBe('change');
  expect(earlierThan(runbook, stateOf(opened()), 'look')).toBe('nothing');
});
