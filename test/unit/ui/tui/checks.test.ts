// Does a check keep its row, its figures their column, and does what proves less than it seems say so under it?

import {describe, expect, test} from 'vitest';
import type {Action} from '../../../../src/core/definition.ts';
import type {FactsOf} from '../../../../src/core/facts.ts';
import type {Locale} from '../../../../src/core/text.ts';
import {screenText} from '../../../../src/ui/text/screen.ts';
import {checkLines} from '../../../../src/ui/tui/panes/checks.ts';
import type {Scene} from '../../../../src/ui/tui/scene.ts';

const sceneOf = (locale: Locale): Scene => ({locale, text: screenText(locale)}) as unknown as Scene;

const title = (en: string, ko: string) => ({en, ko});

const smoke: Action = {
  id: 'smoke',
  phase: 'smoke',
  kind: 'smoke',
  title: title('Smoke', '스모크'),
  checks: [
    {id: 'rows', title: title('One row for every answered question', '응답한 문항마다 한 행'), sql: 'a.sql'},
    {id: 'keys', title: title('No key is NULL', '필수 키에 NULL 없음'), sql: 'b.sql'},
  ],
};

const facts: FactsOf<'smoke'> = {
  kind: 'smoke',
  checks: [
    {id: 'rows', verdict: 'pass', rows: 120_512, observed: '120512 rows, 11 columns', durationMs: 1240},
    {id: 'keys', verdict: 'amber', rows: 0, observed: 'no rows', durationMs: 3},
  ],
};

const textOf = (locale: Locale, of: FactsOf<'smoke' | 'downstream'>, action: Action): readonly string[] =>
  (checkLines(sceneOf(locale), action, of, 56) ?? []).map((row) =>
    row
      .map(({text}) => text)
      .join('')
      .trimEnd(),
  );

describe('smoke checks', () => {
  test('are told by their title, with rows and time in columns; an empty one says that it proves nothing', () => {
    expect(textOf('en', facts, smoke)).toEqual([
      '✓ One row for every answered ques..  120,512 rows  1.2 s',
      '! No key is NULL                           0 rows   3 ms',
      '    Passed on 0 rows: proves nothing. no rows',
    ]);
  });

  test('stand in the same columns in Korean, counted by display width', () => {
    expect(textOf('ko', facts, smoke)).toEqual([
      '✓ 응답한 문항마다 한 행                 120,512행  1.2초',
      '! 필수 키에 NULL 없음                         0행   3 ms',
      '    0행으로 통과: 증명된 것이 없음. no rows',
    ]);
  });

  test('that one statement answered share its time, and say so', () => {
    const shared: FactsOf<'smoke'> = {
      kind: 'smoke',
      reads: [{id: 'all', durationMs: 41_200}],
      checks: facts.checks.map(({durationMs: _, ...check}) => ({...check, verdict: 'pass', rows: 9, read: 'all'})),
    };
    expect(textOf('en', shared, smoke).every((row) => row.endsWith('  9 rows  41 s for 2'))).toBe(true);
    expect(textOf('ko', shared, smoke).every((row) => row.endsWith('  9행  2건 41초'))).toBe(true);
  });

  test('that failed show what was observed', () => {
    const failing: FactsOf<'smoke'> = {
      kind: 'smoke',
      checks: [{id: 'keys', verdict: 'fail', rows: 9, observed: '2 keys are NULL', durationMs: 3}],
    };
    expect(textOf('en', failing, smoke)).toEqual([
      '✗ No key is NULL                            9 rows  3 ms',
      '    2 keys are NULL',
    ]);
  });
});

test('a sample that was too expensive to run says so, and one over its budget as well', () => {
  const downstream: Action = {
    id: 'd',
    phase: 'd',
    kind: 'downstream',
    title: title('Downstream', '다운스트림'),
    samples: [
      {id: 'one', title: title('IRT calibration', 'IRT 캘리브레이션'), sql: 'a.sql', budgetMs: 500},
      {id: 'two', title: title('KPI backfill', 'KPI 백필'), sql: 'b.sql', budgetMs: 500},
    ],
  };
  const sampled: FactsOf<'downstream'> = {
    kind: 'downstream',
    samples: [
      {id: 'one', verdict: 'amber', rows: 40, medianMs: 812, runsMs: [812], budgetMs: 500, estimatedCost: 9},
      {id: 'two', verdict: 'amber', rows: 0, medianMs: 0, runsMs: [], budgetMs: 500, estimatedCost: 900_000_000},
    ],
  };
  expect(textOf('en', sampled, downstream)).toEqual([
    '! IRT calibration               40 rows  812 ms / 500 ms',
    '    Over its budget.',
    '! KPI backfill                                - / 500 ms',
    '    Not run: its estimated cost of 900,000,000 is',
    '    too high; proves nothing.',
  ]);
});

test('facts of another kind have no rows', () => {
  expect(checkLines(sceneOf('en'), undefined, {kind: 'checklist', items: 3}, 56)).toBeUndefined();
});
