// How does a test run the tool as a script does: without a terminal, by arguments, files and exit codes?

import {spawn, spawnSync} from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {inject, onTestFinished} from 'vitest';
import {parse, stringify} from 'yaml';
import {readRunbookFolder, runbookFolder} from '../../src/adapters/runbook-folder.ts';
import type {RunbookDefinition} from '../../src/core/definition.ts';
import type {Recorded} from '../../src/core/event.ts';
import type {Environment} from '../../src/core/ids.ts';
import {isDangerous} from '../../src/core/decide.ts';
import {afterStepsOf, stepsOf} from '../../src/core/outline.ts';
import {loadRunbook} from '../../src/runbook/load.ts';
import {linkFonts} from './fonts.ts';
import {briefFlags} from './node-flags.ts';
import {foundWithin} from './trim.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundle = join(root, 'dist', 'attempt-runbook.js');
const launcher = join(root, 'src', 'cli', 'launcher.js');
export const shippedRunbook = 'attempt-view-v1-lock';

const newestSource = (): number =>
  Math.max(
    ...readdirSync(join(root, 'src'), {recursive: true, encoding: 'utf8'}).map(
      (name) => statSync(join(root, 'src', name)).mtimeMs,
    ),
  );

/** Builds the tool when its sources are newer than its bundle; `npm test` has built it already. */
export const ensureBuilt = async (): Promise<void> => {
  const isCurrent = (): boolean => existsSync(bundle) && statSync(bundle).mtimeMs >= newestSource();
  const lock = join(tmpdir(), `attempt-runbook-build-${process.getuid?.() ?? 0}`);
  while (!isCurrent()) {
    try {
      mkdirSync(lock);
    } catch {
      // Another worker builds; a lock that is older than a minute belongs to one that was killed.
      if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 60_000)
        rmSync(lock, {recursive: true, force: true});
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    try {
      const built = spawnSync(process.execPath, [join(root, '.ci', 'build.mjs')], {encoding: 'utf8'});
      if (built.status !== 0) throw new Error(`the build failed:\n${built.stderr}`);
    } finally {
      rmSync(lock, {recursive: true, force: true});
    }
  }
};

export type Ended = Readonly<{
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  all: string;
}>;

export type CliOptions = Readonly<{
  env?: Readonly<Record<string, string>>;
  /** Sends this signal as soon as what was printed says so. */
  signal?: Readonly<{name: NodeJS.Signals; when: (printed: string) => boolean}>;
  /** What stands before the node that runs the tool, as `unshare` does. */
  prefix?: readonly string[];
  /** False leaves a `run` without the confirmation that its target is the tests' cluster. */
  pinned?: boolean;
  nodeOptions?: readonly string[];
}>;

export type Place = Readonly<{
  folder: string;
  runs: string;
  runbooks: string;
  temporary: string;
  sql: (path: string) => string;
  /** The built tool as a process of its own. */
  cli: (args: readonly string[], options?: CliOptions) => Promise<Ended>;
  /**
   * The same built tool in this process, from its first argument to its exit code: for what a test is not about the
   * process for, whose start takes a second. One at a time; under LONG=1 it is a process as well.
   */
  command: (args: readonly string[], options?: Pick<CliOptions, 'env' | 'pinned'>) => Promise<Ended>;
  /** Writes an answers file and returns its path. */
  answers: (content: unknown) => string;
  /** The name of the only run. */
  run: () => string;
  path: (...parts: readonly string[]) => string;
  journal: () => readonly Recorded[];
  /** What servers of rehearsals have left behind. */
  leftovers: () => readonly string[];
  definition: () => RunbookDefinition;
}>;

/** Without a step that is not named, and without the phases that have none then. */
const trimmed = (yaml: string, steps: readonly string[]): string => {
  const whole = parse(yaml) as Readonly<{
    steps: readonly Readonly<{id: string; phase: string}>[];
    phases: readonly Readonly<{id: string}>[];
  }>;
  const kept = whole.steps.filter(({id}) => steps.includes(id));
  if (kept.length !== steps.length) throw new Error(`the runbook has not all of ${steps.join(', ')}`);
  return stringify({
    ...whole,
    phases: whole.phases.filter(({id}) => kept.some(({phase}) => phase === id)),
    steps: kept.map((step) => foundWithin(step, steps)),
  });
};

/** An answer to a step that the runbook has not would be refused. */
const trimmedAnswers = (yaml: string, kept: readonly string[]): string => {
  const whole = parse(yaml) as Readonly<{steps: Readonly<Record<string, unknown>>}>;
  const steps = Object.entries(whole.steps).filter(([id]) => kept.includes(id));
  return stringify({...whole, steps: Object.fromEntries(steps)});
};

/** For `alter`: of the smoke step only these checks, each by itself. */
export const onlyChecks =
  (...ids: readonly string[]) =>
  (yaml: string): string => {
    const whole = parse(yaml) as Readonly<{steps: readonly Readonly<Record<string, unknown>>[]}>;
    const steps = whole.steps.map(({shared, ...step}) => {
      if (step['kind'] !== 'smoke') return shared === undefined ? step : {...step, shared};
      const checks = step['checks'] as readonly Readonly<{id: string; shares?: string}>[];
      return {...step, checks: checks.filter(({id}) => ids.includes(id)).map(({shares: _shares, ...check}) => check)};
    });
    return stringify({...whole, steps});
  };

/** Thrown where the tool ends its process. */
class Exited extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`the tool has ended with ${code}`);
    this.code = code;
  }
}

const signalNames = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let starts = 0;
/** The built tool as Node itself loads it: its entry anew each time, its chunks once. */
const natively = 'data:text/javascript,export default (url) => import(url)';

/** The built command line, which is evaluated anew, with what a process of its own would have: all of it is put back. */
export const inThisProcess = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  folder: string,
): Promise<Ended> => {
  const printed = {stdout: '', stderr: ''};
  let all = '';
  const {argv, exit, exitCode} = process;
  const cwd = process.cwd();
  const ownEnv = {...process.env};
  // In place: modules hold on to the object.
  const become = (wanted: NodeJS.ProcessEnv): void => {
    for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name];
    Object.assign(process.env, wanted);
  };
  const listeners = [...signalNames, 'uncaughtException' as const].map((name) => ({
    name,
    before: process.listeners(name as 'SIGINT'),
  }));
  const streams = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name];
    const {write} = stream;
    stream.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      printed[name] += text;
      all += text;
      for (const of of rest) if (typeof of === 'function') of();
      return true;
    };
    return {stream, write, before: stream.listeners('error')};
  });
  try {
    process.chdir(folder);
    become(env);
    process.argv = [process.execPath, launcher, ...args];
    process.exitCode = undefined;
    process.exit = (code?: number) => {
      throw new Exited(code ?? 0);
    };
    const {default: load} = (await import(natively)) as {default: (url: string) => Promise<unknown>};
    await load(`${pathToFileURL(bundle).href}?start=${(starts += 1)}`);
    return {code: process.exitCode ?? 0, signal: null, ...printed, all};
  } catch (error) {
    if (!(error instanceof Exited)) throw error;
    return {code: error.code, signal: null, ...printed, all};
  } finally {
    for (const {stream, write, before} of streams) {
      stream.write = write;
      for (const listener of stream.listeners('error'))
        if (!before.includes(listener)) stream.removeListener('error', listener as () => void);
    }
    for (const {name, before} of listeners)
      for (const listener of process.listeners(name as 'SIGINT'))
        if (!before.includes(listener)) process.removeListener(name, listener);
    process.exit = exit;
    process.argv = argv;
    process.exitCode = exitCode;
    become(ownEnv);
    process.chdir(cwd);
  }
};

type PlaceOptions = Readonly<{
  results?: number;
  /** Keeps only these steps of the runbook, so that a test pays for what it is about. */
  steps?: readonly string[];
  alter?: (yaml: string) => string;
  /** When the place goes: with the test, unless it is one that several look at. */
  whenDone?: (end: () => void) => void;
}>;

/** A home, a runs folder, a temporary folder and a copy of the runbook, all of the test's own and gone when it ends. */
export const createPlace = (options: PlaceOptions = {}): Place => {
  const folder = mkdtempSync(join(tmpdir(), 'ah-'));
  const {whenDone = onTestFinished} = options;
  whenDone(() => rmSync(folder, {recursive: true, force: true, maxRetries: 5, retryDelay: 50}));
  // As root a rehearsal's server runs as nobody, who has to be able to pass through.
  chmodSync(folder, 0o755);
  const inside = (...parts: readonly string[]): string => join(folder, ...parts);
  for (const name of ['t', 'home']) mkdirSync(inside(name), {mode: 0o755});
  linkFonts(inside('home', '.local', 'share', 'fonts'));
  for (const name of ['runbook', 'sql'])
    cpSync(join(root, name, shippedRunbook), inside(name, shippedRunbook), {recursive: true});
  const yaml = inside('runbook', shippedRunbook, 'runbook.yaml');
  const text = readFileSync(yaml, 'utf8').replace("results: '20000'", `results: '${options.results ?? 300}'`);
  const altered = options.alter?.(text) ?? text;
  writeFileSync(yaml, options.steps === undefined ? altered : trimmed(altered, options.steps));
  if (options.steps !== undefined) {
    const answers = inside('runbook', shippedRunbook, 'answers.rehearsal.yaml');
    writeFileSync(answers, trimmedAnswers(readFileSync(answers, 'utf8'), options.steps));
  }
  const runs = inside('runs');
  const run = (): string => {
    const names = existsSync(runs) ? readdirSync(runs).filter((name) => name.startsWith('r-')) : [];
    const [only] = names;
    if (only === undefined || names.length !== 1) throw new Error(`there are ${names.length} runs`);
    return only;
  };
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: inside('home'),
    XDG_CONFIG_HOME: inside('home', '.config'),
    XDG_STATE_HOME: inside('home', '.state'),
    TMPDIR: inside('t'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ATTEMPT_RUNBOOK_OPERATOR: 'tester',
    // Shared by every start of the tool, which else compiles itself anew in each test's own temporary folder.
    NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
  };
  /** The operator of most tests has looked at the database; `targets.test.ts` is about those who have not. */
  const located = (args: readonly string[], pinned: boolean): readonly string[] => {
    // `--version`, `--help` and usage errors are asked as they are.
    if (args.length === 0 || args.some((argument) => ['--version', '--help'].includes(argument))) return args;
    const isRun = args[0] === 'run' && args.includes('--url') && !args.includes('--pin');
    const pin = isRun && pinned ? ['--pin', inject('cluster').systemIdentifier] : [];
    return [...args, ...pin, '--runs-dir', runs, '--runbook-dir', inside('runbook')];
  };
  const place: Place = {
    folder,
    runs,
    runbooks: inside('runbook'),
    temporary: inside('t'),
    sql: (path) => inside('sql', shippedRunbook, path),
    path: (...parts) => join(runs, run(), ...parts),
    run,
    journal: () =>
      readFileSync(join(runs, run(), 'journal.ndjson'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Recorded),
    leftovers: () => readdirSync(inside('t')).filter((name) => name.startsWith('ar-')),
    answers: (content) => {
      const path = inside('answers.yaml');
      writeFileSync(path, JSON.stringify(content, undefined, 1));
      return path;
    },
    definition: () => {
      const loaded = loadRunbook({
        files: readRunbookFolder(runbookFolder(inside('runbook'), shippedRunbook)),
        folder: shippedRunbook,
      });
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
      return loaded.runbook;
    },
    command: (args, {env: more = {}, pinned = true} = {}) =>
      process.env['LONG'] === '1'
        ? place.cli(args, {env: more, pinned})
        : inThisProcess(located(args, pinned), {...env, ...more}, folder),
    cli: (args, {env: more = {}, signal, prefix = [], nodeOptions = [], pinned = true} = {}) =>
      new Promise((resolve, reject) => {
        const given = [process.execPath, ...briefFlags, ...nodeOptions, launcher, ...located(args, pinned)];
        const [program = '', ...rest] = [...prefix, ...given];
        const child = spawn(program, rest, {
          cwd: folder,
          env: {...env, ...more},
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let stdout = '';
        let stderr = '';
        let sent = false;
        const look = (): void => {
          if (signal === undefined || sent || !signal.when(stdout + stderr)) return;
          sent = true;
          child.kill(signal.name);
        };
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
          stdout += chunk;
          look();
        });
        child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
          stderr += chunk;
          look();
        });
        child.once('error', reject);
        child.once('close', (code, ended) => resolve({code, signal: ended, stdout, stderr, all: stdout + stderr}));
      }),
  };
  return place;
};

/**
 * Answers that walk a runbook from its first step to its last, and what follows its ways back: every item ticked, every
 * optional step waived.
 * @param changes answers that are different, by step; undefined takes one away.
 */
export const allAnswers = (
  runbook: RunbookDefinition,
  environment: Environment,
  target: string,
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => {
  const following = runbook.rollback.flatMap((option) => afterStepsOf(option, environment));
  const steps = Object.fromEntries(
    [...stepsOf(runbook, environment), ...following].map((step) => [
      step.id,
      step.optional === true
        ? {waive: 'not for this test'}
        : step.kind === 'checklist'
          ? {check: 'all', note: 'a test'}
          : step.kind === 'approval'
            ? {approve: [{as: 'approver-1'}, {as: 'approver-2'}].slice(0, step.approvers ?? 1)}
            : isDangerous(step)
              ? {confirm: target}
              : {start: true},
    ]),
  );
  const changed = Object.entries({...steps, ...changes}).filter(([, answer]) => answer !== undefined);
  return {format: 'attempt-runbook-answers/1', steps: Object.fromEntries(changed)};
};

/** Every line as JSON; a line that is none fails the test. */
export const jsonLines = (printed: string): readonly Readonly<Record<string, unknown>>[] =>
  printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
