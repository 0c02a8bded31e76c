// How a rehearsal gets its target: a server of its own, filled with the runbook's sample data.

import {sweepAbandonedServers} from '../adapters/embedded/sweep.ts';
import {startEmbeddedServer, type EmbeddedServer} from '../adapters/embedded/server.ts';
import {findServerToolchain, type Toolchain} from '../adapters/embedded/toolchain.ts';
import {findClientTool, installHint} from '../adapters/pg-tools.ts';
import {databaseOf} from '../adapters/postgres/database.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {CliContext} from './context.ts';
import {embeddedSettings} from './embedded-settings.ts';
import {holdSignals} from './hold-signals.ts';
import {leaveRun} from './leave-run.ts';
import type {LoadedFolder} from './load.ts';
import {openRun, type Compose, type OpenRun} from './open-run.ts';
import {allRuns, readRun} from './read-run.ts';
import {opened, trouble, type Opening} from './trouble.ts';

/** 5 min: a million sample rows take about two. */
const SAMPLE_TIMEOUT_MS = 300_000;

const fillSample = async (
  {runbook, files}: LoadedFolder,
  server: EmbeddedServer,
  signal: AbortSignal,
): Promise<Result<void>> => {
  if (signal.aborted) return failed({code: 'cancelled'});
  const {sample} = runbook;
  if (sample === undefined) return success(undefined);
  const database = databaseOf(embeddedSettings(server.record), 'attempt-runbook/sample');
  const connected = await database.connect({
    readOnly: false,
    statementTimeoutMs: SAMPLE_TIMEOUT_MS,
    lockTimeoutMs: 0,
    signal,
  });
  if (!connected.ok) return connected;
  const session = connected.value;
  try {
    for (const [name, value] of Object.entries(sample.parameters ?? {})) {
      const set = await session.query('SELECT set_config($1, $2, false)', {values: [`runbook.${name}`, value]});
      if (!set.ok) return set;
    }
    for (const file of sample.files) {
      if (signal.aborted) return failed({code: 'cancelled'});
      const bytes = files.get(`sql/${file}`);
      if (bytes === undefined) return failed({code: 'artifact-unreadable', path: file, message: 'not in the plan'});
      const ran = await session.query(new TextDecoder().decode(bytes), {file});
      if (!ran.ok) return ran;
    }
    return success(undefined);
  } finally {
    await session.close();
  }
};

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

export const startRehearsal = async (
  context: CliContext,
  loaded: LoadedFolder,
  compose?: Compose,
): Promise<Opening<Rehearsal>> => {
  if (loaded.runbook.sample === undefined) return trouble({code: 'sample-missing', runbook: loaded.runbook.id});
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
    return await startOn(context, loaded, toolchain, held.signal, compose);
  } finally {
    held.release();
  }
};

const startOn = async (
  context: CliContext,
  loaded: LoadedFolder,
  toolchain: Toolchain,
  signal: AbortSignal,
  compose?: Compose,
): Promise<Opening<Rehearsal>> => {
  const started = await startEmbeddedServer({toolchain});
  if (!started.ok) return trouble({code: 'server', problem: started.problem});
  const {server} = started;
  const filled = await fillSample(loaded, server, signal);
  if (!filled.ok) {
    await server.stop();
    return trouble({code: 'failure', failure: filled.failure});
  }
  const run = await openRun({
    context,
    loaded,
    environment: 'rehearsal',
    settings: embeddedSettings(server.record),
    note: {embedded: server.record},
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
