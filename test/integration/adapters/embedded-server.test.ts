// Does an embedded server start, stay private, come back after a crash, and leave nothing behind?
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync, readlinkSync, statSync} from 'node:fs';
import {chmod, cp, lstat, mkdir, mkdtemp, readdir, readlink, rm, unlink} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {Client} from 'pg';
import {afterAll, beforeAll, describe, expect, onTestFinished, test, vi} from 'vitest';
import {linkLibraries} from '../../../src/adapters/embedded/packaged.ts';
import {isRunning} from '../../../src/adapters/embedded/processes.ts';
import type {EmbeddedRecord, EmbeddedServer} from '../../../src/adapters/embedded/server.ts';
import {reattachEmbeddedServer, removeServer, startEmbeddedServer} from '../../../src/adapters/embedded/server.ts';
import {sweepAbandonedServers} from '../../../src/adapters/embedded/sweep.ts';
import type {Toolchain} from '../../../src/adapters/embedded/toolchain.ts';
import {
  findPackagedToolchain,
  findServerToolchain,
  findSystemToolchain,
} from '../../../src/adapters/embedded/toolchain.ts';

// A server takes a second to make, five on a loaded machine, and one test makes three.
vi.setConfig({testTimeout: 60_000, hookTimeout: 60_000});

const system = await findSystemToolchain();
const packaged = await findPackagedToolchain();
const toolchains = [system, packaged].filter((toolchain) => toolchain !== undefined);
const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'art-')); // short: the socket path has little room
  await chmod(base, 0o755); // as root the server is `nobody`, who must get in
});
afterAll(async () => {
  const left = (await readdir(base)).filter((name) => name.startsWith('ar-'));
  await Promise.all(left.map((name) => removeServer(join(base, name)))); // of tests that failed half-way
  await rm(base, {recursive: true, force: true});
});

describe('the toolchain', () => {
  test('is there in at least one kind on a machine that runs the tests', () => {
    expect(toolchains).not.toEqual([]);
  });

  test('is the local one first, and the packaged one where there is none', async () => {
    expect(await findServerToolchain()).toEqual(system ?? packaged);
  });

  test('is never newer than the client', async () => {
    expect(await findServerToolchain({maxMajor: 13})).toBeUndefined();
    for (const {major} of toolchains)
      expect((await findServerToolchain({maxMajor: major}))?.major).toBeLessThanOrEqual(major);
  });

  test.skipIf(packaged === undefined)(
    'of the package gets back the links npm cannot carry, and keeps them when asked again',
    async () => {
      const copy = await packageWithoutLinks(0o755);
      await linkLibraries(copy);
      const before = await linksOf(copy);
      expect(before.size).toBeGreaterThan(10);
      for (const [name, target] of before) expect(existsSync(join(copy, 'native/lib', target)), name).toBe(true);
      await linkLibraries(copy);
      expect(await linksOf(copy)).toEqual(before);
    },
  );

  test.skipIf(!isRoot || packaged === undefined)(
    'behind a private folder runs from a copy that goes with the server',
    async () => {
      const hidden = await packageWithoutLinks(0o700);
      const server = await start({...required(packaged), bin: join(hidden, 'native/bin')});
      expect(server.record.bin).toContain(server.record.directory);
      expect(await linksOf(hidden)).toEqual(new Map());
      expect(await ask(server.record, 'SELECT 1 AS one')).toEqual([{one: 1}]);
    },
  );
});

describe.each(toolchains)('a server of the $kind toolchain', (toolchain) => {
  // One for the tests that change nothing about it, started by the first of them.
  let started: Promise<EmbeddedServer> | undefined;
  const shared = (): Promise<EmbeddedServer> => (started ??= startEmbeddedServer({toolchain, base}).then(opened));
  afterAll(async () => (await started)?.stop());

  test('answers as the version it says, in UTF-8 and UTC', async () => {
    const {record} = await shared();
    expect(record).toEqual(JSON.parse(JSON.stringify(record)));
    const [row] = await ask(
      record,
      `SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
              current_setting('TimeZone') AS zone, current_database() AS database, current_user AS "user"`,
    );
    expect(row).toMatchObject({encoding: 'UTF8', zone: 'UTC', database: 'seedtest', user: 'operator'});
    expect(String(row?.['version']).split(' ')[0]).toBe(toolchain.version);
  });

  test('is reached by its socket only, and by nobody else', async () => {
    const {record} = await shared();
    expect(await ask(record, 'SHOW listen_addresses')).toEqual([{listen_addresses: ''}]);
    expect(statSync(record.socketDirectory).mode & 0o777).toBe(0o700);
    if (isLinux) expect(internetSocketsOf(record.postmasterPid)).toEqual([]);
  });

  test.runIf(isRoot && isLinux)('runs as nobody when we are root', async () => {
    const {record} = await shared();
    const nobody = Number(/^nobody:[^:]*:(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[1]);
    expect(statSync(`/proc/${record.postmasterPid}`).uid).toBe(nobody);
    expect(statSync(record.directory).uid).toBe(0); // log and owner are not nobody's to replace
  });

  test('is found as it is when it kept running', async () => {
    const {record} = await shared();
    expect(opened(await reattachEmbeddedServer(record)).record).toEqual(record);
  });

  test('comes back with what was committed after its postmaster was killed', async () => {
    const {record} = await start(toolchain);
    await ask(record, 'CREATE TABLE kept AS SELECT 1 AS one');
    process.kill(record.postmasterPid, 'SIGKILL');
    const again = await reattach(record);
    expect(again.record).toEqual({...record, postmasterPid: again.record.postmasterPid});
    expect(again.record.postmasterPid).not.toBe(record.postmasterPid);
    expect(await ask(again.record, 'TABLE kept')).toEqual([{one: 1}]);
    await again.stop();
    expect(isRunning(again.record.postmasterPid)).toBe(false);
    expect(existsSync(record.directory)).toBe(false);
  });
});

test.each(['stop', 'stopSync'] as const)('%s leaves no file and no process, and the server is gone', async (way) => {
  const server = await start(anyToolchain());
  const {record} = server;
  const pids = await serverPids(record);
  expect(pids.length).toBeGreaterThan(4);
  await server[way]();
  expect(pids.filter(isRunning)).toEqual([]);
  expect(existsSync(record.directory)).toBe(false);
  await server[way](); // again is no error
  expect(await reattachEmbeddedServer(record)).toEqual({
    ok: false,
    problem: {code: 'gone', directory: record.directory},
  });
});

describe('what cannot run says why', () => {
  test('a base too long for a socket path', async () => {
    const long = join(base, 'l'.repeat(80));
    await mkdir(long);
    expect(await startEmbeddedServer({toolchain: anyToolchain(), base: long})).toMatchObject({
      ok: false,
      problem: {code: 'socket-path-too-long'},
    });
    expect(await readdir(long)).toEqual([]);
  });

  test('programs that are not there, and no directory stays', async () => {
    const empty = join(base, 'empty');
    await mkdir(empty);
    const toolchain = {...anyToolchain(), kind: 'system', bin: empty} as const;
    expect(await startEmbeddedServer({toolchain, base: empty})).toMatchObject({
      ok: false,
      problem: {code: 'initdb-failed'},
    });
    expect(await readdir(empty)).toEqual([]);
  });
});

describe('after kill -9 of the tool', () => {
  test('its server runs on until a sweep, which leaves the servers of the living and what it is told to keep', async () => {
    const mine = await start(anyToolchain());
    const orphan = await serverOfAnotherProcess('SIGKILL');
    expect(isRunning(orphan.postmasterPid)).toBe(true);

    expect(await sweepAbandonedServers(base, new Set([orphan.directory]))).toEqual([]);
    expect(await sweepAbandonedServers(base)).toEqual([orphan.directory]);
    expect(isRunning(orphan.postmasterPid)).toBe(false);
    expect(existsSync(orphan.directory)).toBe(false);
    expect(await ask(mine.record, 'SELECT 1 AS one')).toEqual([{one: 1}]);
  });

  test('a resume takes its server over, which it may not while the tool lives, and then no sweep takes it away', async () => {
    const {record, owner} = await otherProcess();
    expect(await reattachEmbeddedServer(record)).toEqual({
      ok: false,
      problem: {code: 'in-use', directory: record.directory, pid: owner.pid},
    });
    await owner.end('SIGKILL');
    expect((await reattach(record)).record).toEqual(record);
    expect(await sweepAbandonedServers(base)).toEqual([]);
    expect(await ask(record, 'SELECT 1 AS one')).toEqual([{one: 1}]);
  });
});

test('a server left running on purpose is not swept, and is found again', async () => {
  const left = await serverOfAnotherProcess('detach');
  expect(await sweepAbandonedServers(base)).toEqual([]);
  expect((await reattach(left)).record).toEqual(left);
});

async function start(toolchain: Toolchain): Promise<EmbeddedServer> {
  return stoppedAtTheEnd(await startEmbeddedServer({toolchain, base}));
}

async function reattach(record: EmbeddedRecord): Promise<EmbeddedServer> {
  return stoppedAtTheEnd(await reattachEmbeddedServer(record));
}

function stoppedAtTheEnd(outcome: Started): EmbeddedServer {
  const server = opened(outcome);
  onTestFinished(server.stop);
  return server;
}

type Started = Awaited<ReturnType<typeof startEmbeddedServer>>;

function opened(outcome: Started): EmbeddedServer {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem, undefined, 2));
  return outcome.server;
}

async function ask(
  {socketDirectory: host, port, user, database}: EmbeddedRecord,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({host, port, user, database});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function serverPids(record: EmbeddedRecord): Promise<readonly number[]> {
  const sessions = await ask(record, 'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
  return [record.postmasterPid, ...sessions.map(({pid}) => Number(pid))];
}

/** Open internet sockets of a process: the kernel's word, not the server's. */
function internetSocketsOf(pid: number): readonly string[] {
  const inodes = readdirSync(`/proc/${pid}/fd`).map(
    (fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1],
  );
  const lines = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n'),
  );
  return lines.filter((line) => inodes.includes(line.trim().split(/\s+/)[9] ?? ''));
}

type Owner = {readonly pid: number; readonly end: (how: 'SIGKILL' | 'detach') => Promise<void>};

/** A tool process that has started a server and now waits, as one does while the operator reads. */
async function otherProcess(): Promise<{readonly record: EmbeddedRecord; readonly owner: Owner}> {
  const script = `
    import { startEmbeddedServer } from ${JSON.stringify(fileURLToPath(new URL('../../../src/adapters/embedded/server.ts', import.meta.url)))};
    const { server } = await startEmbeddedServer(${JSON.stringify({toolchain: anyToolchain(), base})});
    console.log(JSON.stringify(server.record));
    process.stdin.once('data', () => { server.detach(); process.exit(); });`;
  const child = execa(process.execPath, ['--input-type=module', '--eval', script], {reject: false, detached: true});
  const said = await Promise.race([once(child.stdout, 'data'), child]);
  if (!Array.isArray(said)) throw new Error(`the other process ended: ${said.stderr}`);
  const record = JSON.parse(String(said[0])) as EmbeddedRecord;
  const end: Owner['end'] = async (how) => {
    if (how === 'detach') child.stdin.write('detach\n');
    // Its whole process group, as the terminal's Ctrl+C and hang-up reach it.
    else if (isRunning(required(child.pid))) process.kill(-required(child.pid), 'SIGKILL');
    await child;
  };
  onTestFinished(async () => {
    await end('SIGKILL');
    const left = await reattachEmbeddedServer(record);
    if (left.ok) await left.server.stop();
  });
  return {record, owner: {pid: required(child.pid), end}};
}

async function serverOfAnotherProcess(end: 'SIGKILL' | 'detach'): Promise<EmbeddedRecord> {
  const {record, owner} = await otherProcess();
  await owner.end(end);
  return record;
}

/** A copy of the installed package as npm unpacks it when no install script may run. */
async function packageWithoutLinks(mode: number): Promise<string> {
  const parent = await mkdtemp(join(base, 'p-'));
  const root = join(parent, 'package');
  await cp(dirname(dirname(required(packaged).bin)), root, {recursive: true, verbatimSymlinks: true});
  for (const name of (await linksOf(root)).keys()) await unlink(join(root, 'native/lib', name));
  await chmod(parent, mode);
  return root;
}

async function linksOf(root: string): Promise<ReadonlyMap<string, string>> {
  const lib = join(root, 'native/lib');
  const links = new Map<string, string>();
  for (const name of await readdir(lib)) {
    if ((await lstat(join(lib, name))).isSymbolicLink()) links.set(name, await readlink(join(lib, name)));
  }
  return links;
}

function anyToolchain(): Toolchain {
  return required(toolchains[0]);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('this test needs what is not here');
  return value;
}
