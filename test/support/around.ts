// How does a test do something right before or right after one statement of a real session?

import type {Compose} from '../../src/cli/open-run.ts';
import type {Database} from '../../src/core/ports.ts';

/** The statement itself is real; `after` may say that its answer was cut off. */
export const around = (
  moment: Readonly<{
    before?: (sql: string, pid: number) => Promise<void>;
    after?: (sql: string, pid: number) => Promise<boolean>;
  }>,
): Compose => {
  const watched = (database: Database): Database => ({
    ...database,
    connect: async (options) => {
      const connected = await database.connect(options);
      if (!connected.ok) return connected;
      const session = connected.value;
      return {
        ok: true,
        value: {
          ...session,
          query: async (sql, query) => {
            await moment.before?.(sql, session.backendPid);
            const answer = await session.query(sql, query);
            const isCut = (await moment.after?.(sql, session.backendPid)) === true;
            return isCut ? {ok: false, failure: {code: 'connection-lost', message: 'the answer was cut off'}} : answer;
          },
          queryAll: async (statements) => {
            await moment.before?.(statements.join(';\n'), session.backendPid);
            return session.queryAll(statements);
          },
        },
      };
    },
  });
  return (world) => ({
    ...world,
    attempt: (name) => {
      const {database, processes} = world.attempt(name);
      return {database: watched(database), processes};
    },
  });
};
