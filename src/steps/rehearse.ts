// A rehearsal on a copy: this run's backup is restored into a database of the tool's own, and there the change is made,
// checked and taken back in every way that the runbook has, with the rights of the target's login where they can be given.
// The target is asked once, for those rights; nothing else here reaches it.

import {diffSnapshots} from '../catalog/diff.ts';
import {snapshotText} from '../catalog/snapshot.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {FactsOf} from '../core/facts.ts';
import type {Scratch} from '../core/ports.ts';
import {scratchName} from '../core/scratch-name.ts';
import {emptyState, type RunState} from '../core/state.ts';
import {takenBackup} from './backup.ts';
import type {Kind, StepContext} from './kind.ts';
import {loginOfTarget, rehearser, type Told} from './rehearse/as-login.ts';
import {copyArguments, onCopy, restoreCopy, rowsOf} from './rehearse-copy.ts';
import {remember, walkCopy, type Perform} from './rehearse-walk.ts';
import {snapshot, takenSnapshot} from './snapshot.ts';

const quietly = (context: StepContext): StepContext => ({
  ...context,
  scribe: {
    ...context.scribe,
    // A transaction of the copy is none of the target's: after a crash nobody may ask the target about it.
    transactionOpened: () => undefined,
    // What runs now is said by this step; 'applying' on the screen would look like the target.
    progress: (progress) => {
      if (progress.code === 'rehearsing') context.scribe.progress(progress);
    },
  },
});

/** Is what the copy has of the declared objects what the run's own snapshot has of them? */
const isFaithful = async ({state, files}: StepContext, copied: RunState): Promise<boolean> => {
  const [own, copy] = [await takenSnapshot(state, files), await takenSnapshot(copied, files)];
  if (!own.ok || !copy.ok) return false;
  // A snapshot of an earlier format has other bytes, and is compared by what it says.
  return own.value.format === copy.value.format
    ? snapshotText(own.value) === snapshotText(copy.value)
    : diffSnapshots(own.value, copy.value).length === 0;
};

const rehearseOn = async (
  context: StepContext,
  scratch: Scratch,
  backup: FactsOf<'backup'>,
  login: Told,
  perform: Perform,
): Promise<Result<FactsOf<'rehearse'>>> => {
  const began = context.clock.monotonicMs();
  context.scribe.progress({code: 'restoring'});
  // A restore fills materialized views as their owners, who need their rights by then.
  const ahead = await rehearser(context, scratch, login);
  if (!ahead.ok) return ahead;
  const restored = await restoreCopy(context, scratch, backup);
  if (!restored.ok) return restored;
  const restoreMs = Math.round(context.clock.monotonicMs() - began);
  // Of what the copy holds, also where the login may not read it.
  const tables = await rowsOf(quietly(onCopy(context, scratch)));
  if (!tables.ok) return tables;
  // It may also have made a superuser of whoever owns an event trigger, which a managed server allows to others.
  const as = await rehearser(context, scratch, login);
  if (!as.ok) return as;
  const {reached, rights} = as.value;
  const copy = quietly({...onCopy(context, reached), ...(rights.tried ? {asLogin: true as const} : {})});
  // The kind needs nothing of a definition but its place in the run.
  const id = 'snapshot';
  const title = {en: id, ko: id};
  const taken = await snapshot.perform?.(
    {id, phase: '', kind: 'snapshot', title},
    {...copy, step: `${copy.step}.${id}`},
  );
  if (taken === undefined || !taken.ok) return taken ?? failed({code: 'snapshot-missing'});
  const known = remember(remember({...emptyState, opened: copy.opened}, copy, id, taken.value), copy, 'backup', backup);
  const walked = await walkCopy(copy, known, perform);
  if (!walked.ok) return walked;
  return success({
    kind: 'rehearse',
    where: scratch.where,
    serverVersion: scratch.target.serverVersion,
    backupSha256: backup.sha256,
    tables: tables.value,
    digest: taken.value.digest,
    isFaithful: await isFaithful(context, known),
    rights,
    restoreMs,
    durationMs: Math.round(context.clock.monotonicMs() - began),
    parts: walked.value.parts,
  });
};

/** @param perform what the registry does for every kind; handed in, since the registry knows this kind as well. */
export const rehearseBy = (perform: Perform): Kind<'rehearse'> => ({
  kind: 'rehearse',
  outline: () => [
    {
      title: 'pg_restore',
      language: 'argv',
      text: ['pg_restore', ...copyArguments('ar_scratch_…', '<run>/artifacts/….dump')].join(' '),
    },
  ],
  perform: async (_step, context) => {
    const backup = takenBackup(context);
    if (!backup.ok) return backup;
    // A stand-in holds rows as text; there is nothing to restore.
    if (backup.value.method === 'stand-in') return failed({code: 'backup-missing'});
    const login = await loginOfTarget(context);
    if (!login.ok) return login;
    const name = scratchName(context.opened.run, context.step, context.attempt);
    const scratch = await context.scratch.open(name, context.applicationName, context.signal);
    if (!scratch.ok) return scratch;
    const rehearsed = await rehearseOn(context, scratch.value, backup.value, login.value, perform);
    const dropped = await scratch.value.drop();
    return rehearsed.ok && !dropped.ok ? dropped : rehearsed;
  },
  // Whatever became of the copy, the target never heard of it; what is left of it is swept when the run goes on.
  reconcile: async () => ({verdict: 'had-no-effect', detail: 'on a copy'}),
});
