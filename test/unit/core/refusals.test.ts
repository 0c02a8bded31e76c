// For which reasons does a run say no, and what does it say yes to?

import {describe, expect, it} from 'vitest';
import type {Command, Refusal} from '../../../src/core/command.ts';
import {decide, isDangerous, type Asking} from '../../../src/core/decide.ts';
import type {RunEvent} from '../../../src/core/event.ts';
import {emptyState, type RunState} from '../../../src/core/state.ts';
import {
  agreed,
  changed,
  closed,
  done,
  failedWith,
  histories,
  interrupted,
  opened,
  operator,
  receipt,
  reconciled,
  runbook,
  started,
  stateOf,
  succeeded,
  target,
  ticked,
  untilChange,
  goodFacts,
  wayBack,
} from '../../support/events.ts';

const asking: Asking = {by: operator, now: '2026-01-01T00:00:00.000Z', receipt};
const after = (...events: readonly RunEvent[]): RunState => stateOf(...events);
const doubt = [...untilChange, started('change'), interrupted('change')];
const back = (option: string): Command => ({type: 'BeginRollback', option, reason: 'wrong', confirm: target.database});

type Case = Readonly<{when: string; state: RunState; command: Command; refusal: Refusal}>;

/** These are the engine's to say, from the journal and the plan; those of approvals have a file of their own. */
type OfEngine =
  | 'not-an-approval'
  | 'approval-not-taken'
  | 'approval-lapsed'
  | 'run-damaged'
  | 'run-newer'
  | 'journal-failed'
  | 'run-taken-over'
  | 'run-removed'
  | 'plan-changed'
  | 'target-lock-lost';

/** Every reason that decide can give; one that is added without a case here does not compile. */
const cases: {
  readonly [C in Exclude<Refusal['code'], OfEngine>]: readonly (Omit<Case, 'refusal'> & {
    refusal: Extract<Refusal, {code: C}>;
  })[];
} = {
  'run-closed': [
    ...(['completed', 'rolled-back', 'abandoned'] as const).map((outcome) => ({
      when: `a run that is ${outcome} is asked to start a step`,
      state: after(...changed, closed(outcome)),
      command: {type: 'StartStep', step: 'index', confirm: 'shop'} as const,
      refusal: {code: 'run-closed'} as const,
    })),
    {
      when: 'a run that is rolled back is asked to go back again',
      state: after(...(histories['rolled back after completion'] ?? [])),
      command: back('restore'),
      refusal: {code: 'run-closed'},
    },
    {
      when: 'an abandoned run is asked to go back',
      state: after(...changed, closed('abandoned')),
      command: back('restore'),
      refusal: {code: 'run-closed'},
    },
    {when: 'nothing was opened', state: emptyState, command: {type: 'CancelEffect'}, refusal: {code: 'run-closed'}},
  ],
  'step-unknown': [
    {
      when: 'the runbook has no such step',
      state: after(opened()),
      command: {type: 'StartStep', step: 'nowhere'},
      refusal: {code: 'step-unknown', step: 'nowhere'},
    },
    {
      when: 'a step that nobody has is to be waived',
      state: after(opened()),
      command: {type: 'WaiveStep', step: 'nowhere', reason: 'x'},
      refusal: {code: 'step-unknown', step: 'nowhere'},
    },
  ],
  'item-unknown': [
    {
      when: 'the checklist has no such item',
      state: after(opened()),
      command: {type: 'CheckItem', step: 'agree', item: 'third'},
      refusal: {code: 'item-unknown', step: 'agree', item: 'third'},
    },
    {
      when: 'the item is a property of every object',
      state: after(opened()),
      command: {type: 'CheckItem', step: 'agree', item: 'constructor'},
      refusal: {code: 'item-unknown', step: 'agree', item: 'constructor'},
    },
  ],
  'not-this-step': [
    {
      when: 'an earlier step is open',
      state: after(opened()),
      command: {type: 'StartStep', step: 'look'},
      refusal: {code: 'not-this-step', step: 'look', next: 'agree'},
    },
    {
      when: 'a step belongs to another environment',
      state: after(...untilChange),
      command: {type: 'CheckItem', step: 'permit', item: 'granted'},
      refusal: {code: 'not-this-step', step: 'permit', next: 'change'},
    },
    {
      when: 'a checklist is to be started',
      state: after(opened()),
      command: {type: 'StartStep', step: 'agree'},
      refusal: {code: 'not-this-step', step: 'agree', next: 'agree'},
    },
    {
      when: 'a way back is started that nobody chose',
      state: after(...changed),
      command: {type: 'StartStep', step: 'rollback/restore', confirm: 'shop'},
      refusal: {code: 'not-this-step', step: 'rollback/restore', next: 'index'},
    },
    {
      when: 'the run goes back and a forward step is asked for',
      state: after(...changed, wayBack('restore')),
      command: {type: 'StartStep', step: 'index', confirm: 'shop'},
      refusal: {code: 'not-this-step', step: 'index', next: 'rollback/restore'},
    },
  ],
  'not-a-checklist': [
    {
      when: 'an item of a query is ticked',
      state: after(opened(), ...agreed),
      command: {type: 'CheckItem', step: 'look', item: 'first'},
      refusal: {code: 'not-a-checklist', step: 'look'},
    },
  ],
  'already-done': [
    {
      when: 'a succeeded step is started',
      state: after(...untilChange),
      command: {type: 'StartStep', step: 'look'},
      refusal: {code: 'already-done', step: 'look'},
    },
    {
      when: 'a waived step is started',
      state: after(...changed, {type: 'StepWaived', step: 'index', reason: 'x', by: operator}),
      command: {type: 'StartStep', step: 'index', confirm: 'shop'},
      refusal: {code: 'already-done', step: 'index'},
    },
    {
      when: 'a ticked item is ticked',
      state: after(opened(), ticked('agree', 'first')),
      command: {type: 'CheckItem', step: 'agree', item: 'first'},
      refusal: {code: 'already-done', step: 'agree'},
    },
  ],
  'already-running': [
    {
      when: 'a running step is started',
      state: after(...untilChange, started('change')),
      command: {type: 'StartStep', step: 'change', confirm: 'shop'},
      refusal: {code: 'already-running', step: 'change'},
    },
    {
      when: 'the run is to be abandoned while a step runs',
      state: after(...untilChange, started('change')),
      command: {type: 'AbandonRun', reason: 'x'},
      refusal: {code: 'already-running', step: 'change'},
    },
    {
      when: 'a way back is to begin while a step runs',
      state: after(...untilChange, started('change')),
      command: back('restore'),
      refusal: {code: 'already-running', step: 'change'},
    },
    {
      when: 'a human settles a step whose session is still at work',
      state: after(...doubt, reconciled('change', 'still-running')),
      command: {type: 'SettleStep', step: 'change', verdict: 'had-no-effect', reason: 'x'},
      refusal: {code: 'already-running', step: 'change'},
    },
  ],
  'nothing-running': [
    {when: 'nothing runs', state: after(opened()), command: {type: 'CancelEffect'}, refusal: {code: 'nothing-running'}},
  ],
  'in-doubt': [
    {
      when: 'a step in doubt is started again',
      state: after(...doubt, reconciled('change', 'cannot-tell')),
      command: {type: 'StartStep', step: 'change', confirm: 'shop'},
      refusal: {code: 'in-doubt', step: 'change'},
    },
    {
      when: 'the way back is begun while the change is still at work',
      state: after(...doubt, reconciled('change', 'still-running')),
      command: {type: 'BeginRollback', option: 'restore', reason: 'smoke failed', confirm: 'shop'},
      refusal: {code: 'in-doubt', step: 'change'},
    },
  ],
  'not-in-doubt': [
    {
      when: 'a waiting step is asked about',
      state: after(opened()),
      command: {type: 'ProbeStep', step: 'agree'},
      refusal: {code: 'not-in-doubt', step: 'agree'},
    },
    {
      when: 'a failed step is settled',
      state: after(...untilChange, started('change'), failedWith('change')),
      command: {type: 'SettleStep', step: 'change', verdict: 'took-effect', reason: 'x'},
      refusal: {code: 'not-in-doubt', step: 'change'},
    },
  ],
  'not-probed': [
    {
      when: 'a human answers before the database was asked',
      state: after(...doubt),
      command: {type: 'SettleStep', step: 'change', verdict: 'took-effect', reason: 'x'},
      refusal: {code: 'not-probed', step: 'change'},
    },
  ],
  mandatory: [
    {
      when: 'a mandatory step is waived',
      state: after(opened(), ...agreed),
      command: {type: 'WaiveStep', step: 'look', reason: 'x'},
      refusal: {code: 'mandatory', step: 'look'},
    },
    {
      when: 'a way back is waived',
      state: after(...changed, wayBack('restore')),
      command: {type: 'WaiveStep', step: 'rollback/restore', reason: 'x'},
      refusal: {code: 'mandatory', step: 'rollback/restore'},
    },
  ],
  'reason-missing': [
    {
      when: 'a step is waived for no reason',
      state: after(...changed),
      command: {type: 'WaiveStep', step: 'index', reason: ' \n'},
      refusal: {code: 'reason-missing'},
    },
    {
      when: 'a run is abandoned for no reason',
      state: after(opened()),
      command: {type: 'AbandonRun', reason: ''},
      refusal: {code: 'reason-missing'},
    },
    {
      when: 'a way back begins for no reason',
      state: after(...changed),
      command: {type: 'BeginRollback', option: 'restore', reason: '\t', confirm: 'shop'},
      refusal: {code: 'reason-missing'},
    },
    {
      when: 'a step is settled for no reason',
      state: after(...doubt, reconciled('change', 'cannot-tell')),
      command: {type: 'SettleStep', step: 'change', verdict: 'took-effect', reason: ''},
      refusal: {code: 'reason-missing'},
    },
  ],
  'note-missing': [
    {
      when: 'an item needs a note and gets none',
      state: after(opened()),
      command: {type: 'CheckItem', step: 'agree', item: 'named'},
      refusal: {code: 'note-missing', step: 'agree', item: 'named'},
    },
    {
      when: 'the note is blank',
      state: after(opened()),
      command: {type: 'CheckItem', step: 'agree', item: 'named', note: '  '},
      refusal: {code: 'note-missing', step: 'agree', item: 'named'},
    },
  ],
  'confirmation-missing': [
    {
      when: 'a dangerous step starts without a name',
      state: after(...untilChange),
      command: {type: 'StartStep', step: 'change'},
      refusal: {code: 'confirmation-missing', expected: 'shop'},
    },
    {
      when: 'another database is named',
      state: after(...untilChange),
      command: {type: 'StartStep', step: 'change', confirm: 'Shop'},
      refusal: {code: 'confirmation-missing', expected: 'shop'},
    },
    {
      when: 'a way back begins with the wrong name',
      state: after(...changed),
      command: {type: 'BeginRollback', option: 'restore', reason: 'x', confirm: 'shop '},
      refusal: {code: 'confirmation-missing', expected: 'shop'},
    },
  ],
  'option-unknown': [
    {
      when: 'the runbook has no such way back',
      state: after(...changed),
      command: back('nowhere'),
      refusal: {code: 'option-unknown', option: 'nowhere'},
    },
  ],
  'option-impossible': [
    {
      when: 'no snapshot was taken',
      state: after(opened(), started('change'), failedWith('change')),
      command: back('restore'),
      refusal: {code: 'option-impossible', option: 'restore', because: 'snapshot-missing'},
    },
    {
      when: 'no backup was taken',
      state: after(opened(), started('change'), failedWith('change')),
      command: back('load'),
      refusal: {code: 'option-impossible', option: 'load', because: 'backup-missing'},
    },
    {
      when: 'the backup is a stand-in',
      state: after(
        ...untilChange,
        succeeded('dump', 1, {...goodFacts.backup, method: 'stand-in'}),
        started('change'),
        failedWith('change'),
      ),
      command: back('load'),
      refusal: {code: 'option-impossible', option: 'load', because: 'backup-stand-in'},
    },
    {
      when: 'the snapshot lacks an object',
      state: after(
        ...untilChange,
        succeeded('capture', 1, {...goodFacts.snapshot, missing: ['public.thing']}),
        started('change'),
        failedWith('change'),
      ),
      command: back('restore'),
      refusal: {code: 'option-impossible', option: 'restore', because: 'objects-missing'},
    },
  ],
  'snapshot-not-stale': [
    {
      when: 'no step was refused for it',
      state: after(...untilChange, started('change'), failedWith('change')),
      command: {type: 'TakeSnapshotAgain'},
      refusal: {code: 'snapshot-not-stale'},
    },
  ],
  'nothing-to-roll-back': [
    {
      when: 'nothing was changed yet',
      state: after(...untilChange),
      command: back('restore'),
      refusal: {code: 'nothing-to-roll-back'},
    },
  ],
};

describe.each(Object.entries(cases))('refuses with %s', (_code, of) => {
  it.each(of as readonly Case[])('when $when', ({state, command, refusal}) => {
    expect(decide(runbook, state, command, asking)).toEqual({ok: false, refusal});
  });
});

describe('accepts', () => {
  const yes = (state: RunState, command: Command): readonly RunEvent[] => {
    const decision = decide(runbook, state, command, asking);
    if (!decision.ok) throw new Error(JSON.stringify(decision.refusal));
    return decision.events;
  };

  it('a tick, and with the last one the success of the checklist', () => {
    const first = yes(after(opened()), {type: 'CheckItem', step: 'agree', item: 'named', note: ' lee '});
    expect(first).toEqual([ticked('agree', 'named', 'lee')]);
    const last = yes(after(opened(), ...first), {type: 'CheckItem', step: 'agree', item: 'first'});
    expect(last).toEqual([ticked('agree', 'first'), succeeded('agree')]);
  });

  it('a start, which names how the attempt will be recognised in the target', () => {
    expect(yes(after(opened(), ...agreed), {type: 'StartStep', step: 'look'})).toEqual([started('look')]);
    const failed = after(opened(), ...agreed, started('look'), failedWith('look'));
    expect(yes(failed, {type: 'StartStep', step: 'look'})).toEqual([started('look', 2)]);
  });

  it('a start of the change once the name of the target was typed, in every letter', () => {
    expect(yes(after(...untilChange), {type: 'StartStep', step: 'change', confirm: 'shop'})).toEqual([
      started('change'),
    ]);
  });

  it('a waiver of an optional step, its reason trimmed', () => {
    expect(yes(after(...changed), {type: 'WaiveStep', step: 'index', reason: ' fast enough '})).toEqual([
      {type: 'StepWaived', step: 'index', reason: 'fast enough', by: operator},
    ]);
  });

  it('a new question to the target about a step that it could not settle, and none while it is being asked', () => {
    const asked = after(...doubt, reconciled('change', 'still-running'));
    expect(yes(asked, {type: 'ProbeStep', step: 'change'})).toEqual([interrupted('change')]);
    expect(yes(after(...doubt), {type: 'ProbeStep', step: 'change'})).toEqual([]);
  });

  it('what a human says about a step that no probe could settle', () => {
    const asked = after(...doubt, reconciled('change', 'cannot-tell'));
    expect(yes(asked, {type: 'SettleStep', step: 'change', verdict: 'took-effect', reason: ' seen '})).toEqual([
      {type: 'StepReconciled', step: 'change', attempt: 1, verdict: 'took-effect', by: operator, detail: 'seen'},
    ]);
  });

  it('a way back of a completed run, with its first attempt begun in the same breath', () => {
    const events = yes(after(...changed, closed()), back('restore'));
    expect(events).toEqual([wayBack('restore'), started('rollback/restore')]);
  });

  it('a second attempt at the same way back, under the next number', () => {
    const failed = after(...changed, wayBack('restore'), started('rollback/restore'), failedWith('rollback/restore'));
    expect(yes(failed, back('restore'))).toEqual([wayBack('restore'), started('rollback/restore', 2)]);
    expect(yes(failed, back('script'))).toEqual([wayBack('script'), started('rollback/script')]);
  });

  it('an end before the end', () => {
    expect(yes(after(...untilChange), {type: 'AbandonRun', reason: 'wrong day'})).toEqual([
      {...closed('abandoned'), reason: 'wrong day'},
    ]);
  });

  it('a cancellation while something runs, which writes nothing by itself', () => {
    expect(yes(after(...untilChange, started('change')), {type: 'CancelEffect'})).toEqual([]);
  });
});

describe('danger', () => {
  it('is whatever changes the target, and nothing else', () => {
    const kinds = [...runbook.steps, ...runbook.rollback].map((action) => `${action.kind} ${isDangerous(action)}`);
    expect([...new Set(kinds)].toSorted()).toEqual([
      'backup false',
      'checklist false',
      'command false',
      'drop-object true',
      'migration true',
      'query false',
      'restore-backup true',
      'restore-objects true',
      'revert true',
      'snapshot false',
    ]);
  });

  it('has a confirmation in front of it on the way forward and on every way back', () => {
    for (const {id} of runbook.rollback) {
      const decision = decide(
        runbook,
        after(...changed),
        {type: 'BeginRollback', option: id, reason: 'x', confirm: ''},
        asking,
      );
      expect(decision).toEqual({ok: false, refusal: {code: 'confirmation-missing', expected: 'shop'}});
    }
    const again = after(...changed, ...done('index'), wayBack('script'));
    expect(decide(runbook, again, {type: 'StartStep', step: 'rollback/script'}, asking)).toEqual({
      ok: false,
      refusal: {code: 'confirmation-missing', expected: 'shop'},
    });
  });
});
