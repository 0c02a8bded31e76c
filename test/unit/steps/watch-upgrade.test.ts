// Is an Alembic called unseen only where a look could not have missed it, however busy the machine was?

import {expect, test} from 'vitest';
import {success} from '../../../src/core/failure.ts';
import type {DatabaseSession} from '../../../src/core/ports.ts';
import type {StepContext} from '../../../src/steps/kind.ts';
import {watchUpgrade} from '../../../src/steps/watch-upgrade.ts';

/** What one look finds, and how long it was since the look before. */
type Look = Readonly<{afterMs: number; isConnected?: boolean; isCommitted?: boolean}>;

const rowsOf = (column: string, values: readonly string[]) =>
  success({columns: [column], rows: values.map((value) => ({[column]: value})), count: values.length});

/** A target on which each look finds what the next entry says; Alembic has ended with the last one. */
const watched = async (looks: readonly Look[]): Promise<boolean | undefined> => {
  let nowMs = 0;
  let at = -1;
  const ended = Promise.withResolvers<void>();
  const session: DatabaseSession = {
    backendPid: 1,
    query: async (sql) => {
      const {isConnected = false, isCommitted = false} = looks[Math.max(0, at)] ?? {};
      if (sql.includes('wait_event_type')) return rowsOf('pid', []);
      return sql.includes('pg_stat_activity')
        ? rowsOf('pid', isConnected && at >= 0 ? ['42'] : [])
        : rowsOf('version_num', [isCommitted ? 'r2' : 'r1']);
    },
    queryAll: async () => success([]),
    close: async () => undefined,
  };
  const context = {
    applicationName: 'attempt-runbook/r-22222/upgrade/1',
    database: {connect: async () => success(session)},
    clock: {
      monotonicMs: () => nowMs,
      pause: async (_ms: number, signal: AbortSignal) => {
        at += 1;
        nowMs += looks[at]?.afterMs ?? 0;
        if (at < looks.length - 1) return;
        ended.resolve();
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve(), {once: true});
        });
      },
    },
  } as unknown as StepContext;
  const watch = await watchUpgrade(context, 'public.alembic_version', ['r1']);
  await ended.promise;
  return (await watch.end()).seen;
};

test('it is seen when a look finds its session', async () => {
  expect(await watched([{afterMs: 3}, {afterMs: 3, isConnected: true}, {afterMs: 3, isCommitted: true}])).toBe(true);
  // Busy before and behind: one look is enough.
  expect(await watched([{afterMs: 900}, {afterMs: 900, isConnected: true}, {afterMs: 900, isCommitted: true}])).toBe(
    true,
  );
});

test('it is unseen when looks on both sides of its commit were closer than it is connected', async () => {
  expect(await watched([{afterMs: 3}, {afterMs: 3}, {afterMs: 4, isCommitted: true}])).toBe(false);
  expect(await watched([{afterMs: 900}, {afterMs: 3}, {afterMs: 4, isCommitted: true}, {afterMs: 3}])).toBe(false);
});

test('nothing is said when the machine was too busy to look in time, or no commit was seen', async () => {
  expect(await watched([{afterMs: 3}, {afterMs: 200, isCommitted: true}])).toBeUndefined();
  expect(
    await watched([{afterMs: 3}, {afterMs: 200, isCommitted: true}, {afterMs: 3, isCommitted: true}]),
  ).toBeUndefined();
  expect(await watched([{afterMs: 3}, {afterMs: 3}])).toBeUndefined();
});
