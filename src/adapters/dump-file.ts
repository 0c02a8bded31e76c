// What does a backup file say of itself, is it whole, and which roles and extensions does it take to restore it?

import {createHash} from 'node:crypto';
import {availableParallelism} from 'node:os';
import {readdir, stat} from 'node:fs/promises';
import {basename, join} from 'node:path';
import type {CopyOf} from '../core/ids.ts';
import {rolesIn, rolesOf} from '../core/dump-roles.ts';
import type {Processes, RoleNeed, Tool} from '../core/ports.ts';
import type {DumpProblem} from '../core/trouble.ts';
import {errorMessage, hashFile} from './files.ts';

export type DumpFile = CopyOf &
  Readonly<{path: string; clientMajor: number; extensions: Names; roles: readonly RoleNeed[]}>;

type Names = readonly string[];
type Read<T> = Readonly<{ok: true; value: T}> | Readonly<{ok: false; problem: DumpProblem}>;

const problem = (of: DumpProblem) => ({ok: false, problem: of}) as const;

/** 4 h: as long as a backup of this runbook may take to be written. */
const RESTORE_TIMEOUT_MS = 14_400_000;
/** More workers than this only wait for each other on the disk of a laptop. */
const MOST_JOBS = 4;

/** Newer than any: `find` then answers with the newest program that there is, which reads every older file. */
const NEWEST = 999;

const field = (toc: string, name: string): string =>
  new RegExp(`^;\\s+${name}: (.*)$`, 'm').exec(toc)?.[1]?.trim() ?? '';

/** What the head of `pg_restore --list` says. The day and time are by the clock of the machine that dumped. */
export const readContents = (toc: string) => {
  const serverVersion = field(toc, 'Dumped from database version').split(' ')[0] ?? '';
  return {
    database: field(toc, 'dbname'),
    dumpedAt: /^; Archive created at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/m.exec(toc)?.[1] ?? '',
    serverVersion,
    clientMajor: Number.parseInt(field(toc, 'Dumped by pg_dump version'), 10) || 0,
    extensions: [...toc.matchAll(/^\d+; \d+ \d+ EXTENSION - (.+?) *$/gm)].flatMap(([, name]) => name ?? []),
  };
};

/** Runs pg_restore and hands its lines out one by one. */
const runRestore = async (
  processes: Processes,
  tool: Tool,
  args: Names,
  options: Readonly<{toTarget: boolean; signal: AbortSignal; onLine?: (line: string) => void}>,
): Promise<Readonly<{ok: true}> | Readonly<{ok: false; message: string}>> => {
  let rest = '';
  const ran = await processes.run({
    program: tool.path,
    args,
    toTarget: options.toTarget,
    timeoutMs: RESTORE_TIMEOUT_MS,
    signal: options.signal,
    onOutput: (stream, text) => {
      if (stream === 'stderr' || options.onLine === undefined) return;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(options.onLine);
    },
  });
  if (!ran.ok) return {ok: false, message: ran.failure.code};
  const {exitCode, signal, timedOut, lastLines} = ran.value;
  if (exitCode === 0) return {ok: true};
  const cause = lastLines.find((line) => line.includes('error:')) ?? lastLines.at(-1) ?? signal ?? `exit ${exitCode}`;
  return {ok: false, message: timedOut ? 'timeout' : cause};
};

/** A file by its bytes; a directory by the `sha256sum` list of its files, in the order of their names. */
const fingerprint = async (path: string): Promise<Readonly<{bytes: number; sha256: string}>> => {
  if (!(await stat(path)).isDirectory()) return hashFile(path);
  const hash = createHash('sha256');
  let bytes = 0;
  for (const name of (await readdir(path)).toSorted()) {
    const file = await hashFile(join(path, name));
    hash.update(`${file.sha256}  ${name}\n`);
    bytes += file.bytes;
  }
  return {bytes, sha256: hash.digest('hex')};
};

/** Reads a dump in custom or directory format from its first byte to its last, before anybody builds on it. */
export const readDumpFile = async (
  path: string,
  processes: Processes,
  signal: AbortSignal,
): Promise<Read<DumpFile>> => {
  let found: Readonly<{bytes: number; sha256: string}>;
  try {
    found = await fingerprint(path);
  } catch (error) {
    return problem({code: 'missing', message: errorMessage(error)});
  }
  const tool = await processes.find('pg_restore', NEWEST);
  if (tool === undefined) return problem({code: 'program-missing', install: processes.installHint()});
  const lines: string[] = [];
  // Only the lines that name roles: the SQL of a large schema is not kept.
  const naming: string[] = [];
  const steps = [
    {args: ['--list', path], onLine: (line: string) => void lines.push(line)},
    // The table of contents of a truncated file is whole; only a decode of everything shows what is missing.
    {args: ['--file=/dev/null', path], onLine: () => undefined},
    {
      args: ['--schema-only', '--file=-', path],
      onLine: (line: string) => void (rolesIn(line).length > 0 && naming.push(line)),
    },
  ];
  for (const {args, onLine} of steps) {
    const ran = await runRestore(processes, tool, args, {toTarget: false, signal, onLine});
    if (signal.aborted) return problem({code: 'cancelled'});
    if (ran.ok) continue;
    if (ran.message.includes('text format dump')) return problem({code: 'plain-text'});
    const newer = /unsupported version \((.*?)\) in file header/.exec(ran.message)?.[1];
    return newer === undefined
      ? problem({code: 'unreadable', message: ran.message})
      : problem({code: 'too-new', made: `archive ${newer}`, here: `pg_restore ${tool.version}`});
  }
  const contents = readContents(lines.join('\n'));
  return {ok: true, value: {...contents, ...found, path, file: basename(path), roles: rolesOf(naming)}};
};

/** Puts a dump into the empty database that `processes` reaches; owners and grants want their roles to exist. */
export const restoreDumpFile = async (
  dump: DumpFile,
  database: string,
  serverMajor: number,
  processes: Processes,
  signal: AbortSignal,
): Promise<Read<void>> => {
  // The server's own major speaks its language: a newer pg_restore sets what an older server does not know.
  const tool = await processes.find('pg_restore', Math.max(serverMajor, dump.clientMajor));
  if (tool === undefined) return problem({code: 'program-missing', install: processes.installHint()});
  const jobs = Math.min(MOST_JOBS, availableParallelism());
  // libpq reads `dbname` as a connection string when it looks like one; quoted, a name is only ever a name.
  const name = `dbname='${database.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  // None may reach out of the copy, nor ask for what only the server that was dumped has.
  const within = ['--no-publications', '--no-subscriptions', '--no-security-labels', '--no-tablespaces'];
  // A materialised view of a role that a policy binds is filled under it, or not at all; nobody here knows beforehand.
  const args = [
    '--exit-on-error',
    '--no-password',
    '--enable-row-security',
    ...within,
    `--jobs=${jobs}`,
    `--dbname=${name}`,
    dump.path,
  ];
  const ran = await runRestore(processes, tool, args, {toTarget: true, signal});
  if (signal.aborted) return problem({code: 'cancelled'});
  return ran.ok ? {ok: true, value: undefined} : problem({code: 'restore-failed', message: ran.message});
};
