// Which way back is recommended now, and which steps does an environment have?

import {describe, expect, it} from 'vitest';
import type {RunEvent} from '../../../src/core/event.ts';
import {next} from '../../../src/core/next.ts';
import {actionOf, outline, stepsOf} from '../../../src/core/outline.ts';
import {hasChanged, rollbackPlan, type RankedOption, type RollbackFacts} from '../../../src/core/rollback.ts';
import type {OptionKind} from '../../../src/core/definition.ts';
import {
  changed,
  failedWith,
  goodFacts,
  interrupted,
  opened,
  reconciled,
  runbook,
  started,
  stateOf,
  succeeded,
  untilChange,
  wayBack,
} from '../../support/events.ts';

const calm: RollbackFacts = {tables: [], newDependants: [], dependants: []};
const table = (of: Readonly<{rows: number; rowsAtBackup?: number; changedSince?: number}>): RollbackFacts => ({
  ...calm,
  tables: [{table: 'public.things', ...of}],
});

const planned = (facts: RollbackFacts, ...events: readonly RunEvent[]): readonly RankedOption[] =>
  rollbackPlan(runbook, stateOf(...(events.length === 0 ? changed : events)), facts);

const lines = (plan: readonly RankedOption[]): readonly string[] =>
  plan.map(({option, advice, reasons}) => `${option.id}: ${advice} (${reasons.join(', ')})`);

const option = (kind: OptionKind, plan: readonly RankedOption[]): RankedOption => {
  const found = plan.find((ranked) => ranked.option.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
};

describe('the ways back', () => {
  it('stand from exact and lossless to last resort, whatever order the runbook has', () => {
    expect(lines(planned(calm))).toEqual([
      'restore: recommended (exact-and-lossless)',
      'script: possible (same-end-state-by-script)',
      'remove: emergency (leaves-nothing)',
      'load: last-resort (loses-nothing-now)',
    ]);
  });

  it('rank the snapshot no higher than possible once somebody has built on the new object', () => {
    const plan = planned({...calm, newDependants: ['public.report'], dependants: ['public.report']});
    expect(lines(plan)).toEqual([
      'restore: possible (new-dependants)',
      'script: possible (same-end-state-by-script)',
      'load: last-resort (loses-nothing-now)',
      'remove: impossible (dependants-in-the-way, leaves-nothing)',
    ]);
  });

  it('do not recommend again what has just failed', () => {
    const plan = planned(
      calm,
      ...changed,
      wayBack('restore'),
      started('rollback/restore'),
      failedWith('rollback/restore'),
    );
    expect(lines(plan)[0]).toBe('restore: possible (exact-and-lossless, already-tried)');
    expect(plan.map(({advice}) => advice)).not.toContain('recommended');
  });

  it.each<readonly [string, readonly RunEvent[], OptionKind, string]>([
    ['restoring objects without a snapshot', [opened(), started('change')], 'restore-objects', 'snapshot-missing'],
    ['a script without a snapshot to compare with', [opened(), started('change')], 'revert', 'snapshot-missing'],
    ['a backup that was never taken', [opened(), started('change')], 'restore-backup', 'backup-missing'],
    [
      'a stand-in for a backup',
      [...changed, succeeded('dump', 1, {...goodFacts.backup, method: 'stand-in'})],
      'restore-backup',
      'backup-stand-in',
    ],
    [
      'restoring an object that was not there',
      [...changed, succeeded('capture', 1, {...goodFacts.snapshot, missing: ['public.thing']})],
      'restore-objects',
      'objects-missing',
    ],
  ])('rule out %s', (_name, events, kind, because) => {
    expect(option(kind, planned(calm, ...events))).toMatchObject({advice: 'impossible', reasons: [because], loss: []});
  });

  it('keep the script when the object was not there before: it may create nothing', () => {
    const events = [...changed, succeeded('capture', 1, {...goodFacts.snapshot, missing: ['public.thing']})];
    expect(option('revert', planned(calm, ...events)).advice).toBe('possible');
  });
});

describe('what a restore of the backup would lose', () => {
  const loss = (facts: RollbackFacts) => option('restore-backup', planned(facts));

  it('is exact where a column says when a row was written', () => {
    expect(loss(table({rows: 130, rowsAtBackup: 100, changedSince: 42}))).toMatchObject({
      reasons: ['loses-rows'],
      loss: [{table: 'public.things', rows: 42, exact: true}],
      backupTakenAt: goodFacts.backup.takenAt,
    });
  });

  it('is at least the growth of the table where no column says so', () => {
    expect(loss(table({rows: 130, rowsAtBackup: 100})).loss).toEqual([
      {table: 'public.things', rows: 30, exact: false},
    ]);
  });

  it('is never negative, and nothing when nothing is known', () => {
    expect(loss(table({rows: 90, rowsAtBackup: 100})).loss[0]?.rows).toBe(0);
    expect(loss(table({rows: 90})).loss[0]?.rows).toBe(0);
    expect(loss(table({rows: 90, rowsAtBackup: 90, changedSince: 0})).reasons).toEqual(['loses-nothing-now']);
  });

  it('concerns no other way back', () => {
    const others = planned(table({rows: 130, changedSince: 42})).filter((of) => of.option.kind !== 'restore-backup');
    expect(others.map((of) => of.loss)).toEqual([[], [], []]);
  });
});

describe('a change is begun', () => {
  it.each<readonly [string, readonly RunEvent[], boolean]>([
    ['not before the migration was started', untilChange, false],
    ['from its start on, whatever became of it', [...untilChange, started('change'), failedWith('change')], true],
    [
      'even when it had no effect',
      [...untilChange, started('change'), interrupted('change'), reconciled('change', 'had-no-effect')],
      true,
    ],
    ['not by a migration of another environment', [opened('rehearsal'), started('look')], false],
  ])('%s', (_name, events, is) => {
    expect(hasChanged(runbook, stateOf(...events))).toBe(is);
  });
});

describe('the outline', () => {
  const numbered = (environment: 'rehearsal' | 'staging' | 'production') =>
    outline(runbook, environment).flatMap(({steps}) => steps.map(({number, step}) => `${number} ${step.id}`));

  it('has only the phases and steps of the environment, numbered without a gap', () => {
    expect(numbered('staging')).toEqual([
      '1.1 agree',
      '1.2 look',
      '1.3 capture',
      '1.4 dump',
      '2.1 change',
      '2.2 index',
      '2.3 tidy',
      '2.4 sign',
    ]);
    expect(numbered('production')).toEqual([
      '1.1 agree',
      '1.2 look',
      '1.3 capture',
      '1.4 dump',
      '2.1 permit',
      '3.1 change',
      '3.2 index',
      '3.3 sign',
    ]);
  });

  it('is the order in which a run is walked', () => {
    expect(stepsOf(runbook, 'production').map(({id}) => id)).toEqual(
      numbered('production').map((line) => line.slice(4)),
    );
    expect(next(runbook, stateOf(opened('production')))).toEqual({
      kind: 'answer',
      step: 'agree',
      question: 'checklist',
    });
  });

  it('finds a step or a way back by the id that the journal uses', () => {
    expect(actionOf(runbook, 'look')?.kind).toBe('query');
    expect(actionOf(runbook, 'rollback/script')?.kind).toBe('revert');
    expect(actionOf(runbook, 'script')).toBeUndefined();
    expect(actionOf(runbook, 'rollback/look')).toBeUndefined();
  });
});
