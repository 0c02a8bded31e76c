// How a rehearsal gets a database of its own on a server that the operator named: made, marked, found again, dropped.

import {existsSync, readdirSync} from 'node:fs';
import {removePassfiles} from '../adapters/postgres/child-environment.ts';
import {databaseOf} from '../adapters/postgres/database.ts';
import {createMarked, dropMarked, newToken, type Mark} from '../adapters/postgres/scratch-database.ts';
import {completed, resolveSource, type CompleteSettings} from '../adapters/postgres/source.ts';
import {
  createRunDirectory,
  readNote,
  removeRunDirectory,
  runDirectory,
  writeNote,
  type RunDirectory,
} from '../adapters/run-directory.ts';
import {judgeHolder, thisProcess, type ProcessOnHost} from '../adapters/run-lock.ts';
import {errorMessage} from '../adapters/files.ts';
import {failed, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import {scratchName} from '../core/scratch-name.ts';
import {leftBehindText} from '../ui/text/left-behind.ts';
import {CONNECTION_NOTE, type ConnectionNote} from './connection-note.ts';
import type {CliContext} from './context.ts';
import type {RehearsalServer} from './leave-run.ts';
import {opened, trouble, type Opening} from './trouble.ts';

/** What is kept of it beside the journal. The token is what proves, later, that the database is ours to drop. */
export type MadeNote = Readonly<{database: string; token: string}> & ProcessOnHost;

/** 2 min: CREATE and DROP DATABASE wait for a checkpoint. */
const ADMIN_TIMEOUT_MS = 120_000;

export type MadeTarget = Readonly<{
  directory: RunDirectory;
  settings: CompleteSettings;
  server: RehearsalServer;
  note: Readonly<{source: string; made: MadeNote}>;
}>;

const settingsFor = (context: CliContext, source: string): Opening<CompleteSettings> => {
  const resolved = resolveSource(source, context.env);
  return resolved.ok
    ? opened(completed(resolved.settings, context.env))
    : trouble({code: 'source', problem: resolved.problem});
};

const asAdmin = async (
  settings: CompleteSettings,
  use: (session: DatabaseSession) => Promise<Result<void>>,
  signal?: AbortSignal,
): Promise<Result<void>> => {
  const connected = await databaseOf(settings, 'attempt-runbook/rehearsal').connect({
    readOnly: false,
    statementTimeoutMs: ADMIN_TIMEOUT_MS,
    lockTimeoutMs: ADMIN_TIMEOUT_MS,
    ...(signal === undefined ? {} : {signal}),
  });
  if (!connected.ok) return connected;
  return use(connected.value).finally(() => connected.value.close());
};

const markOf = (run: string, {token}: MadeNote): Mark => ({run, token});

/** Drops it at the end; kept, it simply stays where it is. */
const serverOf = (context: CliContext, admin: CompleteSettings, run: string, made: MadeNote): RehearsalServer => ({
  detach: () => undefined,
  stop: async () => {
    const dropped = await asAdmin(admin, (session) => dropMarked(session, markOf(run, made), made.database));
    if (!dropped.ok) {
      const left = {
        names: [made.database],
        prefix: made.database,
        server: `${admin.host}:${admin.port}`,
        failure: dropped.failure,
      };
      leftBehindText(left, context.locale).forEach(context.err);
    }
    return dropped.ok;
  },
});

/** The database of an earlier process of this rehearsal. */
export const findMade = (
  context: CliContext,
  run: string,
  source: string,
  made: MadeNote,
): Opening<Pick<MadeTarget, 'settings' | 'server'>> => {
  const admin = settingsFor(context, source);
  if (!admin.ok) return admin;
  const settings = {...admin.value, database: made.database};
  return opened({settings, server: serverOf(context, admin.value, run, made)});
};

/** A process that was killed before its run had begun left a database and a folder that nobody can go on with. */
const sweepUnbegun = async (context: CliContext, source: string, admin: CompleteSettings): Promise<void> => {
  let names: readonly string[];
  try {
    names = readdirSync(context.runsDirectory).filter((name) => name.startsWith('r-'));
  } catch {
    // No runs yet.
    return;
  }
  for (const name of names) {
    const directory = runDirectory(context.runsDirectory, name);
    const note = readNote(directory, CONNECTION_NOTE) as Partial<ConnectionNote> | undefined;
    const {made} = note ?? {};
    // Whose end nobody here can see may still be at work.
    if (made?.process === undefined || existsSync(directory.journal) || judgeHolder(made) !== 'dead') continue;
    removePassfiles(directory.path);
    if (note?.source !== source) continue;
    const dropped = await asAdmin(admin, (session) => dropMarked(session, markOf(name, made), made.database));
    if (dropped.ok) removeRunDirectory(directory);
  }
};

/** An empty database of this rehearsal's own, and the run directory that knows it before it is made. */
export const makeTarget = async (
  context: CliContext,
  source: string,
  signal: AbortSignal,
): Promise<Opening<MadeTarget>> => {
  const admin = settingsFor(context, source);
  if (!admin.ok) return admin;
  await sweepUnbegun(context, source, admin.value);
  let directory: RunDirectory;
  try {
    directory = createRunDirectory(context.runsDirectory);
  } catch (error) {
    return trouble({code: 'runs-directory', path: context.runsDirectory, message: errorMessage(error)});
  }
  const {run} = directory;
  const made: MadeNote = {database: scratchName(run, 'target', 1), token: newToken(), ...thisProcess()};
  // On disk before there is anything to drop.
  writeNote(directory, CONNECTION_NOTE, {source, made});
  let isReached = false;
  const create = (session: DatabaseSession): Promise<Result<void>> => {
    isReached = true;
    return createMarked(session, markOf(run, made), made.database);
  };
  const created = signal.aborted ? failed({code: 'cancelled'}) : await asAdmin(admin.value, create, signal);
  const server = serverOf(context, admin.value, run, made);
  if (!created.ok) {
    // Where nobody was reached nothing was made; else the token stays as long as the database may.
    if (!isReached || (await server.stop())) removeRunDirectory(directory);
    return trouble({code: isReached ? 'not-filled' : 'failure', failure: created.failure});
  }
  return opened({directory, settings: {...admin.value, database: made.database}, server, note: {source, made}});
};
