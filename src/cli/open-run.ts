// How a run begins: the target says who it is, the plan is fixed and copied, and the journal gets its first line.

import {join} from 'node:path';
import {systemClock} from '../adapters/clock.ts';
import {errorMessage, isFileTrouble, removeIfPossible} from '../adapters/files.ts';
import {watchInbox} from '../adapters/inbox/watch-inbox.ts';
import {createJournal, type JournalFile} from '../adapters/journal-file.ts';
import {writePlan} from '../adapters/plan-directory.ts';
import {removePassfiles} from '../adapters/postgres/child-environment.ts';
import {identifyTarget} from '../adapters/postgres/identity.ts';
import {isPooledTarget} from '../adapters/postgres/pooled.ts';
import {addressOf, type CompleteSettings} from '../adapters/postgres/source.ts';
import type {TargetLock} from '../adapters/postgres/target-lock.ts';
import {createRunDirectory, removeRunDirectory, writeNote, type RunDirectory} from '../adapters/run-directory.ts';
import {holderOf, lockRun, type RunLock} from '../adapters/run-lock.ts';
import type {OwnedScratchPlace} from '../adapters/scratch.ts';
import type {CopyOf, Environment, TargetIdentity} from '../core/ids.ts';
import type {Recorded, RunEvent} from '../core/event.ts';
import type {TargetTrust} from '../core/known-target.ts';
import {fold} from '../core/reduce.ts';
import type {OpenedRun} from '../core/state.ts';
import {createSession} from '../engine/create-session.ts';
import type {EngineWorld} from '../engine/ports.ts';
import type {Session} from '../engine/session.ts';
import {makePlan, type Plan} from '../runbook/plan.ts';
import {handedOver, lockedTarget, type AloneOnTarget, type TargetClaim} from './alone-on-target.ts';
import {CONNECTION_NOTE, type ConnectionNote} from './connection-note.ts';
import {leftBehindText} from '../ui/text/left-behind.ts';
import {loadAhead} from './load-ahead.ts';
import {planParameters} from './plan-parameters.ts';
import type {CliContext} from './context.ts';
import type {LoadedFolder} from './load.ts';
import {opened, trouble, type Opening} from './trouble.ts';
import {VERSION} from './version.ts';
import {worldOf} from './world.ts';

export type OpenRun = Readonly<{
  run: string;
  directory: RunDirectory;
  session: Session;
  /** What was written before the session began: that the run was opened, or resumed. */
  opening: readonly Recorded[];
  /** Lets go of the run: the journal is closed and the lock is free. */
  /** Writes into the journal what belongs to no effect, before the run is let go of; absent where nothing is written. */
  seal?: (event: Extract<RunEvent, {type: 'ArtifactSealed'}>) => void;
  close: () => Promise<void>;
}>;

/** Lets a composition put something between the engine and the world; production puts nothing there. */
export type Compose = (world: EngineWorld) => EngineWorld;

export type OpenRunOptions = Readonly<{
  context: CliContext;
  loaded: LoadedFolder;
  environment: Environment;
  settings: CompleteSettings;
  note: Omit<ConnectionNote, 'folder'>;
  copyOf?: CopyOf;
  /** Made before, with what the run needs to know beforehand; whoever made it removes it when no run begins. */
  directory?: RunDirectory;
  /** Says how the target is known to be the right one, or why it is not; a rehearsal makes its own. */
  admit?: (target: TargetIdentity) => Opening<TargetTrust>;
  /** The run from which the target is taken, if it has it. */
  takeOver?: string | undefined;
  again?: TargetClaim['again'];
  compose?: Compose;
}>;

const makeDirectory = (context: CliContext): Opening<RunDirectory> => {
  try {
    return opened(createRunDirectory(context.runsDirectory));
  } catch (error) {
    return trouble({code: 'runs-directory', path: context.runsDirectory, message: errorMessage(error)});
  }
};

/** From here on others can leave signed words; what is returned ends that, and lets go of the run. */
export const closer = (
  context: CliContext,
  directory: RunDirectory,
  journal: JournalFile,
  lock: RunLock,
  targetLock: TargetLock,
  scratch: OwnedScratchPlace,
  session: Session,
) => {
  const unwatch = watchInbox(directory.path, session.takeInbox);
  return async (): Promise<void> => {
    unwatch();
    journal.close();
    const left = await scratch.close();
    removePassfiles(directory.path);
    lock.release();
    await targetLock.release();
    if (left !== undefined) leftBehindText(left, context.locale).forEach(context.err);
  };
};

type Begun = Readonly<{lock: RunLock; journal: JournalFile; events: readonly Recorded[]}>;

/** Plan, note and first event on disk, or why the disk does not take them. */
const begin = (
  {context, environment, loaded, note, copyOf}: OpenRunOptions,
  directory: RunDirectory,
  {target, trust}: Pick<OpenedRun, 'target' | 'trust'>,
  plan: Plan,
  from: AloneOnTarget['from'],
): Opening<Begun> => {
  try {
    const locked = lockRun(directory.path, context.operator.name, systemClock.now());
    if (!locked.ok) return trouble({code: 'run-locked', run: directory.run, holder: holderOf(locked.holder)});
    writePlan(join(directory.path, 'plan'), plan.files, plan.list);
    const connection: ConnectionNote = {...note, folder: loaded.folder};
    writeNote(directory, CONNECTION_NOTE, connection);
    const journal = createJournal(directory.journal, systemClock);
    const first = journal.append({
      type: 'RunOpened',
      run: directory.run,
      runbook: loaded.runbook.id,
      plan: plan.digest,
      environment,
      operator: context.operator,
      target,
      ...(trust === undefined ? {} : {trust}),
      tool: VERSION,
      reader: {locale: context.locale, timeZone: context.timeZone},
      ...(copyOf === undefined ? {} : {copyOf}),
    });
    const taken = from === undefined ? [] : [journal.append(handedOver(from, directory.run, context.operator))];
    return opened({lock: locked.lock, journal, events: [first, ...taken]});
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return trouble({code: 'runs-directory', path: context.runsDirectory, message: errorMessage(error)});
  }
};

export const openRun = async (options: OpenRunOptions): Promise<Opening<OpenRun>> => {
  const {context, loaded, environment, settings} = options;
  const {runbook, files, folder} = loaded;
  await loadAhead(runbook);
  const identified = await identifyTarget(settings);
  if (!identified.ok) return trouble({code: 'failure', failure: identified.failure});
  const target = identified.value;
  const pooled = await isPooledTarget(settings);
  if (!pooled.ok) return trouble({code: 'failure', failure: pooled.failure});
  // Before the first use is confirmed: nobody pins what no run can have.
  if (pooled.value) return trouble({code: 'pooler-detected', address: addressOf(settings)});
  const admitted = options.admit?.(target);
  if (admitted?.ok === false) return admitted;
  const parameters = environment === 'rehearsal' ? (runbook.sample?.parameters ?? {}) : {};
  const plan = makePlan(files, planParameters(environment, target, parameters));
  const made = options.directory === undefined ? makeDirectory(context) : opened(options.directory);
  if (!made.ok) return made;
  const directory = made.value;
  const {takeOver, again} = options;
  const claim = {context, settings, runbook, run: directory.run, afterCrash: false, takeOver, again};
  const alone = await lockedTarget(claim);
  if (!alone.ok) {
    if (options.directory === undefined) removeRunDirectory(directory);
    return alone;
  }
  const {lock: targetLock, from} = alone.value;
  const begun = begin(
    options,
    directory,
    {target, ...(admitted === undefined ? {} : {trust: admitted.value})},
    plan,
    from,
  );
  if (!begun.ok) {
    // Nothing has begun: the target is free again, and no half of a run is left.
    await targetLock.release();
    removeIfPossible(directory.journal);
    if (options.directory === undefined) removeRunDirectory(directory);
    return begun;
  }
  const {lock, journal, events} = begun.value;
  const world = worldOf({
    directory,
    settings,
    target,
    env: context.env,
    journal,
    files,
    listed: plan.files,
    digest: plan.digest,
    source: folder,
    targetLock,
    runLock: lock,
    environment,
    scratch: options.note.scratch,
  });
  const session = createSession({
    runbook,
    state: fold(events),
    operator: context.operator,
    target,
    world: options.compose?.(world) ?? world,
    droppedBytes: 0,
  });
  return opened({
    run: directory.run,
    directory,
    session,
    opening: events,
    seal: (event) => void journal.append(event),
    close: closer(context, directory, journal, lock, targetLock, world.scratch, session),
  });
};
