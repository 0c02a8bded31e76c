// How a backup is restored into a scratch database, and which troubles on the way say nothing about the backup.

import type {ProofGap} from '../core/facts.ts';
import {failed, success, type Failure, type RestoreDoubt, type Result} from '../core/failure.ts';
import type {DatabaseSession, Scratch, Tool} from '../core/ports.ts';
import {scratchName} from '../core/scratch-name.ts';
import type {AtSnapshot} from './at-snapshot.ts';
import {databaseArgument, DUMP_TIMEOUT_MS, runTool} from './dump.ts';
import type {StepContext} from './kind.ts';
import {CHECK_TIMEOUT_MS, LOCK_TIMEOUT_MS} from './sessions.ts';
import type {TocEntry} from './toc.ts';

/** A result, or the reason for which nothing could be proven either way. */
export type Proven<T> = Result<T> | Readonly<{ok: false; gap: ProofGap}>;

/** 20: enough to see what kind of difference it is. */
const MOST_SHOWN = 20;

export const notRestorable = (
  what: RestoreDoubt,
  {where}: Scratch,
  lines: readonly string[],
): Readonly<{ok: false; failure: Failure}> =>
  failed({code: 'backup-not-restorable', what, where, count: lines.length, lines: lines.slice(0, MOST_SHOWN)});

export const withScratchSession = async <T>(
  context: StepContext,
  scratch: Scratch,
  use: (session: DatabaseSession) => Promise<Result<T>>,
): Promise<Result<T>> => {
  // Not read-only: how the server words a definition is found out by making a temporary view of it.
  const options = {readOnly: false, statementTimeoutMs: CHECK_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS};
  const connected = await scratch.database.connect({...options, signal: context.signal});
  if (!connected.ok) return connected;
  try {
    return await use(connected.value);
  } finally {
    await connected.value.close();
  }
};

/** Opens a scratch database, hands it out, and drops it whatever happens. */
export const inScratch = async <T>(
  context: StepContext,
  part: string | undefined,
  use: (scratch: Scratch) => Promise<Proven<T>>,
): Promise<Proven<T>> => {
  const name = scratchName(context.opened.run, context.step, context.attempt, part);
  context.scribe.progress({code: 'opening-scratch', name});
  const opened = await context.scratch.open(name, context.applicationName, context.signal);
  if (!opened.ok) {
    return opened.failure.code === 'cancelled'
      ? opened
      : {ok: false, gap: {because: 'no-scratch', failure: opened.failure}};
  }
  try {
    return await use(opened.value);
  } finally {
    const dropped = await opened.value.drop();
    // The next attempt, the closing of the run, or the next resume finds it by its mark.
    if (!dropped.ok) context.scribe.output('note', `${name} could not be dropped: ${dropped.failure.code}\n`);
  }
};

/** Everything that the restore would miss for reasons that are not the backup's. */
export const prepared = async (context: StepContext, scratch: Scratch, at: AtSnapshot): Promise<Proven<void>> => {
  const missingRoles = await scratch.ensureRoles(at.roles);
  if (!missingRoles.ok) return missingRoles;
  if (missingRoles.value.length > 0) return {ok: false, gap: {because: 'roles-missing', names: missingRoles.value}};
  const available = await withScratchSession(context, scratch, (session) =>
    session.query('SELECT name::text FROM pg_available_extensions'),
  );
  if (!available.ok) return available;
  const offered = available.value.rows.map((row) => row['name']);
  const names = at.extensions.filter((name) => !offered.includes(name));
  return names.length === 0 ? success(undefined) : {ok: false, gap: {because: 'extensions-missing', names}};
};

/** A server that words its errors in another language has the backup blamed, as a restore by hand there would. */
const RIGHTS_LACK =
  /permission denied|must be (?:member|owner|superuser|able|a superuser)|[Mm]ust have|Only roles with/;

/**
 * The failure of a restore as what it is where the role of the scratch server may not do what a restore does: give objects
 * away, create extensions, act as a grantor. Of the backup it says nothing then.
 */
export const limitedRole = async (
  context: StepContext,
  scratch: Scratch,
  failure: Failure,
): Promise<Failure | undefined> => {
  const lines =
    'lastLines' in failure ? failure.lastLines : failure.code === 'privilege-missing' ? [failure.message] : [];
  const message = lines.find((line) => RIGHTS_LACK.test(line));
  if (message === undefined) return undefined;
  const asked = await withScratchSession(context, scratch, (session) =>
    session.query('SELECT rolname::text AS role, rolsuper::text AS super FROM pg_roles WHERE rolname = current_user'),
  );
  const row = asked.ok ? asked.value.rows[0] : undefined;
  return row?.['super'] === 'false' ? {code: 'scratch-role-limited', role: row['role'] ?? '', message} : undefined;
};

export type Restore = Readonly<{
  what: RestoreDoubt;
  pgRestore: Tool;
  /** Relative to the run directory. */
  file: string;
  /** Only these entries, in this order. */
  only?: readonly TocEntry[];
  jobs?: number | undefined;
  /** Materialised views that are filled only under the policies that bind their owner. */
  rowSecurity?: readonly string[];
}>;

/** Only where a view wants it, so that the facts of a backup say when a restore by hand wants it too. */
export const rowSecurityArguments = ({
  rowSecurity = [],
}: Readonly<{rowSecurity?: readonly string[]}>): readonly string[] =>
  rowSecurity.length === 0 ? [] : ['--enable-row-security'];

/** @returns how long pg_restore took, in milliseconds. */
export const tryRestore = async (context: StepContext, scratch: Scratch, of: Restore): Promise<Proven<number>> => {
  context.scribe.progress({code: 'restoring-into-scratch', name: scratch.name});
  const list = `artifacts/${context.step}.${context.attempt}.entries.partial`;
  try {
    if (of.only !== undefined) {
      const written = await context.files.write(list, of.only.map(({line}) => `${line}\n`).join(''), 'text/plain');
      if (!written.ok) return written;
    }
    const args = [
      '--exit-on-error',
      '--no-password',
      // None of these may reach out of the scratch database, nor ask for what only the target's server has.
      '--no-publications',
      '--no-subscriptions',
      '--no-security-labels',
      ...(scratch.where === 'target-server' ? [] : ['--no-tablespaces']),
      ...rowSecurityArguments(of),
      ...(of.jobs === undefined ? [] : [`--jobs=${of.jobs}`]),
      ...(of.only === undefined ? [] : [`--use-list=${context.files.absolute(list)}`]),
      databaseArgument(scratch.name),
      context.files.absolute(of.file),
    ];
    const options = {toTarget: true, timeoutMs: DUMP_TIMEOUT_MS, processes: scratch.processes};
    const ran = await runTool(context, of.pgRestore, 'pg_restore', args, options);
    if (ran.ok) return success(ran.value.durationMs);
    switch (ran.failure.code) {
      case 'disk-full':
        return {ok: false, gap: {because: 'no-room'}};
      case 'locks-too-few':
        // Of the scratch server's: the backup is no worse for it.
        return {ok: false, gap: {because: 'no-scratch', failure: ran.failure}};
      case 'process-failed':
      case 'privilege-missing': {
        const limited = await limitedRole(context, scratch, ran.failure);
        if (limited !== undefined) return {ok: false, gap: {because: 'no-scratch', failure: limited}};
        const {failure} = ran;
        return notRestorable(of.what, scratch, 'lastLines' in failure ? failure.lastLines : [failure.message]);
      }
      default:
        return ran;
    }
  } finally {
    await context.files.remove(list);
  }
};
