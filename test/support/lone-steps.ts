// How can the steps snapshot, migration and restore-objects be run on a database without a run around them?

import {sha256} from '../../src/adapters/files.ts';
import {systemClock} from '../../src/adapters/clock.ts';
import type {Acceptance} from '../../src/core/acceptance.ts';
import type {Result} from '../../src/core/failure.ts';
import type {Database} from '../../src/core/ports.ts';
import {loadSqlParser} from '../../src/adapters/sql-parser.ts';
import {scriptEffects} from '../../src/runbook/effects/script-effects.ts';
import {createdViews} from '../../src/runbook/created-views.ts';
import type {StepContext, World} from '../../src/steps/kind.ts';
import {migration} from '../../src/steps/migration.ts';
import {restoreObjects} from '../../src/steps/restore-objects.ts';
import {snapshot} from '../../src/steps/snapshot.ts';

const text = {en: '', ko: ''};

export type LoneSteps = Readonly<{
  snapshot: () => Promise<string>;
  apply: (sql: string, accept?: readonly Acceptance[]) => Promise<Result<unknown>>;
  restore: () => Promise<Result<unknown>>;
  /** The snapshot's file with another content, as another version would have written it. */
  rewrite: (content: string) => void;
}>;

type Options = Partial<Pick<World, 'fence'>> &
  Readonly<{
    held?: World['targetLockHeld'];
    lockTries?: number;
    holdMs?: number;
    verify?: string;
    note?: (text: string) => void;
  }>;

export const loneSteps = (
  database: Database,
  objects: readonly string[],
  {
    lockTries = 1,
    holdMs,
    verify,
    note = () => undefined,
    held = async () => true,
    fence = () => undefined,
  }: Options = {},
): LoneSteps => {
  const files = new Map<string, string>();
  const state = {steps: {} as Record<string, unknown>, artifacts: []};
  let script = '';
  // What the world grows by does not compile until it stands here.
  const world: Omit<World, 'files' | 'processes' | 'scratch'> = {
    clock: systemClock,
    sha256,
    sql: (file) => (file === 'verify.sql' ? (verify ?? '') : script),
    targetLockLost: async () => undefined,
    targetLockHeld: held,
    fence,
    createdViews: () => [],
    scriptEffects: () => Promise.resolve({effects: [], opaque: []}),
    letsOthersPass: () => false,
    commitsInside: () => false,
    mayDouble: () => false,
    projectFolder: (directory) => ({ok: true, value: directory}),
    planned: [],
  };
  const context = {
    ...world,
    createdViews,
    scriptEffects: async (names: readonly string[]) =>
      scriptEffects(
        await loadSqlParser(),
        names.map((file) => ({file, sql: script})),
      ),
    runbook: {objects, tables: [], environments: {}, phases: [], steps: [], rollback: []},
    opened: {environment: 'staging'},
    target: {user: 'operator'},
    state,
    step: 'snapshot',
    attempt: 1,
    applicationName: 'test/catalog',
    database,
    scribe: {
      transactionOpened: () => undefined,
      sealed: () => undefined,
      output: (_stream: string, text: string) => note(text),
      progress: () => undefined,
    },
    signal: new AbortController().signal,
    files: {
      write: async (path: string, content: string, mediaType: string) => {
        files.set(path, content);
        return {ok: true, value: {path, bytes: content.length, sha256: sha256(content), mediaType}};
      },
      read: async (path: string) => ({ok: true, value: files.get(path) ?? ''}),
    },
  } as unknown as StepContext;
  const title = {title: text, what: text, why: text, risk: text};
  return {
    snapshot: async () => {
      const taken = await snapshot.perform?.({id: 'snapshot', kind: 'snapshot', ...title} as never, context);
      if (taken?.ok !== true) throw new Error(JSON.stringify(taken));
      state.steps['snapshot'] = {status: 'succeeded', facts: taken.value};
      return files.get(taken.value.path) ?? '';
    },
    apply: async (sql, accept) => {
      script = sql;
      const step = {
        id: 'apply',
        kind: 'migration',
        transaction: 'whole',
        apply: ['apply.sql'],
        ...(verify === undefined ? {} : {verify: 'verify.sql'}),
        lockTries,
        ...(holdMs === undefined ? {} : {holdMs}),
        ...(accept === undefined ? {} : {accept}),
        ...title,
      };
      return (await migration.perform?.(step as never, context)) ?? Promise.reject(new Error('migration does not act'));
    },
    rewrite: (content) => {
      for (const name of files.keys()) if (name.endsWith('snapshot.json')) files.set(name, content);
    },
    restore: async () =>
      (await restoreObjects.perform?.({id: 'restore', kind: 'restore-objects', title: text} as never, context)) ??
      Promise.reject(new Error('restore-objects does not act')),
  };
};
