// How does a rehearsal get a PostgreSQL server of its own, find it again later, and leave nothing behind?
import {rmSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {escapeIdentifier} from 'pg';
import {createCluster, usualSuperuser} from './cluster.ts';
import {
  copiedProgramsIn,
  createServerDirectory,
  dataDirectoryState,
  readOwner,
  serverPort,
  socketsIn,
  takeOwnership,
  writeOwner,
} from './directory.ts';
import {copyPackage, isWritable, linkLibraries} from './packaged.ts';
import {
  embeddedClient,
  runningPostmaster,
  startPostmaster,
  stopPostmaster,
  stopPostmasterSync,
  waitUntilReady,
} from './postmaster.ts';
import {guardDirectory, type DirectoryGuard} from './guard.ts';
import type {Outcome} from './problem.ts';
import {failed, fileProblem} from './problem.ts';
import {isRunning, judgeProcess} from './processes.ts';
import type {Toolchain} from './toolchain.ts';
import type {ServerUser} from './unprivileged.ts';
import {canReach, serverUser} from './unprivileged.ts';

/** Plain JSON: a receipt of a run keeps it, and `reattachEmbeddedServer` finds the server by it. */
export type EmbeddedRecord = {
  readonly directory: string;
  /** The host to connect to; libpq and pg take a path for a Unix socket's folder. */
  readonly socketDirectory: string;
  readonly port: number;
  /** A superuser; access is by trust. */
  readonly user: string;
  readonly database: string;
  readonly version: string;
  readonly kind: Toolchain['kind'];
  /** The programs that run it: the toolchain's, or a copy in `directory` that the server's user can reach. */
  readonly bin: string;
  readonly postmasterPid: number;
};

export type EmbeddedServer = {
  readonly record: EmbeddedRecord;
  /** Stops the server and removes everything. May be called again. */
  stop(): Promise<void>;
  /** The same for a process 'exit' hook; up to 4 s. */
  stopSync(): void;
  /** Leaves the server running for a later `reattachEmbeddedServer`; the sweep of another run leaves it alone. */
  detach(): void;
};

// The database that the sample schema belongs to; a copy is named as what it is a copy of.
const sampleDatabase = 'seedtest';

// A killed server's children still delete files while we do: rm tries again on ENOTEMPTY.
const removal = {recursive: true, force: true, maxRetries: 10, retryDelay: 50} as const;

/** A new, empty server, ready in about a second, in a directory of its own below `base` (the system's temporary folder). */
export async function startEmbeddedServer({
  toolchain,
  base,
  database = sampleDatabase,
  superuser = usualSuperuser,
  onDirectory,
  endsWithUs = false,
}: {
  readonly toolchain: Toolchain;
  readonly base?: string;
  readonly database?: string;
  readonly superuser?: string;
  /** Told as soon as there is a directory, so that whoever writes it down finds it after a crash. */
  readonly onDirectory?: (directory: string) => void;
  /** For a copy that nobody goes on with: server and directory go within seconds of our end, also by kill -9. */
  readonly endsWithUs?: boolean;
}): Promise<Outcome<{readonly server: EmbeddedServer}>> {
  if (process.platform === 'win32') return failed({code: 'platform-unsupported', platform: process.platform});
  const found = await serverUser();
  if (!found.ok) return found;
  const made = await createServerDirectory(found.user, base);
  if (!made.ok) return made;
  const guard = endsWithUs ? guardDirectory(made.directory) : undefined;
  onDirectory?.(made.directory);
  const started = await furnishAndStart(toolchain, made.directory, found.user, {database, superuser}, guard);
  if (!started.ok) {
    await removeServer(made.directory);
    await guard?.dismiss();
  }
  return started;
}

async function furnishAndStart(
  toolchain: Toolchain,
  directory: string,
  user: ServerUser,
  {database, superuser}: {readonly database: string; readonly superuser: string},
  guard: DirectoryGuard | undefined,
): Promise<Outcome<{readonly server: EmbeddedServer}>> {
  try {
    const programs = await runnablePrograms(toolchain, directory, user);
    if (!programs.ok) return programs;
    const {bin} = programs;
    const created = await createCluster(bin, directory, user, superuser);
    if (!created.ok) return created;
    const started = await startPostmaster(bin, directory, user, superuser, guard?.tell);
    if (!started.ok) return started;
    const client = embeddedClient(directory, superuser, 'postgres');
    await client.connect();
    // Every cluster has a database postgres, which may be what was dumped.
    if (database !== 'postgres') await client.query(`CREATE DATABASE ${escapeIdentifier(database)} TEMPLATE template0`);
    await client.end();
    const {kind, version} = toolchain;
    const access = {socketDirectory: socketsIn(directory), port: serverPort, user: superuser, database};
    const record = {directory, ...access, version, kind, bin, postmasterPid: started.pid};
    return {ok: true, server: serverOf(record, guard)};
  } catch (error) {
    return failed(fileProblem(error, directory));
  }
}

/** The server of an earlier process: as it runs, or started again on its data after a crash. */
export async function reattachEmbeddedServer(
  record: EmbeddedRecord,
): Promise<Outcome<{readonly server: EmbeddedServer}>> {
  const {directory} = record;
  const found = await serverUser();
  if (!found.ok) return found;
  const state = await dataDirectoryState(directory);
  if (typeof state === 'object') return failed({code: 'directory-unusable', path: directory, reason: state.reason});
  const owner = readOwner(directory);
  if (state === 'gone' || owner === undefined) return failed({code: 'gone', directory});
  if (owner !== null && owner.pid !== process.pid && judgeProcess(owner) === 'alive') {
    return failed({code: 'in-use', directory, pid: owner.pid});
  }
  try {
    takeOwnership(directory); // first, so that a sweep that starts now leaves the directory alone
    const running = runningPostmaster(directory);
    if (running !== undefined) {
      const ready = await waitUntilReady(directory, record.user, () => !isRunning(running));
      if (ready.ok) return {ok: true, server: serverOf({...record, postmasterPid: running})};
    }
    if (record.kind === 'packaged') await linkLibraries(packageRootOf(record.bin)); // an `npm ci` since then removes them
    const started = await startPostmaster(record.bin, directory, found.user, record.user);
    return started.ok ? {ok: true, server: serverOf({...record, postmasterPid: started.pid})} : started;
  } catch (error) {
    return failed(fileProblem(error, directory));
  }
}

/** Ends whatever runs on the directory's data and removes the directory. */
export async function removeServer(directory: string): Promise<void> {
  const pid = runningPostmaster(directory);
  if (pid !== undefined) await stopPostmaster(pid);
  await rm(directory, removal);
}

function serverOf(record: EmbeddedRecord, guard?: DirectoryGuard): EmbeddedServer {
  const {directory} = record;
  return {
    record,
    stop: async () => {
      await removeServer(directory);
      await guard?.dismiss();
    },
    stopSync: () => {
      const pid = runningPostmaster(directory);
      if (pid !== undefined) stopPostmasterSync(pid);
      rmSync(directory, removal);
      guard?.dismissSync();
    },
    detach: () => writeOwner(directory, null),
  };
}

/** Makes a packaged toolchain runnable where it lies, or in a copy when it cannot be linked there or the user cannot go there. */
async function runnablePrograms(
  toolchain: Toolchain,
  directory: string,
  user: ServerUser,
): Promise<Outcome<{readonly bin: string}>> {
  const {bin, kind} = toolchain;
  const reachable = await canReach(user, bin);
  if (kind === 'system')
    return reachable ? {ok: true, bin} : failed({code: 'directory-unusable', path: bin, reason: 'EACCES'});
  const installed = packageRootOf(bin);
  const inPlace = reachable && (await isWritable(installed));
  const root = inPlace ? installed : copiedProgramsIn(directory);
  if (!inPlace) await copyPackage(installed, root);
  await linkLibraries(root);
  return {ok: true, bin: join(root, 'native', 'bin')};
}

function packageRootOf(bin: string): string {
  return dirname(dirname(bin)); // <root>/native/bin
}
