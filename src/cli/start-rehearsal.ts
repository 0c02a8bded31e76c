// How a rehearsal gets its target: a server of its own, filled with the runbook's sample or with what a backup holds.

import {resolve} from 'node:path';
import {sweepAbandonedServers} from '../adapters/embedded/sweep.ts';
import {startEmbeddedServer, type EmbeddedServer} from '../adapters/embedded/server.ts';
import {findServerToolchain, type Toolchain} from '../adapters/embedded/toolchain.ts';
import {findClientTool, installHint} from '../adapters/pg-tools.ts';
import type {DumpFile} from '../adapters/dump-file.ts';
import type {CopyOf} from '../core/ids.ts';
import type {CliContext} from './context.ts';
import {embeddedSettings} from './embedded-settings.ts';
import {fillCopy, openDump} from './fill-copy.ts';
import {fillSample} from './fill-sample.ts';
import {holdSignals} from './hold-signals.ts';
import {leaveRun} from './leave-run.ts';
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

export type Rehearsal = OpenRun & Readonly<{embedded: EmbeddedServer}>;

export type RehearsalOptions = Readonly<{
  /** A backup file to rehearse on, in place of the sample. */
  fromBackup?: string | undefined;
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
  const sound = await withSoundSql(loaded);
  if (!sound.ok) return sound;
  await sweepAbandonedServers(undefined, resumable(context));
  // pg_dump refuses a server newer than itself, so its major bounds the server's.
  const client = await findClientTool('pg_dump', context.env);
  const toolchain = await findServerToolchain(client === undefined ? {} : {maxMajor: client.major});
  if (toolchain === undefined) {
    return trouble({code: 'failure', failure: {code: 'server-toolchain-missing', install: installHint()}});
  }
  // From the first file of the server on, whoever interrupts us must not leave it behind.
  const held = holdSignals();
  try {
    const dump = fromBackup === undefined ? undefined : await openDump(context, resolve(fromBackup), held.signal);
    if (dump !== undefined && !dump.ok) return dump;
    return await startOn({context, loaded, toolchain, dump: dump?.value, signal: held.signal, ...options});
  } finally {
    held.release();
  }
};

type Start = RehearsalOptions &
  Readonly<{
    context: CliContext;
    loaded: LoadedFolder;
    toolchain: Toolchain;
    dump: DumpFile | undefined;
    signal: AbortSignal;
  }>;

const fill = async ({context, loaded, dump, signal}: Start, server: EmbeddedServer): Promise<Opening<void>> => {
  const settings = embeddedSettings(server.record);
  if (dump !== undefined) return fillCopy(context, dump, settings, signal);
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

const startOn = async (start: Start): Promise<Opening<Rehearsal>> => {
  const {context, loaded, toolchain, dump, compose, signal} = start;
  const started = await startEmbeddedServer({toolchain, ...(dump === undefined ? {} : {database: dump.database})});
  if (!started.ok) return trouble({code: 'server', problem: started.problem});
  const {server} = started;
  const filled = await fill(start, server);
  if (!filled.ok) {
    await server.stop();
    return filled;
  }
  const run = await openRun({
    context,
    loaded,
    environment: 'rehearsal',
    settings: embeddedSettings(server.record),
    note: {embedded: server.record},
    ...(dump === undefined ? {} : {copyOf: copyOf(dump)}),
    ...(compose === undefined ? {} : {compose}),
  });
  if (!run.ok) {
    await server.stop();
    return run;
  }
  if (!signal.aborted) return opened({...run.value, embedded: server});
  await leaveRun(run.value, server, false);
  return trouble({code: 'failure', failure: {code: 'cancelled'}});
};
