// How an empty database becomes a copy of what a backup file holds.

import {readDumpFile, restoreDumpFile, type DumpFile} from '../adapters/dump-file.ts';
import {childTarget} from '../adapters/postgres/child-environment.ts';
import {databaseOf} from '../adapters/postgres/database.ts';
import {knownSecrets} from '../adapters/postgres/known-secrets.ts';
import type {CompleteSettings} from '../adapters/postgres/source.ts';
import {processesOf} from '../adapters/processes.ts';
import {quoteIdentifier} from '../catalog/names.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession, Processes} from '../core/ports.ts';
import type {DumpProblem} from '../core/trouble.ts';
import {copyText} from '../ui/text/copy.ts';
import type {CliContext} from './context.ts';
import {opened, trouble, type Opening} from './trouble.ts';

const APPLICATION_NAME = 'attempt-runbook/copy';
/** A catalog query and a CREATE ROLE: neither waits for anybody in a database that nobody knows yet. */
const TIMEOUT_MS = 60_000;

const dumpTrouble = (path: string, problem: DumpProblem) =>
  problem.code === 'cancelled'
    ? trouble({code: 'failure', failure: {code: 'cancelled'}})
    : trouble({code: 'dump', path, problem});

const withoutTarget = (context: CliContext): Processes =>
  processesOf({
    env: context.env,
    secrets: () => knownSecrets([], context.env),
    target: () => {
      throw new Error('reading a file needs no database');
    },
  });

/** Reads the whole file first: a damaged one is found before any server is started for it. */
export const openDump = async (context: CliContext, path: string, signal: AbortSignal): Promise<Opening<DumpFile>> => {
  context.err(copyText(context.locale).reading(path));
  const read = await readDumpFile(path, withoutTarget(context), signal);
  return read.ok ? opened(read.value) : dumpTrouble(path, read.problem);
};

type Server = Readonly<{versionNum: number; roles: readonly string[]; extensions: readonly string[]}>;

const names = async (session: DatabaseSession, sql: string): Promise<Result<readonly string[]>> => {
  const answer = await session.query(sql);
  return answer.ok ? success(answer.value.rows.flatMap(({name}) => name ?? [])) : answer;
};

const lookAt = async (session: DatabaseSession): Promise<Result<Server>> => {
  const version = await names(session, "SELECT current_setting('server_version_num') AS name");
  if (!version.ok) return version;
  const roles = await names(session, 'SELECT rolname::text AS name FROM pg_roles');
  if (!roles.ok) return roles;
  const extensions = await names(session, 'SELECT name::text AS name FROM pg_available_extensions');
  if (!extensions.ok) return extensions;
  return success({versionNum: Number(version.value[0]), roles: roles.value, extensions: extensions.value});
};

const majorOf = (version: string): number => Number.parseInt(version, 10) || 0;

/** What the server lacks for this dump, found before anything is restored. */
const lacking = (dump: DumpFile, server: Server): DumpProblem | undefined => {
  const here = Math.floor(server.versionNum / 10_000);
  if (majorOf(dump.serverVersion) > here) {
    return {code: 'too-new', made: `PostgreSQL ${dump.serverVersion}`, here: `PostgreSQL ${here}`};
  }
  const extensions = dump.extensions.filter((name) => !server.extensions.includes(name));
  return extensions.length > 0 ? {code: 'extension-missing', extensions} : undefined;
};

const prepare = async (dump: DumpFile, session: DatabaseSession, mayMakeRoles: boolean): Promise<Opening<Server>> => {
  const server = await lookAt(session);
  if (!server.ok) return trouble({code: 'failure', failure: server.failure});
  const problem = lacking(dump, server.value);
  if (problem !== undefined) return dumpTrouble(dump.path, problem);
  // Nobody can log in as one; the superuser can be each of them, as the application's checks want to.
  const missing = dump.roles.filter(({name}) => !server.value.roles.includes(name));
  if (missing.length > 0 && !mayMakeRoles) {
    return dumpTrouble(dump.path, {code: 'roles-missing', roles: missing.map(({name}) => name)});
  }
  for (const {name, superuser} of missing) {
    const created = await session.query(
      `CREATE ROLE ${quoteIdentifier(name)} NOLOGIN${superuser === true ? ' SUPERUSER' : ''}`,
    );
    if (!created.ok) return trouble({code: 'failure', failure: created.failure});
  }
  return opened(server.value);
};

/** A restore brings no statistics; without them the copy would plan its queries as no other database does. */
const analyze = async (settings: CompleteSettings, signal: AbortSignal): Promise<Opening<void>> => {
  const options = {readOnly: false, statementTimeoutMs: 0, lockTimeoutMs: 0, signal};
  const connected = await databaseOf(settings, APPLICATION_NAME).connect(options);
  if (!connected.ok) return trouble({code: 'failure', failure: connected.failure});
  const done = await connected.value.query('ANALYZE').finally(() => connected.value.close());
  return done.ok ? opened(undefined) : trouble({code: 'failure', failure: done.failure});
};

/**
 * @param settings an empty database of ours, as somebody who may give its objects their owners.
 * @param folder where a password file may lie: one that is swept when this process is killed.
 */
export const fillCopy = async (
  context: CliContext,
  dump: DumpFile,
  settings: CompleteSettings,
  {signal, mayMakeRoles, folder}: Readonly<{signal: AbortSignal; mayMakeRoles: boolean; folder: string}>,
): Promise<Opening<void>> => {
  const connected = await databaseOf(settings, APPLICATION_NAME).connect({
    readOnly: false,
    statementTimeoutMs: TIMEOUT_MS,
    lockTimeoutMs: TIMEOUT_MS,
    signal,
  });
  if (!connected.ok) return trouble({code: 'failure', failure: connected.failure});
  const prepared = await prepare(dump, connected.value, mayMakeRoles).finally(() => connected.value.close());
  if (!prepared.ok) return prepared;
  const {versionNum} = prepared.value;
  const processes = processesOf({
    env: context.env,
    secrets: () => knownSecrets([settings], context.env),
    target: (limits) => childTarget(settings, APPLICATION_NAME, folder, {serverVersionNum: versionNum, ...limits}),
  });
  context.err(copyText(context.locale).restoring(dump.file));
  const major = Math.floor(versionNum / 10_000);
  const restored = await restoreDumpFile(dump, settings.database, major, processes, signal);
  return restored.ok ? analyze(settings, signal) : dumpTrouble(dump.path, restored.problem);
};
