// What does a run believe of a server that was restarted, restored, or failed over while it did not look?

import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {around} from '../../support/around.ts';
import {copyData, promote, startOwnServer, type OwnServer} from '../../support/own-server.ts';
import {
  catalogOf,
  factsFrom,
  openTestRun,
  resumeTestRun,
  trimmedRunbook,
  withStandIn,
  type TestRun,
} from '../../support/run.ts';

const steps = ['snapshot', 'apply-v1'];

/** The answer to COMMIT never comes; what happens to the server meanwhile is the test's. */
const afterCommit = (happens: () => Promise<void>) => {
  let times = 0;
  return around({
    after: async (sql) => {
      if (sql !== 'COMMIT' || times > 0) return false;
      times += 1;
      await happens();
      return true;
    },
  });
};

const lastVerdict = (run: TestRun) => run.events.findLast(({type}) => type === 'StepReconciled');

const settle = (run: TestRun, verdict: 'took-effect' | 'had-no-effect') =>
  run.submit({type: 'SettleStep', step: 'apply-v1', verdict, reason: 'looked with psql'});

/** One server for all: each test leaves it running, and V0 in it. */
const withServer = async (use: (server: OwnServer) => Promise<void>): Promise<void> => {
  await using server = await startOwnServer();
  await use(server);
};

describe('a server that is restarted at once', () => {
  test('in the middle of the change, between COMMIT and its answer, and while the run waits: each is settled', () =>
    withServer(async (server) => {
      const {database} = server;
      const before = await catalogOf(database);
      let crashes = 0;
      const run = await openTestRun(database, {
        steps,
        compose: around({
          before: async (sql) => {
            if (crashes > 0 || !/CREATE (OR REPLACE )?VIEW public\.attempt/.test(sql)) return;
            crashes += 1;
            await server.crash();
          },
          after: async (sql) => {
            if (sql !== 'COMMIT' || crashes !== 2) return false;
            crashes += 1;
            await server.crash();
            return true;
          },
        }),
      });
      expect(await run.start('apply-v1')).toMatchObject({status: 'waiting', probe: {verdict: 'had-no-effect'}});
      expect(crashes).toBe(1);
      expect(await catalogOf(database)).toEqual(before);

      // While the run waits: the lock of the target went with the server, and is taken again before anything starts.
      crashes += 1;
      await server.crash();
      factsFrom(await run.retry('apply-v1'), 'migration');
      expect(crashes).toBe(3);
      expect(lastVerdict(run)).toMatchObject({
        verdict: 'took-effect',
        found: {status: 'committed', catalog: {present: ['public.attempt'], asBefore: false, verify: 'holds'}},
      });
      await run.close();
    }));
});

describe('a server with another history', () => {
  test('that was failed over decides nothing: a human does, who is shown what it says and how the catalog stands', () =>
    withServer(async (server) => {
      const run = await openTestRun(server.database, {steps, compose: afterCommit(() => server.restart(promote))});
      const state = await run.start('apply-v1');
      expect(state).toMatchObject({
        status: 'in-doubt',
        probe: {
          verdict: 'cannot-tell',
          found: {
            status: 'committed',
            history: [{what: 'timeline', before: '1', now: '2'}],
            catalog: {asBefore: false, verify: 'holds'},
          },
        },
      });
      expect(await settle(run, 'took-effect')).toBeUndefined();
      expect(run.stateOf('apply-v1')).toMatchObject({status: 'succeeded', verdict: 'amber'});
      await run.close();
    }));

  test('that lost an applied change is asked before anything is ticked, and the run is not completed on it', () =>
    withServer(async (server) => {
      const copy = join(server.directory, 'copy');
      await server.restart((data) => copyData(data, copy));
      const run = await openTestRun(server.database, {
        runbook: trimmedRunbook(['backup', ...steps, 'recycle-pools']),
        ...withStandIn,
      });
      factsFrom(await run.start('apply-v1'), 'migration');
      await run.close();
      // The primary is gone, and a standby that had not come as far takes its place.
      await server.restart(async (data) => {
        await copyData(copy, data);
        await promote(data);
      });
      const resumed = await resumeTestRun(server.database, run.runsDirectory, run.id);
      await resumed.session.settled();
      const types = resumed
        .journal()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as {type: string; historyChanged?: boolean; holds?: boolean});
      const at = types.findIndex(({historyChanged}) => historyChanged === true);
      expect(types.slice(at).filter(({type}) => type !== 'ArtifactSealed')).toMatchObject([
        {type: 'RunResumed', historyChanged: true},
        {type: 'StepProbedAgain', holds: false},
      ]);
      expect(resumed.stateOf('apply-v1')).toMatchObject({status: 'in-doubt', probe: {verdict: 'cannot-tell'}});
      expect(
        await resumed.submit({type: 'CheckItem', step: 'recycle-pools', item: 'none', note: 'a test'}),
      ).toMatchObject({code: 'not-this-step', next: 'apply-v1'});
      await resumed.close();
    }));

  test.runIf(process.env['LONG'] === '1')(
    'that was put back to before the change does not know the transaction: a human decides',
    () =>
      withServer(async (server) => {
        const copy = join(server.directory, 'copy');
        await server.restart((data) => copyData(data, copy));
        // Others go on writing, so that the copy is of an earlier state by more than what a start of a server writes.
        const other = await server.database.connect();
        await other.query('CREATE TABLE public.others AS SELECT generate_series(1, 100000) AS n');
        await other.end();
        const run = await openTestRun(server.database, {
          steps,
          compose: afterCommit(() => server.restart((data) => copyData(copy, data))),
        });
        expect(await run.start('apply-v1')).toMatchObject({
          status: 'in-doubt',
          probe: {
            verdict: 'cannot-tell',
            found: {
              status: 'in the future',
              history: [{what: 'wal-position'}],
              catalog: {asBefore: true, verify: 'fails'},
            },
          },
        });
        expect(await settle(run, 'had-no-effect')).toBeUndefined();
        // And the change is made, once, on the server as it is now.
        factsFrom(await run.retry('apply-v1'), 'migration');
        await run.close();
      }),
  );
});
