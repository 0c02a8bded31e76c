// Is alembic_version asked where a tick alone would be believed: after the stamp, and behind a way back?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {amberLines} from '../../../src/ui/text/amber.ts';
import {failureText} from '../../../src/ui/text/failure.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun, shippedFolder, shippedRunbook, type TestRun} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const BEFORE = '20251031_2120_features_kpi_cols';
const V1 = '20251101_0900_attempt_view_lock';
const query = readFileSync(join(shippedFolder, '../sql', shippedRunbook, 'verify/040_alembic_version.sql'), 'utf8');

/** What a view of this type of attempt_no is made by; the query looks at nothing else of it. */
const view = (type: string): string => `DROP VIEW public.attempt CASCADE;
  CREATE VIEW public.attempt AS SELECT NULL::${type} AS attempt_no`;
const versions = (...of: readonly string[]): string => `DELETE FROM public.alembic_version;
  ${of.map((one) => `INSERT INTO public.alembic_version VALUES ('${one}')`).join(';')}`;

const cases: readonly (readonly [string, readonly string[], string, RegExp])[] = [
  ['no version table', ['DROP TABLE public.alembic_version'], 'amber', /not asked.*묻지 않음/],
  [
    'another table of that name',
    ['DROP TABLE public.alembic_version; CREATE TABLE public.alembic_version (v text)'],
    'amber',
    /not asked.*version_num.*묻지 않음/,
  ],
  [
    'a table that the login may not read',
    ['REVOKE ALL ON public.alembic_version FROM app_reader', 'SET ROLE app_reader'],
    'amber',
    /not asked: app_reader may not read.*묻지 않음: app_reader/,
  ],
  ['a table without a row', [versions()], 'fail', /empty.*비어/],
  ['two heads', [versions(BEFORE, V1)], 'fail', /2 rows.*2행/],
  ['a revision that nobody knows here', [versions('20990101_later')], 'fail', /20990101_later.*20990101_later/],
  ['a view that is neither', [view('text')], 'amber', /not judged.*판정하지 않음/],
  ['V1 and its revision', [view('integer'), versions(V1)], 'pass', /does not run it again.*다시 실행하지 않습니다/],
  [
    'V1 and the revision before it',
    [view('integer')],
    'fail',
    new RegExp(`all that depends on it.*stamp ${V1}.*stamp ${V1}`),
  ],
  ['V0 and its revision', [view('bigint')], 'pass', /it fits.*서로 맞습니다/],
  ['V0 and the revision of V1', [view('bigint'), versions(V1)], 'fail', new RegExp(`skip it.*stamp ${BEFORE}.*건너뜁`)],
  ['no view and the revision before V1', ['DROP VIEW public.attempt CASCADE'], 'pass', /it fits.*서로 맞습니다/],
  ['no view and V1', ['DROP VIEW public.attempt CASCADE', versions(V1)], 'fail', /skip it.*건너뜁/],
];

describe('the query', () => {
  test.each(cases)('%s', async (_, statements, verdict, words) => {
    await using database = await createTestDatabase();
    const client = await database.connect();
    try {
      for (const statement of statements) await client.query(statement);
      const {rows} = await client.query<{verdict: string; en: string; ko: string}>(query);
      expect(rows).toHaveLength(1);
      expect(rows[0]?.verdict).toBe(verdict);
      expect(`${rows[0]?.en} ${rows[0]?.ko}`).toMatch(words);
    } finally {
      await client.end();
    }
  });
});

const steps = ['snapshot', 'apply-v1', 'alembic-stamp', 'alembic-version'];

const say = async (database: TestDatabase, statement: string): Promise<void> => {
  const client = await database.connect();
  await client.query(statement);
  await client.end();
};

const open = (database: TestDatabase): Promise<TestRun> =>
  openTestRun(database, {steps, compose: unproven, isFollowed: true});

test('a stamp that was ticked and not run fails the step behind it, which says what the next upgrade would do', async () => {
  await using database = await createTestDatabase();
  const run = await open(database);
  const failure = failureFrom(await run.start('alembic-version'), 'expectation-missed');
  const {where: en} = failureText(failure, 'en');
  const {where: ko} = failureText(failure, 'ko');
  expect(en).toContain('would drop the view and all that depends on it');
  expect(en).not.toMatch(/[ㄱ-힣]|verdict=/);
  expect(ko).toContain('뷰와 종속 객체를 모두 삭제');

  await say(database, versions(V1));
  expect(await run.retry('alembic-version')).toMatchObject({status: 'succeeded', verdict: 'pass'});
});

test('where there is no version table the step is amber, and says that nobody was asked', async () => {
  await using database = await createTestDatabase();
  await say(database, 'DROP TABLE public.alembic_version');
  const state = await (await open(database)).start('alembic-version');
  expect(state).toMatchObject({status: 'succeeded', verdict: 'amber'});
  const facts = factsFrom(state, 'query');
  expect(amberLines(facts, 'en').join('\n')).toMatch(/^not asked: there is no table/);
  expect(amberLines(facts, 'ko').join('\n')).toMatch(/^묻지 않음/);
});

test('behind a way back the revision of V1 keeps the run open until it was put back', async () => {
  await using database = await createTestDatabase();
  const run = await open(database);
  await run.walkTo('alembic-version');
  await say(database, versions(V1));
  factsFrom(await run.rollback('restore-objects'), 'restore-objects');
  const [pools, version, readers] = ['pools', 'alembic-version', 'readers'].map(
    (id) => `rollback/restore-objects/${id}`,
  );
  const tick = (step = '', item = '') => run.submit({type: 'CheckItem', step, item});
  expect(run.session.view().need).toMatchObject({kind: 'answer', step: pools});
  expect(await tick(pools, 'recycled')).toBeUndefined();
  failureFrom(await run.retry(version ?? ''), 'expectation-missed');
  expect(run.session.view().state.closed).toBeUndefined();

  await say(database, versions(BEFORE));
  expect(await run.retry(version ?? '')).toMatchObject({status: 'succeeded', verdict: 'pass', attempt: 2});
  await tick(readers, 'told');
  expect(run.session.view().state.closed).toBeUndefined();
  await tick(readers, 'deployments');
  expect(run.session.view().state.closed).toMatchObject({outcome: 'rolled-back'});
  // Its output lies in a file of its own name, as that of every step does.
  const sealed = run.session.view().state.artifacts.map(({artifact: {path}}) => path);
  expect(sealed).toContain('transcripts/rollback.restore-objects.alembic-version.2.log');
});

needs('pg_dump').test(
  'on a copy it is asked behind each way back, and not behind the stamp, which nobody ran there',
  async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps: ['snapshot', 'backup', 'rehearse-copy', ...steps.slice(1)],
      compose: unproven,
      isFollowed: true,
    });
    const {parts} = factsFrom(await run.start('rehearse-copy'), 'rehearse');
    const asked = parts.filter(({step}) => step.endsWith('alembic-version'));
    expect(asked.map(({step, verdict}) => [step, verdict])).toEqual([
      ['rollback/restore-objects/alembic-version', 'pass'],
      ['rollback/revert-v0/alembic-version', 'pass'],
      ['rollback/restore-backup/alembic-version', 'pass'],
    ]);
  },
);
