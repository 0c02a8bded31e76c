// Does the last screen say of the database only what was seen there?

import {expect, test} from 'vitest';
import type {RunEvent} from '../../../../src/core/event.ts';
import type {Outcome} from '../../../../src/core/event.ts';
import type {Locale} from '../../../../src/core/text.ts';
import {screenText} from '../../../../src/ui/text/screen.ts';
import {closedLines} from '../../../../src/ui/tui/panes/closed.ts';
import type {Scene} from '../../../../src/ui/tui/scene.ts';
import {
  changed,
  closed,
  done,
  failedWith,
  goodFacts,
  opened,
  runbook,
  started,
  stateOf,
  succeeded,
  wayBack,
} from '../../../support/events.ts';

const shown = (outcome: Outcome, locale: Locale, ...events: readonly RunEvent[]): string => {
  const view = {runbook, state: stateOf(...events, closed(outcome))};
  const scene = {view, locale, text: screenText(locale), timeZone: 'UTC'} as unknown as Scene;
  return closedLines(scene, outcome, 200)
    .map((row) => row.map(({text}) => text).join(''))
    .join('\n');
};

const inProduction = [opened('production'), ...changed.slice(1)];
const back = (option: string, ...end: readonly RunEvent[]): readonly RunEvent[] => [
  ...inProduction,
  wayBack(option),
  started(`rollback/${option}`),
  ...end,
];

test('a completed run says that its change is in place once that was looked for, and not by its steps', () => {
  const seen: RunEvent = {type: 'StepProbedAgain', step: 'change', attempt: 1, holds: true, detail: 'catalog'};
  expect(shown('completed', 'en', ...changed, seen)).toContain('The change is in place');
  expect(shown('completed', 'ko', ...changed, seen)).toContain('변경이 반영되어 있습니다');
  expect(shown('completed', 'en', ...changed)).not.toContain('in place');
  expect(shown('completed', 'ko', ...changed)).not.toContain('변경이 반영되');
});

test('an abandoned run whose way back was begun does not say that nothing was rolled back', () => {
  const missed = failedWith('rollback/restore', 1, {code: 'way-back-missed', inPlace: [], missing: ['public.thing']});
  expect(shown('abandoned', 'en', ...changed)).toContain('Nothing was rolled back');
  expect(shown('abandoned', 'en', ...back('restore', missed))).not.toContain('Nothing was rolled back');
  expect(shown('abandoned', 'ko', ...changed)).toContain('아무것도 원복하지 않았습니다');
  expect(shown('abandoned', 'ko', ...back('restore', missed))).not.toContain('아무것도 원복하지 않았습니다');
});

test('a run that dropped the object tells nobody that the earlier definition is back', () => {
  const restored = back('restore', succeeded('rollback/restore', 1, {...goodFacts['restore-objects'], undone: []}));
  const dropped = back('remove', succeeded('rollback/remove', 1, {...goodFacts['drop-object'], undone: []}));
  expect(shown('rolled-back', 'en', ...restored)).toContain('that the earlier definition is back.');
  expect(shown('rolled-back', 'en', ...dropped)).toContain('was not seen');
  expect(shown('rolled-back', 'ko', ...restored)).toContain('이전 정의로 돌아왔음을');
  expect(shown('rolled-back', 'ko', ...dropped)).not.toContain('이전 정의로 돌아왔음을');
});

test('a step that only a person has settled is no proof', () => {
  const settled = succeeded('change', 1, {kind: 'settled', note: 'seen'});
  expect(shown('completed', 'en', ...changed.slice(0, -1), settled, ...done('index'))).not.toContain('in place');
});
