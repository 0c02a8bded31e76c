// Is a way through a bastion opened only where it should, proven before it is used, and gone when we are?

import {spawn} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:net';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {isRunning} from '../../../src/adapters/embedded/processes.ts';
import {identifyTarget} from '../../../src/adapters/postgres/identity.ts';
import {childTarget} from '../../../src/adapters/postgres/child-environment.ts';
import {findClientTool} from '../../../src/adapters/pg-tools.ts';
import {completed, type CompleteSettings} from '../../../src/adapters/postgres/source.ts';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import {freePort} from '../../../src/adapters/tunnel/answer.ts';
import {openLine, type Line, type OpenedLine} from '../../../src/adapters/tunnel/tunnel.ts';
import {sshDestination, type Via} from '../../../src/core/via.ts';
import {secret} from '../../../src/core/secret.ts';
import {needs} from '../../support/needs.ts';
import {temporaryFolder} from '../../support/run.ts';
import {startBastion, type Bastion} from '../../support/sshd.ts';
import {startTlsServer, type TlsServer} from '../../support/tls-server.ts';

const through = ({destination}: Pick<Bastion, 'destination'>): Via => {
  const to = sshDestination(destination);
  if (to === undefined) throw new Error(destination);
  return {kind: 'ssh', to};
};

const opened = async (opening: Promise<OpenedLine>): Promise<Line> => {
  const result = await opening;
  if (!result.ok) throw new Error(JSON.stringify(result.trouble));
  onTestFinished(result.line.close);
  return result.line;
};

const problemOf = async (opening: Promise<OpenedLine>): Promise<string> => {
  const result = await opening;
  if (!result.ok) return result.trouble.problem;
  await result.line.close();
  return 'opened';
};

/** What pg_dump, as a child of ours gets its target, makes of the line. */
const dumpBy = async (settings: CompleteSettings) => {
  const target = childTarget(settings, 'attempt-runbook/test', temporaryFolder(), {
    serverVersionNum: 150_000,
    timeoutMs: 10_000,
  });
  const program = await findClientTool('pg_dump', process.env);
  const env = {PATH: process.env['PATH'] ?? '', LC_ALL: 'C', ...target.variables};
  return execa(program?.path ?? 'pg_dump', ['--schema-only'], {env, extendEnv: false, reject: false});
};

const gone = async (pid: number): Promise<number> => {
  const began = performance.now();
  while (isRunning(pid)) {
    if (performance.now() - began > 10_000) throw new Error(`${pid} still runs`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - began;
};

/** The ssh that listens there. */
const listener = (port: number): number => {
  const out = readFileSync('/proc/net/tcp', 'utf8');
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inode = new RegExp(`^\\s*\\d+: 0100007F:${hex} 00000000:0000 0A (?:\\S+\\s+){5}(\\d+)`, 'm').exec(out)?.[1];
  return Number(inode ?? 0);
};

needs('sshd', 'ssh-keygen', 'openssl').describe('a bastion', () => {
  let server: TlsServer;
  beforeAll(async () => {
    server = await startTlsServer(afterAll);
  });
  const database = (): Readonly<{host: string; port: number}> => ({host: server.host, port: server.port});
  const settingsBy = (line: Line, host: string, sslmode: string) => ({
    ...completed(
      {
        host,
        port: server.port,
        user: server.user,
        database: server.record.database,
        password: secret(server.password),
        sslmode,
        sslrootcert: server.root,
      },
      {},
    ),
    line,
  });

  test('leads to the database, proves the host key, and says so; the certificate is that of the far end', async () => {
    const bastion = await startBastion();
    const line = await opened(openLine(through(bastion), database(), bastion.env));
    expect(line.record).toMatchObject({kind: 'ssh', name: `ssh ${bastion.destination}`});
    expect(line.record.hostKey).toBe(`ssh-ed25519 ${bastion.fingerprint}`);
    expect(await identifyTarget(settingsBy(line, server.host, 'verify-full'))).toMatchObject({
      ok: true,
      value: {
        address: `${server.host}:5432`,
        sslmode: 'verify-full',
        via: {hostKey: `ssh-ed25519 ${bastion.fingerprint}`},
      },
    });
    // The certificate has no name for the end of the tunnel on this machine, and none for another host.
    expect(await identifyTarget(settingsBy(line, 'other.test', 'verify-full'))).toMatchObject({
      failure: {code: 'target-unreachable'},
    });
    // A child of ours goes the same way, and holds the certificate against the same name.
    const dump = (host: string) => dumpBy(settingsBy(line, host, 'verify-full'));
    expect(await dump(server.host)).toMatchObject({exitCode: 0});
    expect(await dump('other.test')).toMatchObject({exitCode: 1, stderr: expect.stringContaining('"other.test"')});
    await line.close();
    expect(listener(line.port)).toBe(0);
  });

  test('is refused for each reason by its name, and nothing stays', async () => {
    const bastion = await startBastion({permitOpen: `${server.host}:5432`});
    const via = through(bastion);
    const open = (to = database(), of: Via = via): Promise<string> => problemOf(openLine(of, to, bastion.env));
    expect(await open()).toBe('opened');
    bastion.known('');
    expect(await open()).toBe('host-key-unknown');
    bastion.known(bastion.truth.replace(/AAAA\S+/, otherKey()));
    expect(await open()).toBe('host-key-changed');
    bastion.known(bastion.truth);
    bastion.useKey('wrong');
    expect(await open()).toBe('login-refused');
    bastion.useKey('right');
    // Forbidden by the bastion, and where nobody listens.
    expect(await open({host: server.host, port: 5433})).toBe('forward-refused');
    expect(await open(database(), {kind: 'ssh', to: {host: '127.0.0.1', port: await freePort()}})).toBe(
      'bastion-unreachable',
    );
    expect(await open({host: '/run/postgresql', port: 5432})).toBe('socket-impossible');
    expect(await problemOf(openLine(via, database(), {PATH: temporaryFolder()}))).toBe('program-missing');
    expect(await open()).toBe('opened');
  });

  test('that dies is a lost connection with its words, and is opened again when it is back', async () => {
    const bastion = await startBastion();
    const line = await opened(openLine(through(bastion), database(), bastion.env));
    const settings = settingsBy(line, server.host, 'require');
    const options = {readOnly: true, statementTimeoutMs: 20_000, lockTimeoutMs: 1000};
    const session = await databaseOf(settings, 'attempt-runbook/test').connect(options);
    if (!session.ok) throw new Error(session.failure.code);
    const asked = session.value.query('SELECT pg_sleep(15)');
    await bastion.die();
    expect(await asked).toMatchObject({failure: {code: 'connection-lost', line: {name: line.record.name}}});
    await session.value.close();
    expect(await databaseOf(settings, 'attempt-runbook/test').connect(options)).toMatchObject({
      failure: {code: 'target-unreachable', line: {said: expect.stringContaining('refused')}},
    });
    await bastion.start();
    const again = await databaseOf(settings, 'attempt-runbook/test').connect(options);
    expect(again.ok).toBe(true);
    if (again.ok) await again.value.close();
  });

  test('goes at once when the process that opened it is killed', async () => {
    const bastion = await startBastion();
    const entry = fileURLToPath(new URL('../../support/entry/tunnel.ts', import.meta.url));
    const order = JSON.stringify({via: through(bastion), to: database()});
    const child = spawn(process.execPath, [entry, order], {
      env: {...process.env, ...bastion.env},
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const {port} = await new Promise<Readonly<{port: number}>>((resolve) =>
      child.stdout.once('data', (bytes: Buffer) => resolve(JSON.parse(bytes.toString()) as {port: number})),
    );
    expect(listener(port)).not.toBe(0);
    child.kill('SIGKILL');
    const began = performance.now();
    while (listener(port) !== 0) {
      if (performance.now() - began > 10_000) throw new Error('the tunnel stays');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await gone(child.pid ?? 0);
  });
});

const otherKey = (): string => 'AAAAC3NzaC1lZDI1NTE5AAAAIGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGG';

/** A forwarder as small as they come: listens on argv[2], forwards to the socket argv[3]. */
const FORWARDER = `
import {createServer, connect} from 'node:net';
const [, , port, target] = process.argv;
createServer((near) => {
  const far = connect(target);
  near.pipe(far).pipe(near);
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
}).listen(Number(port), '127.0.0.1', () => console.error('listening'));
`;

test('a program that forwards is started, asked through, and stopped with all that it started', async () => {
  const {createTestDatabase} = await import('../../support/postgres.ts');
  await using database = await createTestDatabase({template: 'empty'});
  const folder = temporaryFolder();
  const script = join(folder, 'proxy.mjs');
  writeFileSync(script, FORWARDER);
  const port = await freePort();
  const socket = join(database.host, `.s.PGSQL.${database.port}`);
  const shell = ['sh', '-c', 'node "$0" "$1" "$2"; true', script, `${port}`, socket];
  const via: Via = {kind: 'command', command: shell, port};
  const line = await opened(openLine(via, {host: 'cloud', port: 5432}, process.env));
  const settings = {
    ...completed({host: 'cloud', user: database.user, database: database.name, sslmode: 'disable'}, {}),
    line,
  };
  expect(await identifyTarget(settings)).toMatchObject({
    ok: true,
    value: {database: database.name, via: {argv: shell}},
  });
  expect(await problemOf(openLine(via, {host: 'cloud', port: 5432}, process.env))).toBe('port-taken');
  await line.close();
  expect(listener(port)).toBe(0);
  expect(await problemOf(openLine({...via, command: ['false']}, {host: 'cloud', port: 5432}, process.env))).toBe(
    'ended',
  );
});

test('a port on which somebody answers who is no PostgreSQL is not taken for one', async () => {
  const mute: Server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void mute.close());
  const {askPort} = await import('../../../src/adapters/tunnel/answer.ts');
  const address = mute.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await askPort(port)).toBe('closed');
});
