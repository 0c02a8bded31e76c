// Where a run makes its scratch databases: beside a rehearsal, on a server that the operator named, or on one of this
// machine's own that is started when it is needed and goes with the last database.

import {statfs} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {failed, success, type Result} from '../core/failure.ts';
import {scratchPrefix} from '../core/scratch-name.ts';
import type {DatabaseSession, Processes, RoleNeed, Scratch, ScratchPlace} from '../core/ports.ts';
import type {LeftBehind} from '../core/trouble.ts';
import type {RunId, TargetIdentity} from '../core/ids.ts';
import type {EmbeddedServer} from './embedded/server.ts';
import {startEmbeddedServer} from './embedded/server.ts';
import {removeAbandoned} from './embedded/sweep.ts';
import {nearestServerToolchain} from './embedded/toolchain.ts';
import {databaseOf} from './postgres/database.ts';
import {identifyTarget} from './postgres/identity.ts';
import {
  createMarked,
  dropAllMarked,
  dropMarked,
  missingRoles,
  newToken,
  quoted,
  type Mark,
} from './postgres/scratch-database.ts';
import type {CompleteSettings} from './postgres/source.ts';
import {isFileTrouble} from './files.ts';
import {readNote, writeNote, type RunDirectory} from './run-directory.ts';
import {fileFailure} from './run-files.ts';

/** 2 min: CREATE and DROP DATABASE wait for a checkpoint, and a busy server takes its time for one. */
const ADMIN_TIMEOUT_MS = 120_000;
const ADMIN_LOCK_TIMEOUT_MS = 10_000;

export type ScratchParts = Readonly<{
  directory: RunDirectory;
  run: RunId;
  target: TargetIdentity;
  /** Which server; `embedded` starts one. */
  place:
    | Readonly<{kind: 'target-server' | 'declared'; settings: () => Result<CompleteSettings>}>
    | Readonly<{kind: 'embedded'; settingsOf: (server: EmbeddedServer) => CompleteSettings}>;
  processes: (settings: CompleteSettings, target: TargetIdentity, applicationName: string) => Processes;
}>;

/** On a server for scratch databases alone: a name that no role of a target has, whose login may be made there. */
const SCRATCH_SUPERUSER = 'attempt_runbook_scratch';

/** Kept beside the journal, so that the next process knows what is its own. */
type ScratchNote = Readonly<{token: string; servers?: readonly string[]}>;
const SCRATCH_NOTE = 'scratch.json';

const noteOf = (directory: RunDirectory): ScratchNote | undefined => {
  const read = readNote(directory, SCRATCH_NOTE) as Partial<ScratchNote> | undefined;
  return typeof read?.token === 'string' ? {...read, token: read.token} : undefined;
};

/** The run's note, made before anything else is. */
const ownNote = (directory: RunDirectory): ScratchNote => {
  const known = noteOf(directory);
  if (known !== undefined) return known;
  const made = {token: newToken()};
  writeNote(directory, SCRATCH_NOTE, made);
  return made;
};

const major = (versionNum: number): number => Math.floor(versionNum / 10_000);

/** A session that may create and drop databases, closed whatever happens. */
const asAdmin = async <T>(
  settings: CompleteSettings,
  applicationName: string,
  use: (session: DatabaseSession) => Promise<Result<T>>,
  signal?: AbortSignal,
): Promise<Result<T>> => {
  const connected = await databaseOf(settings, applicationName).connect({
    readOnly: false,
    statementTimeoutMs: ADMIN_TIMEOUT_MS,
    lockTimeoutMs: ADMIN_LOCK_TIMEOUT_MS,
    ...(signal === undefined ? {} : {signal}),
  });
  if (!connected.ok) return connected;
  try {
    return await use(connected.value);
  } finally {
    await connected.value.close();
  }
};

export type OwnedScratchPlace = ScratchPlace &
  Readonly<{
    /** As `sweep`; says what may have stayed. */
    sweepOrTell: () => Promise<LeftBehind | undefined>;
    /** Tries once more to drop what is known to have stayed, and ends a server that still runs, whatever is in it. */
    close: () => Promise<LeftBehind | undefined>;
  }>;

/** A server of this machine has its data in the temporary folder; of any other nobody here knows the disk. */
const freeBytesOf = async ({kind}: ScratchParts['place']): Promise<number | undefined> => {
  if (kind !== 'embedded') return undefined;
  try {
    const {bavail, bsize} = await statfs(tmpdir());
    return bavail * bsize;
  } catch {
    return undefined;
  }
};

export const scratchPlace = (parts: ScratchParts): OwnedScratchPlace => {
  const {directory, run, target, place} = parts;
  let server: EmbeddedServer | undefined;
  const used = new Set<string>();
  /** What could not be dropped. */
  const left = new Set<string>();
  /** True when a sweep failed: then more may have stayed than is known. */
  let isUnswept = false;

  const start = async (): Promise<Result<CompleteSettings>> => {
    if (place.kind !== 'embedded') return place.settings();
    if (server !== undefined) return success(place.settingsOf(server));
    const toolchain = await nearestServerToolchain(major(target.serverVersionNum));
    if (toolchain === undefined) {
      return failed({code: 'scratch-unavailable', problem: 'no-server-programs', message: target.serverVersion});
    }
    const started = await startEmbeddedServer({
      toolchain,
      superuser: SCRATCH_SUPERUSER,
      endsWithUs: true,
      onDirectory: (made) => {
        const note = ownNote(directory);
        writeNote(directory, SCRATCH_NOTE, {...note, servers: [...(note.servers ?? []), made]});
      },
    });
    if (!started.ok) {
      return failed({code: 'scratch-unavailable', problem: 'server-did-not-start', message: started.problem.code});
    }
    server = started.server;
    return success(place.settingsOf(server));
  };

  const stop = async (): Promise<void> => {
    const running = server;
    server = undefined;
    await running?.stop();
  };

  const release = async (name: string): Promise<void> => {
    used.delete(name);
    if (used.size === 0) await stop();
  };

  const ensureRoles =
    (settings: CompleteSettings, applicationName: string): Scratch['ensureRoles'] =>
    (roles: readonly RoleNeed[]) =>
      asAdmin(settings, applicationName, async (session) => {
        const missing = await missingRoles(
          session,
          roles.map(({name}) => name),
        );
        if (!missing.ok || place.kind !== 'embedded') return missing;
        for (const {name, superuser} of roles) {
          // An event trigger or a foreign-data wrapper may only be given to a superuser; nobody can log in as one of these.
          const attribute = superuser === true ? ' SUPERUSER' : '';
          const isMissing = missing.value.includes(name);
          if (!isMissing && superuser !== true) continue;
          const made = await session.query(
            isMissing ? `CREATE ROLE ${quoted(name)} NOLOGIN${attribute}` : `ALTER ROLE ${quoted(name)}${attribute}`,
          );
          if (!made.ok) return made;
        }
        return success([]);
      });

  const loginMaker =
    (
      settings: CompleteSettings,
      identity: TargetIdentity,
      applicationName: string,
    ): NonNullable<Scratch['makeLogin']> =>
    async (login, statements) => {
      const made = await asAdmin(settings, applicationName, (session) => session.queryAll(statements));
      if (!made.ok) return made;
      const own = {...settings, user: login};
      const target = {...identity, user: login};
      return success({
        database: databaseOf(own, applicationName),
        processes: parts.processes(own, target, applicationName),
        target,
      });
    };

  const make: ScratchPlace['open'] = async (name, applicationName, signal) => {
    const mark: Mark = {run, token: ownNote(directory).token};
    used.add(name);
    const reached = await start();
    if (!reached.ok) {
      used.delete(name);
      return reached;
    }
    const admin = reached.value;
    const made = await asAdmin(admin, applicationName, (session) => createMarked(session, mark, name), signal);
    const drop = async (): Promise<Result<void>> => {
      if (!used.has(name)) return success(undefined);
      // A server that goes away takes the database with it.
      const dropped =
        place.kind === 'embedded' && used.size === 1
          ? success(undefined)
          : await asAdmin(admin, applicationName, (session) => dropMarked(session, mark, name));
      if (!dropped.ok && place.kind !== 'embedded') left.add(name);
      await release(name);
      return dropped;
    };
    if (!made.ok) {
      // Without this a cancelled CREATE that came through after all would stay; not ours is not dropped.
      await drop();
      return made;
    }
    const settings = {...admin, database: name};
    const identified = await identifyTarget(settings);
    if (!identified.ok || major(identified.value.serverVersionNum) < major(target.serverVersionNum)) {
      await drop();
      return identified.ok
        ? failed({
            code: 'scratch-unavailable',
            problem: 'server-too-old',
            message: identified.value.serverVersion,
          })
        : identified;
    }
    return success({
      name,
      where: place.kind,
      database: databaseOf(settings, applicationName),
      processes: parts.processes(settings, identified.value, applicationName),
      target: identified.value,
      ensureRoles: ensureRoles(admin, applicationName),
      makeLogin: place.kind === 'embedded' ? loginMaker(settings, identified.value, applicationName) : undefined,
      drop,
    });
  };

  const open: ScratchPlace['open'] = async (name, applicationName, signal) => {
    try {
      return await make(name, applicationName, signal);
    } catch (error) {
      if (!isFileTrouble(error)) throw error;
      // Without its note on disk nobody could tell later whose it is: then it is not made, and its server goes.
      await release(name);
      return failed(fileFailure(error, SCRATCH_NOTE));
    }
  };

  const sweepAll: ScratchPlace['sweep'] = async () => {
    const note = noteOf(directory);
    if (note === undefined) return success([]);
    for (const left of note.servers ?? []) await removeAbandoned(left);
    if (place.kind === 'embedded') return success([]);
    const settings = place.settings();
    if (!settings.ok) return settings;
    const mark = {run, token: note.token};
    return asAdmin(settings.value, 'attempt-runbook/sweep', (session) =>
      dropAllMarked(session, mark, scratchPrefix(run)),
    );
  };

  const sweep: ScratchPlace['sweep'] = async () => {
    const swept = await sweepAll();
    if (swept.ok) left.clear();
    isUnswept = !swept.ok;
    return swept;
  };

  const sweepOrTell = async (): Promise<LeftBehind | undefined> => {
    const swept = await sweep();
    if (swept.ok) return undefined;
    const settings = place.kind === 'embedded' ? undefined : place.settings();
    const server = settings?.ok === true ? `${settings.value.host}:${settings.value.port}` : undefined;
    return {
      names: [...left],
      prefix: scratchPrefix(run),
      ...(server === undefined ? {} : {server}),
      failure: swept.failure,
    };
  };

  const close = async (): Promise<LeftBehind | undefined> => {
    try {
      return left.size === 0 && !isUnswept ? undefined : await sweepOrTell();
    } finally {
      await stop();
    }
  };

  return {freeBytes: () => freeBytesOf(place), open, sweep, sweepOrTell, close};
};
