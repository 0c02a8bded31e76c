// How does a step run a program of the operator's own, and what does its end mean?

import {failed, success, type Failure, type Result} from '../core/failure.ts';
import type {ProcessEnd, ProcessRun} from '../core/ports.ts';
import type {Argv} from '../core/tools.ts';
import type {StepContext} from './kind.ts';

/** 10 min: whatever is asked of another program here is a question, not a night's work. */
export const TOOL_TIMEOUT_MS = 600_000;

/** 16 MiB: reports have kilobytes; more than this is not kept in memory. */
const KEPT = 16_777_216;

/** As it would be typed: what a shell would read as more than itself is quoted. */
export const argvText = (argv: Argv): string =>
  argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');

/** What a program is called in a sentence: `pytest` behind whatever starts it. */
export const programName = (argv: Argv): string => argv[0]?.split('/').at(-1) ?? '';

export type ProgramRun = Readonly<{
  argv: Argv;
  timeoutMs?: number;
  /** False for a program that has no business with the target. */
  toTarget?: boolean;
  /** 'quiet': what it says is read, not shown. */
  stdout?: 'quiet';
  stderr?: 'quiet';
}> &
  Pick<ProcessRun, 'directory' | 'url' | 'readOnly' | 'variables'>;

export type ProgramEnd = ProcessEnd & Readonly<{stdout: string; stderr: string}>;

/** Runs it with the operator's environment and our target; whatever exit code it ends with is a value. */
export const runProgram = async (
  context: StepContext,
  {argv, toTarget = true, timeoutMs = TOOL_TIMEOUT_MS, stdout: loudOut, stderr: loudErr, ...rest}: ProgramRun,
): Promise<Result<ProgramEnd>> => {
  const [program = '', ...args] = argv;
  const said = {stdout: '', stderr: ''};
  const quiet = {stdout: loudOut === 'quiet', stderr: loudErr === 'quiet'};
  context.scribe.output('note', `$ ${argvText(argv)}\n`);
  context.scribe.progress({code: 'running', program: programName(argv)});
  const ran = await context.processes.run({
    ...rest,
    program,
    args,
    toTarget,
    environment: 'operator',
    timeoutMs,
    signal: context.signal,
    onOutput: (stream, text) => {
      said[stream] = (said[stream] + text).slice(-KEPT);
      if (!quiet[stream]) context.scribe.output(stream, text);
    },
  });
  if (!ran.ok) return ran;
  if (ran.value.cancelled) return failed({code: 'cancelled'});
  if (ran.value.timedOut) return failed({code: 'timed-out', afterMs: timeoutMs});
  return success({...ran.value, ...said});
};

export const programFailed = (argv: Argv, {exitCode, signal, lastLines}: ProcessEnd): Failure => ({
  code: 'process-failed',
  program: programName(argv),
  lastLines,
  ...(exitCode === undefined ? {} : {exitCode}),
  ...(signal === undefined ? {} : {signal}),
});
