// Where does the bench get a server with the sample's data, without a rehearsal around it?

import {chmod, mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Client} from 'pg';
import {startEmbeddedServer} from '../../src/adapters/embedded/server.ts';
import {findServerToolchain} from '../../src/adapters/embedded/toolchain.ts';
import {findClientTool} from '../../src/adapters/pg-tools.ts';

export type SampleServer = AsyncDisposable &
  Readonly<{
    url: string;
    /** For libpq's programs. */
    target: readonly string[];
    connect: () => Promise<Client>;
  }>;

const sample = new URL('../../sql/attempt-view-v1-lock/sample/', import.meta.url);

export const startSampleServer = async (results: number): Promise<SampleServer> => {
  const base = await mkdtemp(join(tmpdir(), 'arb-'));
  // As root the server runs as nobody, who has to be able to go in; as anybody else this opens an empty folder.
  await chmod(base, 0o755);
  const dump = await findClientTool('pg_dump', process.env);
  const toolchain = await findServerToolchain(dump === undefined ? {} : {maxMajor: dump.major});
  if (toolchain === undefined) throw new Error('no PostgreSQL server programs');
  const started = await startEmbeddedServer({toolchain, base});
  if (!started.ok) throw new Error(`the server did not start: ${JSON.stringify(started.problem)}`);
  const {server} = started;
  const {socketDirectory: host, port, user} = server.record;
  const database = 'bench';
  const open = async (name: string): Promise<Client> => {
    const client = new Client({host, port, user, database: name});
    // When the bench fails, its server stops below its sessions; the failure is what should be seen then.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const admin = await open('postgres');
  await admin.query(`CREATE DATABASE ${database}`);
  await admin.end();
  const client = await open(database);
  await client.query(`SET runbook.results = '${results}'`);
  for (const file of (await readdir(sample)).toSorted())
    await client.query(await readFile(new URL(file, sample), 'utf8'));
  await client.end();
  return {
    url: `postgresql://${user}@/${database}?host=${encodeURI(host)}&port=${port}`,
    target: ['--host', host, '--port', `${port}`, '--username', user, database],
    connect: () => open(database),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(base, {recursive: true, force: true});
    },
  };
};
