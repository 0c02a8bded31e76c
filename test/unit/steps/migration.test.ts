// How are the files of an untransacted migration sent: how long may each wait, and is the target still ours before each?

import {describe, expect, it} from 'vitest';
import {success} from '../../../src/core/failure.ts';
import {commitsInside, letsOthersPass, mayDouble} from '../../../src/runbook/sql-alone.ts';
import type {StepContext} from '../../../src/steps/kind.ts';
import {migration} from '../../../src/steps/migration.ts';
import {runbook} from '../../support/events.ts';

const texts: Readonly<Record<string, string>> = {
  'index.sql': 'CREATE INDEX CONCURRENTLY i ON t (a)',
  'table.sql': 'VACUUM FULL t',
  'batches.sql': 'DO $$ BEGIN COMMIT; END $$',
  'rows.sql': 'UPDATE t SET a = a + 1',
  'drop.sql': 'DROP INDEX CONCURRENTLY IF EXISTS i',
  'verify.sql': 'SELECT 1 WHERE false',
};

/** Performs the step on a server that takes everything; tells what it was sent, with the lock_timeout in force then. */
const performed = async (heldFor: number, lockTimeoutMs?: number) => {
  const sent: string[] = [];
  let lockTimeout = '';
  let asked = 0;
  const session = {
    query: async (sql: string, {values, file}: Readonly<{values?: readonly string[]; file?: string}> = {}) => {
      if (sql.includes('lock_timeout')) lockTimeout = values?.[0] ?? '';
      // What is asked before the change, on a session of its own, sends nothing that changes anything.
      if (file !== undefined && file !== 'verify.sql') sent.push(`${file} ${lockTimeout}`);
      return success({count: 0, rows: [], columns: []});
    },
    close: async () => undefined,
  };
  const context = {
    runbook: {...runbook, objects: []},
    database: {connect: async () => success(session)},
    sql: (file: string) => texts[file] ?? '',
    letsOthersPass,
    commitsInside,
    mayDouble,
    fence: () => undefined,
    targetLockHeld: async () => {
      asked += 1;
      return asked <= heldFor;
    },
    opened: {environment: 'staging'},
    scribe: {progress: () => undefined, output: () => undefined},
    // Nobody waits for a lock here: the pause before somebody would look ends with the statement.
    clock: {
      monotonicMs: () => 0,
      pause: (_ms: number, signal: AbortSignal) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve(), {once: true});
        }),
    },
  } as unknown as StepContext;
  const step = {
    kind: 'migration',
    transaction: 'none',
    apply: ['index.sql', 'table.sql'],
    verify: 'verify.sql',
    ...(lockTimeoutMs === undefined ? {} : {lockTimeoutMs}),
  };
  return {result: await migration.perform?.(step as never, context), sent};
};

/** What is said of an attempt that died, when the server has these invalid indexes and the verify file finds nothing. */
const settled = async (invalid: readonly string[], isDone = true, apply: readonly string[] = ['index.sql']) => {
  const rows = invalid.map((name) => ({name, table: 't', schema: 'public', index: `public.${name}`}));
  const session = {
    query: async (sql: string) => {
      const found = sql.includes('indisvalid') ? rows : isDone ? [] : [{rule: 'missing'}];
      return success({count: found.length, rows: found, columns: []});
    },
    close: async () => undefined,
  };
  const context = {
    runbook: {...runbook, objects: []},
    database: {connect: async () => success(session), sessionsNamed: async () => success([])},
    sql: (file: string) => texts[file] ?? '',
    commitsInside,
    mayDouble,
    scribe: {progress: () => undefined, output: () => undefined},
    clock: {monotonicMs: () => 0},
  } as unknown as StepContext;
  const step = {kind: 'migration', transaction: 'none', apply, verify: 'verify.sql'};
  const doubt = {receipt: {applicationName: 'attempt-runbook/r-1/apply/1'}};
  return migration.reconcile(step as never, doubt as never, context);
};

describe('an untransacted migration whose process died', () => {
  it('took effect in part when an index of its files is there and invalid', async () => {
    expect(await settled(['i'])).toMatchObject({
      verdict: 'incomplete',
      failure: {code: 'index-invalid', indexes: ['public.i']},
    });
  });

  it.each([[['index.sql']], [['drop.sql']]])('had no effect when its one statement is not there: %j', async (apply) => {
    expect(await settled([], false, apply)).toMatchObject({verdict: 'had-no-effect'});
  });

  it.each([[['drop.sql', 'index.sql']], [['index.sql', 'drop.sql']]])(
    'of several files took effect in part, whatever a second run would do: %j',
    async (apply) => {
      expect(await settled([], false, apply)).toMatchObject({
        verdict: 'incomplete',
        failure: {code: 'expectation-missed', what: 'verify.sql'},
      });
    },
  );

  it.each([[['batches.sql']], [['index.sql', 'rows.sql']]])(
    'may have left a part of %j when that is not done',
    async (apply) => {
      expect(await settled([], false, apply)).toMatchObject({
        verdict: 'incomplete',
        failure: {code: 'partly-applied', files: apply, verify: 'verify.sql'},
      });
    },
  );

  it('took effect when only others are', async () => {
    expect(await settled(['j'])).toMatchObject({verdict: 'took-effect'});
  });
});

describe('an untransacted migration', () => {
  it('waits 10 s for a lock only where others pass meanwhile, and 150 ms where they queue', async () => {
    const {result, sent} = await performed(2);
    expect(result).toMatchObject({ok: true});
    expect(sent.slice(0, 2)).toEqual(['index.sql 10000', 'table.sql 150']);
  });

  it('waits as long as the runbook says, if it says', async () => {
    expect((await performed(2, 60_000)).sent.slice(0, 2)).toEqual(['index.sql 60000', 'table.sql 60000']);
  });

  it.each([0, 1])('sends no more once the target is not its own any more, after %i files', async (files) => {
    const {result, sent} = await performed(files);
    expect(result).toMatchObject({ok: false, failure: {code: 'target-lock-lost'}});
    expect(sent).toHaveLength(files);
  });
});
