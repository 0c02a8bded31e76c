// How does a test open a run on its own database, in this process, and walk it to the step that it is about?

import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {onTestFinished} from 'vitest';
import {parse, stringify} from 'yaml';
import {parseConnectionUrl} from '../../src/adapters/postgres/connection-url.ts';
import {completed, type CompleteSettings} from '../../src/adapters/postgres/source.ts';
import {captureSnapshot} from '../../src/catalog/capture.ts';
import type {Snapshot} from '../../src/catalog/snapshot.ts';
import {databaseOf} from '../../src/adapters/postgres/database.ts';
import {cliContext} from '../../src/cli/context.ts';
import {loadNamed} from '../../src/cli/load.ts';
import {openRun, type Compose} from '../../src/cli/open-run.ts';
import {resumeRun} from '../../src/cli/resume-run.ts';
import type {Command, Refusal} from '../../src/core/command.ts';
import {isDangerous} from '../../src/core/decide.ts';
import type {RollbackOption, RunbookDefinition, StepDefinition} from '../../src/core/definition.ts';
import type {Recorded} from '../../src/core/event.ts';
import type {Facts} from '../../src/core/facts.ts';
import type {Failure, FailureOf} from '../../src/core/failure.ts';
import {rollbackStepId, type Environment} from '../../src/core/ids.ts';
import {actionOf, stepsOf} from '../../src/core/outline.ts';
import type {Processes, Progress} from '../../src/core/ports.ts';
import {stepState, type StepState} from '../../src/core/state.ts';
import type {Session} from '../../src/engine/session.ts';
import type {TestDatabase} from './postgres.ts';
import {has} from './programs.ts';
import {foundWithin} from './trim.ts';

export const shippedRunbook = 'attempt-view-v1-lock';
export const shippedFolder = fileURLToPath(new URL('../../runbook', import.meta.url));
export const fixtureFolder = fileURLToPath(new URL('../fixtures/runbooks/runbook', import.meta.url));

export type TestRunOptions = Readonly<{
  /** Keeps only these steps of the runbook, so that a test pays for what it is about. */
  steps?: readonly string[];
  environment?: Environment;
  /** Keeps what follows the ways back where only some steps are kept: without it the run closes with the way back. */
  isFollowed?: boolean;
  /** Changes the definition after the loader, as no document could. */
  alter?: (runbook: RunbookDefinition) => RunbookDefinition;
  /** Texts of SQL files in place of the shipped ones, by their path below `sql/<runbook>/`. */
  sql?: Readonly<Record<string, string>>;
  runbook?: Readonly<{name: string; directory: string}>;
  /** Puts something between the engine and the world. */
  compose?: Compose;
  env?: Readonly<Record<string, string | undefined>>;
  /** Where backups are proven: beside the test's database, which is quick, as a run of an operator does it, or at an address. */
  scratch?: 'embedded' | `env:${string}`;
  /** Where runs go; a temporary folder that ends with the test when absent. */
  runsDirectory?: string;
}>;

export type TestRun = Readonly<{
  id: string;
  /** The run directory. */
  path: string;
  runsDirectory: string;
  session: Session;
  /** Events since the session began, as they were written. */
  events: readonly Recorded[];
  /** Submits, and waits until nothing moves by itself any more. */
  submit: (command: Command) => Promise<Refusal | undefined>;
  /** Answers everything before this step; the run then waits at it. */
  walkTo: (step: string) => Promise<void>;
  /** Walks to the step, starts it, and tells how it ended. */
  start: (step: string) => Promise<StepState>;
  /** Walks to the step and starts it without waiting for its end. */
  begin: (step: string) => Promise<void>;
  rollback: (option: string, confirm?: string) => Promise<StepState>;
  /** Starts a step, or a way back, that the run waits at already. */
  retry: (step: string) => Promise<StepState>;
  stateOf: (step: string) => StepState;
  /** Resolves with the first progress, from now on, that the test waits for. */
  progress: (wanted: (progress: Progress) => boolean) => Promise<Progress>;
  /** The whole journal, as it lies on disk. */
  journal: () => string;
  close: () => Promise<void>;
}>;

/** For a test that passes a backup which it is not about: without pg_dump only a rehearsal does, by a stand-in. */
export const beyondBackup: Environment = has('pg_dump') ? 'staging' : 'rehearsal';

export const settingsOf = (database: TestDatabase): CompleteSettings => {
  const parsed = parseConnectionUrl(database.url);
  if (!parsed.ok) throw new Error(`the test's own URL is refused: ${parsed.problem}`);
  return completed(parsed.settings, {});
};

/** A folder that is removed when the test ends. */
export const temporaryFolder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'arr-'));
  onTestFinished(() => rmSync(path, {recursive: true, force: true}));
  return path;
};

/**
 * The shipped runbook with only these steps, in a folder of its own: unlike `steps`, which a process that resumes the run
 * from its copy of the plan does not know.
 * @param isFollowed keeps what follows the ways back.
 */
export const trimmedRunbook = (
  steps: readonly string[],
  folder = temporaryFolder(),
  isFollowed = false,
): Readonly<{name: string; directory: string}> => {
  const directory = join(folder, 'runbook');
  const whole = parse(readFileSync(join(shippedFolder, shippedRunbook, 'runbook.yaml'), 'utf8')) as Readonly<{
    steps: readonly Readonly<{id: string; phase: string}>[];
    phases: readonly Readonly<{id: string}>[];
    rollback: readonly Readonly<{after?: unknown}>[];
  }>;
  const kept = whole.steps.filter(({id}) => steps.includes(id)).map((step) => foundWithin(step, steps));
  const rollback = isFollowed ? whole.rollback : whole.rollback.map(({after: _, ...option}) => option);
  const phases = whole.phases.filter(({id}) => kept.some(({phase}) => phase === id));
  mkdirSync(join(directory, shippedRunbook), {recursive: true});
  writeFileSync(join(directory, shippedRunbook, 'runbook.yaml'), stringify({...whole, phases, steps: kept, rollback}));
  cpSync(join(shippedFolder, '..', 'sql', shippedRunbook), join(folder, 'sql', shippedRunbook), {recursive: true});
  return {name: shippedRunbook, directory};
};

const contextOf = (database: Pick<TestDatabase, 'url'>, runsDirectory: string, options: TestRunOptions) =>
  cliContext(
    {runsDir: runsDirectory, runbookDir: options.runbook?.directory ?? shippedFolder, plain: true},
    {...(options.env ?? process.env), TEST_DATABASE_URL: database.url},
    'en',
  );

const definitionOf = (
  runbook: RunbookDefinition,
  {steps, alter, isFollowed = steps === undefined}: TestRunOptions,
): RunbookDefinition => {
  const followed = isFollowed
    ? runbook
    : {...runbook, rollback: runbook.rollback.map(({after: _, ...option}): RollbackOption => option)};
  const kept =
    steps === undefined ? followed : {...followed, steps: runbook.steps.filter(({id}) => steps.includes(id))};
  const lost = steps?.filter((id) => !kept.steps.some((step) => step.id === id)) ?? [];
  if (lost.length > 0) throw new Error(`the runbook has no step ${lost.join(', ')}`);
  return alter?.(kept) ?? kept;
};

/** Replaces one step of a definition; for `alter`. */
export const withStep =
  <K extends StepDefinition['kind']>(kind: K, change: Partial<Extract<StepDefinition, {kind: K}>>) =>
  (runbook: RunbookDefinition): RunbookDefinition => ({
    ...runbook,
    steps: runbook.steps.map((step) => (step.kind === kind ? {...step, ...change} : step)),
  });

/** Programs as the test wants them found; everything else stays the real one. */
export const withProcesses =
  (change: (real: Processes) => Processes): Compose =>
  (world) => ({
    ...world,
    attempt: (name) => {
      const {database, processes} = world.attempt(name);
      return {database, processes: change(processes)};
    },
  });

/** The shipped runbook as it was loaded first: reading and checking it is most of what the opening of a run takes. */
let shipped: ReturnType<typeof loadNamed> | undefined;

const loadedFor = (context: Parameters<typeof loadNamed>[0], runbook: TestRunOptions['runbook']) =>
  runbook === undefined ? (shipped ??= loadNamed(context, shippedRunbook)) : loadNamed(context, runbook.name);

/** For a test that passes a backup which it is not about: the stand-in of a rehearsal costs a fiftieth of a proven dump. */
export const withStandIn: Pick<TestRunOptions, 'environment' | 'compose'> = {
  environment: 'rehearsal',
  compose: withProcesses((real) => ({
    ...real,
    find: async (name, major) => (name === 'pg_dump' ? undefined : real.find(name, major)),
  })),
};

export const openTestRun = async (database: TestDatabase, options: TestRunOptions = {}): Promise<TestRun> => {
  const runsDirectory = options.runsDirectory ?? temporaryFolder();
  const context = contextOf(database, runsDirectory, options);
  const loaded = loadedFor(context, options.runbook);
  if (!loaded.ok) throw new Error(`the runbook does not load: ${JSON.stringify(loaded.trouble)}`);
  const {runbook, files, folder} = loaded.value;
  const texts = new Map(files);
  for (const [path, text] of Object.entries(options.sql ?? {}))
    texts.set(`sql/${path}`, new TextEncoder().encode(text));
  const opened = await openRun({
    context,
    loaded: {
      runbook: definitionOf(runbook, options),
      files: texts,
      // Texts of the test are in no folder; without a source folder the run's own copy is what counts.
      folder: options.sql === undefined ? folder : {...folder, yaml: `${folder.yaml}.none`},
    },
    environment: options.environment ?? 'staging',
    settings: settingsOf(database),
    note: {
      source: 'env:TEST_DATABASE_URL',
      ...(options.scratch === 'embedded' ? {} : {scratch: options.scratch ?? 'env:TEST_DATABASE_URL'}),
    },
    ...(options.compose === undefined ? {} : {compose: options.compose}),
  });
  if (!opened.ok) throw new Error(`the run does not open: ${JSON.stringify(opened.trouble)}`);
  return testRun(opened.value, runsDirectory);
};

/** Goes on with a run of this machine, as after a crash. */
export const resumeTestRun = async (
  database: Pick<TestDatabase, 'url'>,
  runsDirectory: string,
  id: string,
  options: Readonly<{compose?: Compose; scratch?: string}> = {},
): Promise<TestRun> => {
  const context = contextOf(database, runsDirectory, {});
  const resumed = await resumeRun(context, id, options);
  if (!resumed.ok) throw new Error(`the run does not resume: ${JSON.stringify(resumed.trouble)}`);
  return testRun(resumed.value, runsDirectory);
};

type Opened = Readonly<{
  run: string;
  directory: Readonly<{path: string; journal: string}>;
  session: Session;
  close: () => Promise<void>;
}>;

const testRun = ({run: id, directory, session, close}: Opened, runsDirectory: string): TestRun => {
  const events: Recorded[] = [];
  session.subscribe((message) => {
    if (message.type === 'event') events.push(message.event);
  });
  let isOpen = true;
  const closeOnce = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await close();
  };
  onTestFinished(closeOnce);

  const stateOf = (step: string): StepState => stepState(session.view().state, step);
  const submit = async (command: Command): Promise<Refusal | undefined> => {
    const refusal = await session.submit(command);
    await session.settled();
    return refusal;
  };
  const accepted = async (command: Command): Promise<void> => {
    const refusal = await submit(command);
    if (refusal !== undefined) throw new Error(`${command.type} was refused: ${JSON.stringify(refusal)}`);
  };
  const target = (): string => session.view().state.opened?.target.database ?? '';
  const starting = (step: string): Command => {
    const action = actionOf(session.view().runbook, step);
    return {type: 'StartStep', step, ...(action !== undefined && isDangerous(action) ? {confirm: target()} : {})};
  };

  const answer = async (step: StepDefinition): Promise<void> => {
    if (step.optional === true && step.kind !== 'command')
      return accepted({type: 'WaiveStep', step: step.id, reason: 'not for this test'});
    if (step.kind === 'approval')
      return accepted({type: 'GiveApproval', step: step.id, decision: 'approved', approver: 'somebody else'});
    if (step.kind !== 'checklist') return accepted(starting(step.id));
    for (const item of step.items) await accepted({type: 'CheckItem', step: step.id, item: item.id, note: 'a test'});
  };

  const walkTo = async (wanted: string): Promise<void> => {
    await session.settled();
    const {runbook, state} = session.view();
    for (const step of stepsOf(runbook, state.opened?.environment ?? 'staging')) {
      if (step.id === wanted) return;
      if (['succeeded', 'waived'].includes(stateOf(step.id).status)) continue;
      await answer(step);
      const {status} = stateOf(step.id);
      if (status !== 'succeeded' && status !== 'waived') {
        throw new Error(`on the way to ${wanted}, ${step.id} ended ${JSON.stringify(stateOf(step.id))}`);
      }
    }
    throw new Error(`the run has no step ${wanted}`);
  };

  return {
    id,
    path: directory.path,
    runsDirectory,
    session,
    events,
    submit,
    walkTo,
    stateOf,
    begin: async (step) => {
      await walkTo(step);
      const refusal = await session.submit(starting(step));
      if (refusal !== undefined) throw new Error(`the start of ${step} was refused: ${JSON.stringify(refusal)}`);
    },
    start: async (step) => {
      await walkTo(step);
      await accepted(starting(step));
      return stateOf(step);
    },
    rollback: async (option, confirm = target()) => {
      await accepted({type: 'BeginRollback', option, reason: 'a test', confirm});
      return stateOf(rollbackStepId(option));
    },
    retry: async (step) => {
      await accepted(starting(step));
      return stateOf(step);
    },
    progress: (wanted) =>
      new Promise((resolve) => {
        const unsubscribe = session.subscribe(() => {
          const {progress} = session.view();
          if (progress === undefined || !wanted(progress)) return;
          unsubscribe();
          resolve(progress);
        });
      }),
    journal: () => readFileSync(directory.journal, 'utf8'),
    close: closeOnce,
  };
};

/** The facts of a success; anything else fails the test with what happened instead. */
export const factsFrom = <K extends Facts['kind']>(state: StepState, kind: K): Extract<Facts, {kind: K}> => {
  if (state.status !== 'succeeded' || state.facts.kind !== kind)
    throw new Error(`not a success: ${JSON.stringify(state)}`);
  return state.facts as Extract<Facts, {kind: K}>;
};

/** The failure with this code; anything else fails the test with what happened instead. */
export const failureFrom = <C extends Failure['code']>(state: StepState, code: C): FailureOf<C> => {
  if ((state.status !== 'failed' && state.status !== 'blocked') || state.failure.code !== code) {
    throw new Error(`not the failure ${code}: ${JSON.stringify(state)}`);
  }
  return state.failure as FailureOf<C>;
};

/** What the catalog says of these objects now, on a connection of the test's own. */
export const catalogOf = async (
  database: TestDatabase,
  objects: readonly string[] = ['public.attempt'],
): Promise<Snapshot> => {
  const connected = await databaseOf(settingsOf(database), 'test/catalog').connect({
    readOnly: true,
    statementTimeoutMs: 30_000,
    lockTimeoutMs: 30_000,
  });
  if (!connected.ok) throw new Error(JSON.stringify(connected.failure));
  try {
    const captured = await captureSnapshot(connected.value, objects);
    if (!captured.ok) throw new Error(JSON.stringify(captured.failure));
    return captured.value;
  } finally {
    await connected.value.close();
  }
};
