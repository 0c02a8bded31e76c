// Which way back is recommended now, and which steps does an environment have?

import {describe, expect, it} from 'vitest';
import type {RunEvent} from '../../../src/core/event.ts';
import {next} from '../../../src/core/next.ts';
import {actionOf, outline, stepsOf} from '../../../src/core/outline.ts';
import type {RehearsedPart} from '../../../src/core/facts.ts';
import {
  hasChanged,
  isApplied,
  rollbackPlan,
  type RankedOption,
  type RollbackFacts,
} from '../../../src/core/rollback.ts';
import {madeSince, newcomers} from '../../../src/core/way-back/made-since.ts';
import {
  writesSince,
  type WriteMarks,
  type WritesSince,
  type WrittenTable,
} from '../../../src/core/way-back/writes-since.ts';
import type {OptionKind, RunbookDefinition, StepDefinition} from '../../../src/core/definition.ts';
import {
  changed,
  failedWith,
  goodFacts,
  interrupted,
  lockTimeout,
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
      'load: last-resort (loss-unknown)',
    ]);
  });

  it('rank the snapshot no higher than possible once somebody has built on the new object', () => {
    const plan = planned({...calm, newDependants: ['public.report'], dependants: ['public.report']});
    expect(lines(plan)).toEqual([
      'restore: possible (new-dependants)',
      'script: possible (same-end-state-by-script)',
      'load: last-resort (loss-unknown)',
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
  const counted = (...tables: readonly WrittenTable[]): WritesSince => ({known: 'counted', tables});

  it('is a lower bound, and unknown beyond it, whatever a column of times says', () => {
    expect(loss(table({rows: 130, rowsAtBackup: 100, changedSince: 42}))).toMatchObject({
      reasons: ['loses-rows', 'loss-unknown'],
      loss: [{table: 'public.things', rows: 42, exact: false, inserted: {atLeast: 30}}],
      backupTakenAt: goodFacts.backup.takenAt,
    });
    expect(loss(table({rows: 90, rowsAtBackup: 90, changedSince: 0}))).toMatchObject({
      reasons: ['loss-unknown'],
      loss: [{rows: 0, exact: false}],
    });
  });

  it('is never negative', () => {
    expect(loss(table({rows: 90, rowsAtBackup: 100})).loss[0]?.rows).toBe(0);
    expect(loss(table({rows: 90})).loss[0]?.rows).toBe(0);
  });

  it('is nothing only where nobody else has written', () => {
    expect(loss({...table({rows: 90, rowsAtBackup: 90}), writes: {known: 'none'}})).toMatchObject({
      reasons: ['loses-nothing-now'],
      loss: [{rows: 0, exact: true}],
    });
  });

  it('is what the server has counted, also in tables that no runbook names', () => {
    const kpi = {table: 'public.weekly_kpi', inserted: 50, changed: 0, deleted: 0};
    expect(loss({...table({rows: 90, rowsAtBackup: 90}), writes: counted(kpi)})).toMatchObject({
      reasons: ['loses-rows', 'counted-by-server'],
      loss: [
        {table: 'public.things', rows: 0, exact: false},
        {table: 'public.weekly_kpi', rows: 50, exact: false, inserted: {atLeast: 50, atMost: 50}},
      ],
    });
    expect(loss({...table({rows: 90, rowsAtBackup: 90}), writes: counted()}).reasons).toEqual(['no-writes-counted']);
  });

  it('cannot be told of a table that was emptied or made anew since', () => {
    const emptied = {table: 'public.things', inserted: 0, changed: 0, deleted: 0, isRewritten: true} as const;
    expect(loss({...table({rows: 0, rowsAtBackup: 90}), writes: counted(emptied)})).toMatchObject({
      reasons: ['loses-rows', 'counted-by-server'],
      loss: [{by: 'rewritten', exact: false, deleted: {atLeast: 90}}],
    });
  });

  it('concerns no other way back, and only the one that drops nothing with rows says that it loses none', () => {
    const others = planned(table({rows: 130, changedSince: 42})).filter((of) => of.option.kind !== 'restore-backup');
    expect(others.map((of) => of.loss)).toEqual([[], [], []]);
    expect(others.map((of) => [of.option.kind, of.claim])).toEqual([
      ['restore-objects', 'none'],
      ['revert', 'not-looked-at'],
      ['drop-object', 'none'],
    ]);
  });

  it('is told of a restored materialized view: its rows are computed anew', () => {
    const events = [...changed, succeeded('capture', 1, {...goodFacts.snapshot, refilled: ['public.daily']})];
    expect(option('restore-objects', planned(calm, ...events))).toMatchObject({
      reasons: ['exact-and-refilled'],
      claim: 'refilled',
    });
  });

  it('is not offered where something made since stands in its way', () => {
    const made = {blocks: ['table shop.currencies'], stays: ['table public.newt']};
    expect(loss({...calm, made})).toMatchObject({
      advice: 'impossible',
      reasons: ['made-since-in-the-way', 'loss-unknown', 'made-since-stays'],
      made,
    });
  });
});

describe('what others have written since the backup', () => {
  const mark = {table: 'public.things', file: '1', inserted: 5, changed: 5, deleted: 5};
  const marks = {snapshot: '100:100:', timeline: 1, startedAt: 'then', countsFrom: '', tables: [mark]};
  const now = (of: Partial<WriteMarks>): WriteMarks => ({...marks, ...of});

  it.each<readonly [string, WriteMarks, readonly string[]]>([
    ['no number was given out', now({}), []],
    ['every number was ours', now({snapshot: '103:103:'}), ['100', '101', '102']],
  ])('is nothing where %s', (_name, later, own) => {
    expect(writesSince(marks, later, own)).toEqual({known: 'none'});
  });

  it.each<readonly [string, WriteMarks, WriteMarks, readonly string[]]>([
    ['one of the numbers was not ours', marks, now({snapshot: '103:103:'}), ['100', '102']],
    ['somebody was at work when the backup was taken', now({snapshot: '90:100:90'}), now({}), []],
    ['somebody is at work now', marks, now({snapshot: '100:101:100'}), []],
  ])('is what the server has counted where %s', (_name, before, later, own) => {
    expect(writesSince(before, later, own)).toEqual({known: 'counted', tables: []});
    const written = {...mark, inserted: 7, deleted: 6};
    expect(writesSince(before, {...later, tables: [written]}, own)).toEqual({
      known: 'counted',
      tables: [{table: mark.table, inserted: 2, changed: 0, deleted: 1}],
    });
  });

  it.each<readonly [string, WriteMarks | undefined, Partial<WriteMarks>]>([
    ['the backup is older than the marks', undefined, {}],
    ['the server goes on from another past', marks, {timeline: 2}],
    ['the server did not say which past it has', {...marks, timeline: undefined} as unknown as WriteMarks, {}],
    ['the server was started again', marks, {snapshot: '101:101:', startedAt: 'later'}],
    ['the counters were reset', marks, {snapshot: '101:101:', countsFrom: 'later'}],
  ])('is not known where %s', (_name, before, later) => {
    expect(writesSince(before, now(later), [])).toEqual({known: 'unknown'});
  });

  it.each([
    ['lies in another file', [{...mark, file: '2'}]],
    ['counts from the beginning', [{...mark, inserted: 1}]],
    ['is gone', []],
  ])('is not counted in a table that %s', (_name, tables) => {
    expect(writesSince(marks, now({snapshot: '101:101:', tables}), [])).toMatchObject({
      tables: [{table: mark.table, isRewritten: true}],
    });
  });
});

describe('what has come since the backup', () => {
  const object = (type: string, identity: string, onto: readonly string[] = []) => ({
    type,
    identity,
    schema: identity.split('.')[0] ?? '',
    onto,
  });
  const before = {schemas: ['public', 'shop'], objects: [object('view', 'public.v'), object('table', 'public.t')]};

  it.each([
    ['a table beside the others in public', object('table', 'public.newt'), 'stays'],
    ['a table in a schema that is new as well', object('table', 'lab.t'), 'stays'],
    ['a table in a schema that the restore drops', object('table', 'shop.currencies'), 'blocks'],
    ['a view on a table that the restore drops', object('view', 'lab.w', ['public.t']), 'blocks'],
    ['another kind of object under an old name', object('materialized view', 'public.v'), 'blocks'],
  ] as const)('%s %#', (_name, of, how) => {
    const come = newcomers(before, {...before, objects: [...before.objects, of]});
    expect(madeSince(before, come)[how]).toEqual([`${of.type} ${of.identity}`]);
  });

  it('is nothing that was made anew under its name', () => {
    expect(newcomers(before, before)).toEqual([]);
  });
});

describe('a rehearsal on a copy and the clock', () => {
  const step = {id: 'try', phase: 'before', kind: 'rehearse', title: {en: 'Try', ko: '연습'}} as const;
  const rehearsing = {...runbook, steps: [...runbook.steps, {...step, phase: runbook.steps[0]?.phase ?? ''}]};
  const went = (parts: readonly RehearsedPart[]): RunEvent => succeeded('try', 1, {...goodFacts.rehearse, parts});
  const well = (option: string, durationMs = 40): RehearsedPart => ({
    step: `rollback/${option}`,
    verdict: 'pass',
    durationMs,
    digestEqual: true,
  });
  const badly = (option: string): RehearsedPart => ({
    step: `rollback/${option}`,
    verdict: 'fail',
    durationMs: 40,
    digestEqual: false,
  });
  const plan = (parts: readonly RehearsedPart[], more: Partial<RollbackFacts> = {}, ...events: readonly RunEvent[]) =>
    lines(rollbackPlan(rehearsing, stateOf(...changed, went(parts), ...events), {...calm, ...more}));
  const tried = (option: string): readonly RunEvent[] => [
    wayBack(option),
    started(`rollback/${option}`),
    failedWith(`rollback/${option}`),
  ];

  it.each<readonly [string, readonly string[], readonly string[]]>([
    [
      'all of it went well',
      plan([well('restore'), well('script'), well('remove'), well('load')]),
      [
        'restore: recommended (exact-and-lossless, rehearsed)',
        'script: possible (same-end-state-by-script, rehearsed)',
        'remove: emergency (leaves-nothing, rehearsed)',
        'load: last-resort (loss-unknown, rehearsed)',
      ],
    ],
    [
      'nothing was rehearsed although the runbook does: it says so',
      lines(rollbackPlan(rehearsing, stateOf(...changed), calm)),
      [
        'restore: recommended (exact-and-lossless, not-rehearsed)',
        'script: possible (same-end-state-by-script, not-rehearsed)',
        'remove: emergency (leaves-nothing, not-rehearsed)',
        'load: last-resort (loss-unknown, not-rehearsed)',
      ],
    ],
    [
      'the exact way failed: it is not advised, and the script, which went well, is the one',
      plan([badly('restore'), well('script'), well('load')]),
      [
        'script: recommended (same-end-state-by-script, rehearsed)',
        'restore: not-advised (exact-and-lossless, rehearsal-failed)',
        'remove: emergency (leaves-nothing, not-rehearsed)',
        'load: last-resort (loss-unknown, rehearsed)',
      ],
    ],
    [
      'the restore of the backup failed: not advised, and still the last',
      plan([well('restore'), well('script'), badly('load')]),
      [
        'restore: recommended (exact-and-lossless, rehearsed)',
        'script: possible (same-end-state-by-script, rehearsed)',
        'remove: emergency (leaves-nothing, not-rehearsed)',
        'load: not-advised (loss-unknown, rehearsal-failed)',
      ],
    ],
    [
      'the exact way failed on the target itself: the script is the one',
      plan([well('restore'), well('script')], {}, ...tried('restore')).slice(0, 2),
      [
        'script: recommended (same-end-state-by-script, rehearsed)',
        'restore: possible (exact-and-lossless, rehearsed, already-tried)',
      ],
    ],
    [
      'the window is about to close: what takes longer than that stands lower',
      plan([well('restore', 90_000), well('script', 40), well('load', 600_000)], {windowLeftMs: 60_000}),
      [
        'script: recommended (same-end-state-by-script, rehearsed)',
        'restore: possible (exact-and-lossless, rehearsed, longer-than-window)',
        'remove: emergency (leaves-nothing, not-rehearsed)',
        'load: last-resort (loss-unknown, rehearsed, longer-than-window)',
      ],
    ],
  ])('%s', (_name, actual, expected) => {
    expect(actual).toEqual(expected);
  });

  it.each<readonly [string, readonly RunEvent[], boolean]>([
    ['a change that is in place', [...untilChange, started('change'), succeeded('change')], true],
    ['a change that may be at work', [...untilChange, started('change')], true],
    ['a change in doubt', [...untilChange, started('change'), interrupted('change')], true],
    ['one that was rolled back', [...untilChange, started('change'), failedWith('change')], false],
    [
      'one that the server says had no effect',
      [...untilChange, started('change'), interrupted('change'), reconciled('change', 'had-no-effect')],
      false,
    ],
    ['an untransacted one that was not begun', untilChange, false],
    ['an untransacted one that failed', [...untilChange, started('index'), failedWith('index')], true],
    [
      'an untransacted one that a lock stopped, perhaps at its second file',
      [...untilChange, started('index'), failedWith('index', 1, lockTimeout)],
      true,
    ],
    ['an untransacted one in doubt', [...untilChange, started('index'), interrupted('index')], true],
    [
      'an untransacted one whose check says that its promise is not kept',
      [...untilChange, started('index'), interrupted('index'), reconciled('index', 'had-no-effect')],
      true,
    ],
  ])('%s counts as applied or not', (_name, events, is) => {
    expect(isApplied(runbook, stateOf(...events))).toBe(is);
    const plan = rollbackPlan(runbook, stateOf(...events), calm);
    expect(plan.every(({reasons}) => reasons[0] === 'nothing-applied')).toBe(!is);
    expect(plan.some(({advice}) => advice === 'recommended')).toBe(is);
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

describe("Alembic's downgrade as a way back", () => {
  const downgrade = {
    id: 'down',
    kind: 'downgrade',
    migration: 'change',
    revision: 'r1',
    title: {en: 'Downgrade', ko: '다운그레이드'},
  } as const;
  const rehearsedAs = (part: Omit<RehearsedPart, 'step' | 'durationMs'>): RankedOption | undefined => {
    const rehearse = {...goodFacts.rehearse, parts: [{step: 'rollback/down', durationMs: 900, ...part}]};
    const state = stateOf(...changed, succeeded('copy', 1, rehearse));
    return rollbackPlan({...runbook, rollback: [downgrade]}, state, calm)[0];
  };

  it('is not advised where the copy has shown that it leaves nothing, or that it fails', () => {
    expect(rehearsedAs({verdict: 'amber', digestEqual: false, leaves: 'nothing'})).toMatchObject({
      advice: 'not-advised',
      reasons: ['leaves-nothing', 'rehearsed'],
    });
    expect(rehearsedAs({verdict: 'fail', digestEqual: false})).toMatchObject({advice: 'not-advised'});
  });

  it('is one way among others where it brought back what there was', () => {
    expect(rehearsedAs({verdict: 'pass', digestEqual: true})?.reasons).toContain('same-end-state-by-script');
  });
});

describe('a step that writes', () => {
  const step = {id: 'other', phase: runbook.steps[0]?.phase ?? '', title: {en: 'Other', ko: '다른 것'}} as const;
  const shell = {...step, kind: 'command', run: 'true'} as const;
  const script = {...step, kind: 'psql', sql: 'a.sql', expect: 'report'} as const;
  const only = (of: StepDefinition): RunbookDefinition => ({...runbook, steps: [of]});

  it.each<readonly [string, StepDefinition, boolean]>([
    ['a psql script that writes', {...script, writes: true}, true],
    ['a psql script that only reads', script, false],
    ['a shell line that does not say', shell, true],
    ['a shell line that says that it does not', {...shell, writes: false}, false],
  ])('%s: is a change, and is known by the run, %#', (_name, of, is) => {
    const begun = stateOf(opened(), started('other'));
    expect(hasChanged(only(of), begun)).toBe(is);
    expect(isApplied(only(of), begun)).toBe(is);
    expect(isApplied(only(of), begun, 'other')).toBe(false);
    expect(hasChanged(only(of), stateOf(opened()))).toBe(false);
  });
});
