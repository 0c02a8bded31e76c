// Does a way back that has taken effect, and is taken again because nobody learned of it, end where it ended before?

import {expect, test} from 'vitest';
import type {Compose} from '../../../src/cli/open-run.ts';
import {failed} from '../../../src/core/failure.ts';
import type {DatabaseSession} from '../../../src/core/ports.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {catalogOf, openTestRun} from '../../support/run.ts';

/** The first attempt takes effect, and its answer is lost: a COMMIT that looks refused, a pg_restore that looks failed. */
const unheard: Compose = (world) => ({
  ...world,
  attempt: (name) => {
    const real = world.attempt(name);
    if (!/\/rollback.*\/1$/.test(name)) return real;
    const deaf = (session: DatabaseSession): DatabaseSession => ({
      ...session,
      query: async (sql, options) => {
        const answer = await session.query(sql, options);
        return sql === 'COMMIT' ? failed({code: 'query-refused', sqlState: 'XX000', message: 'lost'}) : answer;
      },
    });
    return {
      database: {
        ...real.database,
        connect: async (options) => {
          const connected = await real.database.connect(options);
          return connected.ok ? {ok: true, value: deaf(connected.value)} : connected;
        },
      },
      processes: {
        ...real.processes,
        run: async (spec) => {
          const ran = await real.processes.run(spec);
          return ran.ok && spec.toTarget ? {ok: true, value: {...ran.value, exitCode: 1}} : ran;
        },
      },
    };
  },
});

const bare = 'DROP VIEW public.attempt_weekly, public.attempt_topic';

const isLong = process.env['LONG'] === '1';
const waysBack = [
  {option: 'restore-objects', before: undefined, steps: ['snapshot', 'apply-v1']},
  {option: 'revert-v0', before: undefined, steps: ['snapshot', 'apply-v1']},
  {option: 'drop-attempt', before: bare, steps: ['snapshot', 'apply-v1']},
] as const;

// The first is what a run advises; the others under LONG.
test.each(waysBack.filter((_, at) => isLong || at === 0))(
  '$option, twice in a row',
  async ({option, before, steps}) => {
    await using database = await createTestDatabase();
    if (before !== undefined) {
      const client = await database.connect();
      await client.query(before);
      await client.end();
    }
    const wanted = await catalogOf(database);
    const run = await openTestRun(database, {steps, compose: unheard});
    await run.start('apply-v1');
    const v1 = await catalogOf(database);

    expect((await run.rollback(option)).status).toBe('failed');
    // It has happened all the same.
    const once = await catalogOf(database);
    expect(once).not.toEqual(v1);

    expect(await run.retry(`rollback/${option}`)).toMatchObject({status: 'succeeded', attempt: 2});
    expect(await catalogOf(database)).toEqual(once);
    if (option === 'drop-attempt') expect(once).toMatchObject({objects: [], missing: ['public.attempt']});
    else expect(once).toEqual(wanted);
    expect(run.session.view().state.closed?.outcome).toBe('rolled-back');
  },
);
