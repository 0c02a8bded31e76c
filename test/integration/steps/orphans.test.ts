// What can be done about sessions that a change has left in the target, and whose sessions are never touched?

import {Client} from 'pg';
import {describe, expect, test} from 'vitest';
import {createStatements, dropStatement} from '../../../src/catalog/recreate.ts';
import {around} from '../../support/around.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {beyondBackup, catalogOf, factsFrom, openTestRun, resumeTestRun, trimmedRunbook} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';
import {startWire} from '../../support/wire.ts';

const pidOf = async (client: Awaited<ReturnType<TestDatabase['connect']>>): Promise<number> =>
  (await client.query<{pid: number}>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;

describe('sessions that an attempt has left', () => {
  test('are shown, ended on the typed name of the target, and nobody else is', async () => {
    await using database = await createTestDatabase();
    await using wire = await startWire(database);
    const before = await catalogOf(database);
    const run = await openTestRun(database, {
      runbook: trimmedRunbook(['snapshot', 'backup', 'apply-v1']),
      environment: beyondBackup,
      compose: unproven,
    });
    await run.walkTo('apply-v1');
    await run.close();
    const cut = await resumeTestRun(wire.database, run.runsDirectory, run.id);
    // Under its locks the change loses its line, and the server is not told.
    wire.arm({at: 40, how: 'silent'});
    await cut.submit({type: 'StartStep', step: 'apply-v1', confirm: database.name});
    expect(wire.isCut()).toBe(true);
    await cut.close();

    const name = `attempt-runbook/${run.id}/apply-v1/1`;
    const stranger = await database.connect();
    await stranger.query(`SET application_name = '${name}0'; BEGIN`);
    const admin = await database.connect();
    await admin.query(`CREATE ROLE "${database.name}" LOGIN`);
    const other = new Client({
      host: database.host,
      port: database.port,
      user: database.name,
      database: database.name,
      application_name: name,
    });
    await other.connect();

    const resumed = await resumeTestRun(database, run.runsDirectory, run.id);
    await resumed.session.settled();
    expect(resumed.stateOf('apply-v1')).toMatchObject({
      status: 'in-doubt',
      probe: {
        verdict: 'still-running',
        found: {
          status: 'in progress',
          sessions: expect.arrayContaining([
            expect.objectContaining({application: name, user: database.user, state: 'idle in transaction'}),
          ]) as unknown,
        },
      },
    });

    expect(await resumed.submit({type: 'CancelOrphans', step: 'apply-v1', confirm: 'another'})).toMatchObject({
      code: 'confirmation-missing',
    });
    expect(await resumed.submit({type: 'CancelOrphans', step: 'apply-v1', confirm: database.name})).toBeUndefined();

    expect(resumed.events.map(({type}) => type).slice(-3)).toEqual([
      'OrphanCancellationBegun',
      'OrphansEnded',
      'StepReconciled',
    ]);
    expect(resumed.events.at(-2)).toMatchObject({sessions: [{how: 'terminated'}]});
    expect(resumed.stateOf('apply-v1')).toMatchObject({status: 'waiting', probe: {verdict: 'had-no-effect'}});
    expect(await catalogOf(database)).toEqual(before);
    // Somebody whose name begins alike, and somebody of another role who calls himself the same.
    expect(await pidOf(stranger)).toBeGreaterThan(0);
    expect(await pidOf(other)).toBeGreaterThan(0);
    await other.end();
    await admin.query(`DROP ROLE "${database.name}"`);
    factsFrom(await resumed.retry('apply-v1'), 'migration');
  });
});

describe('a change that was committed and taken back by hand', () => {
  test('is left to a human, with both said', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const admin = await database.connect();
    const run = await openTestRun(database, {
      steps: ['snapshot', 'apply-v1'],
      compose: around({
        after: async (sql) => {
          if (sql !== 'COMMIT') return false;
          const now = await catalogOf(database);
          const drops = [...now.dependants.toReversed(), ...now.objects].map(dropStatement);
          const creates = [...before.objects, ...before.dependants].flatMap((of) => createStatements(of));
          await admin.query([...drops, ...creates].join(';\n'));
          return true;
        },
      }),
    });
    expect(await run.start('apply-v1')).toMatchObject({
      status: 'in-doubt',
      probe: {
        verdict: 'cannot-tell',
        // Taken back by hand, it lacks the owner and the grants that it had.
        found: {status: 'committed', catalog: {present: ['public.attempt'], asBefore: false, verify: 'fails'}},
      },
    });
  });
});
