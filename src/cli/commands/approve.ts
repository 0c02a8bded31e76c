// attempt-runbook approve: an approver's word, signed here or elsewhere; written down here, or handed to the session that has
// the run open. The target is not asked, and whoever approves does not become an operator of the run by it.

import {systemClock} from '../../adapters/clock.ts';
import {holderOf, lockRun} from '../../adapters/run-lock.ts';
import type {RunDirectory} from '../../adapters/run-directory.ts';
import {jsonLine} from '../../ui/plain/json-line.ts';
import {handedText, unansweredText} from '../../ui/text/approvals/hand-over.ts';
import {statementLines} from '../../ui/text/statement-lines.ts';
import {eventText} from '../../ui/text/event.ts';
import {exitCodeOf, exitCodes, type ExitCode} from '../../ui/text/exit.ts';
import {refusalText} from '../../ui/text/refusal.ts';
import {stepTitles} from '../../ui/text/titles.ts';
import {visibleLine} from '../../ui/text/visible.ts';
import {decideHere} from '../approve/decide-here.ts';
import {ANSWERED_WITHIN_MS, handOver, type HandedOver} from '../approve/hand-over.ts';
import type {ApproveOptions} from '../approve/options.ts';
import {quoted} from '../command-line.ts';
import type {CliContext} from '../context.ts';
import {findRun, readRun, type ReadRun} from '../read-run.ts';
import {sameRuns, showTrouble} from '../show.ts';
import {opened, type Opening} from '../trouble.ts';

export type {ApproveOptions} from '../approve/options.ts';

type Approved = Readonly<{done: HandedOver; read: ReadRun}>;

const waitSeconds = ANSWERED_WITHIN_MS / 1000;

const given = async (
  context: CliContext,
  directory: RunDirectory,
  options: ApproveOptions,
): Promise<Opening<Approved>> => {
  const {path, run} = directory;
  const locked = lockRun(path, context.operator.name, systemClock.now());
  if (!locked.ok) {
    const holder = holderOf(locked.holder);
    // Beside the events, when those are JSON.
    const say = context.options.json === true ? context.err : context.out;
    return handOver(context, directory, holder, options, () =>
      say(handedText({run, holder, waitSeconds}, context.locale)),
    );
  }
  try {
    const read = readRun(directory);
    if (!read.ok) return read;
    const done = await decideHere(context, read.value, options);
    return done.ok ? opened({done: done.value, read: read.value}) : done;
  } finally {
    locked.lock.release();
  }
};

/** What was left for a session that has gone away meanwhile is taken by whoever left it, with the run's lock. */
const finished = async (
  context: CliContext,
  directory: RunDirectory,
  options: ApproveOptions,
  first: Opening<Approved>,
): Promise<Opening<Approved>> => {
  if (!first.ok || first.value.done.did !== 'left-alone') return first;
  const {left} = first.value.done;
  const {run, step, allowedSigners, revokedKeys} = options;
  const again = await given(context, directory, {
    run,
    step,
    signature: left.signature,
    statement: left.text,
    ...(allowedSigners === undefined ? {} : {allowedSigners}),
    ...(revokedKeys === undefined ? {} : {revokedKeys}),
  });
  // Another session may have been quicker: then it has them, or still finds them there.
  if (again.ok && ['decided', 'refused'].includes(again.value.done.did)) left.withdraw();
  return again;
};

export const approve = async (context: CliContext, options: ApproveOptions): Promise<ExitCode> => {
  const found = findRun(context, options.run);
  if (!found.ok) return showTrouble(context, found.trouble);
  const directory = found.value;
  const result = await finished(context, directory, options, await given(context, directory, options));
  if (!result.ok) return showTrouble(context, result.trouble);
  const {done, read} = result.value;
  const {locale} = context;
  const titleOf = stepTitles(read.runbook, read.opened.environment, locale);
  const json = context.options.json === true;
  switch (done.did) {
    case 'refused':
      context.err(visibleLine(refusalText(done.refusal, locale, titleOf)));
      return exitCodeOf({status: 'refused', refusal: done.refusal});
    case 'turned-down': {
      context.err(visibleLine(done.note.said[locale]));
      return exitCodes.find(({code}) => code === done.note.exit)?.code ?? 3;
    }
    case 'left-alone':
    case 'unanswered': {
      const words = {
        waitSeconds,
        statusCommand: `attempt-runbook status ${options.run}${sameRuns(context)}`,
        withdrawCommand: `rm ${quoted(done.left.signature)} ${quoted(done.left.text)}`,
      };
      unansweredText(words, locale).forEach(context.err);
      return 3;
    }
    case 'written': {
      const over = done.isKept ? '' : ` --statement ${quoted(done.path)}`;
      const command = `attempt-runbook approve ${options.run} ${options.step}${sameRuns(context)} --signature ${quoted(`${done.path}.sig`)}${over}`;
      if (json) context.out(jsonLine({statement: done.path, text: done.text}));
      else statementLines(done, command, locale).forEach(context.out);
      return 3;
    }
    case 'decided': {
      for (const event of done.events)
        context.out(json ? jsonLine(event) : visibleLine(eventText(event, titleOf, locale, context.timeZone)));
      const wasRefused = done.events.some(({type}) => type === 'ApprovalRefused');
      if (wasRefused) return 2;
      return done.events.some(({type}) => type === 'StepSucceeded') ? 0 : 3;
    }
  }
};
