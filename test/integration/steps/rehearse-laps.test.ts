// Does a rehearsal judge a step by what it has tried, also when the change is made again for the next way back?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {RollbackOption, StepDefinition} from '../../../src/core/definition.ts';
import {amberLines} from '../../../src/ui/text/amber.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {factsFrom, openTestRun} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const {test} = needs('pg_dump');

const title = {en: 'a step', ko: '단계'};
const of = {phase: 'apply', title, kind: 'migration', migrator: 'sql'} as const;
const addColumn: StepDefinition = {...of, id: 'add-column', apply: ['add.sql'], transaction: 'whole'};
const fill: StepDefinition = {...of, id: 'fill', apply: ['fill.sql'], verify: 'filled.sql', transaction: 'none'};
const validate: StepDefinition = {...of, id: 'validate', apply: ['validate.sql'], transaction: 'whole'};
const validateNothing: StepDefinition = {
  id: 'nothing',
  phase: 'apply',
  title,
  kind: 'query',
  sql: 'filled.sql',
  expect: 'report',
};
const backs: readonly RollbackOption[] = ['first-back', 'second-back'].map((id) => ({
  id,
  kind: 'revert',
  title,
  sql: 'back.sql',
}));

const sql = {
  'add.sql': 'ALTER TABLE public.exam_results ADD COLUMN channel int;\n',
  'fill.sql': 'UPDATE public.exam_results SET channel = 1 WHERE channel IS NULL;\n',
  'filled.sql': 'SELECT id FROM public.exam_results WHERE channel IS NULL LIMIT 5;\n',
  'validate.sql': 'ALTER TABLE public.exam_results ADD CONSTRAINT channel_there CHECK (channel IS NOT NULL);\n',
  'back.sql': 'ALTER TABLE public.exam_results DROP COLUMN channel;\n',
};

const rehearsed = async (
  database: TestDatabase,
  changes: readonly StepDefinition[],
  files: Readonly<Record<string, string>> = sql,
  rollback = backs,
) => {
  const run = await openTestRun(database, {
    steps: ['snapshot', 'backup', 'rehearse-copy'],
    compose: unproven,
    sql: files,
    alter: (runbook) => ({
      ...runbook,
      objects: [],
      steps: [...runbook.steps, ...changes],
      rollback,
    }),
  });
  const state = await run.start('rehearse-copy');
  const facts = factsFrom(state, 'rehearse');
  return {
    state,
    facts,
    verdicts: Object.fromEntries(facts.parts.map(({step, verdict, because}) => [step, because ?? verdict])),
    transcript: readFileSync(join(run.path, 'transcripts', 'rehearse-copy.1.log'), 'utf8'),
  };
};

test('a step outside of a transaction that a way back has undone is made again with the others', async () => {
  await using database = await createTestDatabase();
  const {state, verdicts, transcript} = await rehearsed(database, [addColumn, fill, validate]);
  expect(verdicts).toEqual({
    'add-column': 'pass',
    fill: 'pass',
    validate: 'pass',
    'rollback/first-back': 'pass',
    'rollback/second-back': 'pass',
  });
  expect(state).toMatchObject({verdict: 'pass'});
  expect(transcript).not.toContain('FAIL');
});

test('what cannot be made a second time stays as it was judged, and what waits for it says why it was not tried', async () => {
  await using database = await createTestDatabase();
  const files = {...sql, 'add.sql': `CREATE TABLE public.kept (id int);\n${sql['add.sql']}`};
  const {state, facts, verdicts, transcript} = await rehearsed(database, [addColumn, fill, validate], files);
  expect(verdicts).toEqual({
    'add-column': 'pass',
    fill: 'pass',
    validate: 'pass',
    'rollback/first-back': 'pass',
    'rollback/second-back': 'earlier-part-failed',
  });
  expect(state).toMatchObject({verdict: 'amber'});
  expect(transcript).toContain('relation "kept" already exists');
  for (const locale of ['en', 'ko'] as const)
    expect(amberLines(facts, locale).join('\n')).toMatch(/rollback\/second-back.*relation "kept" already exists/);
});

test('what a step needs that the copy left out is not rehearsed, and no gate fails for it', async () => {
  await using database = await createTestDatabase();
  const byHand: StepDefinition = {
    id: 'fill',
    phase: 'apply',
    title,
    kind: 'psql',
    sql: 'fill.sql',
    expect: 'report',
    writes: true,
  };
  const {state, facts, verdicts, transcript} = await rehearsed(database, [addColumn, byHand, validate]);
  expect(verdicts).toEqual({
    'add-column': 'pass',
    fill: 'left-out',
    validate: 'needs-left-out',
    'rollback/first-back': 'needs-left-out',
    'rollback/second-back': 'needs-left-out',
  });
  expect(state).toMatchObject({verdict: 'amber'});
  expect(transcript).toContain('channel_there');
  expect(amberLines(facts, 'en').join('\n')).toMatch(
    /fill.*not rehearsed[\s\S]*validate.*not rehearsed.*channel_there/,
  );
});

test('what follows a way back is asked on the copy as it was left, but not what holds the tick of a person', async () => {
  await using database = await createTestDatabase();
  const asks = {phase: 'apply', title, kind: 'query', sql: 'gone.sql', expect: 'verdict'} as const;
  const {state, facts, verdicts, transcript} = await rehearsed(
    database,
    [
      addColumn,
      {id: 'told', phase: 'apply', title, kind: 'checklist', items: [{id: 'told', text: title}]},
      // It would fail on the copy, where nobody has done what was ticked.
      {...asks, id: 'is-told', confirms: 'told'},
      validateNothing,
    ],
    {
      ...sql,
      'gone.sql': `SELECT CASE WHEN count(*) = 0 THEN 'pass' ELSE 'fail' END AS verdict, 'the column' AS en, '컬럼' AS ko
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = 'public.exam_results'::regclass AND a.attname = 'channel' AND NOT a.attisdropped;\n`,
      'there.sql': "SELECT 'fail' AS verdict, 'never' AS en, '절대' AS ko;\n",
    },
    backs.map((option, at) => ({
      ...option,
      after: [
        {id: 'told', kind: 'checklist', title, items: [{id: 'told', text: title}]},
        {id: 'gone', kind: 'query', title, sql: at === 0 ? 'gone.sql' : 'there.sql', expect: 'verdict'},
        {id: 'by-hand', kind: 'query', title, sql: 'there.sql', expect: 'verdict', confirms: 'told'},
      ],
    })),
  );
  expect(verdicts).toEqual({
    'add-column': 'pass',
    nothing: 'pass',
    'rollback/first-back': 'pass',
    'rollback/first-back/gone': 'pass',
    'rollback/second-back': 'pass',
    'rollback/second-back/gone': 'fail',
  });
  // What fails behind a way back is a remark on the rehearsal, and no failure of the way back.
  expect(state).toMatchObject({verdict: 'amber'});
  expect(amberLines(facts, 'en').join('\n')).toMatch(/rollback\/second-back\/gone.*1 of 1 row did not pass/);
  expect(transcript).toMatch(/PASS {4}rollback\/first-back\/gone/);
});
