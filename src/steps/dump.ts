// How a dump is written and proven readable: a partial file, a full decode, a hash of what is on disk, then its name.

import type {BackupStep} from '../core/definition.ts';
import {failed, success, type Failure, type Result} from '../core/failure.ts';
import type {Processes, ProcessEnd, Tool} from '../core/ports.ts';
import {scopeArguments} from './backup-scope.ts';
import type {StepContext} from './kind.ts';
import {watchChild} from './watch-child.ts';
import {holds, tocOf, type TocEntry} from './toc.ts';

/** 2 h: a database whose dump takes longer needs a managed snapshot, not this tool. */
export const DUMP_TIMEOUT_MS = 7_200_000;
/** 60 s: a dump may wait for a running DDL, since it changes nothing; afterwards something else is wrong. */
export const DUMP_LOCK_WAIT_MS = 60_000;
const COMPRESSION = 6;

export const dumpArguments = (step: BackupStep, file: string, snapshot: string): readonly string[] => [
  `--format=${step.format ?? 'custom'}`,
  ...(step.jobs === undefined ? [] : [`--jobs=${step.jobs}`]),
  ...scopeArguments(step),
  `--compress=${step.compression ?? COMPRESSION}`,
  `--lock-wait-timeout=${DUMP_LOCK_WAIT_MS}`,
  '--no-password',
  `--snapshot=${snapshot}`,
  `--file=${file}`,
];

/** The schema of everything at the same snapshot, small beside the backup. */
export const schemaArguments = (file: string, snapshot: string): readonly string[] => [
  '--format=custom',
  '--schema-only',
  `--lock-wait-timeout=${DUMP_LOCK_WAIT_MS}`,
  '--no-password',
  `--snapshot=${snapshot}`,
  `--file=${file}`,
];

/** pg_dump bounds its wait for a table by statement_timeout, and the statement that it names is the lock. */
export const gaveUpOnLock = (failure: Failure): boolean =>
  failure.code === 'process-failed' &&
  failure.lastLines.some((line) => /canceling statement due to (statement|lock) timeout/.test(line)) &&
  failure.lastLines.some((line) => /LOCK TABLE .* IN ACCESS SHARE MODE/.test(line));

/** A child that did not end well, as a failure; `undefined` when it did. */
export const processFailure = (program: string, end: ProcessEnd, timeoutMs: number): Failure | undefined => {
  if (end.cancelled) return {code: 'cancelled'};
  if (end.timedOut) return {code: 'timed-out', afterMs: timeoutMs};
  if (end.exitCode === 0) return undefined;
  const text = end.lastLines.join('\n');
  // psql writes no file here: what it says of a full disk, the server has said.
  if (program !== 'psql' && /No space left on device|ENOSPC/.test(text)) return {code: 'disk-full', path: program};
  // What an author's script locks is not counted in tables of a dump.
  if (program !== 'psql' && /out of shared memory/.test(text)) return {code: 'locks-too-few'};
  // The last line is pg_dump's query; the one that says what is missing comes before it.
  const denied = end.lastLines.find((line) => line.includes('permission denied for'));
  if (denied !== undefined) return {code: 'privilege-missing', sqlState: '42501', message: denied};
  return {
    code: 'process-failed',
    program,
    lastLines: end.lastLines,
    ...(end.exitCode === undefined ? {} : {exitCode: end.exitCode}),
    ...(end.signal === undefined ? {} : {signal: end.signal}),
  };
};

/** `isUnseen`: it ran, and no session of it was seen in the target under the attempt's name. */
export type ToolEnd = ProcessEnd & Readonly<{isUnseen: boolean}>;

/** Runs a PostgreSQL client program and turns every bad end into a failure. */
export const runTool = async (
  context: StepContext,
  tool: Tool,
  name: string,
  args: readonly string[],
  options: Readonly<{
    toTarget: boolean;
    timeoutMs: number;
    lockTimeoutMs?: number;
    quiet?: boolean;
    onLine?: (line: string) => void;
    /** Of a scratch database; the target's when absent. */
    processes?: Processes;
  }>,
): Promise<Result<ToolEnd>> => {
  context.scribe.output('note', `$ ${[name, ...args].join(' ')}\n`);
  const watch = options.toTarget && options.processes === undefined ? await watchChild(context) : undefined;
  const ran = await (options.processes ?? context.processes).run({
    program: tool.path,
    args,
    toTarget: options.toTarget,
    timeoutMs: options.timeoutMs,
    ...(options.lockTimeoutMs === undefined ? {} : {lockTimeoutMs: options.lockTimeoutMs}),
    signal: context.signal,
    onOutput: (stream, text) => {
      if (options.quiet !== true) context.scribe.output(stream, text);
      options.onLine?.(text);
    },
  });
  const seen = await watch?.end();
  if (!ran.ok) return ran;
  const failure = processFailure(name, ran.value, options.timeoutMs);
  if (failure !== undefined) return failed(failure);
  if (seen !== false) return success({...ran.value, isUnseen: false});
  context.scribe.output('note', `! no session named ${context.applicationName} was seen while ${name} ran\n`);
  return success({...ran.value, isUnseen: true});
};

/** libpq reads `dbname` as a connection string when it looks like one; quoted, a name is only ever a name. */
export const databaseArgument = (database: string): string =>
  `--dbname=dbname='${database.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** The table of contents of a dump. */
export const listOf = async (
  context: StepContext,
  pgRestore: Tool,
  file: string,
): Promise<Result<readonly TocEntry[]>> => {
  let listing = '';
  const listed = await runTool(context, pgRestore, 'pg_restore', ['--list', context.files.absolute(file)], {
    toTarget: false,
    timeoutMs: DUMP_TIMEOUT_MS,
    quiet: true,
    onLine: (text) => (listing += text),
  });
  return listed.ok ? success(tocOf(listing)) : listed;
};

/**
 * Lines that say nothing of the schema, and that two dumps of one schema need not share: the random words with which newer
 * programs fence a script; and, of a dump with rows alone, that materialised views are to be filled.
 */
const NOT_SCHEMA = /^(|--|\\(un)?restrict .*|-- .*; Type: MATERIALIZED VIEW DATA; .*|REFRESH MATERIALIZED VIEW .*)$/;

/** The SQL of a dump without its rows, line by line. */
export const schemaOf = async (
  context: StepContext,
  pgRestore: Tool,
  file: string,
): Promise<Result<readonly string[]>> => {
  let script = '';
  const args = ['--schema-only', '--file=-', context.files.absolute(file)];
  const told = await runTool(context, pgRestore, 'pg_restore', args, {
    toTarget: false,
    timeoutMs: DUMP_TIMEOUT_MS,
    quiet: true,
    onLine: (text) => (script += text),
  });
  return told.ok ? success(script.split('\n').filter((line) => !NOT_SCHEMA.test(line))) : told;
};

/** The program that reads the dump and restores it, here and later into the target. */
export const findRestore = async (context: StepContext): Promise<Result<Tool>> => {
  const major = Math.floor(context.target.serverVersionNum / 10_000);
  const tool = await context.processes.find('pg_restore', major);
  return tool === undefined
    ? failed({code: 'program-missing', program: 'pg_restore', install: context.processes.installHint()})
    : success(tool);
};

/**
 * Reads a dump from its first byte to its last. Its table of contents alone proves nothing: `pg_restore --list`
 * succeeds on a truncated file (measured 40 of 40 times), a full decode never did.
 * @returns its table of contents.
 */
export const readWhole = async (
  context: StepContext,
  pgRestore: Tool,
  file: string,
  objects: readonly string[],
): Promise<Result<readonly TocEntry[]>> => {
  context.scribe.progress({code: 'verifying-backup'});
  const toc = await listOf(context, pgRestore, file);
  if (!toc.ok) return unreadable(toc.failure);
  const lacking = objects.filter((name) => !holds(toc.value, name));
  if (lacking.length > 0) return failed({code: 'backup-unreadable', message: `not in the dump: ${lacking.join(', ')}`});
  const decoded = await runTool(context, pgRestore, 'pg_restore', ['--file=/dev/null', context.files.absolute(file)], {
    toTarget: false,
    timeoutMs: DUMP_TIMEOUT_MS,
  });
  return decoded.ok ? toc : unreadable(decoded.failure);
};

/** Whatever way the reader ended, a signal included, the file is not a backup that anybody should rely on. */
const unreadable = (failure: Failure): Result<never> =>
  failure.code === 'process-failed'
    ? failed({
        code: 'backup-unreadable',
        message: failure.lastLines.at(-1) ?? failure.signal ?? `exit ${failure.exitCode}`,
      })
    : failed(failure);
