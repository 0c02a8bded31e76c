// How Alembic is started: its argument list, what it finds in its environment, and which of its many lines say why it failed.

import {alembicArgv, configOf, onCopyOf, versionTableOf, type AlembicProject} from '../core/alembic.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {PreviewPart} from '../core/preview.ts';
import type {ProcessEnd} from '../core/ports.ts';
import {ANSWER, isPython, PROBE, pythonOf, scriptOf} from './alembic-probe.ts';
import type {StepContext} from './kind.ts';
import {argvText} from './program.ts';

/** 60 s: to look at a history takes half a second; a dead network mount must not hold a runbook up. */
export const LOOK_TIMEOUT_MS = 60_000;

export const urlVariableOf = ({urlVariable}: AlembicProject): string => urlVariable ?? 'DATABASE_URL';

/** What stands around the argument list: where it is started, and what it is given by name. */
export const surroundings = (project: AlembicProject): PreviewPart => ({
  title: 'environment',
  language: 'text',
  text: [
    `cd ${project.directory}`,
    ...(project.urlFrom === 'elsewhere'
      ? []
      : [`${urlVariableOf(project)}=${project.urlDriver ?? 'postgresql'}://<user>@<host>:<port>/<database>`]),
    'PGAPPNAME=attempt-runbook/<run>/<step>/<attempt>  PGOPTIONS=-c lock_timeout=…  PGPASSFILE=<run>/pgpass.…',
    ...(project.pythonPath === undefined ? [] : [`PYTHONPATH=${project.pythonPath.join(':')}`]),
    ...Object.entries(project.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(project.inherit === undefined ? [] : [`+ ${project.inherit.join(' ')}`]),
    `${versionTableOf(project)}: ${project.from} -> ${project.revision}`,
  ].join('\n'),
});

export type AlembicRun = Readonly<{
  timeoutMs: number;
  lockTimeoutMs?: number;
  /** Its sessions change nothing. */
  readOnly?: boolean;
  onStatement?: (sql: string) => void;
  /** Not shown while it runs: what it prints is read by a program. */
  quiet?: boolean;
  /** Told of its standard output as it comes. */
  onText?: (text: string) => void;
}>;

export type ProbeRun = Readonly<{
  lockTimeoutMs: number;
  timeoutMs?: number;
  /** Shows what Alembic says of its history, its heads and its current revision. */
  loud?: boolean;
}>;

export type Said = Readonly<{end: ProcessEnd; stdout: string; stderr: string}>;

/** 256 KiB of each stream: a traceback has 84 lines, a history of thousands of revisions 200 KiB. */
const KEPT = 262_144;

const run = async (
  context: StepContext,
  project: AlembicProject,
  argv: readonly string[],
  {timeoutMs, lockTimeoutMs, readOnly, onStatement, quiet, onText}: AlembicRun,
): Promise<Result<Said>> => {
  const folder = context.projectFolder(project.directory);
  if (!folder.ok) return folder;
  const cwd = folder.value;
  let stdout = '';
  let stderr = '';
  const path = (project.pythonPath ?? []).map((below) => (below === '.' ? cwd : `${cwd}/${below}`)).join(':');
  const ran = await context.processes.run({
    program: argv[0] ?? 'alembic',
    args: argv.slice(1),
    toTarget: true,
    directory: cwd,
    variables: {
      PYTHONUNBUFFERED: '1',
      PYTHONIOENCODING: 'utf-8',
      // Compiled files of an earlier day could be of other sources: none are read, and none are left behind.
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONPYCACHEPREFIX: '/nonexistent',
      ...(path === '' ? {} : {PYTHONPATH: path}),
      ...project.environment,
    },
    ...(project.inherit === undefined ? {} : {inherit: project.inherit}),
    ...(project.urlFrom === 'elsewhere'
      ? {}
      : {
          url: {
            variable: urlVariableOf(project),
            scheme: project.urlDriver ?? 'postgresql',
            // libpq finds it in the password file; what stands in no URL can stand in no traceback.
            password: 'omitted' as const,
            percentDoubled: project.urlPercentDoubled === true,
          },
        }),
    timeoutMs,
    ...(lockTimeoutMs === undefined ? {} : {lockTimeoutMs}),
    ...(readOnly === undefined ? {} : {readOnly}),
    ...(onStatement === undefined ? {} : {onStatement}),
    signal: context.signal,
    onOutput: (stream, text) => {
      if (stream === 'stdout') stdout = (stdout + text).slice(-KEPT);
      else stderr = (stderr + text).slice(-KEPT);
      if (quiet !== true) context.scribe.output(stream, text);
      if (stream === 'stdout') onText?.(text);
    },
  });
  return ran.ok ? success({end: ran.value, stdout, stderr}) : ran;
};

/** Runs one Alembic command and says first what is run. */
export const runAlembic = (
  context: StepContext,
  ofRunbook: AlembicProject,
  args: readonly string[],
  options: AlembicRun,
): Promise<Result<Said>> => {
  const project = context.isCopy === true ? onCopyOf(ofRunbook) : ofRunbook;
  const argv = alembicArgv(project, args);
  context.scribe.output('note', `$ ${argvText(argv)}\n`);
  return run(context, project, argv, options);
};

/** @param loud as `alembic-check` runs it, where what Alembic says of its history is evidence. */
export const probeArguments = (
  python: readonly string[],
  project: AlembicProject,
  loud: boolean,
): readonly string[] => [...python, '-c', '<probe>', configOf(project), ...(loud ? ['loud'] : [])];

/** Whole lines of what it prints, without the one that is meant for us. */
const shown = (context: StepContext): Readonly<{take: (text: string) => void; end: () => void}> => {
  let rest = '';
  return {
    take: (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      const said = lines.filter((line) => !line.startsWith(ANSWER));
      if (said.length > 0) context.scribe.output('stdout', said.map((line) => `${line}\n`).join(''));
    },
    end: () => {
      if (rest !== '' && !rest.startsWith(ANSWER)) context.scribe.output('stdout', `${rest}\n`);
    },
  };
};

/** Runs the probe in the interpreter that this Alembic runs in. */
export const runProbe = async (
  context: StepContext,
  ofRunbook: AlembicProject,
  {lockTimeoutMs, timeoutMs = LOOK_TIMEOUT_MS, loud = false}: ProbeRun,
): Promise<Result<Said>> => {
  const project = context.isCopy === true ? onCopyOf(ofRunbook) : ofRunbook;
  const folder = context.projectFolder(project.directory);
  if (!folder.ok) return folder;
  const script = scriptOf(project);
  const own = script === undefined ? undefined : await context.processes.interpreterOf(script.program, folder.value);
  if (script !== undefined && own !== undefined && !isPython(own)) {
    // A wrapper: its shell would take the probe for a script of its own, and where its Alembic is it does not say.
    const actual = `${script.program}: #!${own}`;
    return failed({code: 'alembic-unfit', troubles: [{code: 'not-answered', subject: 'python', actual}]});
  }
  const python = script === undefined || own === undefined ? pythonOf(project) : [...script.before, own];
  const argv = probeArguments(python, project, loud);
  context.scribe.output('note', `$ ${argvText(argv)}\n`);
  const show = loud ? shown(context) : undefined;
  const options = {
    timeoutMs,
    lockTimeoutMs,
    readOnly: true,
    quiet: true,
    ...(show === undefined ? {} : {onText: show.take}),
  };
  const ran = await run(
    context,
    project,
    argv.map((part) => (part === '<probe>' ? PROBE : part)),
    options,
  );
  show?.end();
  return ran;
};

const isShown = (line: string): boolean =>
  // Rows of the target: `DETAIL:  Key (email)=(kim@…) already exists.`
  !/^(DETAIL|CONTEXT|\[parameters: |\(Background on)/.test(line) && line.trim() !== '' && !/^\s*\^+$/.test(line);

/**
 * The few lines of a traceback of 84 that say why: which revision ran, the error, where in the statement, and the
 * statement's first line. Values of rows are left out.
 */
export const usefulLines = (said: string): readonly string[] => {
  const lines = said.split('\n').map((line) => line.trimEnd());
  const running = lines.findLast((line) => line.includes('Running upgrade') || line.includes('Running downgrade'));
  const traceback = lines.findLastIndex((line) => line.startsWith('Traceback (most recent call last)'));
  const after = traceback < 0 ? [] : lines.slice(traceback + 1).filter((line) => !/^\s/.test(line) || line === '');
  const why = traceback < 0 ? lines.filter(isShown).slice(-3) : after.filter(isShown).slice(0, 3);
  return [...(running === undefined || why.includes(running) ? [] : [running]), ...why].slice(0, 4);
};

/** The server's own words for a lock that was not granted in time, as psycopg2 and psycopg hand them on. */
export const metLock = (said: string): boolean => /LockNotAvailable|canceling statement due to lock timeout/.test(said);
