// Is a loss accepted only when the runbook says so with a reason, and is the difference after the change exactly that?

import {factsOf} from '../../../src/core/state.ts';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {diffSnapshots} from '../../../src/catalog/diff.ts';
import type {Acceptance} from '../../../src/core/acceptance.ts';
import type {Impact} from '../../../src/core/preview.ts';
import {impactText} from '../../../src/ui/text/impact.ts';
import {verdictOf} from '../../../src/core/facts.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun, shippedFolder, withStep} from '../../support/run.ts';

const steps = ['snapshot', 'apply-v1'];
const reason = {en: 'nobody reads it any more', ko: '더는 읽는 곳이 없음'};
const accepting = (...accept: readonly Omit<Acceptance, 'reason'>[]) =>
  withStep('migration', {accept: accept.map((one) => ({...one, reason}))});
const keys = (changes: readonly Readonly<{object: string; aspect: string}>[]): readonly string[] =>
  changes.map(({object, aspect}) => `${object} ${aspect}`).toSorted();
const meant = [
  'public.attempt column types',
  'public.attempt columns',
  'public.attempt definition',
  'public.attempt_topic column types',
];

describe('an accepted loss', () => {
  test('of a dependant: everything else comes back, the facts say why, and the way back brings it too', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const run = await openTestRun(database, {steps, alter: accepting({object: 'public.attempt_weekly'})});
    const facts = factsFrom(await run.start('apply-v1'), 'migration');

    const after = await catalogOf(database);
    expect(keys(diffSnapshots(before, after))).toEqual([...meant, 'public.attempt_weekly existence']);
    expect(facts.accepted).toEqual([
      {object: 'public.attempt_weekly', aspect: 'existence', before: 'view', after: '', reason},
    ]);
    expect(facts.notNeeded).toEqual([]);
    expect(facts.putBack?.dependants).toEqual(['public.attempt_topic']);
    expect(verdictOf(facts)).toBe('pass');

    // It comes back with the way back.
    factsFrom(await run.rollback('restore-objects'), 'restore-objects');
    expect(diffSnapshots(before, await catalogOf(database))).toEqual([]);
  });

  test('of parts of the view itself: those are left as the script leaves them', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    expect(before.objects[0]?.options).toEqual(['security_barrier=true']);
    const parts = (['grants', 'comment', 'options'] as const).map((aspect) => ({object: 'public.attempt', aspect}));
    const run = await openTestRun(database, {steps, alter: accepting(...parts)});
    const facts = factsFrom(await run.start('apply-v1'), 'migration');
    const differing = keys(diffSnapshots(before, await catalogOf(database))).filter((one) => !meant.includes(one));
    expect(differing).toEqual(keys(parts));
    expect(keys(facts.accepted ?? [])).toEqual(differing);
  });

  test('of its owner: what he had given goes with him, and has to be accepted as well', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const parts = (['owner', 'grants', 'column grants'] as const).map((aspect) => ({object: 'public.attempt', aspect}));
    const run = await openTestRun(database, {steps, alter: accepting(...parts)});
    factsFrom(await run.start('apply-v1'), 'migration');
    const differing = keys(diffSnapshots(before, await catalogOf(database))).filter((one) => !meant.includes(one));
    expect(differing).toEqual(keys(parts));
  });

  test('of the comments of columns and the grants of a dependant', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(`COMMENT ON COLUMN public.attempt.topic_id IS 'topic'`);
    await admin.query(`GRANT SELECT ON public.attempt_topic TO app_etl`);
    const run = await openTestRun(database, {
      steps,
      alter: accepting(
        {object: 'public.attempt', aspect: 'column comments'},
        {object: 'public.attempt_topic', aspect: 'grants'},
      ),
    });
    const facts = factsFrom(await run.start('apply-v1'), 'migration');
    expect(keys(facts.accepted ?? [])).toEqual(['public.attempt column comments', 'public.attempt_topic grants']);
  });

  test('that did not come about makes the step amber, and says so', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {steps, alter: accepting({object: 'public.attempt_yearly'})});
    const facts = factsFrom(await run.start('apply-v1'), 'migration');
    expect(facts.notNeeded).toEqual([{object: 'public.attempt_yearly'}]);
    expect(verdictOf(facts)).toBe('amber');
  });

  test('of one thing is no licence for another: the change is rolled back', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    // What reads the lost view cannot be made again without it.
    await admin.query('CREATE VIEW public.attempt_yearly AS SELECT * FROM public.attempt_weekly');
    const before = await catalogOf(database);
    const run = await openTestRun(database, {steps, alter: accepting({object: 'public.attempt_weekly'})});
    const failure = failureFrom(await run.start('apply-v1'), 'query-refused');
    expect(failure.message).toContain('attempt_weekly');
    expect(diffSnapshots(before, await catalogOf(database))).toEqual([]);
  });

  test('does not get a change past what cannot be replayed', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query('CREATE TABLE public.holder (held public.attempt)');
    const identity = 'public.holder.held';
    const run = await openTestRun(database, {steps, alter: accepting({object: identity})});
    const failure = failureFrom(await run.start('apply-v1'), 'dependants-not-replayable');
    expect(failure.objects.join()).toContain(identity);
  });

  for (const option of ['restore-objects', 'revert'] as const) {
    test(`comes back with the way back ${option}`, async () => {
      await using database = await createTestDatabase();
      const before = await catalogOf(database);
      const run = await openTestRun(database, {
        steps,
        alter: accepting({object: 'public.attempt_weekly'}, {object: 'public.attempt_topic', aspect: 'comment'}),
      });
      factsFrom(await run.start('apply-v1'), 'migration');
      const id = run.session.view().runbook.rollback.find(({kind}) => kind === option)?.id ?? '';
      factsFrom(await run.rollback(id), option);
      expect(keys(diffSnapshots(before, await catalogOf(database)))).toEqual([]);
    });
  }
});

describe('the impact', () => {
  test('lists what comes back, what changes, and what is let go, and takes no lock', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps,
      alter: accepting({object: 'public.attempt_weekly'}, {object: 'public.attempt_yearly', aspect: 'grants'}),
    });
    await run.walkTo('apply-v1');
    const admin = await database.connect();
    await admin.query('BEGIN; LOCK TABLE public.attempt IN ACCESS EXCLUSIVE MODE');
    const {impact} = await run.session.preview('apply-v1');
    await admin.query('ROLLBACK');
    expect(impact?.takenAndPutBack.map(({name}) => name)).toEqual(['public.attempt_topic']);
    expect(impact?.accepted).toMatchObject([
      {object: 'public.attempt_weekly', found: true, reason},
      {object: 'public.attempt_yearly', aspect: 'grants', found: false},
    ]);
    // Of a view that is dropped, options are among what is counted.
    expect(impact).toMatchObject({kept: [], options: 1});
    expect(impact?.planned).toEqual([
      {
        object: 'public.attempt',
        file: 'apply/010_attempt_v1.sql',
        replaces: false,
        prediction: {
          possible: false,
          because: 'name',
          column: 'attempt_no',
          position: 7,
          before: 'attempt_no',
          after: 'completed_at',
        },
        columns: [
          {position: 7, before: 'attempt_no bigint', after: 'completed_at timestamp with time zone'},
          {position: 9, before: 'completed_at timestamp with time zone', after: 'attempt_no integer'},
        ],
      },
    ]);
  });
});

describe('the impact of a script', () => {
  test('tells what it says beside, what falls for it, and where it will be refused', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(`
      CREATE MATERIALIZED VIEW public.attempt_daily AS SELECT id FROM public.attempt;
      CREATE VIEW public.attempt_top AS SELECT t.* FROM public.attempt_topic AS t`);
    const shipped = readFileSync(join(shippedFolder, '../sql/attempt-view-v1-lock/apply/010_attempt_v1.sql'), 'utf8');
    const impactOf = async (script: string, objects: readonly string[]) => {
      const alter = (runbook: Parameters<ReturnType<typeof withStep>>[0]) => ({...runbook, objects});
      const run = await openTestRun(database, {steps, alter, sql: {'apply/010_attempt_v1.sql': script}});
      await run.walkTo('apply-v1');
      const {impact} = await run.session.preview('apply-v1');
      const [taken] = factsOf(run.session.view().state, 'snapshot');
      // What a look costs on this server is in what the lock is said to be held for.
      const {lookMs = 0, rttMs = 0} = taken?.facts ?? {};
      expect(lookMs).toBeGreaterThan(0);
      if (impact?.hold !== undefined) expect(impact.hold.aboutMs).toBeGreaterThan(2 * (lookMs - rttMs));
      await run.close();
      return impact;
    };
    const spoken = await impactOf(`${shipped}\nGRANT SELECT ON public.attempt\n  TO app_etl; -- for the loads`, [
      'public.attempt',
    ]);
    expect(spoken?.said?.map(({text}) => text)).toEqual(['GRANT SELECT ON public.attempt TO app_etl']);
    expect(spoken?.refilled).toEqual(['public.attempt_daily']);
    expect(spoken?.hold).toMatchObject({statements: expect.any(Number), limitMs: 2000});
    expect(
      impactText({...(spoken as Impact), hold: {statements: 5614, aboutMs: 9000, limitMs: 2000}}, 'en').at(-1),
    ).toMatch(/^ {2}! held for about 9.0 s \(5,614 statements\): it will be cancelled after 2.0 s/);
    expect(impactText(spoken as Impact, 'en').join('\n')).toContain('- GRANT SELECT ON public.attempt TO app_etl');

    const inPlace = await impactOf(`COMMENT ON VIEW public.attempt IS 'new';`, ['public.attempt']);
    expect(inPlace).toMatchObject({takenAndPutBack: [], refilled: [], grants: 0, said: [{line: 1}]});

    expect(inPlace).toMatchObject({lock: 'ACCESS EXCLUSIVE', locked: ['public.attempt']});

    // Rows below a view: nobody who reads it is shut out.
    const rows = await impactOf(`UPDATE public.question SET content = content;`, ['public.attempt']);
    expect(rows).toMatchObject({lock: 'none', locked: []});
    expect(rows?.hold).toBeUndefined();

    const between = await impactOf(`DROP VIEW public.attempt_top;\n${shipped}`, [
      'public.attempt',
      'public.attempt_top',
    ]);
    expect(between?.meetings).toEqual([
      {object: 'public.attempt_topic', because: 'read-between', by: 'public.attempt_top'},
    ]);
  });
});

describe('CREATE OR REPLACE', () => {
  const replacing = (select: string) => ({
    'apply/010_attempt_v1.sql': `CREATE OR REPLACE VIEW public.plain AS ${select};`,
  });
  const plain = async () => {
    const database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(`
      CREATE VIEW public.plain WITH (security_barrier = true, security_invoker = true) AS
        SELECT er.id, er.session_id, 1::numeric(6, 3) AS weight FROM public.exam_results er;
      GRANT SELECT ON public.plain TO app_reader;`);
    return {database, admin};
  };
  const onPlain = (sql: string) => ({
    steps,
    sql: replacing(sql),
    alter: (runbook: Parameters<ReturnType<typeof withStep>>[0]) => ({
      ...runbook,
      objects: ['public.plain'],
      steps: runbook.steps.map((step) => {
        if (step.kind !== 'migration') return step;
        const {verify: _verify, ...rest} = step;
        return rest;
      }),
    }),
  });
  const select = (columns: string): string => `SELECT ${columns} FROM public.exam_results AS er`;

  // What was foreseen, and what the server then does.
  const cases: readonly (readonly [name: string, columns: string, because: string | undefined])[] = [
    ['the same columns', "er.id, er.session_id || '' AS session_id, 2::numeric(6, 3) AS weight", undefined],
    ['one more at the end', 'er.id, er.session_id, 1::numeric(6, 3) AS weight, er.org_id', undefined],
    ['one less', 'er.id, er.session_id', 'dropped'],
    ['another name', 'er.id AS result, er.session_id, 1::numeric(6, 3) AS weight', 'name'],
    ['another type', 'er.id, er.session_id, 1::integer AS weight', 'type'],
    ['another precision', 'er.id, er.session_id, 1::numeric(7, 3) AS weight', 'type'],
  ];
  const tried =
    process.env['LONG'] === '1' ? cases : cases.filter(([name]) => ['the same columns', 'another type'].includes(name));
  for (const [name, columns, because] of tried) {
    test(`is foreseen right with ${name}, and both security options survive`, async () => {
      const {database, admin} = await plain();
      await using _ = database;
      const before = await catalogOf(database, ['public.plain']);
      const run = await openTestRun(database, onPlain(select(columns)));
      await run.walkTo('apply-v1');
      const {impact} = await run.session.preview('apply-v1');
      const [planned] = impact?.planned ?? [];
      expect(impact?.kept).toEqual([
        {object: 'public.plain', options: ['security_barrier=true', 'security_invoker=true']},
      ]);
      expect(planned).toMatchObject({object: 'public.plain', replaces: true});
      expect(planned?.prediction).toMatchObject(because === undefined ? {possible: true} : {possible: false, because});
      const outcome = await run.start('apply-v1');
      if (because === undefined) factsFrom(outcome, 'migration');
      else expect(failureFrom(outcome, 'query-refused').sqlState).toBe('42P16');
      const {rows} = await admin.query(`SELECT reloptions FROM pg_class WHERE oid = 'public.plain'::regclass`);
      expect(rows).toEqual([{reloptions: expect.arrayContaining(['security_barrier=true', 'security_invoker=true'])}]);
      expect(before.objects[0]?.options).toEqual(['security_barrier=true', 'security_invoker=true']);
    });
  }

  test('of a query that the target cannot describe yet is not foreseen', async () => {
    const {database} = await plain();
    await using _ = database;
    const run = await openTestRun(database, onPlain(select('er.not_there_yet')));
    await run.walkTo('apply-v1');
    const [planned] = (await run.session.preview('apply-v1')).impact?.planned ?? [];
    expect(planned).toEqual({object: 'public.plain', file: 'apply/010_attempt_v1.sql', replaces: true, columns: []});
  });

  test('would lose both options silently if nobody set them again', async () => {
    const {database, admin} = await plain();
    await using _ = database;
    await admin.query(
      `CREATE OR REPLACE VIEW public.plain AS ${select('er.id, er.session_id, 1::numeric(6, 3) AS weight')}`,
    );
    const {rows} = await admin.query(`SELECT reloptions FROM pg_class WHERE oid = 'public.plain'::regclass`);
    expect(rows).toEqual([{reloptions: null}]);
  });
});
