// How does a test get a server of its own, to crash, to restore and to promote?

import {readFile, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {Client} from 'pg';
import {dataIn} from '../../src/adapters/embedded/directory.ts';
import {runningPostmaster, stopPostmaster} from '../../src/adapters/embedded/postmaster.ts';
import {isRunning} from '../../src/adapters/embedded/processes.ts';
import {reattachEmbeddedServer, startEmbeddedServer} from '../../src/adapters/embedded/server.ts';
import {findServerToolchain} from '../../src/adapters/embedded/toolchain.ts';
import {findClientTool} from '../../src/adapters/pg-tools.ts';
import type {TestDatabase} from './postgres.ts';

const sampleDirectory = fileURLToPath(new URL('../../sql/attempt-view-v1-lock/sample/', import.meta.url));

export type OwnServer = AsyncDisposable &
  Readonly<{
    /** The sample; its `drop` ends nothing, since it goes with the server. */
    database: TestDatabase;
    directory: string;
    /** Ends every process of the server at once, as an immediate shutdown does, and starts it on what it left. */
    crash: () => Promise<void>;
    /** Stops it in order, lets something happen to its data, and starts it again. */
    restart: (meanwhile: (data: string) => Promise<void>) => Promise<void>;
  }>;

/** Stopped data that comes back as another history: recovery from its own WAL, and a new timeline, as after a failover. */
export const promote = async (data: string): Promise<void> => {
  await writeFile(join(data, 'recovery.signal'), '');
  await writeFile(join(data, 'postgresql.auto.conf'), "restore_command = 'false'\n");
};

/** With owners and modes: the server runs as another user than root. */
export const copyData = async (from: string, to: string): Promise<void> => {
  await execa('rm', ['-rf', to]);
  await execa('cp', ['-a', from, to]);
};

/** A server that recovers takes sessions before it has come to the end of its WAL; only then is it a primary. */
export const untilPrimary = async (connect: () => Promise<Client>): Promise<void> => {
  const client = await connect();
  try {
    for (;;) {
      const {rows} = await client.query<{recovers: boolean}>('SELECT pg_is_in_recovery() AS recovers');
      if (rows[0]?.recovers === false) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    await client.end();
  }
};

export const startOwnServer = async (): Promise<OwnServer> => {
  const dump = await findClientTool('pg_dump', process.env);
  const toolchain = await findServerToolchain(dump === undefined ? {} : {maxMajor: dump.major});
  if (toolchain === undefined) throw new Error('no PostgreSQL server programs');
  const started = await startEmbeddedServer({toolchain});
  if (!started.ok) throw new Error(JSON.stringify(started.problem));
  const {server} = started;
  const {record} = server;
  const {directory, socketDirectory: host, port, user, database: name} = record;
  const connect = async (): Promise<Client> => {
    const client = new Client({host, port, user, database: name});
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const start = async (): Promise<void> => {
    const again = await reattachEmbeddedServer(record);
    if (!again.ok) throw new Error(JSON.stringify(again.problem));
    await untilPrimary(connect);
  };
  const filling = await connect();
  await filling.query("SET runbook.results = '60'");
  for (const file of (await readdir(sampleDirectory)).filter((of) => of.endsWith('.sql')).toSorted())
    await filling.query(await readFile(join(sampleDirectory, file), 'utf8'));
  await filling.end();
  const drop = async (): Promise<void> => undefined;
  const url = `postgresql://${user}@/${name}?host=${encodeURI(host)}&port=${port}`;
  return {
    database: {name, host, port, user, url, connect, drop, [Symbol.asyncDispose]: drop},
    directory,
    crash: async () => {
      const pid = runningPostmaster(directory);
      if (pid === undefined) throw new Error('the server does not run');
      process.kill(pid, 'SIGQUIT');
      while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
      await start();
    },
    restart: async (meanwhile) => {
      const pid = runningPostmaster(directory);
      if (pid !== undefined) await stopPostmaster(pid);
      await meanwhile(dataIn(directory));
      await start();
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
};
