// Does a process that was frozen while another run took its target over change anything when it wakes?

import {describe, expect} from 'vitest';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import {lockTarget, type TargetLock} from '../../../src/adapters/postgres/target-lock.ts';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import type {Database, DatabaseSession} from '../../../src/core/ports.ts';
import {loneSteps} from '../../support/lone-steps.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {openTestRun, settingsOf, withProcesses} from '../../support/run.ts';

const {test} = needs('psql');

const MADE = `create schema s; create table s.effects(who text); create table s.t(id int, a text); create view s.v as select id from s.t`;
const SCRIPT = (who: string): string =>
  `DROP VIEW s.v; CREATE VIEW s.v AS SELECT id, a FROM s.t; INSERT INTO s.effects VALUES ('${who}');`;

const locked = async (database: TestDatabase, run: string, takeOver?: string): Promise<TargetLock | undefined> => {
  const by = {run, operator: `${run}@laptop`};
  const options = {afterCrash: false, ...(takeOver === undefined ? {} : {takeOver})};
  const taken = await lockTarget(settingsOf(database), ['s.v'], by, options);
  if (!taken.ok) throw new Error(taken.failure.code);
  return taken.value.status === 'locked' ? taken.value.lock : undefined;
};

/** Stops before and after everything that goes to the server, whatever session it is on. */
const stopping = (real: Database, stop: () => Promise<void>): Database => ({
  ...real,
  connect: async (options) => {
    await stop();
    const connected = await real.connect(options);
    await stop();
    if (!connected.ok) return connected;
    const around =
      <A extends readonly unknown[], R>(call: (...given: A) => Promise<R>) =>
      async (...given: A): Promise<R> => {
        await stop();
        const answer = await call(...given);
        await stop();
        return answer;
      };
    const {query, queryAll} = connected.value;
    const session: DatabaseSession = {...connected.value, query: around(query), queryAll: around(queryAll)};
    return {ok: true, value: session};
  },
});

const stepsOf = (database: TestDatabase, run: string, lock: TargetLock, stop = async (): Promise<void> => undefined) =>
  loneSteps(stopping(databaseOf(settingsOf(database), `attempt-runbook/${run}/apply/1`), stop), ['s.v'], {
    held: lock.held,
    fence: lock.fence,
  });

/** A is frozen at the given point, B takes over if it is let, A wakes. How many points there were, and who acted. */
const once = async (
  frozenAt: number,
): Promise<Readonly<{points: number; who: readonly string[]; tookOver: boolean}>> => {
  await using database = await createTestDatabase({template: 'empty'});
  const admin = await database.connect();
  await admin.query(MADE);
  const own = await locked(database, 'r-aaaaa');
  if (own === undefined) throw new Error('the target is not free');
  let points: number | undefined;
  let other: TargetLock | undefined;
  const steps = stepsOf(database, 'r-aaaaa', own, async () => {
    if (points === undefined) return;
    points += 1;
    if (points !== frozenAt) return;
    other = await locked(database, 'r-bbbbb', 'r-aaaaa');
    if (other === undefined) return;
    const theirs = stepsOf(database, 'r-bbbbb', other);
    await theirs.snapshot();
    const done = await theirs.apply(SCRIPT('b'));
    if (!done.ok) throw new Error(JSON.stringify(done.failure));
  });
  await steps.snapshot();
  points = 0;
  const done = await steps.apply(SCRIPT('a'));
  if (!done.ok) expect(JSON.stringify(done.failure)).toContain('target-lock-lost');
  const {rows} = await admin.query<{who: string}>('SELECT who FROM s.effects');
  await own.release();
  await other?.release();
  return {points, who: rows.map(({who}) => who), tookOver: other !== undefined};
};

describe('a process that was frozen', () => {
  test('before or after any of its messages leaves one effect when the target is taken over meanwhile', async () => {
    const {points, who} = await once(0);
    expect(who).toEqual(['a']);
    expect(points).toBeGreaterThanOrEqual(20);
    // Points that cost nothing are all tried; where the takeover succeeds it waits 2 s for a session that may still come.
    const all = Array.from({length: points}, (_, at) => at + 1);
    const tried = process.env['LONG'] === '1' ? all : all.filter((at) => at <= 3 || at % Math.ceil(points / 9) === 0);
    expect(tried.length).toBeGreaterThanOrEqual(10);
    let overtaken = 0;
    for (const at of tried) {
      const found = await once(at);
      expect(found.who, `frozen at ${at} of ${points}`).toEqual([found.tookOver ? 'b' : 'a']);
      if (found.tookOver) overtaken += 1;
    }
    expect(overtaken).toBeGreaterThan(0);
    expect(overtaken).toBeLessThan(tried.length);
  });

  test('before its psql starts is stopped by the server', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query('CREATE TABLE public.effects (who text)');
    const file = 'downstream/010_irt_calibration.sql';
    let other: TargetLock | undefined;
    let name = '';
    const run = await openTestRun(database, {
      sql: {[file]: `INSERT INTO public.effects VALUES ('a');\n`},
      alter: (runbook: RunbookDefinition): RunbookDefinition => ({
        ...runbook,
        phases: [{id: 'p', title: {en: 'p', ko: 'p'}}],
        steps: [
          {
            id: 'script',
            phase: 'p',
            title: {en: 'S', ko: 'S'},
            kind: 'psql',
            sql: file,
            expect: 'report',
            writes: true,
          },
        ],
      }),
      compose: withProcesses((real) => ({
        ...real,
        find: async (...given) => {
          const by = {run: 'r-bbbbb', operator: 'b@laptop'};
          const taken = await lockTarget(settingsOf(database), ['public.attempt'], by, {
            afterCrash: false,
            takeOver: name,
          });
          if (taken.ok && taken.value.status === 'locked') other = taken.value.lock;
          await admin.query(`INSERT INTO public.effects VALUES ('b')`);
          return real.find(...given);
        },
      })),
    });
    name = run.session.view().state.opened?.run ?? '';
    const state = await run.start('script');
    expect(other).toBeDefined();
    expect(state).toMatchObject({status: 'failed'});
    expect((await admin.query('SELECT who FROM public.effects')).rows).toEqual([{who: 'b'}]);
    await other?.release();
  });
});
