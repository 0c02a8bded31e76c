// Which PostgreSQL do all tests of a run share? One embedded cluster, with the sample schema as a template database.
import {mkdir, readdir, readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Client} from 'pg';
import type {TestProject} from 'vitest/node';
import type {EmbeddedRecord} from '../../src/adapters/embedded/server.ts';
import {startEmbeddedServer} from '../../src/adapters/embedded/server.ts';
import {sweepAbandonedServers} from '../../src/adapters/embedded/sweep.ts';
import {findServerToolchain} from '../../src/adapters/embedded/toolchain.ts';
import {findClientTool} from '../../src/adapters/pg-tools.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the shared cluster listens; `createTestDatabase` uses it. */
    cluster: EmbeddedRecord & {readonly sampleTemplate: string; readonly systemIdentifier: string};
  }
}

// Cloned by `createTestDatabase()`; empty while there are no sample files.
const sampleTemplate = 'sample_template';

// 400 exam results: enough for the sample to have one of every kind of bad data, 0.2 s to build.
const sampleResults = '400';

const sampleDirectory = fileURLToPath(new URL('../../sql/attempt-view-v1-lock/sample/', import.meta.url));

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Apart from the servers of real rehearsals on this machine, which the sweep of a test run must not touch.
  const base = join(tmpdir(), `art-${process.getuid?.() ?? 0}`);
  await mkdir(base, {recursive: true, mode: 0o755});
  await sweepAbandonedServers(base); // what a run killed with -9 left

  const dump = await findClientTool('pg_dump', process.env);
  const toolchain = await findServerToolchain(dump === undefined ? {} : {maxMajor: dump.major});
  if (toolchain === undefined)
    throw new Error('no PostgreSQL server programs: install PostgreSQL, or run npm ci without --omit=optional');
  const started = await startEmbeddedServer({toolchain, base});
  if (!started.ok) throw new Error(`the test cluster did not start: ${JSON.stringify(started.problem, undefined, 2)}`);

  const {server} = started;
  process.once('exit', server.stopSync); // an interrupted run does not get to its teardown
  const stop = async (): Promise<void> => {
    process.off('exit', server.stopSync);
    await server.stop();
  };
  try {
    await createSampleTemplate(server.record);
    project.provide('cluster', {...server.record, sampleTemplate, systemIdentifier: await identifierOf(server.record)});
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function createSampleTemplate({socketDirectory: host, port, user}: EmbeddedRecord): Promise<void> {
  await using admin = await session({host, port, user, database: 'postgres'});
  await admin.client.query(`CREATE DATABASE ${sampleTemplate}`);
  await fillTemplate({host, port, user, database: sampleTemplate});
  // A template somebody is connected to cannot be cloned (55006); so nobody can.
  await admin.client.query(`ALTER DATABASE ${sampleTemplate} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
}

async function identifierOf({socketDirectory: host, port, user}: EmbeddedRecord): Promise<string> {
  await using admin = await session({host, port, user, database: 'postgres'});
  const {rows} = await admin.client.query<{id: string}>(
    'SELECT system_identifier::text AS id FROM pg_control_system()',
  );
  return rows[0]?.id ?? '';
}

async function fillTemplate(address: Address): Promise<void> {
  await using sample = await session(address);
  await sample.client.query(`SET runbook.results = '${sampleResults}'`);
  const files = await readdir(sampleDirectory).catch((): string[] => []); // not written yet: tests get an empty database
  for (const file of files.filter((name) => name.endsWith('.sql')).toSorted()) {
    await sample.client.query(await readFile(join(sampleDirectory, file), 'utf8')).catch((error: unknown) => {
      throw new Error(`sample file ${file} failed`, {cause: error});
    });
  }
}

type Address = {readonly host: string; readonly port: number; readonly user: string; readonly database: string};

async function session(address: Address): Promise<AsyncDisposable & {readonly client: Client}> {
  const client = new Client(address);
  await client.connect();
  return {client, [Symbol.asyncDispose]: () => client.end()};
}
