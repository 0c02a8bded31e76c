// How does a test get a PostgreSQL database of its own?
import {randomUUID} from 'node:crypto';
import {Client} from 'pg';
import {inject} from 'vitest';

export type TestDatabase = AsyncDisposable & {
  readonly name: string;
  /** The folder of the server's Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** For libpq programs, pg and SQLAlchemy: `postgresql://operator@/name?host=/socket/folder&port=5432`. */
  readonly url: string;
  /** A new session; `drop()` ends it if the test has not. */
  connect(): Promise<Client>;
  /** Ends all sessions, also those of child programs. May be called again; `await using` calls it. */
  drop(): Promise<void>;
};

export type TestDatabaseOptions = {
  /** `sample`: the schema and rows of sql/…/sample; `empty`: as initdb makes it. */
  readonly template?: 'sample' | 'empty';
};

// 10 s: a clone takes 0.1 s; only an autovacuum worker can be in the way, and the server ends it by itself.
const cloneTimeoutMs = 10_000;
const clonePollMs = 20;

/** A fresh copy of the template, about 0.1 s. */
export async function createTestDatabase({template = 'sample'}: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const {socketDirectory: host, port, user, sampleTemplate} = inject('cluster');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin((admin) => clone(admin, name, template === 'sample' ? sampleTemplate : 'template0'));

  const clients = new Set<Client>();
  const connect = async (): Promise<Client> => {
    const client = new Client({host, port, user, database: name});
    // Tests end sessions from the server's side; without a listener that ends the test process. The session's next query fails.
    client.on('error', () => {});
    client.once('end', () => clients.delete(client));
    await client.connect();
    clients.add(client);
    return client;
  };
  const drop = async (): Promise<void> => {
    await Promise.all([...clients].map((client) => client.end()));
    await asAdmin((admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  };
  const url = `postgresql://${user}@/${name}?host=${encodeURI(host)}&port=${port}`;
  return {name, host, port, user, url, connect, drop, [Symbol.asyncDispose]: drop};
}

/** Waits until nobody uses the template. */
export async function clone(admin: Client, name: string, template: string): Promise<void> {
  const deadline = performance.now() + cloneTimeoutMs;
  // Files are copied as they lie: half of the time of writing every page to the WAL. PostgreSQL 14 knows no other way.
  const {rows} = await admin.query<{major: number}>(
    `SELECT current_setting('server_version_num')::int / 10000 AS major`,
  );
  const strategy = (rows[0]?.major ?? 0) >= 15 ? ' STRATEGY file_copy' : '';
  for (;;) {
    try {
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}${strategy}`);
      return;
    } catch (error) {
      const templateInUse = error instanceof Error && 'code' in error && error.code === '55006';
      if (!templateInUse || performance.now() > deadline) throw error;
      await untilUnused(admin, template, deadline);
    }
  }
}

/** Waits on the condition that the server named: nobody is connected to the template. */
async function untilUnused(admin: Client, template: string, deadline: number): Promise<void> {
  while (performance.now() < deadline) {
    const {rowCount} = await admin.query('SELECT FROM pg_stat_activity WHERE datname = $1', [template]);
    if (rowCount === 0) return;
    await new Promise((resolve) => setTimeout(resolve, clonePollMs));
  }
}

async function asAdmin<T>(work: (admin: Client) => Promise<T>): Promise<T> {
  const {socketDirectory: host, port, user} = inject('cluster');
  const admin = new Client({host, port, user, database: 'postgres'});
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
