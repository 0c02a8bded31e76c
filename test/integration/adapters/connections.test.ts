// Does every way in which operators name a connection lead where libpq would go, and nowhere where it would not?

import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import {completed, resolveSource} from '../../../src/adapters/postgres/source.ts';
import {findClientTool} from '../../../src/adapters/pg-tools.ts';
import {needs} from '../../support/needs.ts';
import {temporaryFolder} from '../../support/run.ts';
import {startTlsServer, type TlsServer} from '../../support/tls-server.ts';

type Environment = Readonly<Record<string, string>>;

const WHO =
  "SELECT current_user || ' ' || current_database() || ' ' || coalesce(host(inet_server_addr()), 'socket') AS who";

/** What the tool reaches by this source: who, where, or the code of what kept it. */
const ours = async (source: string, env: Environment): Promise<string> => {
  const resolved = resolveSource(source, env);
  if (!resolved.ok) return resolved.problem.code;
  const options = {readOnly: true, statementTimeoutMs: 10_000, lockTimeoutMs: 1000};
  const session = await databaseOf(completed(resolved.settings, env), 'attempt-runbook/test').connect(options);
  if (!session.ok) return session.failure.code;
  const answer = await session.value.query(WHO);
  await session.value.close();
  return answer.ok ? (answer.value.rows[0]?.['who'] ?? '') : answer.failure.code;
};

// Looked for once: it asks every psql of this machine for its version.
const psql = await findClientTool('psql', process.env);

/** What libpq makes of the same; undefined where it refuses. */
const libpq = async (conninfo: string | undefined, env: Environment): Promise<string | undefined> => {
  const ran = await execa(
    psql?.path ?? 'psql',
    ['-XAtw', '-c', WHO, ...(conninfo === undefined ? [] : ['-d', conninfo])],
    {
      env: {PATH: process.env['PATH'] ?? '', ...env},
      extendEnv: false,
      reject: false,
      cwd: '/',
    },
  );
  return ran.exitCode === 0 ? ran.stdout.trim() : undefined;
};

const agree = async (url: string, env: Environment, expected: string): Promise<void> => {
  const found = {tool: await ours('env:URL', {...env, URL: url}), libpq: await libpq(url, env)};
  expect(found).toEqual({tool: expected, libpq: expected.includes(' ') ? expected : undefined});
};

const encoded = encodeURIComponent;
const place = (): Readonly<{home: string; file: (name: string, text: string, mode?: number) => string}> => {
  const home = temporaryFolder();
  return {
    home,
    file: (name, text, mode = 0o600) => {
      const path = join(home, name);
      writeFileSync(path, text);
      chmodSync(path, mode);
      return path;
    },
  };
};

needs('openssl', 'psql').describe('connections as operators have them', () => {
  let server: TlsServer;
  beforeAll(async () => {
    server = await startTlsServer(afterAll);
  });
  const there = (): string => `deployer ${server.record.database} ${server.host}`;
  const base = (): string =>
    `postgresql://deployer:${encoded(server.password)}@${server.host}/${server.record.database}`;

  test('a Unix socket, as a folder in the URL, as PGHOST, and as a service', async () => {
    const {socketDirectory, user, database} = server.record;
    const {home, file} = place();
    const service = file('services', `# ours\n[shop]\nhost=${socketDirectory}\nuser=${user}\ndbname=${database}\n`);
    const who = `${user} ${database} socket`;
    await agree(`postgresql://${user}@/${database}?host=${encoded(socketDirectory)}`, {HOME: home}, who);
    await agree(`postgresql://${user}@${encoded(socketDirectory)}/${database}`, {HOME: home}, who);
    await agree(`postgresql:///${database}`, {HOME: home, PGHOST: socketDirectory, PGUSER: user}, who);
    await agree('postgresql:///?service=shop', {HOME: home, PGSERVICEFILE: service}, who);
    expect(await ours('service:shop', {HOME: home, PGSERVICEFILE: service})).toBe(who);
    expect(
      await ours('file:~/url', {
        HOME: home,
        URL: file('url', `postgresql+psycopg2:///?service=shop\n`),
        PGSERVICEFILE: service,
      }),
    ).toBe(who);
  });

  test('the URL wins over its service, the service over PG* variables, and they over nothing', async () => {
    const {socketDirectory, user, database} = server.record;
    const {home, file} = place();
    const env = {
      HOME: home,
      PGSERVICEFILE: file('services', `[a]\nhost=${socketDirectory}\nuser=${user}\ndbname=postgres\n`),
    };
    await agree(`postgresql:///${database}?service=a`, env, `${user} ${database} socket`);
    await agree(
      'postgresql:///?service=a',
      {...env, PGDATABASE: database, PGUSER: 'nobody'},
      `${user} postgres socket`,
    );
    await agree(`postgresql:///${database}`, {...env, PGSERVICE: 'a', PGUSER: 'nobody'}, `${user} ${database} socket`);
    await agree('postgresql:///?service=b', env, 'service-missing');
    expect(await ours('service:b', {...env, PGSERVICEFILE: join(home, 'none')})).toBe('file-unreadable');
  });

  test('the system-wide service file is read where the own one has no such section', async () => {
    const {socketDirectory, user, database} = server.record;
    const {home, file} = place();
    mkdirSync(join(home, 'etc'));
    file('.pg_service.conf', '[mine]\nhost=/nowhere\n');
    file(
      'etc/pg_service.conf',
      `[shop]\nhost=${socketDirectory}\nuser=${user}\ndbname=${database}\n[mine]\nhost=/else\n`,
    );
    const env = {HOME: home, PGSYSCONFDIR: join(home, 'etc')};
    await agree('postgresql:///?service=shop', env, `${user} ${database} socket`);
    await agree('postgresql:///?service=mine', env, 'target-unreachable');
  });

  test('a password file is read as libpq reads it', async () => {
    const {home, file} = place();
    const url = `postgresql://deployer@${server.host}/${server.record.database}`;
    const written = server.password.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
    const cases: readonly (readonly [string, string])[] = [
      [`*:*:*:*:${written}\n`, there()],
      [`# a comment\n${server.host}:5432:${server.record.database}:deployer:${written}\n`, there()],
      [`${server.host}:*:*:deployer:wrong\n*:*:*:*:${written}\n`, 'authentication-refused'],
      [`other:*:*:*:wrong\n*:5433:*:*:wrong\n*:*:postgres:*:wrong\n*:*:*:plain:wrong\n*:*:*:*:${written}\r\n`, there()],
      [`*:*:*:*:${server.password}\n`, 'authentication-refused'],
      [`*:*:*:*\n`, 'authentication-refused'],
    ];
    for (const [text, expected] of cases) {
      file('.pgpass', text);
      await agree(url, {HOME: home}, expected);
    }
    const elsewhere = file('elsewhere', `*:*:*:*:${written}\n`);
    await agree(`${url}?passfile=${encoded(elsewhere)}`, {HOME: home}, there());
    await agree(url, {HOME: home, PGPASSFILE: elsewhere}, there());
    file('elsewhere', `*:*:*:*:${written}\n`, 0o640);
    await agree(url, {HOME: home, PGPASSFILE: elsewhere}, 'authentication-refused');
    const settings = resolveSource('env:URL', {URL: url});
    if (!settings.ok) throw new Error('the URL is refused');
    const failed = await databaseOf(completed(settings.settings, {HOME: home, PGPASSFILE: elsewhere}), 'x').connect({
      readOnly: true,
      statementTimeoutMs: 1000,
      lockTimeoutMs: 1000,
    });
    expect(failed).toMatchObject({failure: {code: 'authentication-refused', ignoredPassfile: elsewhere}});
  });

  test('sslmode means what it means to libpq, against a server with a certificate of its own authority', async () => {
    const {home, file} = place();
    const env = {HOME: home};
    const {root, otherRoot, name, host} = server;
    const named = base().replace(`@${host}`, `@${name}`);
    const cases: readonly (readonly [string, string, string])[] = [
      [base(), 'sslmode=disable', 'authentication-refused'],
      [base(), 'sslmode=allow', there()],
      [base(), 'sslmode=prefer', there()],
      [base(), 'sslmode=require', there()],
      [base(), `sslmode=require&sslrootcert=${encoded(root)}`, there()],
      [base(), `sslmode=require&sslrootcert=${encoded(otherRoot)}`, 'target-unreachable'],
      [base(), `sslmode=verify-ca&sslrootcert=${encoded(root)}`, there()],
      [base(), `sslmode=verify-ca&sslrootcert=${encoded(otherRoot)}`, 'target-unreachable'],
      [base(), 'sslmode=verify-ca', 'target-unreachable'],
      [base(), `sslmode=verify-full&sslrootcert=${encoded(root)}`, there()],
      [named, `hostaddr=${host}&sslmode=verify-full&sslrootcert=${encoded(root)}`, there()],
      [
        base().replace(`@${host}`, '@other.test'),
        `hostaddr=${host}&sslmode=verify-full&sslrootcert=${encoded(root)}`,
        'target-unreachable',
      ],
      [
        base().replace(`@${host}`, '@other.test'),
        `hostaddr=${host}&sslmode=verify-ca&sslrootcert=${encoded(root)}`,
        there(),
      ],
      [base(), 'sslmode=verifyfull', 'target-unreachable'],
    ];
    for (const [url, query, expected] of cases) await agree(`${url}?${query}`, env, expected);
    mkdirSync(join(home, '.postgresql'));
    await agree(`${base()}?sslmode=require`, env, there());
    file('.postgresql/root.crt', 'none');
    await agree(`${base()}?sslmode=disable`, {...env}, 'authentication-refused');
    file('.postgresql/root.crt', (await execa('cat', [otherRoot])).stdout);
    await agree(`${base()}?sslmode=require`, env, 'target-unreachable');
    file('.postgresql/root.crt', (await execa('cat', [root])).stdout);
    await agree(`${base()}?sslmode=verify-full`, env, there());
  });
});
