// How a rehearsal gets its target: a server of its own, filled with the runbook's sample or with what a backup holds.

import {resolve} from 'node:path';
import {sweepAbandonedServers} from '../adapters/embedded/sweep.ts';
import {startEmbeddedServer} from '../adapters/embedded/server.ts';
import {findServerToolchain} from '../adapters/embedded/toolchain.ts';
import {findClientTool, installHint} from '../adapters/pg-tools.ts';
import type {DumpFile} from '../adapters/dump-file.ts';
import type {CopyOf} from '../core/ids.ts';
import type {CompleteSettings} from '../adapters/postgres/source.ts';
import {removeRunDirectory, type RunDirectory} from '../adapters/run-directory.ts';
import type {ConnectionNote} from './connection-note.ts';
import {makeTarget} from './made-target.ts';
import type {CliContext} from './context.ts';
import {embeddedSettings} from './embedded-settings.ts';
import {fillCopy, openDump} from './fill-copy.ts';
import {fillSample} from './fill-sample.ts';
import {holdSignals} from './hold-signals.ts';
import {leaveRun, ownServer, type RehearsalServer} from './leave-run.ts';
import {withSoundSql, type LoadedFolder} from './load.ts';
import {openRun, type Compose, type OpenRun} from './open-run.ts';
import {allRuns, readRun} from './read-run.ts';
import {opened, trouble, type Opening} from './trouble.ts';

/** Servers of rehearsals that crashed and can still be continued. */
const resumable = (context: CliContext): ReadonlySet<string> =>
  new Set(
    allRuns(context).flatMap((directory) => {
      const read = readRun(directory);
      const record = read.ok && read.value.state.closed === undefined ? read.value.note.embedded : undefined;
      return record === undefined ? [] : [record.directory];
    }),
  );

export type Rehearsal = OpenRun & Readonly<{embedded: RehearsalServer}>;

export type RehearsalOptions = Readonly<{
  /** A backup file to rehearse on, in place of the sample. */
  fromBackup?: string | undefined;
  /** The source of a server on which to make a database, in place of a server of its own. */
  scratchUrl?: string | undefined;
  compose?: Compose;
}>;

export const startRehearsal = async (
  context: CliContext,
  loaded: LoadedFolder,
  options: RehearsalOptions = {},
): Promise<Opening<Rehearsal>> => {
  const {fromBackup} = options;
  if (fromBackup === undefined && loaded.runbook.sample === undefined) {
    return trouble({code: 'sample-missing', runbook: loaded.runbook.id});
  }
  // From the first file of the server on, whoever interrupts us must not leave it behind.
  const held = holdSignals();
  try {
    const dump = fromBackup === undefined ? undefined : await openDump(context, resolve(fromBackup), held.signal);
    if (dump !== undefined && !dump.ok) return dump;
    const start = {context, loaded, dump: dump?.value, signal: held.signal, ...options};
    const place = await soundPlaceFor(start);
    return place.ok ? await startOn(start, place.value) : place;
  } finally {
    held.release();
  }
};

type Start = RehearsalOptions &
  Readonly<{context: CliContext; loaded: LoadedFolder; dump: DumpFile | undefined; signal: AbortSignal}>;

/** An empty database, how it goes away again, and how the next process finds it. */
type Place = Readonly<{
  settings: CompleteSettings;
  server: RehearsalServer;
  note: Omit<ConnectionNote, 'folder'>;
  directory?: RunDirectory;
  /** Goes with the database, also when this process is killed. */
  folder: string;
  /** Roles outlive a database: they are made only on a server that goes as well. */
  isOwnServer: boolean;
}>;

/** On somebody's server nothing is made for SQL that is not sound; one of our own is made while the SQL is read. */
const soundPlaceFor = async (start: Start): Promise<Opening<Place>> => {
  const {context, loaded, scratchUrl} = start;
  context.stage?.('sql');
  if (scratchUrl !== undefined) {
    const sound = await withSoundSql(loaded);
    return sound.ok ? placeFor(start) : sound;
  }
  const [place, sound] = await Promise.all([placeFor(start), withSoundSql(loaded)]);
  if (sound.ok) return place;
  if (place.ok) await takeBack(place.value);
  return sound;
};

const placeFor = async ({context, dump, scratchUrl, signal}: Start): Promise<Opening<Place>> => {
  if (scratchUrl !== undefined) {
    context.stage?.('database');
    const made = await makeTarget(context, scratchUrl, signal);
    return made.ok ? opened({...made.value, folder: made.value.directory.path, isOwnServer: false}) : made;
  }
  context.stage?.('server');
  await sweepAbandonedServers(undefined, resumable(context));
  // pg_dump refuses a server newer than itself, so its major bounds the server's.
  const client = await findClientTool('pg_dump', context.env);
  const toolchain = await findServerToolchain(client === undefined ? {} : {maxMajor: client.major});
  if (toolchain === undefined) {
    return trouble({code: 'failure', failure: {code: 'server-toolchain-missing', install: installHint()}});
  }
  const started = await startEmbeddedServer({toolchain, ...(dump === undefined ? {} : {database: dump.database})});
  if (!started.ok) return trouble({code: 'server', problem: started.problem});
  const {server} = started;
  const {record} = server;
  return opened({
    settings: embeddedSettings(record),
    server: ownServer(server),
    note: {embedded: record},
    folder: record.directory,
    isOwnServer: true,
  });
};

const fill = async (
  {context, loaded, dump, signal}: Start,
  {settings, isOwnServer, folder}: Place,
): Promise<Opening<void>> => {
  context.stage?.(dump === undefined ? 'sample' : 'backup');
  if (dump !== undefined) return fillCopy(context, dump, settings, {signal, mayMakeRoles: isOwnServer, folder});
  const filled = await fillSample(loaded, settings, signal);
  return filled.ok ? opened(undefined) : trouble({code: 'failure', failure: filled.failure});
};

const copyOf = ({file, bytes, sha256, database, dumpedAt, serverVersion}: DumpFile): CopyOf => ({
  file,
  bytes,
  sha256,
  database,
  dumpedAt,
  serverVersion,
});

/** The directory proves whose the database is: it goes only after the database. */
const takeBack = async ({server, directory}: Place): Promise<void> => {
  const isGone = await server.stop();
  if (isGone && directory !== undefined) removeRunDirectory(directory);
};

const startOn = async (start: Start, place: Place): Promise<Opening<Rehearsal>> => {
  const {context, loaded, dump, compose, signal} = start;
  const {settings, server, note, directory} = place;
  const filled = await fill(start, place);
  if (!filled.ok) {
    await takeBack(place);
    const {trouble: of} = filled;
    return of.code === 'failure' ? trouble({code: 'not-filled', failure: of.failure}) : filled;
  }
  const run = await openRun({
    context,
    loaded,
    environment: 'rehearsal',
    settings,
    note,
    ...(directory === undefined ? {} : {directory}),
    ...(dump === undefined ? {} : {copyOf: copyOf(dump)}),
    ...(compose === undefined ? {} : {compose}),
  });
  if (!run.ok) {
    await takeBack(place);
    return run;
  }
  if (!signal.aborted) return opened({...run.value, embedded: server});
  await leaveRun(run.value, server, false);
  return trouble({code: 'failure', failure: {code: 'cancelled'}});
};
