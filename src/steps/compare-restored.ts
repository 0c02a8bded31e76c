// Is what was restored the same as what was backed up: contents, rows, and the declared objects to the last comment?

import {captureSnapshot} from '../catalog/capture.ts';
import {diffSnapshots} from '../catalog/diff.ts';
import {isRelation, qualifiedName, type Snapshot} from '../catalog/snapshot.ts';
import {success, type CatalogChange, type Result} from '../core/failure.ts';
import type {DatabaseSession, Scratch, Tool} from '../core/ports.ts';
import type {AtSnapshot} from './at-snapshot.ts';
import type {Scope} from './backup-scope.ts';
import {countRows} from './backup-sql.ts';
import {DUMP_TIMEOUT_MS, listOf, runTool, schemaOf} from './dump.ts';
import type {StepContext} from './kind.ts';
import {objectsOf, type TocEntry} from './toc.ts';
import {withScratchSession, type Proven} from './try-restore.ts';

/** Everything that a dump lists and grants. How an undeclared object is defined is pg_restore's word alone. */
export const contentsOf = async (
  context: StepContext,
  pgRestore: Tool,
  file: string,
  toc: readonly TocEntry[],
): Promise<Result<readonly string[]>> => {
  const schema = await schemaOf(context, pgRestore, file);
  if (!schema.ok) return schema;
  // One line each, and no server words them anew.
  const grants = schema.value.filter((line) => /^(GRANT|REVOKE|ALTER DEFAULT PRIVILEGES) /.test(line));
  return success([...objectsOf(toc), ...grants]);
};

/** The contents of the scratch database, as a dump of it has them: the same program, the same words. */
export const restoredContents = async (
  context: StepContext,
  scratch: Scratch,
  pgRestore: Tool,
): Promise<Proven<readonly string[]>> => {
  const major = Math.floor(scratch.target.serverVersionNum / 10_000);
  const pgDump = await context.processes.find('pg_dump', major);
  if (pgDump === undefined || pgDump.major < major) return {ok: false, gap: {because: 'client-older-than-scratch'}};
  const path = `artifacts/${context.step}.${context.attempt}.objects.partial`;
  try {
    const args = ['--schema-only', '--format=custom', '--no-password', `--file=${context.files.absolute(path)}`];
    const options = {toTarget: true, timeoutMs: DUMP_TIMEOUT_MS, processes: scratch.processes};
    const dumped = await runTool(context, pgDump, 'pg_dump', args, options);
    if (!dumped.ok && dumped.failure.code === 'locks-too-few')
      return {ok: false, gap: {because: 'no-scratch', failure: dumped.failure}};
    if (!dumped.ok) return dumped;
    const listed = await listOf(context, pgRestore, path);
    return listed.ok ? await contentsOf(context, pgRestore, path, listed.value) : listed;
  } finally {
    await context.files.remove(path);
  }
};

/** Tables whose rows are not as many as were dumped. */
export const rowDifferences = async (
  context: StepContext,
  scratch: Scratch,
  {tables}: AtSnapshot,
): Promise<Result<readonly string[]>> => {
  const counted = await withScratchSession(context, scratch, (session) =>
    countRows(
      session,
      tables.map(({table}) => ({name: table})),
    ),
  );
  if (!counted.ok) return counted;
  return success(
    counted.value.flatMap(({table, rows}, at) =>
      rows === tables[at]?.rows ? [] : [`${table}: ${tables[at]?.rows} -> ${rows}`],
    ),
  );
};

/** Without tablespaces of the target's server, which a restore elsewhere leaves out. */
const comparable = (snapshot: Snapshot, {where}: Scratch): Snapshot => {
  if (where === 'target-server') return snapshot;
  const settings = (of: Readonly<{settings: readonly string[]}>) => ({
    settings: of.settings.filter((setting) => !/ SET TABLESPACE /.test(setting)),
  });
  return {
    ...snapshot,
    objects: snapshot.objects.map((of) => ({...of, ...settings(of)})),
    dependants: snapshot.dependants.map((of) => ({...of, ...settings(of)})),
  };
};

/** The server's words for a query, which it may choose anew once they are read again: `ARRAY[a, b]::text[]` is the classic. */
const reworded = async (session: DatabaseSession, definition: string): Promise<string | undefined> => {
  const begun = await session.query('BEGIN');
  if (!begun.ok) return undefined;
  try {
    const made = await session.query(`CREATE TEMPORARY VIEW ar_reworded AS ${definition}`);
    if (!made.ok) return undefined;
    const told = await session.query(`SELECT pg_get_viewdef('pg_temp.ar_reworded'::regclass) AS definition`);
    return told.ok ? (told.value.rows[0]?.['definition'] ?? undefined) : undefined;
  } finally {
    await session.query('ROLLBACK');
  }
};

const isMeaningful = async (session: DatabaseSession, snapshot: Snapshot, change: CatalogChange): Promise<boolean> => {
  if (change.aspect !== 'definition') return true;
  const of = [...snapshot.objects, ...snapshot.dependants].find((one) => qualifiedName(one) === change.object);
  if (of === undefined || !isRelation(of)) return true;
  return (await reworded(session, change.before)) !== change.after;
};

const changeLine = ({object, aspect, before, after}: CatalogChange): string =>
  `${object} ${aspect}: ${before} -> ${after}`;

/** Nothing fills a materialised view from a backup without rows: that it is empty is what was asked for. */
const isExpected = ({aspect}: CatalogChange, {kind}: Scope): boolean =>
  kind === 'schema-only' && aspect === 'populated';

/** @param narrow leaves out what depends on the declared objects, where only they were restored. */
export const catalogDifferences = (
  context: StepContext,
  scratch: Scratch,
  before: Snapshot,
  scope: Scope,
  narrow = scope.kind === 'tables',
): Promise<Result<readonly string[]>> =>
  withScratchSession(context, scratch, async (session) => {
    const captured = await captureSnapshot(session, scope.objects);
    if (!captured.ok) return captured;
    const seen = (snapshot: Snapshot): Snapshot =>
      comparable(narrow ? {...snapshot, dependants: [], others: []} : snapshot, scratch);
    const lines: string[] = captured.value.missing
      .filter((name) => !before.missing.includes(name))
      .map((name) => `- ${name}`);
    for (const change of diffSnapshots(seen(before), seen(captured.value))) {
      if (!isExpected(change, scope) && (await isMeaningful(session, before, change))) lines.push(changeLine(change));
    }
    return success(lines);
  });
