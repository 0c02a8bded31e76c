// How the plain front walks an open run to its end and leaves it.

import type {RunbookDefinition} from '../core/definition.ts';
import type {Recorded} from '../core/event.ts';
import {stepsOf} from '../core/outline.ts';
import {windowAt} from '../core/window.ts';
import {systemClock} from '../adapters/clock.ts';
import {runPlain} from '../ui/plain/front.ts';
import {jsonLine} from '../ui/plain/json-line.ts';
import {eventText} from '../ui/text/event.ts';
import {exitCodeOf, type ExitCode, type RunEnd} from '../ui/text/exit.ts';
import {pictureText} from '../ui/text/picture.ts';
import {tlsAdvice} from '../ui/text/target.ts';
import {signersLines} from '../ui/plain/signers-lines.ts';
import {stepTitles} from '../ui/text/titles.ts';
import {visibleLine} from '../ui/text/visible.ts';
import {outsideWindowText, windowText} from '../ui/text/window.ts';
import type {Answers} from '../runbook/answers.ts';
import {elsewhereOf} from './approve/elsewhere.ts';
import type {CliContext} from './context.ts';
import {watchInterruption} from './interruption.ts';
import {leaveRun, type RehearsalServer} from './leave-run.ts';
import type {OpenRun} from './open-run.ts';
import {sameRuns, showClosing, showTrouble} from './show.ts';
import {watchPictures} from './take-picture.ts';
import {watchSleep} from './watch-sleep.ts';

export type WalkOptions = Readonly<{
  answers?: Answers | undefined;
  until?: string | undefined;
  rollbackAfter?: boolean;
  retry?: boolean;
  embedded?: RehearsalServer | undefined;
  cancelOrphans?: string | undefined;
  /** Leaves the rehearsal's server running. */
  keep?: boolean;
  /** Does something with the finished run before it is let go of. */
  finally?: (end: RunEnd) => Promise<void>;
}>;

export const unknownStep = (
  context: CliContext,
  runbook: RunbookDefinition,
  environment: 'rehearsal' | 'staging' | 'production',
  step: string | undefined,
): ExitCode | undefined => {
  const known = stepsOf(runbook, environment).map(({id}) => id);
  return step === undefined || known.includes(step)
    ? undefined
    : showTrouble(context, {code: 'step-unknown', step, known});
};

/** English, as everything that the journal is told in words of ours. */
const becauseOf = (end: RunEnd): string =>
  end.status === 'stopped' ? `stopped after ${end.step}, as was asked for` : `left while ${end.status}`;

export const walk = async (context: CliContext, run: OpenRun, options: WalkOptions): Promise<ExitCode> => {
  const json = context.options.json === true;
  const awake = watchSleep((ms) => void run.session.noticeSleep(ms));
  const {
    state: {opened: begun},
    runbook: of,
  } = run.session.view();
  const titleOf = begun === undefined ? (step: string) => step : stepTitles(of, begun.environment, context.locale);
  const print = (event: Recorded): void =>
    context.out(json ? jsonLine(event) : visibleLine(eventText(event, titleOf, context.locale, context.timeZone)));
  const pictures = watchPictures(
    context,
    run,
    () => context.locale,
    (taken) => {
      if (!json && taken.kind !== 'taken') context.err(`! ${pictureText(taken, context.locale)}`);
    },
  );
  const interruption = watchInterruption(run.session, async () => {
    await pictures.leave();
    await leaveRun(run, options.embedded, options.keep === true);
  });
  run.opening.forEach(print);
  const {runbook, state} = run.session.view();
  const window = state.opened === undefined ? undefined : runbook.environments[state.opened.environment]?.window;
  if (!json && window !== undefined && state.closed === undefined) {
    const standing = windowAt(window, systemClock.now());
    const outside = outsideWindowText(window, standing, context.locale);
    context.out(outside === undefined ? windowText(standing, context.locale) : `! ${outside}`);
  }
  const target = run.session.view().state.opened?.target;
  const advice = target === undefined ? undefined : tlsAdvice(target, context.locale);
  if (!json && advice !== undefined) context.out(`! ${visibleLine(advice)}`);
  if (!json) for (const words of await signersLines(run.session, context.locale)) context.out(visibleLine(words));
  // The front is gone, but the journal may still grow, by the picture of the last step: all of it is printed.
  let unsubscribe = (): void => undefined;
  const printOn = (): void => {
    unsubscribe = run.session.subscribe((message) => {
      if (message.type === 'event') print(message.event);
    });
  };
  const end = await runPlain({
    session: run.session,
    locale: context.locale,
    json,
    answers: options.answers,
    timeZone: context.timeZone,
    rollbackAfter: options.rollbackAfter === true,
    retry: options.retry === true,
    showBlockerQueries: context.options.showBlockerQueries === true,
    ...(options.cancelOrphans === undefined ? {} : {cancelOrphans: options.cancelOrphans}),
    write: context.out,
    sameRuns: sameRuns(context),
    elsewhere: elsewhereOf(context),
    interrupted: interruption.happened,
    left: printOn,
    ...(options.until === undefined ? {} : {until: options.until}),
  });
  await run.session.settled();
  await pictures.close();
  // The interruption ends the process by itself, after it has put everything away.
  if (interruption.happened()) return 130;
  awake();
  await interruption.leave(() => leaveRun(run, options.embedded, options.keep === true, becauseOf(end)));
  if (interruption.happened()) return 130;
  unsubscribe();
  const wasAbandoned = run.session.view().state.closed?.outcome === 'abandoned';
  if (!json) showClosing(context, run.run, run.session, wasAbandoned ? undefined : end);
  await options.finally?.(end);
  return exitCodeOf(end);
};
