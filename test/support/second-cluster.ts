// How does a test get a database on another server than the one that all tests share?

import {onTestFinished} from 'vitest';
import {startEmbeddedServer, type EmbeddedRecord} from '../../src/adapters/embedded/server.ts';
import {findServerToolchain} from '../../src/adapters/embedded/toolchain.ts';

export type SecondCluster = Readonly<{record: EmbeddedRecord; url: string}>;

/** A server of the test's own, gone when the test (or what `whenDone` registers for) ends; its database is empty. */
export const startSecondCluster = async (
  whenDone: (end: () => Promise<void>) => void = onTestFinished,
): Promise<SecondCluster> => {
  const toolchain = await findServerToolchain();
  if (toolchain === undefined) throw new Error('no server programs');
  const started = await startEmbeddedServer({toolchain});
  if (!started.ok) throw new Error(JSON.stringify(started.problem));
  whenDone(() => started.server.stop());
  const {record} = started.server;
  const {user, database, socketDirectory, port} = record;
  return {
    record,
    url: `postgresql://${user}@/${database}?host=${encodeURIComponent(socketDirectory)}&port=${port}`,
  };
};
