// What does a server say of itself, and what may its answer not be mistaken for?

import {appendFileSync, chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {dataIn} from '../../../src/adapters/embedded/directory.ts';
import {
  reattachEmbeddedServer,
  startEmbeddedServer,
  type EmbeddedRecord,
} from '../../../src/adapters/embedded/server.ts';
import {stopPostmaster} from '../../../src/adapters/embedded/postmaster.ts';
import {findServerToolchain} from '../../../src/adapters/embedded/toolchain.ts';
import {identifyTarget} from '../../../src/adapters/postgres/identity.ts';
import {completed} from '../../../src/adapters/postgres/source.ts';
import type {TargetIdentity} from '../../../src/core/ids.ts';
import {sameHistory, sameTarget} from '../../../src/core/target.ts';

const startServer = async (): Promise<EmbeddedRecord> => {
  const toolchain = await findServerToolchain();
  if (toolchain === undefined) throw new Error('no server programs');
  const started = await startEmbeddedServer({toolchain});
  if (!started.ok) throw new Error(JSON.stringify(started.problem));
  onTestFinished(() => started.server.stop());
  return started.server.record;
};

const identityOf = async ({socketDirectory, port, user, database}: EmbeddedRecord): Promise<TargetIdentity> => {
  const identified = await identifyTarget(completed({host: socketDirectory, port, user, database}, {}));
  if (!identified.ok) throw new Error(JSON.stringify(identified.failure));
  return identified.value;
};

/** Recovers the stopped cluster's data as a restore does: the same cluster goes on in a new history. */
const recoverAnew = async (record: EmbeddedRecord): Promise<void> => {
  await stopPostmaster(record.postmasterPid);
  const data = dataIn(record.directory);
  appendFileSync(join(data, 'postgresql.auto.conf'), "restore_command = 'false'\n");
  writeFileSync(join(data, 'recovery.signal'), '');
  // The server runs as somebody else when we are root, and renames what it has read.
  chmodSync(join(data, 'recovery.signal'), 0o666);
  const started = await reattachEmbeddedServer(record);
  if (!started.ok) throw new Error(JSON.stringify(started.problem));
};

test('a recovered cluster is the same target with another history', async () => {
  const record = await startServer();
  const before = await identityOf(record);
  expect(before).toMatchObject({systemIdentifier: expect.stringMatching(/^\d{15,}$/), timeline: 1, sslmode: 'socket'});
  expect(sameHistory(before, await identityOf(record))).toBe(true);
  await recoverAnew(record);
  const after = await identityOf(record);
  expect(sameTarget(before, after)).toBe(true);
  expect(after.timeline).toBe(2);
  expect(sameHistory(before, after)).toBe(false);
});
