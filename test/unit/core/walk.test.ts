// Do the laws of a run hold however it is walked? Thousands of commands and outcomes, drawn at random from a seed.

import {describe, expect, it} from 'vitest';
import type {Command} from '../../../src/core/command.ts';
import {decide, type Asking} from '../../../src/core/decide.ts';
import type {Recorded, RunEvent} from '../../../src/core/event.ts';
import type {Facts} from '../../../src/core/facts.ts';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import {next, type Need} from '../../../src/core/next.ts';
import {actionOf, afterStepsOf, stepsAfterWayBack} from '../../../src/core/outline.ts';
import {fold, reduce} from '../../../src/core/reduce.ts';
import {emptyState, stepState, type RunState} from '../../../src/core/state.ts';
import {randomOf} from '../../support/crash-random.ts';
import {
  failedWith,
  goodFacts,
  lockTimeout,
  opened,
  operator,
  receipt,
  reconciled,
  resumed,
  runbook as bare,
  sealed,
  succeeded,
  target,
  transaction,
} from '../../support/events.ts';

const LONG = process.env['LONG'] === '1';
const SEEDS = LONG ? 200 : 10;
const STEPS = 1500;

const asking: Asking = {by: operator, now: '2026-01-01T00:00:00.000Z', receipt};

type Dice = Readonly<{pick: <T>(of: readonly T[]) => T; chance: (probability: number) => boolean}>;

const diceOf = (seed: number): Dice => {
  const random = randomOf(seed);
  return {
    pick: (of) => {
      const picked = of[Math.floor(random() * of.length)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
    chance: (probability) => random() < probability,
  };
};

const title = {en: 'After', ko: '이후'};
/** Two of the four ways back are followed by steps, one of which may be waived. */
const runbook: RunbookDefinition = {
  ...bare,
  rollback: bare.rollback.map((option, at) =>
    at % 2 === 0
      ? option
      : {
          ...option,
          after: [
            {id: 'told', kind: 'checklist', title, items: [{id: 'first', text: title}]},
            {id: 'asked', kind: 'query', title, sql: 'asked.sql', expect: 'verdict', optional: true},
          ],
        },
  ),
};

const ids = [
  ...runbook.steps.map(({id}) => id),
  ...runbook.rollback.flatMap((option) => [`rollback/${option.id}`, ...afterStepsOf(option).map(({id}) => id)]),
];

const randomCommand = (dice: Dice, need: Need): Command => {
  // Mostly about the step that is asked about: elsewhere nearly everything is refused.
  const step = 'step' in need && dice.chance(0.8) ? need.step : dice.pick(ids);
  return dice.pick<() => Command>([
    () => ({type: 'StartStep', step, confirm: target.database}),
    () => ({type: 'StartStep', step, confirm: target.database}),
    () => ({type: 'CheckItem', step, item: dice.pick(['first', 'named', 'signed', 'granted']), note: 'lee'}),
    () => ({type: 'WaiveStep', step, reason: 'not needed'}),
    () => ({type: 'ProbeStep', step}),
    () => ({type: 'SettleStep', step, verdict: dice.pick(['took-effect', 'had-no-effect']), reason: 'looked'}),
    () => ({type: 'CancelEffect'}),
    () =>
      dice.chance(0.2)
        ? {type: 'BeginRollback', option: dice.pick(runbook.rollback).id, reason: 'wrong', confirm: target.database}
        : {type: 'StartStep', step},
    () => (dice.chance(0.02) ? {type: 'AbandonRun', reason: 'wrong day'} : {type: 'StartStep', step}),
  ])();
};

const factsHere = (step: string): Facts => {
  const action = actionOf(runbook, step);
  if (action === undefined) throw new Error(`no step ${step}`);
  return goodFacts[action.kind];
};

/** What the engine writes for a need, with the outcome drawn. */
const engineEvent = (dice: Dice, need: Need, state: RunState): RunEvent | undefined => {
  switch (need.kind) {
    case 'effect':
      return dice.pick([
        transaction(need.step, need.attempt),
        sealed(need.step, need.attempt),
        succeeded(need.step, need.attempt, factsHere(need.step)),
        succeeded(need.step, need.attempt, factsHere(need.step)),
        failedWith(need.step, need.attempt),
        failedWith(need.step, need.attempt, lockTimeout),
        {type: 'StepInterrupted', step: need.step, attempt: need.attempt},
      ]);
    case 'reconciliation':
      return reconciled(
        need.step,
        dice.pick(['took-effect', 'had-no-effect', 'still-running', 'cannot-tell']),
        need.attempt,
      );
    case 'probe': {
      const {step, attempt} = need;
      return {type: 'StepProbedAgain', step, attempt, holds: dice.pick([true, true, false]), detail: ''};
    }
    case 'conclusion':
      return succeeded(need.step, need.attempt, need.facts);
    case 'close':
      // What follows the way back is done before it, whichever way that was.
      if (need.outcome === 'rolled-back')
        expect(stepsAfterWayBack(runbook, state).map(({id}) => stepState(state, id).status)).not.toContain('waiting');
      return {type: 'RunClosed', outcome: need.outcome, by: operator};
    case 'answer':
    case 'nothing':
      return undefined;
  }
};

const running = (state: RunState): readonly string[] =>
  Object.entries(state.steps).flatMap(([id, {status}]) => (status === 'running' ? [id] : []));

/** The law of a single event; what it says of the state before and after. */
const expectLawful = (before: RunState, event: RunEvent, after: RunState): void => {
  expect(running(after).length).toBeLessThanOrEqual(1);
  if (event.type === 'StepStarted') {
    const was = stepState(before, event.step);
    expect(event.attempt).toBe(was.attempt + 1);
    expect(['waiting', 'failed', 'blocked']).toContain(was.status);
    expect(event.receipt.applicationName).toContain(`/${event.step}/${event.attempt}`);
  }
  for (const id of Object.keys(before.steps)) {
    expect(stepState(after, id).attempt).toBeGreaterThanOrEqual(stepState(before, id).attempt);
    const {status} = stepState(before, id);
    const reopened =
      event.type === 'RollbackBegun' &&
      (id === `rollback/${event.option}` || id.startsWith(`rollback/${event.option}/`));
    // The server may have lost what was done: only a look at it may take a success back, and into doubt.
    const isLost = event.type === 'StepProbedAgain' && event.step === id && event.holds !== true;
    if (isLost) expect(stepState(after, id).status).toBe('in-doubt');
    else if ((status === 'succeeded' || status === 'waived') && !reopened)
      expect(stepState(after, id).status).toBe(status);
  }
};

const runOf = (
  seed: number,
): Readonly<{events: readonly Recorded[]; accepted: number; refused: number; ends: readonly string[]}> => {
  const dice = diceOf(seed);
  let state: RunState = emptyState;
  let events: Recorded[] = [];
  let accepted = 0;
  let refused = 0;
  const ends: string[] = [];
  const write = (event: RunEvent): void => {
    const line: Recorded = {v: 1, seq: state.seq + 1, at: `t${state.seq + 1}`, prev: 'p', ...event};
    const after = reduce(state, line);
    expectLawful(state, event, after);
    state = after;
    events.push(line);
  };
  const begin = (): void => {
    state = emptyState;
    events = [];
    write(opened(dice.pick(['staging', 'production'])));
  };
  begin();
  for (let step = 0; step < STEPS; step += 1) {
    if (state.closed !== undefined && dice.chance(0.3)) {
      ends.push(state.closed.outcome);
      expect(fold(events)).toEqual(state);
      begin();
    }
    const need = next(runbook, state);
    expect(need.kind === 'nothing').toBe(state.closed !== undefined);
    // Now and then the process dies: whatever runs is interrupted, as the engine writes it when it opens the journal.
    const busy = running(state)[0];
    if (dice.chance(0.05)) {
      write(resumed());
      if (busy !== undefined) write({type: 'StepInterrupted', step: busy, attempt: stepState(state, busy).attempt});
      continue;
    }
    const own = dice.chance(0.6) ? engineEvent(dice, need, state) : undefined;
    if (own !== undefined) {
      write(own);
      continue;
    }
    const command = randomCommand(dice, need);
    const decision = decide(runbook, state, command, asking);
    if (!decision.ok) {
      refused += 1;
      continue;
    }
    accepted += 1;
    if (state.closed !== undefined) {
      expect(command.type).toBe('BeginRollback');
      expect(state.closed.outcome).toBe('completed');
    }
    for (const event of decision.events) {
      if (event.type === 'StepStarted') expect(running(state)).toEqual([]);
      write(event);
    }
  }
  return {events, accepted, refused, ends};
};

describe('a run walked at random', () => {
  const seeds = Array.from({length: SEEDS}, (_, seed) => seed + 1);

  it.each(seeds)(`keeps its laws for ${STEPS} steps, seed %i`, (seed) => {
    const {accepted, refused} = runOf(seed);
    // A walk that is only refused proves nothing.
    expect(accepted).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(100);
  });

  it('meets every end that a run can have', () => {
    const ends = new Set(seeds.flatMap((seed) => runOf(seed).ends));
    expect([...ends].toSorted()).toEqual(['abandoned', 'completed', 'rolled-back']);
  });

  it('is the same walk for the same seed', () => {
    expect(runOf(1).events).toEqual(runOf(1).events);
  });
});
