// What does a run know when its connection is cut in the middle of a change, or right after it?

import {describe, expect, test} from 'vitest';
import {around} from '../../support/around.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {
  beyondBackup,
  catalogOf,
  factsFrom,
  openTestRun,
  resumeTestRun,
  trimmedRunbook,
  withStep,
} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';
import {startWire} from '../../support/wire.ts';

const steps = ['snapshot', 'apply-v1'];

describe('a connection that is cut while the change is applied', () => {
  const moments = [
    {name: 'before the script', is: (sql: string) => sql.includes('DROP VIEW "public"."attempt_weekly"')},
    {name: 'before COMMIT', is: (sql: string) => sql === 'COMMIT'},
  ];

  test.each(moments)('leaves the step in doubt, and the server says that it had no effect: $name', async ({is}) => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const before = await catalogOf(database);
    let cuts = 0;
    const run = await openTestRun(database, {
      steps,
      compose: around({
        before: async (sql, pid) => {
          if (cuts > 0 || !is(sql)) return;
          cuts += 1;
          await admin.query('SELECT pg_terminate_backend($1, 10000)', [pid]);
        },
      }),
    });

    const state = await run.start('apply-v1');

    expect(cuts).toBe(1);
    expect(state).toMatchObject({status: 'waiting', attempt: 1, probe: {verdict: 'had-no-effect', by: 'probe'}});
    const ofApply = run.events.filter(
      (event) => 'step' in event && event.step === 'apply-v1' && event.type !== 'ArtifactSealed',
    );
    expect(ofApply.map(({type}) => type)).toEqual([
      'StepStarted',
      'TransactionOpened',
      'StepInterrupted',
      'StepReconciled',
    ]);
    expect(run.events.at(-1)).toMatchObject({
      verdict: 'had-no-effect',
      detail: expect.stringMatching(/^xid \d+: aborted$/) as string,
    });
    expect(await catalogOf(database)).toEqual(before);
    // It had no effect, so it can simply be started again.
    expect(await run.retry('apply-v1')).toMatchObject({status: 'succeeded', attempt: 2});
  });

  test('is found to have taken effect when only the answer to COMMIT was lost (the answer is withheld by the test)', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {steps, compose: around({after: async (sql) => sql === 'COMMIT'})});
    const state = await run.start('apply-v1');
    const facts = factsFrom(state, 'migration');
    expect(facts).toMatchObject({reconciled: true, xid: expect.stringMatching(/^\d+$/) as string});
    expect(run.events.filter(({type}) => type === 'TransactionOpened')).toHaveLength(1);
    expect((await catalogOf(database)).objects[0]?.columns.find(({name}) => name === 'attempt_no')?.type).toBe(
      'integer',
    );
    // The way back is open: the run knows that the change is there.
    factsFrom(await run.rollback('restore-objects'), 'restore-objects');
  });

  test('is not taken for a failure while the server still works on it', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps,
      alter: withStep('migration', {timeoutMs: 60_000}),
      // The client gives up on an answer that the server has not given: its transaction is open for as long as its session.
      compose: around({after: async (sql) => sql.includes('CREATE VIEW public.attempt')}),
    });
    const state = await run.start('apply-v1');
    // Closing the session ends the transaction; whichever of the two the probe met, it never says that it took effect.
    expect(state.status === 'waiting' || state.status === 'in-doubt').toBe(true);
    if (state.status === 'in-doubt') {
      await run.submit({type: 'ProbeStep', step: 'apply-v1'});
      expect(run.stateOf('apply-v1')).toMatchObject({status: 'waiting', probe: {verdict: 'had-no-effect'}});
    }
    const admin = await database.connect();
    const {rows} = await admin.query(
      "SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'attempt-runbook/%/apply-v1/%'",
      [database.name],
    );
    expect(rows).toEqual([{open: 0}]);
  });
});

describe('a server that says nothing any more', () => {
  test('is not waited on for ever: the change is in doubt, and a new connection says that it took effect', async () => {
    await using database = await createTestDatabase();
    await using wire = await startWire(database);
    const timeoutMs = 500;
    const run = await openTestRun(wire.database, {steps, alter: withStep('migration', {timeoutMs})});
    await run.walkTo('apply-v1');
    // From the answer to COMMIT on nothing reaches us, and nobody hangs up.
    wire.arm({at: Number.POSITIVE_INFINITY, how: 'held', text: 'COMMIT'});
    const began = performance.now();
    const state = await run.start('apply-v1');
    expect(wire.isCut()).toBe(true);
    expect(factsFrom(state, 'migration')).toMatchObject({reconciled: true});
    // statement_timeout, and 10 s for the answer's way.
    expect(performance.now() - began).toBeGreaterThan(10_000);
    expect(run.events.filter(({type}) => type === 'TransactionOpened')).toHaveLength(1);
    await run.close();
  });
});

describe('a process that ended without writing the outcome', () => {
  test('asks the server when it is resumed, and applies nothing twice', async () => {
    await using database = await createTestDatabase();
    // The journal ends where a killed process would have left it: what comes after this event is never written.
    const run = await openTestRun(database, {
      runbook: trimmedRunbook(['snapshot', 'backup', 'apply-v1']),
      environment: beyondBackup,
      compose: (world) => ({
        ...unproven(world),
        journal: {
          append: (event) => {
            if (event.type === 'StepSucceeded' && event.step === 'apply-v1') throw new Error('killed here');
            return world.journal.append(event);
          },
        },
      }),
    });
    await run.begin('apply-v1');
    await run.session.settled();
    expect(run.session.view().fault).toMatchObject({code: 'journal-failed'});
    const applied = await catalogOf(database);
    await run.close();

    const resumed = await resumeTestRun(database, run.runsDirectory, run.id);
    await resumed.session.settled();

    expect(resumed.events.map(({type}) => type)).toContain('StepReconciled');
    expect(factsFrom(resumed.stateOf('apply-v1'), 'migration')).toMatchObject({reconciled: true});
    expect(resumed.journal().match(/"TransactionOpened"/g)).toHaveLength(1);
    expect(await catalogOf(database)).toEqual(applied);
  });

  test('does nothing more once the journal cannot be written', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const run = await openTestRun(database, {
      steps,
      compose: (world) => ({
        ...world,
        journal: {
          append: (event) => {
            if (event.type === 'TransactionOpened') throw new Error('journal.ndjson ENOSPC');
            return world.journal.append(event);
          },
        },
      }),
    });
    await run.begin('apply-v1');
    await run.session.settled();
    expect(run.session.view().fault).toMatchObject({code: 'journal-failed'});
    expect(await catalogOf(database)).toEqual(before);
    expect(await run.session.submit({type: 'StartStep', step: 'apply-v1', confirm: database.name})).toMatchObject({
      code: 'journal-failed',
    });
  });
});
