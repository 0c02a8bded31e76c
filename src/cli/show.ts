// How commands print: trouble on standard error with its exit code, everything else on standard output.

import type {Failure} from '../core/failure.ts';
import {closingSummary} from '../ui/text/outcome.ts';
import {failureExitCode, type ExitCode, type RunEnd} from '../ui/text/exit.ts';
import {problemText} from '../ui/text/problem.ts';
import {troubleText} from '../ui/text/trouble.ts';
import {visibleLine} from '../ui/text/visible.ts';
import type {Session} from '../engine/session.ts';
import {quoted} from './command-line.ts';
import type {CliContext} from './context.ts';
import type {StartTrouble} from './trouble.ts';

const failureCode = (failure: Failure): ExitCode => {
  switch (failure.code) {
    case 'target-read-only':
    case 'identity-hidden':
    case 'server-toolchain-missing':
      return 69;
    default:
      return failureExitCode(failure);
  }
};

const exitCodeOfTrouble = (of: StartTrouble): ExitCode => {
  switch (of.code) {
    case 'runbook-invalid':
    case 'run-unreadable':
    case 'run-newer':
      return 65;
    case 'runbook-unknown':
    case 'answers-missing':
    case 'source-needed':
    case 'sample-missing':
    case 'environment-missing':
    case 'run-unknown':
    case 'source':
    case 'step-unknown':
    case 'other-target':
    case 'runs-directory':
    case 'file-not-written':
    case 'not-a-bundle':
    case 'via-malformed':
    case 'evidence-unreadable':
    case 'signature':
    case 'attachment':
      return 64;
    case 'run-not-written':
      // As for a journal that fails later: what the run had begun before stays in doubt until it is continued.
      return 4;
    case 'target-differs':
    case 'target-shared':
    case 'pin-differs':
    case 'known-targets-unreadable':
      return 64;
    case 'target-unconfirmed':
      return 3;
    case 'pooler-detected':
    case 'tunnel':
      return 69;
    case 'server':
      return of.problem.code === 'in-use' ? 75 : 69;
    case 'target-locked':
      // Nobody else has it: what is known of the run is what counts.
      if (of.own !== undefined) return of.own.isInDoubt ? 4 : 69;
      return 75;
    case 'run-locked':
    case 'take-over-at-work':
    case 'take-over-other':
      return 75;
    case 'dump':
      return of.problem.code === 'missing' ? 64 : 2;
    case 'failure':
    case 'not-filled':
      return failureCode(of.failure);
  }
};

export const problemLines = (
  context: CliContext,
  of: Extract<StartTrouble, {code: 'runbook-invalid'}>,
  runbook: string | undefined = context.runbook,
): readonly string[] =>
  of.problems.flatMap((problem) => {
    const {where, what, hint, excerpt} = problemText(problem, context.locale, runbook);
    return [where, ...excerpt.map((line) => `    ${line}`), `  ${what}`, `  ${hint}`];
  });

export const troubleLines = (context: CliContext, of: StartTrouble): readonly string[] =>
  of.code === 'runbook-invalid' ? problemLines(context, of) : troubleText(of, context.locale).map(visibleLine);

/** Prints what is in the way and returns the exit code. */
export const showTrouble = (context: CliContext, of: StartTrouble): ExitCode => {
  for (const line of troubleLines(context, of)) context.err(line);
  return exitCodeOfTrouble(of);
};

/** The options that a next command needs in order to find the same run. */
export const sameRuns = ({options}: CliContext): string =>
  options.runsDir === undefined ? '' : ` --runs-dir ${quoted(options.runsDir)}`;

/** What stands on the normal screen when a run is left: where it is, and the next command. */
export const showClosing = (context: CliContext, run: string, session: Session, end?: RunEnd): void => {
  const commands = {
    run,
    continueCommand: `attempt-runbook resume ${run}${sameRuns(context)}`,
    exportCommand: `attempt-runbook export ${run}${sameRuns(context)} -o ${run}-evidence.zip`,
  };
  for (const line of closingSummary(session.view(), context.locale, commands, end)) context.out(visibleLine(line));
};
