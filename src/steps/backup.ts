// A backup: pg_dump, read to its end and proven by a restore before the step may call itself done.

import type {BackupStep} from '../core/definition.ts';
import type {Artifact, FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {Tool} from '../core/ports.ts';
import {chosenBackup, unfit} from '../core/rollback.ts';
import {scopeOf} from './backup-scope.ts';
import {dumpArguments, findRestore, readWhole, schemaArguments} from './dump.ts';
import {sameSchema} from './same-schema.ts';
import type {Kind, StepContext} from './kind.ts';
import {proveByRestore} from './prove.ts';
import {orphans} from './sessions.ts';
import {standIn} from './stand-in.ts';
import type {BackupMarks} from './way-back/write-marks.ts';
import {writeDump} from './write-dump.ts';

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
  const scope = scopeOf(step, context.runbook);
  const schema = partial.replace('.dump.', '.schema.');
  const pgRestore = await findRestore(context);
  if (!pgRestore.ok) return pgRestore;
  const began = context.clock.monotonicMs();
  const takenAt = context.clock.now();
  const proven = async (): Promise<
    Result<Omit<FactsOf<'backup'>, 'kind' | 'method' | 'path' | 'bytes' | 'sha256'>>
  > => {
    const written = await writeDump(context, step, scope, tool, {dump: partial, schema});
    if (!written.ok) return written;
    const {at, estimate, isUnseen, marks} = written.value;
    const toc = await readWhole(context, pgRestore.value, partial, scope.listed);
    if (!toc.ok) return toc;
    const same =
      scope.kind === 'tables' ? success(undefined) : await sameSchema(context, pgRestore.value, partial, schema);
    if (!same.ok) return same;
    const proof = await proveByRestore(context, {
      file: partial,
      toc: toc.value,
      at,
      scope,
      pgRestore: pgRestore.value,
      jobs: step.jobs,
      schema,
      scratchBytes: estimate.scratchBytes,
    });
    if (!proof.ok) return proof;
    const kept = marks === undefined ? undefined : await keepMarks(context, path, marks);
    if (kept?.ok === false) return kept;
    return success({
      entries: toc.value.length,
      durationMs: Math.round(context.clock.monotonicMs() - began),
      takenAt,
      clientVersion: tool.version,
      tables: at.tables,
      ...(step.format === 'directory' ? {format: step.format} : {}),
      ...(scope.kind === 'database' ? {} : {scope: scope.kind}),
      ...(scope.lacks.length === 0 ? {} : {lacks: scope.lacks}),
      sourceBytes: estimate.sourceBytes,
      ...(isUnseen ? {isUnseen} : {}),
      ...(kept === undefined ? {} : {marks: {path: kept.value.path, sha256: kept.value.sha256}}),
      ...(at.rowSecurity.length === 0 ? {} : {rowSecurity: at.rowSecurity}),
      proof: proof.value,
    });
  };
  const found = await proven();
  await context.files.remove(schema);
  const sealed = found.ok ? await seal(context, partial, path) : found;
  // A file that was not proven never gets a name that somebody might trust.
  if (!sealed.ok) await context.files.remove(partial);
  if (!found.ok || !sealed.ok) return found.ok ? (sealed as Result<never>) : found;
  return success({kind: 'backup', method: 'pg_dump', path, ...sealed.value, ...found.value});
};

/** A line a table, and a name an object: too much for the journal of a large database. */
const keepMarks = async (context: StepContext, path: string, marks: BackupMarks): Promise<Result<Artifact>> => {
  const written = await context.files.write(`${path}.marks.json`, `${JSON.stringify(marks)}\n`, 'application/json');
  if (written.ok) context.scribe.sealed(written.value);
  return written;
};

/** Hashes what is on disk and gives it its final name; a directory's list of hashes lies beside it for `sha256sum -c`. */
const seal = async (
  context: StepContext,
  partial: string,
  path: string,
): Promise<Result<Readonly<{bytes: number; sha256: string}>>> => {
  const hashed = await context.files.hash(partial);
  if (!hashed.ok) return hashed;
  const {bytes, sha256, list} = hashed.value;
  const listed = list === undefined ? undefined : await context.files.write(`${path}.sha256`, list, 'text/plain');
  if (listed?.ok === false) return listed;
  const published = await context.files.publish(partial, path);
  if (!published.ok) return published;
  if (listed !== undefined) context.scribe.sealed(listed.value);
  context.scribe.sealed({path, bytes, sha256, mediaType: 'application/x-pg-dump'});
  return success({bytes, sha256});
};

export const backup: Kind<'backup'> = {
  kind: 'backup',
  outline: (step) => [
    {
      title: 'pg_dump',
      language: 'argv',
      text: [
        ['pg_dump', ...dumpArguments(step, '<run>/artifacts/….dump.partial', '<exported>')],
        ['pg_dump', ...schemaArguments('<run>/artifacts/….schema.partial', '<exported>')],
      ]
        .map((argv) => argv.join(' '))
        .join('\n'),
    },
    {
      title: 'pg_restore',
      language: 'argv',
      text: [
        'pg_restore --list <file>',
        'pg_restore --file=/dev/null <file>',
        'pg_restore --schema-only --file=- <file>',
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
    for (const part of ['dump', 'schema', 'objects', 'entries']) {
      await context.files.remove(`artifacts/${context.step}.${doubt.attempt}.${part}.partial`);
    }
    // What a killed proof left; a server that cannot be asked now is asked when the run is next resumed.
    await context.scratch.sweep();
    return {verdict: 'had-no-effect', detail: 'read-only'};
  },
};

/** The backup of this run that a restore uses. */
export const takenBackup = (context: StepContext): Result<FactsOf<'backup'>> => {
  const taken = chosenBackup(context.state);
  // One that nothing can be restored from is none, for whoever wants to restore.
  return taken === undefined || unfit(taken) !== undefined ? failed({code: 'backup-missing'}) : success(taken);
};
