// How a run goes on: the same loop on a journal that is not empty, against the target that the journal names.

import {systemClock} from '../adapters/clock.ts';
import {reattachEmbeddedServer, type EmbeddedServer} from '../adapters/embedded/server.ts';
import {errorMessage, isFileTrouble} from '../adapters/files.ts';
import {openJournal, type JournalFile} from '../adapters/journal-file.ts';
import {identifyTarget} from '../adapters/postgres/identity.ts';
import {completed, resolveSource, type CompleteSettings} from '../adapters/postgres/source.ts';
import {writeNote, type RunDirectory} from '../adapters/run-directory.ts';
import {holderOf, lockRun, type RunLock} from '../adapters/run-lock.ts';
import type {Recorded} from '../core/event.ts';
import type {TargetIdentity} from '../core/ids.ts';
import {fold} from '../core/reduce.ts';
import {sameHistory, sameTarget} from '../core/target.ts';
import {createSession} from '../engine/create-session.ts';
import {CONNECTION_NOTE} from './connection-note.ts';
import type {CliContext} from './context.ts';
import {embeddedSettings} from './embedded-settings.ts';
import {closer, lockedTarget, type Compose, type OpenRun} from './open-run.ts';
import {readNamed, readRun, type ReadRun} from './read-run.ts';
import {opened, trouble, type Opening} from './trouble.ts';
import {viewOnly} from './view-only.ts';
import {worldOf} from './world.ts';

export type Resumed = OpenRun & Readonly<{read: ReadRun; embedded?: EmbeddedServer}>;

type Reached = Readonly<{settings: CompleteSettings; embedded?: EmbeddedServer}>;

const reach = async (context: CliContext, read: ReadRun, source: string | undefined): Promise<Opening<Reached>> => {
  const record = read.note.embedded;
  if (record !== undefined) {
    const attached = await reattachEmbeddedServer(record);
    return attached.ok
      ? opened({settings: embeddedSettings(attached.server.record), embedded: attached.server})
      : trouble({code: 'server', problem: attached.problem});
  }
  const from = source ?? read.note.source;
  if (from === undefined) return trouble({code: 'source-needed', run: read.directory.run});
  const resolved = resolveSource(from, context.env);
  return resolved.ok
    ? opened({settings: completed(resolved.settings, context.env)})
    : trouble({code: 'source', problem: resolved.problem});
};

const describe = ({
  database,
  user,
  systemIdentifier,
}: Readonly<{database: string; user: string; systemIdentifier: string}>) => `${user}@${database} (${systemIdentifier})`;

const lockOf = (context: CliContext, directory: RunDirectory): Opening<RunLock> => {
  try {
    const locked = lockRun(directory.path, context.operator.name, systemClock.now());
    return locked.ok
      ? opened(locked.lock)
      : trouble({code: 'run-locked', run: directory.run, holder: holderOf(locked.holder)});
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return trouble({code: 'run-not-written', run: directory.run, message: errorMessage(error)});
  }
};

type Continued = Readonly<{journal: JournalFile; resumed: Recorded}>;

/** The journal open for writing, with RunResumed on disk, or why the disk does not take it. */
const goOn = (
  context: CliContext,
  {directory, journal: lines, opened: first, note}: ReadRun,
  target: TargetIdentity,
  scratch: string | undefined,
) => {
  try {
    if (scratch !== undefined) writeNote(directory, CONNECTION_NOTE, {...note, scratch});
    const journal = openJournal(directory.journal, lines, systemClock);
    const resumed = journal.append({
      type: 'RunResumed',
      operator: context.operator,
      target,
      droppedBytes: lines.tornBytes,
      ...(sameHistory(target, first.target) === false ? {historyChanged: true as const} : {}),
    });
    return opened<Continued>({journal, resumed});
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return trouble({code: 'run-not-written', run: directory.run, message: errorMessage(error)});
  }
};

export const resumeRun = async (
  context: CliContext,
  run: string | undefined,
  options: Readonly<{source?: string; scratch?: string; compose?: Compose}> = {},
): Promise<Opening<Resumed>> => {
  const found = readNamed(context, run);
  if (!found.ok) return found;
  const {directory} = found.value;
  if (found.value.journal.damage !== undefined) return opened({...viewOnly(found.value), read: found.value});
  const scratch = options.scratch === undefined ? undefined : resolveSource(options.scratch, context.env);
  if (scratch?.ok === false) return trouble({code: 'source', problem: scratch.problem});
  const locked = lockOf(context, directory);
  if (!locked.ok) return locked;
  // Read again now that nobody else can write: what was read before the lock may have been continued meanwhile.
  const again = readRun(directory);
  if (!again.ok) {
    locked.value.release();
    return again;
  }
  const read = again.value;
  const {journal: lines} = read;
  const reached = await reach(context, read, options.source);
  if (!reached.ok) {
    locked.value.release();
    return reached;
  }
  const {settings, embedded} = reached.value;
  const identified = await identifyTarget(settings);
  if (!identified.ok) {
    locked.value.release();
    return trouble({code: 'failure', failure: identified.failure});
  }
  const target = identified.value;
  // The classic: yesterday's staging run, continued with today's production URL in the environment.
  if (!sameTarget(target, read.opened.target)) {
    locked.value.release();
    return trouble({code: 'other-target', expected: describe(read.opened.target), actual: describe(target)});
  }
  const alone = await lockedTarget(context, settings, read.runbook, directory.run, true);
  if (!alone.ok) {
    locked.value.release();
    return alone;
  }
  const targetLock = alone.value;
  const continued = goOn(context, read, target, options.scratch);
  if (!continued.ok) {
    locked.value.release();
    await targetLock.release();
    embedded?.detach();
    return continued;
  }
  const {journal, resumed} = continued.value;
  const world = worldOf({
    directory,
    settings,
    target,
    env: context.env,
    journal,
    files: read.files,
    listed: read.listed,
    digest: read.opened.plan,
    source: read.note.folder,
    targetLock,
    environment: read.opened.environment,
    scratch: options.scratch ?? read.note.scratch,
  });
  // What a killed process left in a scratch database holds the data itself; a server that cannot be asked now is asked next time.
  await world.scratch.sweep();
  const session = createSession({
    runbook: read.runbook,
    state: fold([...lines.events, resumed]),
    operator: context.operator,
    target,
    world: options.compose?.(world) ?? world,
    droppedBytes: lines.tornBytes,
  });
  return opened({
    run: directory.run,
    directory,
    session,
    opening: [resumed],
    read,
    ...(embedded === undefined ? {} : {embedded}),
    close: closer(journal, locked.value, targetLock, world.scratch),
  });
};
