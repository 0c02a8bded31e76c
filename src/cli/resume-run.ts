// How a run goes on: the same loop on a journal that is not empty, against the target that the journal names.

import {systemClock} from '../adapters/clock.ts';
import {reattachEmbeddedServer} from '../adapters/embedded/server.ts';
import {errorMessage, isFileTrouble} from '../adapters/files.ts';
import {journalBytes, openJournal, type JournalFile} from '../adapters/journal-file.ts';
import {removePassfiles} from '../adapters/postgres/child-environment.ts';
import {identifyTarget} from '../adapters/postgres/identity.ts';
import {resolveSource, type CompleteSettings} from '../adapters/postgres/source.ts';
import {writeNote, type RunDirectory} from '../adapters/run-directory.ts';
import {holderOf, lockRun, type LockedRun, type LockHolder} from '../adapters/run-lock.ts';
import type {Recorded, RunEvent} from '../core/event.ts';
import type {Identity, TargetIdentity} from '../core/ids.ts';
import {fold} from '../core/reduce.ts';
import {sameHistory, sameTarget} from '../core/target.ts';
import {createSession} from '../engine/create-session.ts';
import {handedOver, lockedTarget, type AloneOnTarget} from './alone-on-target.ts';
import {commandLine} from './command-line.ts';
import {CONNECTION_NOTE} from './connection-note.ts';
import type {CliContext} from './context.ts';
import {embeddedSettings} from './embedded-settings.ts';
import {ownServer, type RehearsalServer} from './leave-run.ts';
import {findMade} from './made-target.ts';
import {loadAhead} from './load-ahead.ts';
import {closingAfter, reachTarget} from './reach-target.ts';
import {closer, type Compose, type OpenRun} from './open-run.ts';
import {findRun, readRun, type ReadRun} from './read-run.ts';
import {opened, trouble, type Opening} from './trouble.ts';
import {sealLeft} from './seal-left.ts';
import {VERSION} from './version.ts';
import {faultOf, viewOnly} from './view-only.ts';
import {leftBehindText} from '../ui/text/left-behind.ts';
import {sweepScratch, worldOf} from './world.ts';

export type Resumed = OpenRun & Readonly<{read: ReadRun; embedded?: RehearsalServer}>;

/** This command once more, with more words. */
type Again = (more: readonly string[]) => string;

type Reached = Readonly<{settings: CompleteSettings; embedded?: RehearsalServer; close?: () => Promise<void>}>;

const reach = async (
  context: CliContext,
  read: ReadRun,
  {source, ssh}: Pick<ResumeOptions, 'source' | 'ssh'>,
): Promise<Opening<Reached>> => {
  const record = read.note.embedded;
  context.stage?.(record === undefined ? 'target' : 'server');
  if (record !== undefined) {
    const attached = await reattachEmbeddedServer(record);
    return attached.ok
      ? opened({settings: embeddedSettings(attached.server.record), embedded: ownServer(attached.server)})
      : trouble({code: 'server', problem: attached.problem});
  }
  const from = source ?? read.note.source;
  if (from === undefined) return trouble({code: 'source-needed', run: read.directory.run});
  if (read.note.made !== undefined) {
    const found = findMade(context, read.directory.run, from, read.note.made);
    return found.ok ? opened({settings: found.value.settings, embedded: found.value.server}) : found;
  }
  const {environment} = read.opened;
  return reachTarget(context, {source: from, ssh: ssh ?? read.note.ssh, environment, runbook: read.runbook});
};

const describe = ({
  database,
  user,
  systemIdentifier,
}: Readonly<{database: string; user: string; systemIdentifier: string}>) => `${user}@${database} (${systemIdentifier})`;

const isInDoubt = ({steps}: ReadRun['state']): boolean =>
  Object.values(steps).some(({status}) => status === 'running' || status === 'in-doubt');

const lockOf = (
  context: CliContext,
  directory: RunDirectory,
  takeOver: boolean,
  again: Again,
): Opening<Extract<LockedRun, {ok: true}>> => {
  try {
    const locked = lockRun(directory.path, context.operator.name, systemClock.now(), takeOver);
    if (locked.ok) return opened(locked);
    const command = !locked.judged ? {takeOver: again(['--take-over', directory.run])} : {};
    return trouble({code: 'run-locked', run: directory.run, holder: holderOf(locked.holder), ...command});
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return trouble({code: 'run-not-written', run: directory.run, message: errorMessage(error)});
  }
};

type Continued = Readonly<{journal: JournalFile; events: readonly Recorded[]}>;

/** What was taken from others, for the journal. */
type Taken = Readonly<{run: LockHolder | undefined; target: AloneOnTarget['from']}>;

const handedOverTo = (to: string, by: Identity, taken: Taken): readonly RunEvent[] => {
  const {run, target} = taken;
  const from = run && {run: to, operator: `${run.operator}@${run.host}`, pid: run.process.pid, since: run.since};
  return [
    ...(from === undefined ? [] : [{type: 'HandedOver', what: 'run', from, to, by} as const]),
    ...(target === undefined ? [] : [handedOver(target, to, by)]),
  ];
};

/** The journal open for writing, with RunResumed on disk, or why the disk does not take it. */
const goOn = (
  context: CliContext,
  {directory, journal: lines, opened: first, note}: ReadRun,
  target: TargetIdentity,
  scratch: string | undefined,
  taken: Taken,
) => {
  try {
    if (scratch !== undefined) writeNote(directory, CONNECTION_NOTE, {...note, scratch});
    const journal = openJournal(directory.journal, lines, systemClock);
    const resumed = journal.append({
      type: 'RunResumed',
      operator: context.operator,
      target,
      droppedBytes: lines.tornBytes,
      tool: VERSION,
      ...(sameHistory(target, first.target) === false ? {historyChanged: true as const} : {}),
    });
    const handed = handedOverTo(directory.run, context.operator, taken).map((event) => journal.append(event));
    return opened<Continued>({journal, events: [resumed, ...handed]});
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return trouble({code: 'run-not-written', run: directory.run, message: errorMessage(error)});
  }
};

export type ResumeOptions = Readonly<{
  source?: string;
  ssh?: string;
  scratch?: string;
  /** The run from which the target is taken; this run itself (`true`) also takes its directory from a process on another host. */
  takeOver?: string | true;
  compose?: Compose;
}>;

export const resumeRun = async (
  context: CliContext,
  run: string | undefined,
  options: ResumeOptions = {},
): Promise<Opening<Resumed>> => {
  let close: (() => Promise<void>) | undefined;
  const resumed = await resumeBy(context, run, options, (of) => (close = of));
  if (close === undefined) return resumed;
  if (resumed.ok) return opened(closingAfter(resumed.value, close));
  await close();
  return resumed;
};

/** @param onReached told how the way to the target is closed, whatever becomes of the run. */
const resumeBy = async (
  context: CliContext,
  run: string | undefined,
  options: ResumeOptions,
  onReached: (close: () => Promise<void>) => void,
): Promise<Opening<Resumed>> => {
  const named = findRun(context, run);
  if (!named.ok) return named;
  const directory = named.value;
  const bytes = journalBytes(directory.journal);
  const found = readRun(directory);
  if (!found.ok) return found;
  if (faultOf(found.value.journal) !== undefined) return opened({...viewOnly(found.value), read: found.value});
  await loadAhead(found.value.runbook);
  const scratch = options.scratch === undefined ? undefined : resolveSource(options.scratch, context.env);
  if (scratch?.ok === false) return trouble({code: 'source', problem: scratch.problem});
  const {source} = options;
  const takeOver = options.takeOver === true ? directory.run : options.takeOver;
  const again: Again = (more) => {
    const given = [
      ...(source === undefined ? [] : ['--url', source]),
      ...(options.ssh === undefined ? [] : ['--ssh', options.ssh]),
      ...(options.scratch === undefined ? [] : ['--scratch', options.scratch]),
    ];
    return commandLine(context, ['resume', directory.run, ...given, ...more]);
  };
  const locking = lockOf(context, directory, takeOver === directory.run, again);
  if (!locking.ok) return locking;
  const runLock = locking.value.lock;
  // Before anything that may refuse the run: a process that was killed has left the password of its child.
  removePassfiles(directory.path);
  // Nobody else can write now: what was read before the lock, and was continued meanwhile, is read again.
  const reread = journalBytes(directory.journal) === bytes ? found : readRun(directory);
  if (!reread.ok) {
    runLock.release();
    return reread;
  }
  const read = reread.value;
  const {journal: lines} = read;
  const reached = await reach(context, read, options);
  if (!reached.ok) {
    runLock.release();
    return reached;
  }
  const {settings, embedded} = reached.value;
  if (reached.value.close !== undefined) onReached(reached.value.close);
  const identified = await identifyTarget(settings);
  if (!identified.ok) {
    runLock.release();
    return trouble({code: 'failure', failure: identified.failure});
  }
  const target = identified.value;
  // The classic: yesterday's staging run, continued with today's production URL in the environment.
  if (!sameTarget(target, read.opened.target)) {
    runLock.release();
    return trouble({code: 'other-target', expected: describe(read.opened.target), actual: describe(target)});
  }
  const claim = {
    context,
    settings,
    runbook: read.runbook,
    run: directory.run,
    afterCrash: true,
    takeOver,
    again,
    isInDoubt: isInDoubt(read.state),
  };
  const alone = await lockedTarget(claim);
  if (!alone.ok) {
    runLock.release();
    return alone;
  }
  const {lock: targetLock, from} = alone.value;
  const {environment} = read.opened;
  if (options.scratch !== undefined && options.scratch !== read.note.scratch) {
    // The note is about to name another server; after that nobody would know the one before it.
    const before = {directory, settings, target, env: context.env, environment, scratch: read.note.scratch};
    const left = await sweepScratch(before);
    if (left !== undefined) leftBehindText(left, context.locale).forEach(context.err);
  }
  const taken = {run: locking.value.from, target: from};
  const continued = goOn(context, read, target, options.scratch, taken);
  if (!continued.ok) {
    runLock.release();
    await targetLock.release();
    embedded?.detach();
    return continued;
  }
  const {journal, events} = continued.value;
  const sealed = await sealLeft(directory.path, fold(lines.events), journal);
  runLock.settle();
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
    runLock,
    environment,
    scratch: options.scratch ?? read.note.scratch,
  });
  // What a killed process left in a scratch database holds the data itself; a server that cannot be asked now is asked next time.
  await world.scratch.sweep();
  const session = createSession({
    runbook: read.runbook,
    state: fold([...lines.events, ...events, ...sealed]),
    operator: context.operator,
    target,
    world: options.compose?.(world) ?? world,
    droppedBytes: lines.tornBytes,
  });
  return opened({
    run: directory.run,
    directory,
    session,
    opening: [...events, ...sealed],
    read,
    ...(embedded === undefined ? {} : {embedded}),
    seal: (event) => void journal.append(event),
    close: closer(context, directory, journal, runLock, targetLock, world.scratch, session),
  });
};
