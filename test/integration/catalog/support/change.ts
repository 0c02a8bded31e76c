// How does a test act between the statements of a change on its own database?

import {databaseOf} from '../../../../src/adapters/postgres/database.ts';
import type {Database, DatabaseSession, Rows} from '../../../../src/core/ports.ts';
import {loneSteps, type LoneSteps} from '../../../support/lone-steps.ts';
import type {TestDatabase} from '../../../support/postgres.ts';
import {settingsOf} from '../../../support/run.ts';

export type Between = (sql: string, when: 'before' | 'after') => Promise<void>;

/** Lets a test act between the statements of the session that changes, and keep some of them from the server. */
const interposed = (database: Database, between: Between, isKept: (sql: string) => boolean): Database => ({
  ...database,
  connect: async (options) => {
    const connected = await database.connect(options);
    if (!connected.ok || options.readOnly) return connected;
    const query: DatabaseSession['query'] = async (sql, given) => {
      if (isKept(sql)) return {ok: true, value: {columns: [], rows: [], count: 0}};
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

export const stepsOn = (
  database: TestDatabase,
  objects: readonly string[],
  between?: Between,
  options?: Parameters<typeof loneSteps>[2],
  isKept: (sql: string) => boolean = () => false,
): LoneSteps => {
  const real = databaseOf(settingsOf(database), 'test/catalog');
  return loneSteps(between === undefined ? real : interposed(real, between, isKept), objects, options);
};
