// attempt-runbook approve: an approver's word, signed here or elsewhere, while no other process has the run. The target is
// not asked, and whoever approves does not become an operator of the run by it.

import {join, resolve} from 'node:path';
import {approvalFiles} from '../../adapters/approval-files.ts';
import {systemClock} from '../../adapters/clock.ts';
import {errorMessage, isFileTrouble, writeNew} from '../../adapters/files.ts';
import {openJournal} from '../../adapters/journal-file.ts';
import {changedFiles} from '../../adapters/plan-directory.ts';
import {knownSecrets} from '../../adapters/postgres/known-secrets.ts';
import {completed, resolveSource} from '../../adapters/postgres/source.ts';
import {holderOf, lockRun} from '../../adapters/run-lock.ts';
import type {Refusal} from '../../core/command.ts';
import type {Recorded, RunEvent} from '../../core/event.ts';
import {next} from '../../core/next.ts';
import {reduce} from '../../core/reduce.ts';
import {approve as approveStep, writeStatement, type ApprovalCommand, type Approving} from '../../engine/approvals.ts';
import {redactEvent} from '../../evidence/redact-event.ts';
import {compileRedaction, redactText} from '../../evidence/redaction.ts';
import {jsonLine} from '../../ui/plain/json-line.ts';
import {statementLines} from '../../ui/text/statement-lines.ts';
import {eventText} from '../../ui/text/event.ts';
import {exitCodeOf, type ExitCode} from '../../ui/text/exit.ts';
import {refusalText} from '../../ui/text/refusal.ts';
import {stepTitles} from '../../ui/text/titles.ts';
import {visibleLine} from '../../ui/text/visible.ts';
import {approvalKeys} from '../approval-keys.ts';
import type {CliContext} from '../context.ts';
import {canAsk} from '../export-evidence.ts';
import {findRun, readRun, type ReadRun} from '../read-run.ts';
import {sameRuns, showTrouble} from '../show.ts';
import {opened, trouble, type Opening} from '../trouble.ts';

export type ApproveOptions = Readonly<{
  run: string;
  step: string;
  as?: string;
  key?: string;
  refuse?: boolean;
  reason?: string;
  /** Made elsewhere, over a statement that was written here; or over `statement`. */
  signature?: string;
  /** Written, to be signed elsewhere: true in the run's directory alone, a path there as well. */
  statement?: string | true;
  allowedSigners?: string;
  revokedKeys?: string;
}>;

type Done =
  | Readonly<{did: 'decided'; events: readonly Recorded[]}>
  | Readonly<{did: 'written'; path: string; text: string}>
  | Readonly<{did: 'refused'; refusal: Refusal}>;

const commandOf = (options: ApproveOptions): ApprovalCommand => {
  const {step, as, key, reason, signature, statement} = options;
  if (signature !== undefined) {
    const text = typeof statement === 'string' ? {statement: resolve(statement)} : {};
    return {type: 'ImportApproval', step, signature: resolve(signature), ...text};
  }
  return {
    type: 'GiveApproval',
    step,
    decision: options.refuse === true ? 'refused' : 'approved',
    approver: as ?? '',
    ...(key === undefined ? {} : {key: resolve(key)}),
    ...(reason === undefined ? {} : {reason}),
  };
};

/** With the lock in hand: what was read before may have been written on meanwhile. */
const decided = async (context: CliContext, read: ReadRun, options: ApproveOptions): Promise<Opening<Done>> => {
  const {directory, journal: lines, runbook, listed, note} = read;
  const {damage} = lines;
  const refusedWith = (refusal: Refusal) => opened<Done>({did: 'refused', refusal});
  // A damaged or torn end is for `resume` to deal with: it says what was lost, and only then is there a head to sign.
  if (damage !== undefined) return refusedWith({code: 'run-damaged', seq: damage.seq});
  if (lines.newer !== undefined) return refusedWith({code: 'run-newer', ...lines.newer});
  if (lines.tornBytes > 0) return refusedWith({code: 'run-damaged', seq: lines.events.length + 1});
  const files = changedFiles(join(directory.path, 'plan'), listed, read.opened.plan, note.folder);
  if (files.length > 0) return refusedWith({code: 'plan-changed', files});
  const source = note.source === undefined ? undefined : resolveSource(note.source, context.env);
  const settings = source?.ok === true ? [completed(source.settings, context.env)] : [];
  const redaction = compileRedaction(knownSecrets(settings, context.env));
  const approving: Approving = {
    runbook,
    state: read.state,
    approvals: approvalFiles({
      directory,
      env: context.env,
      ...approvalKeys(context.env, options),
      canAsk: canAsk(),
    }),
    asking: {
      by: context.operator,
      now: systemClock.now(),
      receipt: () => {
        throw new Error('an approval starts nothing');
      },
    },
    redact: (text) => redactText(text, redaction).text,
  };
  if (options.statement !== undefined && options.signature === undefined) {
    const {step, as = '', refuse, reason} = options;
    const order = {step, approver: as, decision: refuse === true ? 'refused' : 'approved'} as const;
    const written = writeStatement(approving, {...order, ...(reason === undefined ? {} : {reason})});
    if (!written.ok) return refusedWith(written.refusal);
    if (options.statement === true) return opened({did: 'written', path: written.place, text: written.text});
    const path = resolve(options.statement);
    try {
      // Never over a file that is there: it may be the statement that somebody is signing now.
      writeNew(path, written.text);
    } catch (error) {
      return trouble({code: 'file-not-written', path, message: errorMessage(error)});
    }
    return opened({did: 'written', path, text: written.text});
  }
  const taken = await approveStep(approving, commandOf(options));
  if (!taken.ok) return refusedWith(taken.refusal);
  try {
    const journal = openJournal(directory.journal, lines, systemClock);
    try {
      let {state} = read;
      const append = (event: RunEvent): Recorded => {
        const recorded = journal.append(redactEvent(event, redaction));
        state = reduce(state, recorded);
        return recorded;
      };
      const events = taken.events.map(append);
      const need = next(runbook, state);
      const success =
        need.kind === 'conclusion'
          ? [append({type: 'StepSucceeded', step: need.step, attempt: need.attempt, facts: need.facts})]
          : [];
      return opened({did: 'decided', events: [...events, ...success]});
    } finally {
      journal.close();
    }
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return trouble({code: 'run-not-written', run: directory.run, message: errorMessage(error)});
  }
};

const lockedAndDecided = async (
  context: CliContext,
  options: ApproveOptions,
): Promise<Opening<Readonly<{done: Done; read: ReadRun}>>> => {
  const found = findRun(context, options.run);
  if (!found.ok) return found;
  const {path, run} = found.value;
  const locked = lockRun(path, context.operator.name, systemClock.now());
  if (!locked.ok) return trouble({code: 'run-locked', run, holder: holderOf(locked.holder)});
  try {
    const read = readRun(found.value);
    if (!read.ok) return read;
    const done = await decided(context, read.value, options);
    return done.ok ? opened({done: done.value, read: read.value}) : done;
  } finally {
    locked.lock.release();
  }
};

export const approve = async (context: CliContext, options: ApproveOptions): Promise<ExitCode> => {
  const result = await lockedAndDecided(context, options);
  if (!result.ok) return showTrouble(context, result.trouble);
  const {done, read} = result.value;
  const titleOf = stepTitles(read.runbook, read.opened.environment, context.locale);
  const json = context.options.json === true;
  switch (done.did) {
    case 'refused':
      context.err(visibleLine(refusalText(done.refusal, context.locale, titleOf)));
      return exitCodeOf({status: 'refused', refusal: done.refusal});
    case 'written': {
      const command = `attempt-runbook approve ${options.run} ${options.step}${sameRuns(context)} --signature ${done.path}.sig`;
      if (json) context.out(jsonLine({statement: done.path, text: done.text}));
      else statementLines(done, command, context.locale).forEach(context.out);
      return 3;
    }
    case 'decided': {
      for (const event of done.events)
        context.out(json ? jsonLine(event) : visibleLine(eventText(event, titleOf, context.locale, context.timeZone)));
      const wasRefused = done.events.some(({type}) => type === 'ApprovalRefused');
      if (wasRefused) return 2;
      return done.events.some(({type}) => type === 'StepSucceeded') ? 0 : 3;
    }
  }
};
