// Does every way back end where it says, from a real V1, and does the ranking say what each of them would lose?

import {describe, expect, test} from 'vitest';
import {diffSnapshots} from '../../../src/catalog/diff.ts';
import {snapshotText, type Snapshot} from '../../../src/catalog/snapshot.ts';
import {sha256} from '../../../src/adapters/files.ts';
import type {Result} from '../../../src/core/failure.ts';
import type {RankedOption} from '../../../src/core/rollback.ts';
import {open} from 'node:fs/promises';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun, type TestRun} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const steps = ['snapshot', 'apply-v1'];
const withBackup = ['snapshot', 'backup', 'apply-v1'];

type Applied = Readonly<{run: TestRun; before: Snapshot}>;

/** A run that has applied V1, and the catalog of before. */
const applied = async (database: TestDatabase, only = steps): Promise<Applied> => {
  const before = await catalogOf(database);
  const run = await openTestRun(database, {steps: only, compose: unproven});
  factsFrom(await run.start('apply-v1'), 'migration');
  return {run, before};
};

const ranked = (options: Result<readonly RankedOption[]> | Readonly<{ok: true; options: readonly RankedOption[]}>) => {
  if (!options.ok || !('options' in options)) throw new Error(JSON.stringify(options));
  return options.options.map(({option, advice, reasons, loss}) => ({
    id: option.id,
    advice,
    reasons,
    loss: loss.map(({table, rows, exact}) => ({table, rows, exact})),
  }));
};

describe('restore-objects', () => {
  test('brings the catalog back to the bytes of the snapshot', async () => {
    await using database = await createTestDatabase();
    const {run, before} = await applied(database);

    const facts = factsFrom(await run.rollback('restore-objects'), 'restore-objects');

    const after = await catalogOf(database);
    expect(after).toEqual(before);
    expect(facts.digest).toBe(sha256(snapshotText(before)));
    expect(facts.digest).toBe(factsFrom(run.stateOf('snapshot'), 'snapshot').digest);
    expect(run.session.view().state.closed?.outcome).toBe('rolled-back');
    expect(run.events.at(-1)).toMatchObject({type: 'RunClosed', outcome: 'rolled-back'});
  });

  test('keeps a view that somebody built on V1 since, with its rights, and says so before', async () => {
    await using database = await createTestDatabase();
    const {run, before} = await applied(database);
    const admin = await database.connect();
    await admin.query(`CREATE VIEW public.attempt_new AS SELECT id, topic_id FROM public.attempt;
      ALTER VIEW public.attempt_new OWNER TO seedtest_owner; GRANT SELECT ON public.attempt_new TO app_reader;
      COMMENT ON VIEW public.attempt_new IS 'made after V1'`);
    const newcomer = (await catalogOf(database)).dependants.find(({name}) => name === 'attempt_new');

    expect(ranked(await run.session.rollbackOptions())[0]).toMatchObject({
      id: 'restore-objects',
      advice: 'possible',
      reasons: ['new-dependants'],
    });
    factsFrom(await run.rollback('restore-objects'), 'restore-objects');

    const after = await catalogOf(database);
    expect(diffSnapshots(before, after)).toEqual([
      {object: 'public.attempt_new', aspect: 'existence', before: '', after: 'view'},
    ]);
    expect(after.dependants.find(({name}) => name === 'attempt_new')).toEqual(newcomer);
  });

  test('is not said to keep the rows of a materialized view that somebody made since, and that it fills anew', async () => {
    await using database = await createTestDatabase();
    const {run} = await applied(database);
    const claims = async () => {
      const told = await run.session.rollbackOptions();
      return told.ok ? told.options.find(({option}) => option.id === 'restore-objects')?.claim : told;
    };
    expect(await claims()).toBe('none');
    const client = await database.connect();
    await client.query('CREATE MATERIALIZED VIEW public.attempt_counts AS SELECT count(*) FROM public.attempt');
    expect(await claims()).toBe('refilled');
  });

  test('works when the view itself was dropped by hand', async () => {
    await using database = await createTestDatabase();
    const {run, before} = await applied(database);
    const admin = await database.connect();
    await admin.query('DROP VIEW public.attempt_weekly, public.attempt_topic, public.attempt');
    factsFrom(await run.rollback('restore-objects'), 'restore-objects');
    expect(await catalogOf(database)).toEqual(before);
  });

  test('refuses when something stands on V1 that it cannot put back, and V1 stays whole', async () => {
    await using database = await createTestDatabase();
    const {run} = await applied(database);
    const admin = await database.connect();
    await admin.query('CREATE TABLE public.archive (item public.attempt)');
    const v1 = await catalogOf(database);
    expect(failureFrom(await run.rollback('restore-objects'), 'dependants-not-replayable').objects).toContain(
      'table column public.archive.item',
    );
    expect(await catalogOf(database)).toEqual(v1);
    // The run is not stuck: another way may be taken, and the tried one says that it was.
    const options = ranked(await run.session.rollbackOptions());
    expect(options[0]).toMatchObject({id: 'revert-v0', advice: 'possible'});
    expect(options.find(({id}) => id === 'restore-objects')).toMatchObject({
      advice: 'not-advised',
      reasons: ['new-dependants', 'already-tried'],
    });
  });
});

describe('revert', () => {
  test('brings the catalog back by the reviewed script, definition included', async () => {
    await using database = await createTestDatabase();
    const {run, before} = await applied(database);
    const facts = factsFrom(await run.rollback('revert-v0'), 'revert');
    expect(facts.changes).toEqual([]);
    expect(facts.digest).toBe(sha256(snapshotText(before)));
    expect(await catalogOf(database)).toEqual(before);
  });

  test('is refused when its script makes something else than what was there', async () => {
    await using database = await createTestDatabase();
    const other = 'DROP VIEW public.attempt RESTRICT;\nCREATE VIEW public.attempt AS SELECT 1::bigint AS id;\n';
    const run = await openTestRun(database, {steps, sql: {'revert/010_attempt_v0.sql': other}});
    await run.start('apply-v1');
    const v1 = await catalogOf(database);
    const state = await run.rollback('revert-v0');
    expect(state.status).toBe('failed');
    expect(await catalogOf(database)).toEqual(v1);
  });
});

describe('drop-object', () => {
  test('is impossible while something depends on the object, refused by the server all the same, and no end of the ways back', async () => {
    await using database = await createTestDatabase();
    const {run, before} = await applied(database);
    const v1 = await catalogOf(database);
    expect(ranked(await run.session.rollbackOptions()).find(({id}) => id === 'drop-attempt')).toMatchObject({
      advice: 'impossible',
      reasons: ['dependants-in-the-way', 'leaves-nothing'],
    });
    expect(failureFrom(await run.rollback('drop-attempt'), 'query-refused')).toMatchObject({sqlState: '2BP01'});
    expect(await catalogOf(database)).toEqual(v1);
    // Another one may be taken after it, until one went through.
    factsFrom(await run.rollback('restore-objects'), 'restore-objects');
    expect(await catalogOf(database)).toEqual(before);
    expect(
      await run.submit({type: 'BeginRollback', option: 'revert-v0', reason: 'again', confirm: database.name}),
    ).toEqual({
      code: 'run-closed',
    });
  });

  test('leaves nothing where nothing depends on the object, as an emergency', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query('DROP VIEW public.attempt_weekly, public.attempt_topic');
    const {run} = await applied(database);
    expect(ranked(await run.session.rollbackOptions()).find(({id}) => id === 'drop-attempt')).toMatchObject({
      advice: 'emergency',
      reasons: ['leaves-nothing'],
    });
    expect(factsFrom(await run.rollback('drop-attempt'), 'drop-object').dropped).toEqual(['public.attempt']);
    expect(await catalogOf(database)).toMatchObject({objects: [], missing: ['public.attempt']});
  });
});

// One run with one backup for all of it: each part leaves V1 as it was, until the last one goes through.
needs('pg_dump').describe('restore-backup', () => {
  test('is the last way back: ranked, counted, refused, out of the way of readers, and then exact', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const contents = `SELECT count(*)::int AS rows, md5(string_agg(er::text, '' ORDER BY er.id)) AS digest FROM public.exam_results er`;
    const {rows: atBackup} = await admin.query(contents);
    const {run, before} = await applied(database, withBackup);

    // Somebody else in the server writes something somewhere: that it is nothing here is not proven any more.
    await admin.query('SELECT pg_current_xact_id()');
    // Exact and lossless first, the backup last.
    expect(ranked(await run.session.rollbackOptions())).toEqual([
      {id: 'restore-objects', advice: 'recommended', reasons: ['exact-and-lossless'], loss: []},
      {id: 'revert-v0', advice: 'possible', reasons: ['same-end-state-by-script'], loss: []},
      {
        id: 'restore-backup',
        advice: 'last-resort',
        reasons: ['no-writes-counted'],
        loss: [{table: 'public.exam_results', rows: 0, exact: false}],
      },
      {id: 'drop-attempt', advice: 'impossible', reasons: ['dependants-in-the-way', 'leaves-nothing'], loss: []},
    ]);

    // It says before how many rows it loses.
    await admin.query(`
      INSERT INTO public.exam_results (session_id, result_json)
      SELECT 'written later ' || n, '{"questions": []}' FROM generate_series(1, 7) AS n;
      UPDATE public.exam_results SET status = 'changed later', updated_at = now() WHERE session_id IN (
        SELECT session_id FROM public.exam_results WHERE session_id LIKE 'session-%' ORDER BY session_id LIMIT 3)`);
    // What no column of times shows, and tables that the runbook does not name: all of it would be gone.
    await admin.query(`
      UPDATE public.exam_results SET status = status WHERE session_id IN (
        SELECT session_id FROM public.exam_results WHERE session_id LIKE 'session-%' ORDER BY session_id DESC LIMIT 5);
      UPDATE public.question SET content = 'corrected' WHERE id IN (SELECT id FROM public.question ORDER BY id LIMIT 4);
      CREATE TABLE public.newt (id int); INSERT INTO public.newt VALUES (1)`);
    // pg_restore would be refused because of it: that is said before.
    await admin.query('CREATE VIEW public.corrected AS SELECT id FROM public.question');
    const blocked = await run.session.rollbackOptions();
    expect(blocked.ok && blocked.options.find(({option}) => option.id === 'restore-backup')).toMatchObject({
      advice: 'impossible',
      made: {blocks: ['view public.corrected'], stays: ['table public.newt']},
    });
    await admin.query('DROP VIEW public.corrected');
    // A session reports what it has written when it ends, at the latest.
    await admin.end();
    const told = await run.session.rollbackOptions();
    expect(ranked(told).find(({id}) => id === 'restore-backup')).toEqual({
      id: 'restore-backup',
      advice: 'last-resort',
      reasons: ['loses-rows', 'counted-by-server', 'made-since-stays'],
      loss: [
        {table: 'public.exam_results', rows: 15, exact: false},
        {table: 'public.question', rows: 4, exact: false},
      ],
    });
    expect(told.ok && told.options.find(({option}) => option.id === 'restore-backup')?.made).toEqual({
      blocks: [],
      stays: ['table public.newt'],
    });

    // A dump that is no longer the one that was sealed is not restored.
    const v1 = await catalogOf(database);
    const {path, sha256: sealed} = factsFrom(run.stateOf('backup'), 'backup');
    await flipByte(`${run.path}/${path}`);
    const changed = failureFrom(await run.rollback('restore-backup'), 'backup-changed');
    expect(changed.expected).toBe(sealed);
    expect(changed.actual).not.toBe(sealed);
    await flipByte(`${run.path}/${path}`);

    // It ends nobody's session: a reader in its way makes it fail whole.
    const holder = await database.connect();
    await holder.query('BEGIN; SELECT count(*) FROM public.question');
    const {rows} = await holder.query<{pid: number}>('SELECT pg_backend_pid() AS pid');
    const began = performance.now();
    const {blockers} = failureFrom(await run.rollback('restore-backup'), 'lock-timeout');
    // pg_restore sets lock_timeout to 0 by itself: without our watch it would wait, and make readers wait, for hours.
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(blockers).toMatchObject([{pid: rows[0]?.pid, state: 'idle in transaction'}]);
    expect(await catalogOf(database)).toEqual(v1);
    await holder.query('COMMIT');

    // The holder was left alone; now that it is gone, the same way back goes through.
    const facts = factsFrom(await run.retry('rollback/restore-backup'), 'restore-backup');
    expect(facts.tables).toEqual([{table: 'public.exam_results', rows: 400}]);
    expect(await catalogOf(database)).toEqual(before);
    const again = await database.connect();
    expect((await again.query(contents)).rows).toEqual(atBackup);
  });
});

describe('a restore of the backup', () => {
  needs('pg_dump').test('without a snapshot is refused before anything is restored', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps: ['backup', 'apply-v1'],
      alter: (runbook) => ({...runbook, objects: []}),
      sql: {
        'apply/010_attempt_v1.sql': 'ALTER TABLE public.question ADD COLUMN level integer;\n',
        'verify/010_columns.sql': 'SELECT 1 AS rule WHERE false;\n',
      },
      compose: unproven,
    });
    factsFrom(await run.start('apply-v1'), 'migration');
    const option = 'restore-backup';
    // It would have restored everything, and then said that nothing was changed since there is no snapshot.
    expect(await run.submit({type: 'BeginRollback', option, reason: 'a test', confirm: database.name})).toEqual({
      code: 'option-impossible',
      option,
      because: 'snapshot-missing',
    });
    const client = await database.connect();
    expect((await client.query('SELECT level FROM public.question LIMIT 1')).fields).toHaveLength(1);
  });
});

describe('the ways back', () => {
  test("are refused before anything was changed, without the target's name, and without a reason", async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {steps});
    await run.walkTo('apply-v1');
    const back = {type: 'BeginRollback', option: 'restore-objects', reason: 'a test', confirm: database.name} as const;
    expect(await run.submit(back)).toEqual({code: 'nothing-to-roll-back'});
    await run.start('apply-v1');
    const v1 = await catalogOf(database);
    expect(await run.submit({...back, confirm: 'seedtest'})).toEqual({
      code: 'confirmation-missing',
      expected: database.name,
    });
    expect(await run.submit({...back, reason: ' '})).toEqual({code: 'reason-missing'});
    expect(await run.submit({...back, option: 'alembic-downgrade'})).toEqual({
      code: 'option-unknown',
      option: 'alembic-downgrade',
    });
    expect(await run.submit({...back, option: 'restore-backup'})).toEqual({
      code: 'option-impossible',
      option: 'restore-backup',
      because: 'backup-missing',
    });
    expect(await catalogOf(database)).toEqual(v1);
  });
});

const flipByte = async (path: string): Promise<void> => {
  const file = await open(path, 'r+');
  try {
    const {size} = await file.stat();
    const byte = Buffer.alloc(1);
    const at = Math.floor(size / 2);
    await file.read(byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 0x01;
    await file.write(byte, 0, 1, at);
  } finally {
    await file.close();
  }
};
