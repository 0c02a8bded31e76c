// How does a test run the steps snapshot, migration and restore-objects on its own database, without a run around them?

import {sha256} from '../../../../src/adapters/files.ts';
import {systemClock} from '../../../../src/adapters/clock.ts';
import {databaseOf} from '../../../../src/adapters/postgres/database.ts';
import type {Result} from '../../../../src/core/failure.ts';
import type {Database, DatabaseSession, Rows} from '../../../../src/core/ports.ts';
import type {StepContext} from '../../../../src/steps/kind.ts';
import {migration} from '../../../../src/steps/migration.ts';
import {restoreObjects} from '../../../../src/steps/restore-objects.ts';
import {snapshot} from '../../../../src/steps/snapshot.ts';
import type {TestDatabase} from '../../../support/postgres.ts';
import {settingsOf} from '../../../support/run.ts';

const text = {en: '', ko: ''};

export type Steps = Readonly<{
  snapshot: () => Promise<string>;
  apply: (sql: string) => Promise<Result<unknown>>;
  restore: () => Promise<Result<unknown>>;
}>;

export type Between = (sql: string, when: 'before' | 'after') => Promise<void>;

/** Lets a test act between the statements of the session that changes. */
const interposed = (database: Database, between: Between): Database => ({
  ...database,
  connect: async (options) => {
    const connected = await database.connect(options);
    if (!connected.ok || options.readOnly) return connected;
    const query: DatabaseSession['query'] = async (sql, given) => {
      await between(sql, 'before');
      const answer = await connected.value.query(sql, given);
      await between(sql, 'after');
      return answer;
    };
    // Statement by statement: the server may be interrupted between any two of a message.
    const queryAll: DatabaseSession['queryAll'] = async (statements) => {
      const answers: Rows[] = [];
      for (const statement of statements) {
        const answer = await query(statement);
        if (!answer.ok) return answer;
        answers.push(answer.value);
      }
      return {ok: true, value: answers};
    };
    const session: DatabaseSession = {...connected.value, query, queryAll};
    return {ok: true, value: session};
  },
});

export const stepsOn = (database: TestDatabase, objects: readonly string[], between?: Between): Steps => {
  const files = new Map<string, string>();
  const state = {steps: {} as Record<string, unknown>};
  const real = databaseOf(settingsOf(database), 'test/catalog');
  let script = '';
  const context = {
    clock: systemClock,
    sha256,
    sql: () => script,
    runbook: {objects, environments: {}},
    opened: {environment: 'staging'},
    state,
    step: 'snapshot',
    attempt: 1,
    applicationName: 'test/catalog',
    database: between === undefined ? real : interposed(real, between),
    scribe: {
      transactionOpened: () => undefined,
      sealed: () => undefined,
      output: () => undefined,
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
    apply: async (sql) => {
      script = sql;
      const step = {id: 'apply', kind: 'migration', transaction: 'whole', apply: ['apply.sql'], lockTries: 1, ...title};
      return (await migration.perform?.(step as never, context)) ?? Promise.reject(new Error('migration does not act'));
    },
    restore: async () =>
      (await restoreObjects.perform?.({id: 'restore', kind: 'restore-objects', title: text} as never, context)) ??
      Promise.reject(new Error('restore-objects does not act')),
  };
};
