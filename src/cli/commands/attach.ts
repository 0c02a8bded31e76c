// attempt-runbook attach: a file becomes part of a run's evidence, sealed by its hash, while no other process has the run.

import {resolve} from 'node:path';
import {attachmentsOf} from '../../adapters/attachments.ts';
import {systemClock} from '../../adapters/clock.ts';
import {errorMessage, isFileTrouble} from '../../adapters/files.ts';
import {openJournal} from '../../adapters/journal-file.ts';
import {knownSecrets} from '../../adapters/postgres/known-secrets.ts';
import {completed, resolveSource} from '../../adapters/postgres/source.ts';
import {holderOf, lockRun} from '../../adapters/run-lock.ts';
import {rollbackStepId} from '../../core/ids.ts';
import {afterStepsOf, stepsOf} from '../../core/outline.ts';
import type {AttachProblem} from '../../core/attachment.ts';
import type {Recorded} from '../../core/event.ts';
import {redactEvent} from '../../evidence/redact-event.ts';
import {compileRedaction} from '../../evidence/redaction.ts';
import {jsonLine} from '../../ui/plain/json-line.ts';
import {eventText} from '../../ui/text/event.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import {visibleLine} from '../../ui/text/visible.ts';
import type {CliContext} from '../context.ts';
import {findRun, readRun, type ReadRun} from '../read-run.ts';
import {faultOf} from '../view-only.ts';
import {showTrouble} from '../show.ts';
import {opened, trouble, type Opening} from '../trouble.ts';

export type AttachOptions = Readonly<{run: string; file: string; note: string; step?: string}>;

const problemOf = ({state, runbook, journal, opened: of}: ReadRun, {note, step}: AttachOptions) => {
  const known = [
    ...stepsOf(runbook, of.environment).map(({id}) => id),
    ...runbook.rollback.flatMap((option) => [rollbackStepId(option.id), ...afterStepsOf(option).map(({id}) => id)]),
  ];
  const problem = ((): AttachProblem | undefined => {
    if (state.closed !== undefined) return {code: 'run-closed'};
    // A torn or damaged end is for `resume` to deal with: it says what was lost.
    if (faultOf(journal) !== undefined || journal.tornBytes > 0) return {code: 'run-read-only'};
    if (note.trim() === '') return {code: 'note-missing'};
    return step === undefined || known.includes(step) ? undefined : {code: 'step-unknown', step, known};
  })();
  return problem;
};

/** With the lock in hand: what was read before may have been written on meanwhile. */
const attached = async (context: CliContext, read: ReadRun, options: AttachOptions): Promise<Opening<Recorded>> => {
  const refusal = problemOf(read, options);
  if (refusal !== undefined) return trouble({code: 'attachment', problem: refusal});
  const {directory, journal: lines} = read;
  const source = read.note.source === undefined ? undefined : resolveSource(read.note.source, context.env);
  const settings = source?.ok === true ? [completed(source.settings, context.env)] : [];
  const redaction = compileRedaction(knownSecrets(settings, context.env));
  const attachments = attachmentsOf(directory.path, redaction);
  const kept = await attachments.keep(resolve(options.file));
  if (!kept.ok) return trouble({code: 'attachment', problem: kept.problem});
  const {step, note} = options;
  try {
    const journal = openJournal(directory.journal, lines, systemClock);
    try {
      const event = {
        type: 'EvidenceAttached',
        ...(step === undefined ? {} : {step}),
        ...kept.value,
        note: note.trim(),
        by: context.operator,
      } as const;
      return opened(journal.append(redactEvent(event, redaction)));
    } finally {
      journal.close();
    }
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    // Whether the record is on disk nobody knows; the copy stays, and evidence lists it as not sealed if it is not.
    return trouble({code: 'run-not-written', run: directory.run, message: errorMessage(error)});
  }
};

const attachTo = async (context: CliContext, options: AttachOptions): Promise<Opening<Recorded>> => {
  const found = findRun(context, options.run);
  if (!found.ok) return found;
  const before = readRun(found.value);
  if (!before.ok) return before;
  const refusal = problemOf(before.value, options);
  if (refusal !== undefined) return trouble({code: 'attachment', problem: refusal});
  const {path, run} = found.value;
  const locked = lockRun(path, context.operator.name, systemClock.now());
  if (!locked.ok) return trouble({code: 'run-locked', run, holder: holderOf(locked.holder)});
  try {
    const read = readRun(found.value);
    return read.ok ? await attached(context, read.value, options) : read;
  } finally {
    locked.lock.release();
  }
};

export const attach = async (context: CliContext, options: AttachOptions): Promise<ExitCode> => {
  const done = await attachTo(context, options);
  if (!done.ok) return showTrouble(context, done.trouble);
  context.out(
    context.options.json === true
      ? jsonLine(done.value)
      : visibleLine(eventText(done.value, (step) => step, context.locale, context.timeZone)),
  );
  return 0;
};
