// Is a change said to be gone only where each part of it is known to be?

import {describe, expect, it} from 'vitest';
import type {RunbookDefinition, StepDefinition} from '../../../src/core/definition.ts';
import type {RunEvent} from '../../../src/core/event.ts';
import type {Facts} from '../../../src/core/facts.ts';
import {isBackAsCaptured, isProvenUndone} from '../../../src/core/way-back/proven-undone.ts';
import {
  changed,
  done,
  failedWith,
  goodFacts,
  runbook,
  started,
  stateOf,
  succeeded,
  wayBack,
} from '../../support/events.ts';

const psql: StepDefinition = {
  id: 'fill',
  phase: 'change',
  title: {en: 'Fill', ko: '채움'},
  kind: 'psql',
  sql: 'fill.sql',
  expect: 'report',
  writes: true,
};
const more: StepDefinition = {
  id: 'more',
  phase: 'change',
  title: {en: 'More', ko: '더'},
  kind: 'migration',
  migrator: 'sql',
  apply: ['more.sql'],
  transaction: 'whole',
};
const withSteps = (...steps: readonly StepDefinition[]): RunbookDefinition => ({
  ...runbook,
  steps: [...runbook.steps, ...steps],
});
const gone = (step: string) => ({step, verify: `${step}.sql`, says: 'gone' as const});
const back = (option: string, facts: Facts, ...before: readonly RunEvent[]): readonly RunEvent[] => [
  ...changed,
  ...before,
  wayBack(option),
  started(`rollback/${option}`),
  succeeded(`rollback/${option}`, 1, facts),
];
const exact = {...goodFacts['restore-objects'], undone: []};
const asked = {...goodFacts.revert, undone: [gone('change')]};
const uncaptured = succeeded('capture', 1, {...goodFacts.snapshot, objects: []});

describe('that the change is gone', () => {
  it.each<readonly [string, RunbookDefinition, readonly RunEvent[]]>([
    ['the captured objects were compared', runbook, back('restore', exact)],
    ['its verify has rows again', runbook, back('script', asked)],
    [
      'a second change was compared with what was captured',
      withSteps(more),
      back('script', asked, ...done('change'), started('more'), succeeded('more', 1, goodFacts.migration)),
    ],
  ])('is said where %s', (_name, of, events) => {
    expect(isProvenUndone(of, stateOf(...events))).toBe(true);
  });

  it.each<readonly [string, RunbookDefinition, readonly RunEvent[]]>([
    [
      'a program wrote beside it',
      withSteps(psql),
      back('restore', exact, started('fill'), succeeded('fill', 1, {kind: 'psql', findings: [], durationMs: 1})),
    ],
    [
      'a second change has no verify, and nothing was captured',
      withSteps(more),
      back('script', asked, uncaptured, started('more'), succeeded('more', 1, goodFacts.migration)),
    ],
    ['nothing was captured, and no verify asked', runbook, back('restore', exact, uncaptured)],
    [
      'the script ended without an answer, and nothing was compared',
      runbook,
      back('script', {...goodFacts.revert, digest: '', undone: []}),
    ],
  ])('is not said where %s', (_name, of, events) => {
    expect(isProvenUndone(of, stateOf(...events))).toBe(false);
  });
});

describe('that the objects are as they were', () => {
  it('is said of what was compared, and of nothing else', () => {
    expect(isBackAsCaptured(stateOf(...back('restore', exact)))).toBe(true);
    expect(isBackAsCaptured(stateOf(...back('script', {...goodFacts.revert, differs: true, undone: []})))).toBe(false);
    expect(isBackAsCaptured(stateOf(...back('remove', {...goodFacts['drop-object'], undone: []})))).toBe(false);
    expect(
      isBackAsCaptured(
        stateOf(...changed, wayBack('restore'), started('rollback/restore'), failedWith('rollback/restore')),
      ),
    ).toBe(false);
  });
});
