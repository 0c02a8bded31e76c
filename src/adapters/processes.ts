// How child programs run: our own by execa with an argument list, an author's shell lines by zx.

import {statSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Readable} from 'node:stream';
import {setFlagsFromString} from 'node:v8';
import {execa} from 'execa';
import {failed, success, type Result} from '../core/failure.ts';
import type {ProcessEnd, ProcessRun, Processes} from '../core/ports.ts';
import {redactText} from '../evidence/redaction.ts';
import {errorCode} from './files.ts';
import {inheritedFrom, placeholderFilled} from './child-variables.ts';
import {interpreterOf} from './interpreter.ts';
import type {ChildTarget} from './postgres/child-environment.ts';
import {rawDecoder} from './raw-text.ts';
import {openTap, type Tap} from './statement-tap.ts';
import {findClientTool, installHint} from './pg-tools.ts';
import {programHint} from './program-hint.ts';
import {fileFailure} from './run-files.ts';
import {onTerminal} from './terminal-hand-over.ts';

// What a child says lives for moments. Left alone, the memory for such things doubles and doubles again under a flood, and
// is never given back: 225 MB at the peak of 200 MB of output, 125 MB without that, in the same time.
setFlagsFromString('--semi-space-growth-factor=1');
// And what has survived a moment is looked through once it has grown by half, instead of once it has quadrupled.
setFlagsFromString('--heap-growing-percent=50');

type Environment = Readonly<Record<string, string | undefined>>;

export type ProcessWorld = Readonly<{
  env: Environment;
  /** The target as PG* variables for one child; disposed when the child has ended. */
  target: (limits: Readonly<Pick<ProcessRun, 'timeoutMs' | 'lockTimeoutMs' | 'readOnly' | 'url'>>) => ChildTarget;
  secrets: () => readonly string[];
}>;

/** 5 s between the request to end and the end: pg_dump needs a moment to cancel its query on the server. */
const KILL_DELAY_MS = 5000;
const LAST_LINES = 20;

/** What a child of ours sees of the operator's environment: enough to run, nothing that redirects it to another server. */
const ALLOWED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'LANG',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'KRB5CCNAME',
  'KRB5_CONFIG',
] as const;

export const allowedEnvironment = (env: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(ALLOWED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

/** All of the operator's, save what libpq would take for the target: a child gets ours, or none. */
const withoutLibpq = (env: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || /^PG[A-Z]/.test(name) ? [] : [[name, value]],
    ),
  );

const isDirectory = (path: string): boolean => statSync(path, {throwIfNoEntry: false})?.isDirectory() === true;

/** Where the last so many whole lines of a text begin; 0 when it has no more than those. */
const lastLinesFrom = (text: string, count: number): number => {
  let end = text.length;
  for (let line = 0; line <= count; line += 1) {
    if (end === 0) return 0;
    end = text.lastIndexOf('\n', end - 1);
    if (end === -1) return 0;
  }
  return end + 1;
};

/** Keeps the end of a stream, for the message of a failure. */
const lastLinesOf = (secrets: readonly string[]) => {
  let kept: string[] = [];
  let partial = '';
  return {
    push: (text: string): void => {
      // Of a piece of a flood only the end is looked at: what it pushes out would be thrown away again.
      const from = lastLinesFrom(text, LAST_LINES);
      const lines = (from === 0 ? partial + text : text.slice(from)).split('\n');
      partial = (lines.pop() ?? '').slice(-4096);
      if (lines.length > 0) kept = [...kept, ...lines].slice(-LAST_LINES);
    },
    lines: (): readonly string[] =>
      // As one text: a private key goes over many lines.
      redactText([...kept, partial].join('\n'), secrets)
        .text.split('\n')
        .filter((line) => line.trim() !== ''),
  };
};

/**
 * Every byte as text, also those that are no UTF-8, one piece of 64 KiB at a time: libuv hands over as many as 32 in a row,
 * and a key would wait for all of them.
 */
const listen = (stream: Readable | undefined, onText: (text: string) => void): void => {
  const decoder = rawDecoder();
  const told = (text: string): void => {
    if (text !== '') onText(text);
  };
  stream?.on('data', (bytes: Buffer) => {
    stream.pause();
    setImmediate(() => stream.resume());
    told(decoder.push(bytes));
  });
  stream?.once('end', () => told(decoder.end()));
};

const run = async (world: ProcessWorld, spec: ProcessRun): Promise<Result<ProcessEnd>> => {
  let target: ChildTarget | undefined;
  let tap: Tap | undefined;
  const cwd = resolve(spec.directory ?? '/');
  if (!isDirectory(cwd)) return failed({code: 'directory-missing', path: cwd});
  try {
    target = spec.toTarget ? world.target(spec) : undefined;
  } catch (error) {
    // Its password file could not be written: nothing was started.
    return failed(fileFailure(error, 'pgpass'));
  }
  const began = performance.now();
  const errors = lastLinesOf(world.secrets());
  const output = lastLinesOf(world.secrets());
  // In C the programs' messages are the ones that the tool knows how to read.
  const own = {...allowedEnvironment(world.env), LC_ALL: 'C'};
  try {
    tap = spec.onStatement === undefined ? undefined : await openTap(target?.variables ?? {}, spec.onStatement);
    const env = {
      ...(spec.environment === 'operator' ? withoutLibpq(world.env) : own),
      ...inheritedFrom(world.env, spec.inherit),
      ...spec.variables,
      ...(tap === undefined ? target?.variables : target?.through(tap.at)),
    };
    spec.onStart?.(Object.keys(env).toSorted());
    const child = execa(spec.program, placeholderFilled(spec, target), {
      env,
      extendEnv: false,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      buffer: false,
      reject: false,
      timeout: spec.timeoutMs,
      cancelSignal: spec.signal,
      killDescendants: true,
      forceKillAfterDelay: KILL_DELAY_MS,
      cwd,
    });
    for (const [stream, last] of [
      ['stdout', output],
      ['stderr', errors],
    ] as const) {
      listen(child[stream], (text) => {
        last.push(text);
        spec.onOutput(stream, text);
      });
    }
    const end = await child;
    if (end.exitCode === undefined && end.signal === undefined && errorCode(end.cause ?? end) === 'ENOENT') {
      return failed({code: 'program-missing', program: spec.program, install: programHint(spec.program)});
    }
    return success({
      ...(end.exitCode === undefined ? {} : {exitCode: end.exitCode}),
      ...(end.signal === undefined ? {} : {signal: end.signal}),
      timedOut: end.timedOut === true,
      cancelled: end.isCanceled === true,
      durationMs: Math.round(performance.now() - began),
      lastLines: [...output.lines(), ...errors.lines()].slice(-LAST_LINES),
    });
  } finally {
    await tap?.close();
    target?.dispose();
  }
};

/** A list that stays empty: zx would keep all that a child says (500 MB for a million lines), and the transcript has it. */
const nothingKept = (): string[] => Object.assign<string[], Readonly<{push: () => number}>>([], {push: () => 0});

/**
 * zx costs 90 ms, and most runs have no command step. A run that has one asks for it while it opens: a tool that is
 * upgraded meanwhile takes the file away.
 */
export const loadShell = () => import('zx/core');

/** What zx needs of a shell line's environment: all of the operator's, since it is the author who knows what it needs. */
const shell = async (world: ProcessWorld, spec: Parameters<Processes['shell']>[0]): Promise<Result<ProcessEnd>> => {
  const {$} = await loadShell();
  const began = performance.now();
  const errors = lastLinesOf(world.secrets());
  const output = lastLinesOf(world.secrets());
  spec.onStart?.(Object.keys(world.env).toSorted());
  const bash = $({
    shell: 'bash',
    prefix: 'set -euo pipefail;',
    quiet: true,
    nothrow: true,
    env: {...world.env},
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    store: {stdout: nothingKept(), stderr: nothingKept(), stdall: nothingKept()},
  });
  // A document's text is the whole template: zx quotes what is substituted, and here nothing is.
  const child = bash([spec.script] as unknown as TemplateStringsArray);
  /** Its whole process group: what the line has started as well. */
  const end = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  };
  let force: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    end('SIGTERM');
    force = setTimeout(() => {
      end('SIGKILL');
      // What has left the group (setsid) may hold the pipes open for as long as it likes: nobody waits for that.
      child.stdout.destroy();
      child.stderr.destroy();
    }, KILL_DELAY_MS);
  };
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    cancel();
  }, spec.timeoutMs);
  // A process group of its own gets no signal of ours: however we end, it must not go on without anybody watching.
  const leave = (): void => end('SIGKILL');
  process.once('exit', leave);
  spec.signal.addEventListener('abort', cancel, {once: true});
  for (const [stream, last] of [
    ['stdout', output],
    ['stderr', errors],
  ] as const) {
    listen(child[stream], (text) => {
      last.push(text);
      spec.onOutput(stream, text);
    });
  }
  const ended = await child;
  clearTimeout(limit);
  clearTimeout(force);
  process.removeListener('exit', leave);
  spec.signal.removeEventListener('abort', cancel);
  const durationMs = Math.round(performance.now() - began);
  return success({
    ...(ended.exitCode === null ? {} : {exitCode: ended.exitCode}),
    ...(ended.signal === null ? {} : {signal: ended.signal}),
    timedOut: isLate && !spec.signal.aborted,
    cancelled: spec.signal.aborted,
    durationMs,
    lastLines: [...output.lines(), ...errors.lines()].slice(-LAST_LINES),
  });
};

export const processesOf = (world: ProcessWorld): Processes => ({
  find: (tool, serverMajor) => findClientTool(tool, world.env, serverMajor),
  installHint,
  run: (spec) => run(world, spec),
  interpreterOf: (program, cwd) => interpreterOf(program, cwd, world.env),
  onTerminal: async (spec) => {
    let target: ReturnType<ProcessWorld['target']> | undefined;
    try {
      target = spec.toTarget ? world.target(spec) : undefined;
    } catch (error) {
      return failed(fileFailure(error, 'pgpass'));
    }
    try {
      // A terminal's own language and kind: it is a human who reads here.
      const own = Object.fromEntries(
        ['TERM', 'LANG', 'LC_ALL', 'LC_CTYPE', 'PAGER', 'EDITOR'].flatMap((name) =>
          world.env[name] === undefined ? [] : [[name, world.env[name]]],
        ),
      );
      const env: Readonly<Record<string, string>> = {
        ...allowedEnvironment(world.env),
        ...own,
        ...spec.variables,
        ...target?.variables,
      };
      spec.onStart?.(Object.keys(env).toSorted());
      return await onTerminal(spec, env);
    } finally {
      target?.dispose();
    }
  },
  shell: (spec) => shell(world, spec),
});
