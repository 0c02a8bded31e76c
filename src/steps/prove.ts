// How a backup is proven: restored into a scratch database and compared there with what the target was when it was taken.

import {captureSnapshot} from '../catalog/capture.ts';
import {diffSnapshots} from '../catalog/diff.ts';
import type {Snapshot} from '../catalog/snapshot.ts';
import type {BackupProof, ProofGap} from '../core/facts.ts';
import {failed, success, type CatalogChange, type Failure, type RestoreDoubt, type Result} from '../core/failure.ts';
import type {DatabaseSession, Scratch, Tool} from '../core/ports.ts';
import {scratchName} from '../core/scratch-name.ts';
import type {AtSnapshot} from './at-snapshot.ts';
import {countRows} from './backup-sql.ts';
import {databaseArgument, DUMP_TIMEOUT_MS, grantsOf, listOf, runTool} from './dump.ts';
import type {StepContext} from './kind.ts';
import {CHECK_TIMEOUT_MS, LOCK_TIMEOUT_MS} from './sessions.ts';
import {objectDifferences, objectsOf, type TocEntry} from './toc.ts';

export type Provable = Readonly<{
  /** Relative to the run directory; not yet under its final name. */
  file: string;
  toc: readonly TocEntry[];
  at: AtSnapshot;
  pgRestore: Tool;
}>;

/** A result, or the reason for which nothing could be proven either way. */
type Proven<T> = Result<T> | Readonly<{ok: false; gap: ProofGap}>;

/** 20: enough to see what kind of difference it is; the transcript has no more either. */
const MOST_SHOWN = 20;

const notRestorable = (
  what: RestoreDoubt,
  scratch: Scratch,
  lines: readonly string[],
): Readonly<{ok: false; failure: Failure}> =>
  failed({
    code: 'backup-not-restorable',
    what,
    where: scratch.where,
    count: lines.length,
    lines: lines.slice(0, MOST_SHOWN),
  });

const changeLine = ({object, aspect, before, after}: CatalogChange): string =>
  `${object} ${aspect}: ${before} -> ${after}`;

const withScratchSession = async <T>(
  context: StepContext,
  scratch: Scratch,
  use: (session: DatabaseSession) => Promise<Result<T>>,
): Promise<Result<T>> => {
  const options = {readOnly: true, statementTimeoutMs: CHECK_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS};
  const connected = await scratch.database.connect({...options, signal: context.signal});
  if (!connected.ok) return connected;
  try {
    return await use(connected.value);
  } finally {
    await connected.value.close();
  }
};

/** Opens a scratch database, hands it out, and drops it whatever happens. */
const inScratch = async <T>(
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
    // The next attempt, or the next resume, finds it by its mark.
    if (!dropped.ok) context.scribe.output('note', `${name} could not be dropped: ${dropped.failure.code}\n`);
  }
};

/** Everything that the restore would miss for reasons that are not the backup's. */
const prepared = async (context: StepContext, scratch: Scratch, at: AtSnapshot): Promise<Proven<void>> => {
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

const restore = async (
  context: StepContext,
  scratch: Scratch,
  of: Provable,
  what: RestoreDoubt,
  more: readonly string[],
): Promise<Proven<number>> => {
  context.scribe.progress({code: 'restoring-into-scratch', name: scratch.name});
  const args = [
    '--exit-on-error',
    '--no-password',
    // Neither may reach out of the scratch database, nor ask for what only the target's server has.
    '--no-publications',
    '--no-subscriptions',
    '--no-security-labels',
    ...(scratch.where === 'target-server' ? [] : ['--no-tablespaces']),
    ...more,
    databaseArgument(scratch.name),
    context.files.absolute(of.file),
  ];
  const ran = await runTool(context, of.pgRestore, 'pg_restore', args, {
    toTarget: true,
    timeoutMs: DUMP_TIMEOUT_MS,
    processes: scratch.processes,
  });
  if (ran.ok) return success(ran.value.durationMs);
  switch (ran.failure.code) {
    case 'disk-full':
      return {ok: false, gap: {because: 'no-room'}};
    case 'process-failed':
      return notRestorable(what, scratch, ran.failure.lastLines);
    case 'privilege-missing':
      return notRestorable(what, scratch, [ran.failure.message]);
    default:
      return ran;
  }
};

/** Everything that a dump lists and grants. Schema and definitions of what is not declared are pg_restore's word alone. */
const contentsOf = async (
  context: StepContext,
  pgRestore: Tool,
  file: string,
  toc: readonly TocEntry[],
): Promise<Result<readonly string[]>> => {
  const grants = await grantsOf(context, pgRestore, file);
  return grants.ok ? success([...objectsOf(toc), ...grants.value]) : grants;
};

/** The contents of the scratch database, as a dump of it has them: the same program, the same words. */
const restoredContents = async (
  context: StepContext,
  scratch: Scratch,
  {pgRestore}: Provable,
): Promise<Proven<readonly string[]>> => {
  const major = Math.floor(scratch.target.serverVersionNum / 10_000);
  const pgDump = await context.processes.find('pg_dump', major);
  if (pgDump === undefined || pgDump.major < major) return {ok: false, gap: {because: 'client-older-than-scratch'}};
  const path = `artifacts/${context.step}.${context.attempt}.objects.partial`;
  try {
    const args = ['--schema-only', '--format=custom', '--no-password', `--file=${context.files.absolute(path)}`];
    const dumped = await runTool(context, pgDump, 'pg_dump', args, {
      toTarget: true,
      timeoutMs: DUMP_TIMEOUT_MS,
      processes: scratch.processes,
    });
    if (!dumped.ok) return dumped;
    const listed = await listOf(context, pgRestore, path);
    return listed.ok ? await contentsOf(context, pgRestore, path, listed.value) : listed;
  } finally {
    await context.files.remove(path);
  }
};

/** Without tablespaces of the target's server, which a restore elsewhere leaves out. */
const comparable = (snapshot: Snapshot, scratch: Scratch): Snapshot => {
  if (scratch.where === 'target-server') return snapshot;
  const settings = (of: Readonly<{settings: readonly string[]}>) => ({
    settings: of.settings.filter((setting) => !/ SET TABLESPACE /.test(setting)),
  });
  return {
    ...snapshot,
    objects: snapshot.objects.map((of) => ({...of, ...settings(of)})),
    dependants: snapshot.dependants.map((of) => ({...of, ...settings(of)})),
  };
};

const catalogDifferences = (before: Snapshot, after: Snapshot, scratch: Scratch): readonly string[] => [
  ...diffSnapshots(comparable(before, scratch), comparable(after, scratch)).map(changeLine),
  ...after.missing.filter((name) => !before.missing.includes(name)).map((name) => `- ${name}`),
];

/** Objects, rows and catalog of the whole backup; the time that pg_restore took. */
const provenWhole = async (context: StepContext, scratch: Scratch, of: Provable): Promise<Proven<number>> => {
  const {at, toc} = of;
  const ready = await prepared(context, scratch, at);
  if (!ready.ok) return ready;
  const restored = await restore(context, scratch, of, 'restore', []);
  if (!restored.ok) return restored;
  context.scribe.progress({code: 'comparing-backup'});
  const dumped = await contentsOf(context, of.pgRestore, of.file, toc);
  if (!dumped.ok) return dumped;
  const contents = await restoredContents(context, scratch, of);
  if (!contents.ok) return contents;
  const differing = objectDifferences(dumped.value, contents.value);
  if (differing.length > 0) return notRestorable('objects', scratch, differing);
  const {tables: counted, catalog} = at;
  const there = await withScratchSession(context, scratch, async (session) => {
    const tables = await countRows(
      session,
      counted.map(({table}) => ({name: table})),
    );
    if (!tables.ok) return tables;
    const now = await captureSnapshot(session, context.runbook.objects);
    return now.ok ? success({tables: tables.value, catalog: now.value}) : now;
  });
  if (!there.ok) return there;
  const rows = there.value.tables.flatMap(({table, rows: found}, index) => {
    const expected = counted[index]?.rows;
    return found === expected ? [] : [`${table}: ${expected} -> ${found}`];
  });
  if (rows.length > 0) return notRestorable('rows', scratch, rows);
  const changes = catalogDifferences(catalog, there.value.catalog, scratch);
  return changes.length > 0 ? notRestorable('catalog', scratch, changes) : restored;
};

/** The entries of the declared objects, of all that they need, and of what hangs on them by name only. */
export const entriesAlone = (
  toc: readonly TocEntry[],
  objects: readonly string[],
  {keys, indexes}: AtSnapshot['needs'],
): readonly TocEntry[] => {
  const escaped = (text: string): string => text.replaceAll(/[$^*+?.()|[\]{}\\]/g, String.raw`\$&`);
  const patterns = objects.flatMap((qualified) => {
    const [schema = '', name = ''] = qualified.split('.').map(escaped);
    return [
      new RegExp(`^(ACL|COMMENT) ${schema} (TABLE|VIEW|MATERIALIZED VIEW|COLUMN) ${name}[. ]`),
      new RegExp(`^COMMENT ${schema} (RULE|TRIGGER) .* ON ${name} `),
      new RegExp(`^MATERIALIZED VIEW DATA ${schema} ${name} `),
      ...indexes.map((index) => new RegExp(`^COMMENT ${schema} INDEX ${escaped(index)} `)),
    ];
  });
  return toc.filter(({key, what}) => keys.has(key) || patterns.some((pattern) => pattern.test(what)));
};

/** The declared objects, from the backup alone, into a database that holds nothing but what they need. */
const provenAlone = async (
  context: StepContext,
  scratch: Scratch,
  of: Provable,
): Promise<Proven<readonly string[]>> => {
  const {objects} = context.runbook;
  const list = `artifacts/${context.step}.${context.attempt}.alone.partial`;
  const entries = entriesAlone(of.toc, objects, of.at.needs);
  try {
    const written = await context.files.write(list, entries.map(({line}) => `${line}\n`).join(''), 'text/plain');
    if (!written.ok) return written;
    const restored = await restore(context, scratch, of, 'alone', [`--use-list=${context.files.absolute(list)}`]);
    if (!restored.ok) return restored;
  } finally {
    await context.files.remove(list);
  }
  const there = await withScratchSession(context, scratch, (session) => captureSnapshot(session, objects));
  if (!there.ok) return there;
  const only = (snapshot: Snapshot): Snapshot => ({...snapshot, dependants: [], others: []});
  const changes = catalogDifferences(only(of.at.catalog), only(there.value), scratch);
  return changes.length > 0
    ? notRestorable('alone', scratch, changes)
    : success(objects.filter((name) => !of.at.catalog.missing.includes(name)));
};

/**
 * A backup that cannot be tried comes back as 'read' with the reason; one that was tried and is not what the target was
 * comes back as a failure.
 */
export const proveByRestore = async (context: StepContext, of: Provable): Promise<Result<BackupProof>> => {
  const began = context.clock.monotonicMs();
  const proven = await inScratch<BackupProof>(context, undefined, async (scratch) => {
    const restored = await provenWhole(context, scratch, of);
    if (!restored.ok) return restored;
    // While the first is still there: a server of this machine goes with its last database.
    const alone = await inScratch(context, 'alone', (second) => provenAlone(context, second, of));
    if (!alone.ok) return alone;
    return success({
      level: 'restored',
      where: scratch.where,
      serverVersion: scratch.target.serverVersion,
      objects: objectsOf(of.toc).length,
      tables: of.at.tables.length,
      alone: alone.value,
      restoreMs: restored.value,
      durationMs: 0,
    });
  });
  if (proven.ok) {
    const durationMs = Math.round(context.clock.monotonicMs() - began);
    return success(proven.value.level === 'restored' ? {...proven.value, durationMs} : proven.value);
  }
  return 'gap' in proven ? success({level: 'read', ...proven.gap}) : proven;
};
