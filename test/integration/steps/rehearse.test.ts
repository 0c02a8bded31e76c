// Does a rehearsal on a copy try the change and every way back there, say how each went, and leave the target alone?

import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {snapshotText} from '../../../src/catalog/snapshot.ts';
import {sha256} from '../../../src/adapters/files.ts';
import type {Compose} from '../../../src/cli/open-run.ts';
import type {FactsOf} from '../../../src/core/facts.ts';
import {predictionOf} from '../../../src/core/rehearsed.ts';
import {scratchPrefix} from '../../../src/core/scratch-name.ts';
import {factsText} from '../../../src/ui/text/facts.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun, shippedFolder, type TestRun} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const {describe, test} = needs('pg_dump');

const steps = ['snapshot', 'backup', 'rehearse-copy', 'apply-v1'];
const all = [...steps, 'definition-reads', 'smoke', 'index-ready', 'student-index'];

const rehearse = (run: TestRun) => run.start('rehearse-copy');

/** Lets nothing reach the target once the rehearsal has begun, but one session that only reads: what its login may do. */
const deafTarget = (): Readonly<{compose: Compose; calls: () => number; readers: () => number}> => {
  let calls = 0;
  let readers = 0;
  return {
    calls: () => calls,
    readers: () => readers,
    compose: (world) => ({
      ...world,
      attempt: (name) => {
        const real = world.attempt(name);
        if (!name.includes('/rehearse-copy/')) return real;
        const refuse = (): never => {
          calls += 1;
          throw new Error('the rehearsal reached for the target');
        };
        return {
          database: {
            connect: (options) => {
              if (!options.readOnly) return refuse();
              readers += 1;
              return real.database.connect(options);
            },
            blockers: refuse,
            sessionsNamed: refuse,
            endSessionsNamed: refuse,
            queriesOf: refuse,
          },
          processes: {...real.processes, run: refuse, shell: refuse, find: refuse},
        };
      },
    }),
  };
};

const verdicts = ({parts}: FactsOf<'rehearse'>): Readonly<Record<string, string>> =>
  Object.fromEntries(parts.map(({step, verdict, because}) => [step, because ?? verdict]));

/** What the run has made on the server and not dropped yet. */
const scratches = async (database: TestDatabase, run: TestRun): Promise<readonly string[]> => {
  const client = await database.connect();
  const {rows} = await client.query<{name: string}>(
    'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
    [scratchPrefix(run.id)],
  );
  await client.end();
  return rows.map(({name}) => name);
};

describe('a rehearsal on a copy', () => {
  test('walks the change, the checks and every way back, and compares the catalog after each', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const deaf = deafTarget();
    const run = await openTestRun(database, {steps: all, compose: (world) => unproven(deaf.compose(world))});

    const facts = factsFrom(await rehearse(run), 'rehearse');

    expect(deaf.calls()).toBe(0);
    expect(deaf.readers()).toBe(1);
    expect(await catalogOf(database)).toEqual(before);
    expect(facts.digest).toBe(sha256(snapshotText(before)));
    expect(facts).toMatchObject({
      isFaithful: true,
      where: 'declared',
      tables: [{table: 'public.exam_results', rows: 400}],
    });
    expect(verdicts(facts)).toMatchObject({
      'apply-v1': 'pass',
      'definition-reads': 'pass',
      'student-index': 'pass',
      'rollback/restore-objects': 'pass',
      'rollback/revert-v0': 'pass',
      // Two views stand on it, and CASCADE is never used.
      'rollback/drop-attempt': 'dependants-in-the-way',
      'rollback/restore-backup': 'pass',
    });
    expect(verdicts(facts)['smoke']).toMatch(/pass|amber/);
    const back = facts.parts.filter(({step, verdict}) => step.startsWith('rollback/') && verdict === 'pass');
    expect(back.map(({digestEqual}) => digestEqual)).toEqual([true, true, true]);
    // Nothing of it is in the journal as if it had happened to the target.
    const ours = run.events.filter((event) => 'step' in event && event.step === 'rehearse-copy').map(({type}) => type);
    expect(new Set(ours)).toEqual(new Set(['StepStarted', 'ArtifactSealed', 'StepSucceeded']));
    expect(run.events.filter(({type}) => type === 'TransactionOpened')).toEqual([]);
    expect(run.stateOf('apply-v1').status).toBe('waiting');

    const state = run.session.view().state;
    expect(predictionOf(state, 'apply-v1')).toMatchObject({status: 'rehearsed'});
    expect(predictionOf(state, 'rollback/restore-objects')).toMatchObject({status: 'rehearsed'});
    expect(predictionOf(state, 'rollback/drop-attempt')).toEqual({
      status: 'not-rehearsed',
      because: 'dependants-in-the-way',
    });
  });

  test('is amber where a way back fails, says which, and goes on with the others', async () => {
    await using database = await createTestDatabase();
    const client = await database.connect();
    // Nothing depends on the view any more, so it can be dropped, and has to be put back.
    await client.query('DROP VIEW public.attempt_weekly, public.attempt_topic');
    const other = 'DROP VIEW public.attempt RESTRICT;\nCREATE VIEW public.attempt AS SELECT 1::bigint AS id;\n';
    const v0 = readFileSync(join(shippedFolder, '../sql/attempt-view-v1-lock/revert/010_attempt_v0.sql'), 'utf8');
    const reworded = v0.replace('WHERE NULLIF', 'WHERE e.user_id IS NOT NULL AND NULLIF');
    const run = await openTestRun(database, {
      steps,
      sql: {'revert/010_attempt_v0.sql': other, 'revert/020_reworded.sql': reworded},
      alter: (runbook) => ({
        ...runbook,
        rollback: [
          ...runbook.rollback,
          {id: 'reworded', kind: 'revert', sql: 'revert/020_reworded.sql', title: {en: 'Reworded', ko: '다른 정의'}},
        ],
      }),
      compose: unproven,
    });
    const state = await rehearse(run);
    expect(state).toMatchObject({status: 'succeeded', verdict: 'amber'});
    const facts = factsFrom(state, 'rehearse');
    expect(verdicts(facts)).toMatchObject({
      'rollback/restore-objects': 'pass',
      'rollback/revert-v0': 'fail',
      // As on the target, where the same is amber.
      'rollback/reworded': 'amber',
      'rollback/drop-attempt': 'pass',
      'rollback/restore-backup': 'pass',
    });
    expect(predictionOf(run.session.view().state, 'rollback/revert-v0').status).toBe('failed');
    // What the drop has left was not the catalog of before: that came with what was put back after it.
    const dropped = factsText(facts, 'en').find((line) => line.includes('rollback/drop-attempt'));
    expect(dropped).toContain('leaves no declared object');
    expect(dropped).not.toContain('catalog as before');
    await run.start('apply-v1');
    const told = await run.session.rollbackOptions();
    expect(told.ok && told.options.find(({option}) => option.id === 'reworded')).toMatchObject({
      advice: 'not-advised',
      reasons: ['same-end-state-by-script', 'rehearsed', 'differs-on-copy'],
    });
  });

  test('refuses a backup that was changed, can be stopped, fails where the change fails, and leaves no database behind', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const run = await openTestRun(database, {
      steps,
      sql: {'apply/010_attempt_v1.sql': 'SELECT 1/0;\n'},
      compose: unproven,
    });
    await run.start('backup');
    const file = join(run.path, factsFrom(run.stateOf('backup'), 'backup').path);
    const bytes = readFileSync(file);
    appendFileSync(file, 'x');
    failureFrom(await rehearse(run), 'backup-changed');
    writeFileSync(file, bytes);

    const begun = run.progress((progress) => progress.code === 'rehearsing');
    await run.session.submit({type: 'StartStep', step: 'rehearse-copy'});
    await begun;
    expect(await scratches(database, run)).toHaveLength(1);
    await run.session.submit({type: 'CancelEffect'});
    await run.session.settled();
    failureFrom(run.stateOf('rehearse-copy'), 'cancelled');
    expect(await scratches(database, run)).toEqual([]);

    expect(failureFrom(await run.retry('rehearse-copy'), 'rehearsal-failed')).toMatchObject({
      part: 'apply-v1',
      failure: {code: 'query-refused', sqlState: '22012'},
    });
    expect(await scratches(database, run)).toEqual([]);
    // The target was not touched.
    expect(await catalogOf(database)).toEqual(before);
  });
});
