// The last way back: the whole database as it was when the backup was taken, in one transaction of pg_restore.

import {captureSnapshot} from '../catalog/capture.ts';
import {snapshotText, type Snapshot} from '../catalog/snapshot.ts';
import type {RestoreBackupOption} from '../core/definition.ts';
import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Failure, type Result} from '../core/failure.ts';
import {stepState, type StepState} from '../core/state.ts';
import {countRows} from './backup-sql.ts';
import {takenBackup} from './backup.ts';
import {catalogLook, lastingChanges} from './catalog-standing.ts';
import {databaseArgument, DUMP_TIMEOUT_MS, findRestore, readWhole, runTool} from './dump.ts';
import type {Kind, Reconciliation, StepContext} from './kind.ts';
import {sealCatalog} from './seal-catalog.ts';
import {orphans, withReader} from './sessions.ts';
import {takenSnapshot} from './snapshot.ts';
import {rowSecurityArguments} from './try-restore.ts';
import {watchLocks} from './watch-locks.ts';

/** 5 s: a restore replaces every table, so it may wait a little longer than a swap of one view, but never queue. */
const RESTORE_LOCK_TIMEOUT_MS = 5000;
/** The end of what pg_restore says, which tells how it ended; in characters. */
const SAID_LENGTH = 16_384;

export const restoreArguments = (
  database: string,
  file: string,
  backup: Pick<FactsOf<'backup'>, 'rowSecurity'> = {},
): readonly string[] => [
  '--clean',
  '--if-exists',
  '--single-transaction',
  '--exit-on-error',
  '--no-password',
  ...rowSecurityArguments(backup),
  databaseArgument(database),
  file,
];

type EndState = Readonly<{
  before: Snapshot;
  now: Snapshot;
  tables: FactsOf<'backup'>['tables'];
  /** In what it is not the state that was promised: the catalog of the snapshot, and the rows of the backup. */
  differs?: Failure;
}>;

const endState = (context: StepContext, backup: FactsOf<'backup'>) =>
  withReader(context, {}, async (session): Promise<Result<EndState>> => {
    const taken = await takenSnapshot(context.state, context.files);
    if (!taken.ok) return taken;
    const now = await captureSnapshot(session, context.runbook.objects);
    if (!now.ok) return now;
    const changes = lastingChanges(taken.value, now.value);
    const looked = {before: taken.value, now: now.value};
    if (changes.length > 0) return success({...looked, tables: [], differs: {code: 'catalog-differs', changes}});
    const tables = await countRows(session, context.runbook.tables);
    if (!tables.ok) return tables;
    const text = (counts: FactsOf<'backup'>['tables']): string =>
      counts.map(({table, rows}) => `${table} ${rows}`).join(', ');
    const [expected, actual] = [text(backup.tables), text(tables.value)];
    return success({
      ...looked,
      tables: tables.value,
      ...(actual === expected
        ? {}
        : {differs: {code: 'expectation-missed' as const, what: 'rows', expected, actual, findings: []}}),
    });
  });

const restoredFacts = async (
  context: StepContext,
  {before, now, tables}: EndState,
  durationMs: number,
): Promise<FactsOf<'restore-backup'>> => ({
  kind: 'restore-backup',
  durationMs,
  tables,
  digest: context.sha256(snapshotText(now)),
  ...(await sealCatalog(context, before, now)),
});

/**
 * The server has answered with an error, so nothing was committed; anything else may be a COMMIT whose answer was lost.
 * A server that words its errors in another language is asked: that is never wrong.
 */
const isRolledBack = (said: string): boolean =>
  / ERROR: /.test(said) && !/FATAL: |PANIC: |server closed the connection|connection to server was lost/.test(said);

const perform = async (
  option: RestoreBackupOption,
  context: StepContext,
): Promise<Result<FactsOf<'restore-backup'>>> => {
  const backup = takenBackup(context);
  if (!backup.ok) return backup;
  // What the end is compared with: asked before anything is restored, not after it.
  const before = await takenSnapshot(context.state, context.files);
  if (!before.ok) return before;
  const {path, sha256} = backup.value;
  const hashed = await context.files.hash(path);
  if (!hashed.ok) return hashed;
  if (hashed.value.sha256 !== sha256) {
    return failed({code: 'backup-changed', expected: sha256, actual: hashed.value.sha256});
  }
  const tool = await findRestore(context);
  if (!tool.ok) return tool;
  const readable = await readWhole(context, tool.value, path, []);
  if (!readable.ok) return readable;
  const began = context.clock.monotonicMs();
  context.scribe.progress({code: 'restoring'});
  const timeoutMs = option.timeoutMs ?? DUMP_TIMEOUT_MS;
  const args = restoreArguments(context.target.database, context.files.absolute(path), backup.value);
  // The backup has been read for minutes perhaps; whoever took the target meanwhile has it.
  const loss = await context.targetLockLost();
  if (loss !== undefined) return failed({code: 'target-lock-lost', ...loss});
  const watched = await watchLocks(context, RESTORE_LOCK_TIMEOUT_MS);
  // Without the watch nothing bounds its waits for locks, and readers queue behind each of them.
  if (!watched.ok) return watched;
  const {lost, end: endWatch} = watched.value;
  const guarded = {...context, signal: AbortSignal.any([context.signal, lost])};
  let said = '';
  const onLine = (text: string): void => void (said = (said + text).slice(-SAID_LENGTH));
  const ran = await runTool(guarded, tool.value, 'pg_restore', args, {toTarget: true, timeoutMs, onLine});
  const inTheWay = await endWatch();
  // In one transaction, which the cancelled statement has rolled back: nothing was changed.
  if (!ran.ok && inTheWay !== undefined && isRolledBack(said))
    return failed({code: 'lock-timeout', tries: 1, ...inTheWay});
  if (!ran.ok && lost.aborted) {
    const message = 'the watch over the locks of pg_restore was lost, so pg_restore was ended';
    // Read by whoever reads the transcript, in whatever language.
    context.scribe.output('note', `! ${message} / 잠금 감시가 끊겨 pg_restore 를 종료함\n`);
    return failed({code: 'connection-lost', message});
  }
  // It had begun, so it may have been ended behind its COMMIT, by whomever: the target is asked.
  if (!ran.ok && ran.failure.code !== 'program-missing' && !isRolledBack(said)) {
    return failed({code: 'connection-lost', message: said.trim().split('\n').at(-1) || ran.failure.code});
  }
  if (!ran.ok) {
    // Its file was only read: the disk that is full is the server's, in the server's own words.
    const full = said.split('\n').find((line) => / ERROR: .*No space left on device/.test(line));
    return ran.failure.code === 'disk-full' && full !== undefined
      ? failed({code: 'query-refused', sqlState: '53100', message: full.replace(/^.* ERROR: +/, '')})
      : ran;
  }
  const end = await endState(context, backup.value);
  // It is committed: whatever kept the look from its answer, the target is asked again, and nobody says that nothing was changed.
  if (!end.ok) {
    const message = 'message' in end.failure ? end.failure.message : end.failure.code;
    return failed({code: 'connection-lost', message});
  }
  // Before it is judged: what a restore has left is evidence, whatever it is.
  const facts = await restoredFacts(context, end.value, Math.round(context.clock.monotonicMs() - began));
  return end.value.differs === undefined ? success(facts) : failed(end.value.differs);
};

/** It was asked before the change as well, and missed it: only then is the change there when it holds. */
const tellsChange = (state: StepState): boolean =>
  state.status === 'succeeded' && state.facts.kind === 'migration' && state.facts.verifyMissedBefore === true;

/** The file that says whether the change is there: that of the last migration that took effect, if it can tell. */
const verifyOf = ({runbook, state}: StepContext): string | undefined => {
  const last = runbook.steps
    .flatMap((step) => (step.kind === 'migration' && stepState(state, step.id).status === 'succeeded' ? [step] : []))
    .at(-1);
  return last !== undefined && tellsChange(stepState(state, last.id)) ? last.verify : undefined;
};

/**
 * pg_restore ran in one transaction: either everything is as in the backup, or nothing changed. A catalog that is not as
 * before may be a restored one that somebody has worked on since; only one that still shows the change was not restored.
 */
const reconcile = async (context: StepContext, applicationName: string): Promise<Reconciliation> => {
  const alive = await orphans(context, applicationName);
  if (alive !== undefined) return alive;
  const backup = takenBackup(context);
  if (!backup.ok) return {verdict: 'cannot-tell', detail: backup.failure.code};
  const end = await endState(context, backup.value);
  if (end.ok && end.value.differs === undefined) {
    const facts = await restoredFacts(context, end.value, 0);
    return {verdict: 'took-effect', detail: facts.digest, facts};
  }
  const detail = (end.ok ? end.value.differs : end.failure)?.code ?? '';
  if (detail !== 'catalog-differs') return {verdict: 'cannot-tell', detail};
  const standing = await withReader(context, {}, (session) => catalogLook(context, session, verifyOf(context)));
  if (!standing.ok) return {verdict: 'cannot-tell', detail};
  const catalog = standing.value.standing;
  return {verdict: catalog.verify === 'holds' ? 'had-no-effect' : 'cannot-tell', detail, found: {catalog}};
};

export const restoreBackup: Kind<'restore-backup'> = {
  kind: 'restore-backup',
  outline: () => [
    {
      title: 'pg_restore',
      language: 'argv',
      text: ['pg_restore', ...restoreArguments('<database>', '<run>/artifacts/….dump')].join(' '),
    },
  ],
  perform,
  reconcile: (_option, doubt, context) => reconcile(context, doubt.receipt.applicationName),
};
