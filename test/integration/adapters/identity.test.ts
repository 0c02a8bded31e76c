// What does a server say of itself, and what may its answer not be mistaken for?

import {appendFileSync, chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Client} from 'pg';
import {expect, test} from 'vitest';
import {dataIn} from '../../../src/adapters/embedded/directory.ts';
import {reattachEmbeddedServer, type EmbeddedRecord} from '../../../src/adapters/embedded/server.ts';
import {stopPostmaster} from '../../../src/adapters/embedded/postmaster.ts';
import {identifyTarget} from '../../../src/adapters/postgres/identity.ts';
import {completed} from '../../../src/adapters/postgres/source.ts';
import type {TargetIdentity} from '../../../src/core/ids.ts';
import {sameHistory, sameTarget} from '../../../src/core/target.ts';
import {untilPrimary} from '../../support/own-server.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {startSecondCluster} from '../../support/second-cluster.ts';

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
  await untilPrimary(async () => {
    const {socketDirectory: host, port, user, database} = record;
    const client = new Client({host, port, user, database});
    await client.connect();
    return client;
  });
};

test('a recovered cluster is the same target with another history', async () => {
  const {record} = await startSecondCluster();
  const before = await identityOf(record);
  expect(before).toMatchObject({systemIdentifier: expect.stringMatching(/^\d{15,}$/), timeline: 1, sslmode: 'socket'});
  expect(sameHistory(before, await identityOf(record))).toBe(true);
  await recoverAnew(record);
  const after = await identityOf(record);
  expect(sameTarget(before, after)).toBe(true);
  expect(after.timeline).toBe(2);
  expect(sameHistory(before, after)).toBe(false);
});

test('a role that may not ask for the identity is told so, and is no target', async () => {
  await using database = await createTestDatabase({template: 'empty'});
  const admin = await database.connect();
  const role = `blind_${database.name}`.slice(0, 40);
  await admin.query(`CREATE ROLE ${role} LOGIN`);
  try {
    const {host, port, name} = database;
    const settings = completed({host, port, user: role, database: name}, {});
    expect(await identifyTarget(settings)).toMatchObject({ok: true, value: {user: role}});
    // Rights on functions of the catalog belong to one database, so that no other test is in the way.
    await admin.query('REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC');
    expect(await identifyTarget(settings)).toEqual({
      ok: false,
      failure: {code: 'identity-hidden', address: host, user: role},
    });
    await admin.query('REVOKE EXECUTE ON FUNCTION pg_current_wal_lsn() FROM PUBLIC');
    await admin.query(`GRANT EXECUTE ON FUNCTION pg_control_system() TO ${role}`);
    const identified = await identifyTarget(settings);
    if (!identified.ok) throw new Error(identified.failure.code);
    // Its history stays open, which is no reason to refuse it, and no proof that nothing has happened.
    expect(identified.value.timeline).toBeUndefined();
    expect(sameHistory(identified.value, identified.value)).toBeUndefined();
  } finally {
    await admin.query(`DROP OWNED BY ${role}`);
    await admin.query(`DROP ROLE ${role}`);
  }
});
