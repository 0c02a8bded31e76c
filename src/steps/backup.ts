// A backup: pg_dump of the whole database, proven readable before the step may call itself done.

import type {BackupStep} from '../core/definition.ts';
import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {Tool} from '../core/ports.ts';
import {factsOf} from '../core/state.ts';
import {lookAtSnapshot} from './at-snapshot.ts';
import {databaseBytes, exportSnapshot} from './backup-sql.ts';
import {DUMP_TIMEOUT_MS, dumpArguments, findRestore, readWhole, runTool} from './dump.ts';
import type {Kind, StepContext} from './kind.ts';
import {proveByRestore} from './prove.ts';
import {CHECK_TIMEOUT_MS, LOCK_TIMEOUT_MS, orphans, withSession} from './sessions.ts';
import {standIn} from './stand-in.ts';

/** A compressed dump was measured at an eighth of the database; half of it leaves room for data that packs badly. */
const SPACE_SHARE = 0.5;
const SPACE_FLOOR_BYTES = 64 * 1024 * 1024;

const serverMajor = (context: StepContext): number => Math.floor(context.target.serverVersionNum / 10_000);

const usable = (context: StepContext, tool: Tool): Result<Tool> =>
  // pg_dump refuses a server newer than itself; better to say so before anything has begun.
  tool.major >= serverMajor(context)
    ? success(tool)
    : failed({
        code: 'program-too-old',
        program: 'pg_dump',
        version: tool.version,
        serverVersion: context.target.serverVersion,
        install: context.processes.installHint(),
      });

const dump = async (step: BackupStep, tool: Tool, context: StepContext): Promise<Result<FactsOf<'backup'>>> => {
  const path = `artifacts/${context.step}.${context.attempt}.dump`;
  const partial = `${path}.partial`;
  const pgRestore = await findRestore(context);
  if (!pgRestore.ok) return pgRestore;
  const began = context.clock.monotonicMs();
  const takenAt = context.clock.now();
  const options = {
    readOnly: true,
    statementTimeoutMs: CHECK_TIMEOUT_MS,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    // This session holds the snapshot open for as long as pg_dump reads.
    idleInTransactionTimeoutMs: 0,
  };
  const dumped = await withSession(context, options, async (session) => {
    const bytes = await databaseBytes(session);
    if (!bytes.ok) return bytes;
    const neededBytes = Math.max(SPACE_FLOOR_BYTES, Math.round(bytes.value * SPACE_SHARE));
    const freeBytes = await context.files.freeBytes();
    if (freeBytes !== undefined && freeBytes < neededBytes)
      return failed({code: 'disk-full', path, neededBytes, freeBytes});
    const exported = await exportSnapshot(session);
    if (!exported.ok) return exported;
    const at = await lookAtSnapshot(session, context.runbook);
    if (!at.ok) return at;
    const args = dumpArguments(step, context.files.absolute(partial), exported.value);
    context.scribe.output('note', `pg_dump ${tool.version}\n`);
    const watching = watchSize(context, partial);
    const timeoutMs = step.timeoutMs ?? DUMP_TIMEOUT_MS;
    const ran = await runTool(context, tool, 'pg_dump', args, {toTarget: true, timeoutMs});
    watching();
    return ran.ok ? at : ran;
  });
  if (!dumped.ok) return discard(context, partial, dumped);
  const at = dumped.value;
  const toc = await readWhole(
    context,
    pgRestore.value,
    partial,
    context.runbook.tables.map(({name}) => name),
  );
  if (!toc.ok) return discard(context, partial, toc);
  const proof = await proveByRestore(context, {file: partial, toc: toc.value, at, pgRestore: pgRestore.value});
  if (!proof.ok) return discard(context, partial, proof);
  const hashed = await context.files.hash(partial);
  if (!hashed.ok) return discard(context, partial, hashed);
  const published = await context.files.publish(partial, path);
  if (!published.ok) return discard(context, partial, published);
  context.scribe.sealed({path, ...hashed.value, mediaType: 'application/x-pg-dump'});
  return success({
    kind: 'backup',
    method: 'pg_dump',
    path,
    ...hashed.value,
    entries: toc.value.length,
    durationMs: Math.round(context.clock.monotonicMs() - began),
    takenAt,
    clientVersion: tool.version,
    tables: at.tables,
    proof: proof.value,
  });
};

/** A file that was not proven never gets a name that somebody might trust. */
const discard = async <T>(context: StepContext, partial: string, failure: Result<T>): Promise<Result<T>> => {
  await context.files.remove(partial);
  return failure;
};

/** Tells how much has been written, twice a second, until the returned function is called. */
const watchSize = (context: StepContext, partial: string): (() => void) => {
  const stop = new AbortController();
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      context.scribe.progress({code: 'dumping', bytes: (await context.files.size(partial)) ?? 0});
      await context.clock.pause(500, stop.signal);
    }
  };
  void watch();
  return () => stop.abort();
};

export const backup: Kind<'backup'> = {
  kind: 'backup',
  outline: (step) => [
    {
      title: 'pg_dump',
      language: 'argv',
      text: ['pg_dump', ...dumpArguments(step, '<run>/artifacts/….dump.partial', '<exported>')].join(' '),
    },
    {
      title: 'pg_restore',
      language: 'argv',
      text: [
        'pg_restore --list <file>',
        'pg_restore --file=/dev/null <file>',
        'pg_restore --exit-on-error --dbname=ar_scratch_… <file>',
        'pg_restore --exit-on-error --use-list=… --dbname=ar_scratch_… <file>',
      ].join('\n'),
    },
  ],
  perform: async (step, context) => {
    const tool = await context.processes.find('pg_dump', serverMajor(context));
    if (tool === undefined) {
      // Only a rehearsal may go on without the real thing, and it says so in amber.
      return context.opened.environment === 'rehearsal'
        ? standIn(context)
        : failed({code: 'program-missing', program: 'pg_dump', install: context.processes.installHint()});
    }
    const fit = usable(context, tool);
    return fit.ok ? dump(step, fit.value, context) : fit;
  },
  reconcile: async (_step, doubt, context) => {
    const alive = await orphans(context, doubt.receipt.applicationName);
    if (alive !== undefined) return alive;
    for (const part of ['dump', 'objects', 'alone']) {
      await context.files.remove(`artifacts/${context.step}.${doubt.attempt}.${part}.partial`);
    }
    // What a killed proof left; a server that cannot be asked now is asked when the run is next resumed.
    await context.scratch.sweep();
    return {verdict: 'had-no-effect', detail: 'read-only'};
  },
};

/** The backup that this run took. */
export const takenBackup = (context: StepContext): Result<FactsOf<'backup'>> => {
  const taken = factsOf(context.state, 'backup')[0];
  return taken === undefined ? failed({code: 'backup-missing'}) : success(taken.facts);
};
