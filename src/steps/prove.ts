// How a backup is proven: restored into a scratch database and compared there with what the target was when it was taken.

import {halvesOf, quoteIdentifier} from '../catalog/names.ts';
import type {BackupProof} from '../core/facts.ts';
import {success, type Result} from '../core/failure.ts';
import type {Scratch, Tool} from '../core/ports.ts';
import type {AtSnapshot, Needs} from './at-snapshot.ts';
import {rightsOn} from './backup/rights.ts';
import type {Scope} from './backup-scope.ts';
import {catalogDifferences, contentsOf, restoredContents, rowDifferences} from './compare-restored.ts';
import {listOf} from './dump.ts';
import type {StepContext} from './kind.ts';
import {differences, objectsOf, type TocEntry} from './toc.ts';
import {inScratch, notRestorable, prepared, tryRestore, type Proven} from './try-restore.ts';

export type Provable = Readonly<{
  /** Relative to the run directory; not yet under its final name. */
  file: string;
  toc: readonly TocEntry[];
  at: AtSnapshot;
  scope: Scope;
  pgRestore: Tool;
  jobs: number | undefined;
  /** The schema of the whole database at the same snapshot: a backup of tables does not hold what it needs. */
  schema: string;
  /** What a restore takes on the disk of the scratch server, about. */
  scratchBytes: number;
}>;

/** Foreign keys of a backup of tables that lead out of it: there are no rows that they could point at. */
const leadsOut = ({at}: Provable, {key}: TocEntry): boolean => at.foreignKeys.has(key);

/** Puts there what the backup needs and does not hold: schemas, types, functions, and empty tables. */
const groundLaid = async (context: StepContext, scratch: Scratch, of: Provable): Promise<Proven<void>> => {
  if (of.scope.kind !== 'tables') return success(undefined);
  const listed = await listOf(context, of.pgRestore, of.schema);
  if (!listed.ok) return listed;
  const own = new Set(of.toc.map(({key}) => key));
  const needed = listed.value.filter(({key}) => of.at.needs.keys.has(key) && !own.has(key));
  const rights = rightsOn(listed.value, needed, of.at.needs.schemas);
  const only = listed.value.filter((entry) => needed.includes(entry) || rights.has(entry));
  const laid = await tryRestore(context, scratch, {what: 'restore', pgRestore: of.pgRestore, file: of.schema, only});
  return laid.ok ? success(undefined) : laid;
};

/** Contents, rows and catalog of the whole backup; the time that pg_restore took. */
const provenWhole = async (context: StepContext, scratch: Scratch, of: Provable): Promise<Proven<number>> => {
  const {at, toc, scope, pgRestore, file, jobs} = of;
  const ready = await prepared(context, scratch, at);
  if (!ready.ok) return ready;
  const laid = await groundLaid(context, scratch, of);
  if (!laid.ok) return laid;
  const kept = toc.filter((entry) => !leadsOut(of, entry));
  const only = kept.length === toc.length ? {} : {only: kept};
  const {rowSecurity} = at;
  const restored = await tryRestore(context, scratch, {what: 'restore', pgRestore, file, jobs, rowSecurity, ...only});
  if (!restored.ok) return restored;
  context.scribe.progress({code: 'comparing-backup'});
  const dumped = await contentsOf(context, pgRestore, file, kept);
  if (!dumped.ok) return dumped;
  const contents = await restoredContents(context, scratch, pgRestore);
  if (!contents.ok) return contents;
  const differing = differences(dumped.value, contents.value);
  // Beside a backup of tables stands what it needed.
  const unmeant = scope.kind === 'tables' ? differing.filter((line) => line.startsWith('- ')) : differing;
  if (unmeant.length > 0) return notRestorable('objects', scratch, unmeant);
  const rows = await rowDifferences(context, scratch, at);
  if (!rows.ok) return rows;
  if (rows.value.length > 0) return notRestorable('rows', scratch, rows.value);
  const changes = await catalogDifferences(context, scratch, at.catalog, scope);
  if (!changes.ok) return changes;
  return changes.value.length > 0 ? notRestorable('catalog', scratch, changes.value) : restored;
};

const escaped = (text: string): string => text.replaceAll(/[$^*+?.()|[\]{}\\]/g, String.raw`\$&`);

/** Of rights and comments a dump's list names the object as SQL does, in quotes where SQL wants them. */
const asInSql = (name: string): string => `(?:${escaped(name)}|${escaped(quoteIdentifier(name))})`;

/** The entries of the declared objects, of all that they need, with the rights on it, and of what hangs on them by name only. */
export const entriesAlone = (
  toc: readonly TocEntry[],
  objects: readonly string[],
  {keys, indexes, schemas}: Needs,
): readonly TocEntry[] => {
  const patterns = objects.flatMap((qualified) => {
    const [schema = '', name = ''] = halvesOf(qualified).map(escaped);
    const [, said = ''] = halvesOf(qualified).map(asInSql);
    return [
      new RegExp(`^(ACL|COMMENT) ${schema} (TABLE|VIEW|MATERIALIZED VIEW|COLUMN) ${said}[. ]`),
      new RegExp(`^COMMENT ${schema} (RULE|TRIGGER) .* ON ${said} `),
      new RegExp(`^MATERIALIZED VIEW DATA ${schema} ${name} `),
      ...indexes.map((index) => new RegExp(`^COMMENT ${schema} INDEX ${asInSql(index)} `)),
    ];
  });
  const needed = toc.filter(({key}) => keys.has(key));
  const rights = rightsOn(toc, needed, schemas);
  return toc.filter(
    (entry) => keys.has(entry.key) || rights.has(entry) || patterns.some((pattern) => pattern.test(entry.what)),
  );
};

/** The declared objects, from the backup alone, into a database that holds nothing but what they need. */
const provenAlone = async (
  context: StepContext,
  scratch: Scratch,
  {at, toc, scope, pgRestore, file}: Provable,
): Promise<Proven<readonly string[]>> => {
  const only = entriesAlone(toc, scope.objects, at.needs);
  const {rowSecurity} = at;
  const restored = await tryRestore(context, scratch, {what: 'alone', pgRestore, file, only, rowSecurity});
  if (!restored.ok) return restored;
  const changes = await catalogDifferences(context, scratch, at.catalog, scope, true);
  if (!changes.ok) return changes;
  return changes.value.length > 0
    ? notRestorable('alone', scratch, changes.value)
    : success(scope.objects.filter((name) => !at.catalog.missing.includes(name)));
};

/**
 * A backup that cannot be tried comes back as 'read' with the reason; one that was tried and is not what the target was
 * comes back as a failure.
 */
export const proveByRestore = async (context: StepContext, of: Provable): Promise<Result<BackupProof>> => {
  const began = context.clock.monotonicMs();
  const freeBytes = await context.scratch.freeBytes();
  if (freeBytes !== undefined && freeBytes < of.scratchBytes) {
    return success({level: 'read', because: 'no-room', neededBytes: of.scratchBytes, freeBytes});
  }
  const leftOut = of.toc.filter((entry) => leadsOut(of, entry)).length;
  const proven = await inScratch(context, undefined, async (scratch) => {
    const restored = await provenWhole(context, scratch, of);
    if (!restored.ok) return restored;
    // While the first is still there: a server of this machine goes with its last database. A backup of tables was
    // restored beside nothing but what it needs already.
    const alone =
      of.scope.kind === 'tables' || of.scope.objects.length === 0
        ? success<readonly string[]>([])
        : await inScratch(context, 'alone', (second) => provenAlone(context, second, of));
    if (!alone.ok) return alone;
    return success({
      level: 'restored' as const,
      where: scratch.where,
      serverVersion: scratch.target.serverVersion,
      objects: objectsOf(of.toc).length,
      tables: of.at.tables.length,
      alone: alone.value,
      ...(leftOut === 0 ? {} : {leftOut}),
      restoreMs: restored.value,
    });
  });
  if (proven.ok) return success({...proven.value, durationMs: Math.round(context.clock.monotonicMs() - began)});
  return 'gap' in proven ? success({level: 'read', ...proven.gap}) : proven;
};
