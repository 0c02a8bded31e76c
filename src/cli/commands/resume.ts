// attempt-runbook resume and rollback: a run goes on, or back, without a screen.

import type {ExitCode} from '../../ui/text/exit.ts';
import type {Answers} from '../../runbook/answers.ts';
import type {CliContext} from '../context.ts';
import {loadAnswers} from '../load.ts';
import {resumeRun, type Resumed} from '../resume-run.ts';
import {readNamed} from '../read-run.ts';
import {showClosing, showTrouble} from '../show.ts';
import {faultOf, viewOnly} from '../view-only.ts';
import {unknownStep, walk} from '../walk.ts';
import {hasChanged} from '../../core/rollback.ts';
import {takeText, wayBackText} from '../../ui/plain/way-back-text.ts';
import {failureText} from '../../ui/text/failure.ts';
import {refusalText} from '../../ui/text/refusal.ts';
import {endOf, exitCodeOf} from '../../ui/text/exit.ts';

export type ResumeOptions = Readonly<{
  run?: string;
  url?: string;
  ssh?: string;
  scratch?: string;
  until?: string;
  keep?: boolean;
  /** The run from which the target is taken; true: this one, from a process on another host. */
  takeOver?: string | true;
  cancelOrphans?: string;
  /** The snapshot, and what was done since, once more: the catalog has changed and that is in order. */
  snapshotAgain?: boolean;
}>;

const go = (
  context: CliContext,
  run: Resumed,
  answers: Answers | undefined,
  options: ResumeOptions & Readonly<{retry: boolean}>,
): Promise<ExitCode> =>
  walk(context, run, {
    answers,
    until: options.until,
    retry: options.retry,
    cancelOrphans: options.cancelOrphans,
    embedded: run.embedded,
    keep: options.keep === true,
  });

/** A closed run is whole: nothing is written into it, and its target is not asked. */
const alreadyClosed = (context: CliContext, run: string | undefined): ExitCode | undefined => {
  const read = readNamed(context, run);
  if (!read.ok || read.value.state.closed === undefined || faultOf(read.value.journal) !== undefined) return undefined;
  const {session} = viewOnly(read.value);
  if (context.options.json !== true) showClosing(context, read.value.directory.run, session);
  return exitCodeOf(endOf(session.view()));
};

export const resume = async (context: CliContext, options: ResumeOptions): Promise<ExitCode> => {
  const done = alreadyClosed(context, options.run);
  if (done !== undefined) return done;
  const resumed = await resumeRun(context, options.run, {
    ...(options.url === undefined ? {} : {source: options.url}),
    ...(options.ssh === undefined ? {} : {ssh: options.ssh}),
    ...(options.scratch === undefined ? {} : {scratch: options.scratch}),
    ...(options.takeOver === undefined ? {} : {takeOver: options.takeOver}),
  });
  if (!resumed.ok) return showTrouble(context, resumed.trouble);
  const run = resumed.value;
  const {runbook, opened} = run.read;
  const wrong = unknownStep(context, runbook, opened.environment, options.until);
  const answers = loadAnswers(runbook, context.options.answers);
  if (wrong !== undefined || !answers.ok) {
    await run.close();
    run.embedded?.detach();
    return wrong ?? (answers.ok ? 64 : showTrouble(context, answers.trouble));
  }
  if (options.snapshotAgain === true) {
    const refusal = await run.session.submit({type: 'TakeSnapshotAgain'});
    if (refusal !== undefined) {
      context.err(refusalText(refusal, context.locale));
      await run.close();
      run.embedded?.detach();
      return exitCodeOf({status: 'refused', refusal});
    }
  }
  return go(context, run, answers.value, {...options, retry: true});
};

export type RollbackOptions = Readonly<{
  run?: string;
  url?: string;
  ssh?: string;
  /** Without it, or without the target's name, the ways back are shown and nothing is done. */
  option?: string;
  confirm?: string;
  reason?: string;
  keep?: boolean;
}>;

const ASKED_FOR = 'rollback requested on the command line';

/** The ways back as they rank now, or the one that was asked for; beside the events when those are JSON. */
const showWaysBack = async (context: CliContext, run: Resumed, option: string | undefined): Promise<void> => {
  const {runbook, state} = run.session.view();
  if (!hasChanged(runbook, state)) return;
  const ranked = await run.session.rollbackOptions();
  const write = context.options.json === true ? context.err : context.out;
  if (ranked.ok) wayBackText(ranked.options, context.locale, context.timeZone, option).forEach(write);
  else context.err(failureText(ranked.failure, context.locale).what);
};

export const rollback = async (context: CliContext, options: RollbackOptions): Promise<ExitCode> => {
  const resumed = await resumeRun(context, options.run, {
    ...(options.url === undefined ? {} : {source: options.url}),
    ...(options.ssh === undefined ? {} : {ssh: options.ssh}),
  });
  if (!resumed.ok) return showTrouble(context, resumed.trouble);
  const run = resumed.value;
  // What follows the way back may be answered beforehand, as any other step.
  const answers = loadAnswers(run.read.runbook, context.options.answers);
  if (!answers.ok) {
    await run.close();
    run.embedded?.detach();
    return showTrouble(context, answers.trouble);
  }
  // A step that a crash left in doubt is settled first: the target is asked before anything goes back.
  await run.session.settled();
  const {option, confirm} = options;
  const {runbook, state} = run.session.view();
  await showWaysBack(context, run, option);
  if (option === undefined || confirm === undefined) {
    const command = `attempt-runbook rollback ${run.run} --option ${option ?? 'ID'} --confirm ${state.opened?.target.database ?? ''} --reason '...'`;
    context.err(takeText(command, context.locale));
    await run.close();
    run.embedded?.detach();
    return 3;
  }
  // What overwrites a whole database is not done for a reason that nobody gave.
  const isWhole = runbook.rollback.some(({id, kind}) => id === option && kind === 'restore-backup');
  const reason = options.reason ?? (isWhole ? '' : ASKED_FOR);
  const refusal = await run.session.submit({type: 'BeginRollback', option, reason, confirm});
  // Nothing is left to ask: a way back that fails has failed, and is not the question whether to start it again.
  if (refusal === undefined) return go(context, run, answers.value, {...options, retry: false});
  context.err(refusalText(refusal, context.locale));
  await run.close();
  run.embedded?.detach();
  return exitCodeOf({status: 'refused', refusal});
};
