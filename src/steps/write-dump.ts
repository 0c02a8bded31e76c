// How the dump is written: at one exported snapshot, at which everything is looked at that the proof compares later.

import type {BackupStep} from '../core/definition.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {DatabaseSession, Tool} from '../core/ports.ts';
import type {BackupEstimate} from '../core/preview.ts';
import {lookAtSnapshot, type AtSnapshot} from './at-snapshot.ts';
import type {Scope} from './backup-scope.ts';
import {exportSnapshot} from './backup-sql.ts';
import {roomEnough, roomForLocks} from './backup/locks.ts';
import {DUMP_LOCK_WAIT_MS, DUMP_TIMEOUT_MS, dumpArguments, gaveUpOnLock, runTool, schemaArguments} from './dump.ts';
import {estimateOf, sizesOf} from './estimate.ts';
import type {StepContext} from './kind.ts';
import {countsNow, marksOf, type BackupMarks} from './way-back/write-marks.ts';
import {CHECK_TIMEOUT_MS, LOCK_TIMEOUT_MS, withSession} from './sessions.ts';
import {watchWaits, type WaitWatch} from './waits/watch-waits.ts';

export type Written = Readonly<{
  at: AtSnapshot;
  estimate: BackupEstimate;
  isUnseen: boolean;
  /** What a later loss is told by; absent where no table's rows are in the dump. */
  marks?: BackupMarks;
}>;

export type DumpFiles = Readonly<{
  /** Relative to the run directory, both. */
  dump: string;
  /** A second, small dump of the whole schema: nothing in a dump guards its table of contents against a flipped bit. */
  schema: string;
}>;

/** However little there is to dump, a disk with less than this is about to be full. */
const SPACE_FLOOR_BYTES = 64 * 1024 * 1024;

/** A lock that is not granted in time is named with whoever has it, by whichever session it was awaited. */
export const writeDump = async (
  context: StepContext,
  step: BackupStep,
  scope: Scope,
  tool: Tool,
  files: DumpFiles,
): Promise<Result<Written>> => {
  const waits = await watchWaits(context, DUMP_LOCK_WAIT_MS);
  const written = await dumped({context, step, scope, tool, files, waits});
  const met = await waits.end();
  return !written.ok && (written.failure.code === 'lock-timeout' || gaveUpOnLock(written.failure))
    ? failed({code: 'lock-timeout', tries: 1, ...met})
    : written;
};

type Dump = Readonly<{
  context: StepContext;
  step: BackupStep;
  scope: Scope;
  tool: Tool;
  files: DumpFiles;
  waits: WaitWatch;
}>;

const dumped = ({context, step, scope, tool, files, waits}: Dump): Promise<Result<Written>> => {
  const options = {
    readOnly: true,
    statementTimeoutMs: CHECK_TIMEOUT_MS,
    // As long as pg_dump: a reader that waits holds up no other reader.
    lockTimeoutMs: DUMP_LOCK_WAIT_MS,
    // This session holds the snapshot open for as long as pg_dump reads.
    idleInTransactionTimeoutMs: 0,
  };
  return withSession(context, options, async (session) => {
    const sizes = await quickly(session, () => sizesOf(session, step));
    if (!sizes.ok) return sizes;
    const estimate = estimateOf(sizes.value, context.state);
    const neededBytes = Math.max(SPACE_FLOOR_BYTES, estimate.dumpBytes);
    const freeBytes = await context.files.freeBytes();
    if (freeBytes !== undefined && freeBytes < neededBytes) {
      return failed({code: 'disk-full', path: files.dump.replace(/\.partial$/, ''), neededBytes, freeBytes});
    }
    const counts = await countsNow(session, scope.kind === 'tables' ? scope.listed : undefined);
    if (!counts.ok) return counts;
    const room = await roomForLocks(session, step);
    if (!room.ok) return room;
    const enough = roomEnough(room.value);
    if (!enough.ok) return enough;
    const exported = await exportSnapshot(session);
    if (!exported.ok) return exported;
    const at = await lookAtSnapshot(session, scope);
    if (!at.ok) return at;
    const marks = await marksOf(session, counts.value, scope);
    if (!marks.ok) return marks;
    context.scribe.output('note', `pg_dump ${tool.version}\n`);
    const timeoutMs = step.timeoutMs ?? DUMP_TIMEOUT_MS;
    const watching = watchSize(context, files.dump, estimate.dumpBytes, waits);
    const args = dumpArguments(step, context.files.absolute(files.dump), exported.value);
    const ran = await runTool(context, tool, 'pg_dump', args, {toTarget: true, timeoutMs});
    watching();
    if (!ran.ok) return ran.failure.code === 'locks-too-few' ? failed({...ran.failure, ...room.value}) : ran;
    const written = success({
      at: at.value,
      estimate,
      isUnseen: ran.value.isUnseen,
      ...(scope.kind === 'schema-only' ? {} : {marks: marks.value}),
    });
    const drawing = schemaArguments(context.files.absolute(files.schema), exported.value);
    const drawn = await runTool(context, tool, 'pg_dump', drawing, {toTarget: true, timeoutMs});
    return drawn.ok ? written : drawn;
  });
};

/** An estimate is not worth a wait: what cannot be measured at once is measured without locks. */
const quickly = async <T>(session: DatabaseSession, ask: () => Promise<Result<T>>): Promise<Result<T>> => {
  const limit = async (ms: number): Promise<Result<unknown>> =>
    session.query("SELECT set_config('lock_timeout', $1, false)", {values: [`${ms}ms`]});
  const short = await limit(LOCK_TIMEOUT_MS);
  if (!short.ok) return short;
  const answer = await ask();
  const long = await limit(DUMP_LOCK_WAIT_MS);
  return long.ok ? answer : long;
};

/** Tells how much has been written, twice a second, until the returned function is called. */
const watchSize = (context: StepContext, partial: string, ofBytes: number, waits: WaitWatch): (() => void) => {
  const stop = new AbortController();
  const began = context.clock.monotonicMs();
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const bytes = (await context.files.size(partial)) ?? 0;
      const elapsedMs = Math.round(context.clock.monotonicMs() - began);
      if (waits.now() === undefined) context.scribe.progress({code: 'dumping', bytes, ofBytes, elapsedMs});
      await context.clock.pause(500, stop.signal);
    }
  };
  void watch();
  return () => stop.abort();
};
