// Is there a way on from every point at which a run can be cut off, and does the state take every event?

import {describe, expect, it} from 'vitest';
import type {Command} from '../../../src/core/command.ts';
import {decide, type Asking} from '../../../src/core/decide.ts';
import type {RunEvent} from '../../../src/core/event.ts';
import {next, type Need} from '../../../src/core/next.ts';
import {fold, reduce} from '../../../src/core/reduce.ts';
import {emptyState, stepState, type RunState} from '../../../src/core/state.ts';
import {
  closed,
  failedWith,
  histories,
  lockTimeout,
  operator,
  receipt,
  reconciled,
  recorded,
  runbook,
  succeeded,
  target,
} from '../../support/events.ts';

const asking: Asking = {by: operator, now: '2026-01-01T00:00:00.000Z', receipt};

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
};

/** The state without the marks that every event leaves, so that an ignored event shows. */
const substance = ({seq: _seq, at: _at, ...state}: RunState): unknown => state;

const then = (state: RunState, event: RunEvent): RunState =>
  reduce(state, {v: 1, seq: state.seq + 1, at: 't', prev: 'p', ...event});

/** Everything that a human or a script could ask of the small runbook, sensible or not. */
const commands: readonly Command[] = [
  ...[...runbook.steps.map(({id}) => id), ...runbook.rollback.map(({id}) => `rollback/${id}`), 'nowhere'].flatMap(
    (step): readonly Command[] => [
      {type: 'StartStep', step, confirm: target.database},
      {type: 'StartStep', step},
      {type: 'WaiveStep', step, reason: 'not needed'},
      {type: 'WaiveStep', step, reason: ' '},
      {type: 'ProbeStep', step},
      {type: 'SettleStep', step, verdict: 'took-effect', reason: 'looked'},
      {type: 'SettleStep', step, verdict: 'had-no-effect', reason: 'looked'},
      ...['first', 'named', 'signed', 'granted', 'nothing'].flatMap((item): readonly Command[] => [
        {type: 'CheckItem', step, item},
        {type: 'CheckItem', step, item, note: 'lee'},
      ]),
    ],
  ),
  ...[...runbook.rollback.map(({id}) => id), 'nowhere'].flatMap((option): readonly Command[] => [
    {type: 'BeginRollback', option, reason: 'wrong', confirm: target.database},
    {type: 'BeginRollback', option, reason: 'wrong', confirm: 'other'},
  ]),
  {type: 'AbandonRun', reason: 'wrong day'},
  {type: 'CancelEffect'},
];

/** What the engine may write when a run needs this; the human's part is in `commands`. */
const engineEvents = (need: Need): readonly RunEvent[] => {
  switch (need.kind) {
    case 'effect':
      return [
        succeeded(need.step, need.attempt),
        failedWith(need.step, need.attempt),
        failedWith(need.step, need.attempt, lockTimeout),
        {type: 'StepInterrupted', step: need.step, attempt: need.attempt},
      ];
    case 'reconciliation':
      return (['took-effect', 'had-no-effect', 'still-running', 'cannot-tell'] as const).map((verdict) =>
        reconciled(need.step, verdict, need.attempt),
      );
    case 'probe':
      return [
        {type: 'StepProbedAgain', step: need.step, attempt: need.attempt, holds: true, detail: ''},
        {type: 'StepProbedAgain', step: need.step, attempt: need.attempt, holds: false, detail: ''},
      ];
    case 'conclusion':
      return [succeeded(need.step)];
    case 'close':
      return [closed(need.outcome === 'abandoned' ? 'abandoned' : need.outcome)];
    case 'answer':
    case 'nothing':
      return [];
  }
};

/** Which questions a human can answer with which commands, without abandoning the run or going back. */
const goesForward = (command: Command): boolean => command.type !== 'AbandonRun' && command.type !== 'BeginRollback';

const prefixes = Object.entries(histories).flatMap(([name, events]) =>
  Array.from({length: events.length + 1}, (_, cut) => ({
    name,
    cut,
    state: fold(recorded(events.slice(0, cut))),
    of: events.length,
  })),
);

describe.each(Object.entries(histories))('%s', (_name, events) => {
  it('is a history that decide and the engine would have written', () => {
    for (const [at, event] of events.entries()) {
      const before = fold(recorded(events.slice(0, at)));
      expect(substance(then(before, event)), `event ${at + 1} ${event.type} changes nothing`).not.toEqual(
        substance(before),
      );
    }
  });

  it('ends with nothing left to do', () => {
    expect(next(runbook, fold(recorded(events)))).toEqual({kind: 'nothing'});
  });

  it('gives the same state folded at once and event by event, and never changes what it was given', () => {
    const lines = frozen(recorded(events));
    let state = frozen(emptyState);
    for (const event of lines) state = frozen(reduce(state, event));
    expect(state).toEqual(fold(lines));
    expect(state.seq).toBe(events.length);
    expect(state.at).toBe(lines.at(-1)?.at);
  });
});

describe('every point at which a run can be cut off', () => {
  it('has something that leads on, and only an unopened or a closed run needs nothing', () => {
    for (const {name, cut, state} of prefixes) {
      const need = next(runbook, state);
      const where = `${name}, after ${cut} events, needs ${JSON.stringify(need)}`;
      const isOver = state.opened === undefined || state.closed !== undefined;
      expect(need.kind === 'nothing', where).toBe(isOver);
      if (isOver) continue;
      const ways =
        engineEvents(need).length > 0
          ? engineEvents(need)
          : commands.filter(goesForward).flatMap((command) => {
              const decision = decide(runbook, state, command, asking);
              return decision.ok ? decision.events.slice(0, 1) : [];
            });
      expect(ways.length, where).toBeGreaterThan(0);
      for (const event of ways) expect(substance(then(state, event)), where).not.toEqual(substance(state));
    }
  });

  it('answers every command with a refusal, or with events that the state takes', () => {
    let accepted = 0;
    for (const {name, cut, state} of prefixes) {
      for (const command of commands) {
        const decision = decide(runbook, frozen(state), frozen(command), asking);
        if (!decision.ok) continue;
        accepted += decision.events.length;
        let now = state;
        for (const event of decision.events) {
          const after = then(now, frozen(event));
          expect(substance(after), `${name}, after ${cut}: ${JSON.stringify(command)} → ${event.type}`).not.toEqual(
            substance(now),
          );
          now = after;
        }
      }
    }
    expect(accepted).toBeGreaterThan(500);
  });

  it('takes any event at all without a throw, since what is in the journal has happened', () => {
    const events = Object.values(histories).flat();
    const types = new Set(events.map(({type}) => type));
    expect([...types].toSorted()).toEqual([
      'ArtifactSealed',
      'ItemChecked',
      'RollbackBegun',
      'RunClosed',
      'RunOpened',
      'RunResumed',
      'StepFailed',
      'StepInterrupted',
      'StepReconciled',
      'StepStarted',
      'StepSucceeded',
      'StepWaived',
      'TransactionOpened',
    ]);
    const distinct = [...new Map(events.map((event) => [JSON.stringify(event), event])).values()];
    for (const {state} of prefixes) {
      frozen(state);
      for (const event of distinct) {
        const after = then(state, event);
        expect(after.seq).toBe(state.seq + 1);
        next(runbook, after);
      }
    }
  });
});

describe('a checklist whose last tick is on disk and whose success is not', () => {
  const cut = histories['completed']?.slice(0, 3) ?? [];

  it('needs its conclusion and no human, whose ticks would all be refused', () => {
    const state = fold(recorded(cut));
    expect(stepState(state, 'agree').status).toBe('waiting');
    expect(next(runbook, state)).toEqual({
      kind: 'conclusion',
      step: 'agree',
      attempt: 1,
      facts: {kind: 'checklist', items: 2},
    });
    expect(decide(runbook, state, {type: 'CheckItem', step: 'agree', item: 'first'}, asking)).toEqual({
      ok: false,
      refusal: {code: 'already-done', step: 'agree'},
    });
  });

  it('still asks while one item is open', () => {
    expect(next(runbook, fold(recorded(cut.slice(0, 2))))).toEqual({
      kind: 'answer',
      step: 'agree',
      question: 'checklist',
    });
  });
});
