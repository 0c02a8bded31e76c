// attempt-runbook run: the runbook against a real staging or production database, without a screen.

import {resolveSource} from '../../adapters/postgres/source.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import {notKeptText} from '../../ui/text/target.ts';
import {admitTarget} from '../admit-target.ts';
import {commandLine} from '../command-line.ts';
import type {CliContext} from '../context.ts';
import {loadAnswers, loadNamed, loadSound} from '../load.ts';
import {openRun, type OpenRun} from '../open-run.ts';
import {closingAfter, reachTarget} from '../reach-target.ts';
import {showTrouble} from '../show.ts';
import {opened, trouble, type Opening} from '../trouble.ts';
import {unknownStep, walk} from '../walk.ts';

export type RunOptions = Readonly<{
  runbook?: string;
  env: 'staging' | 'production';
  url: string;
  /** The bastion through which the target is reached. */
  ssh?: string;
  scratch?: string;
  until?: string;
  /** The system identifier that confirms the target of an environment at its first use. */
  pin?: string;
  /** The run from which the target is taken, while that run does nothing. */
  takeOver?: string;
}>;

/** Opens a run against the target that the source names. */
export const startRun = async (context: CliContext, options: RunOptions): Promise<Opening<OpenRun>> => {
  context.stage?.('sql');
  const loaded = await loadSound(context, options.runbook);
  if (!loaded.ok) return loaded;
  const {runbook} = loaded.value;
  if (runbook.environments[options.env] === undefined) {
    return trouble({code: 'environment-missing', runbook: runbook.id, environment: options.env});
  }
  // A typing error is said now, not after the dump.
  const scratch = options.scratch === undefined ? undefined : resolveSource(options.scratch, context.env);
  if (scratch?.ok === false) return trouble({code: 'source', problem: scratch.problem});
  const {env: environment, url, ssh, until, pin, takeOver} = options;
  const again = (more: readonly string[]): string => {
    const given = [
      ...(ssh === undefined ? [] : ['--ssh', ssh]),
      ...(options.scratch === undefined ? [] : ['--scratch', options.scratch]),
      ...(until === undefined ? [] : ['--until', until]),
    ];
    return commandLine(context, ['run', runbook.id, '--env', environment, '--url', url, ...given, ...more]);
  };
  context.stage?.('target');
  const reached = await reachTarget(context, {source: url, ssh, environment, runbook});
  if (!reached.ok) return reached;
  const {settings, close} = reached.value;
  const run = await openRun({
    context,
    loaded: loaded.value,
    environment,
    settings,
    note: {
      source: url,
      ...(ssh === undefined ? {} : {ssh}),
      ...(options.scratch === undefined ? {} : {scratch: options.scratch}),
    },
    takeOver,
    // What was confirmed for this call is known to the next one.
    again,
    admit: (target) =>
      admitTarget(
        {
          context,
          runbook,
          environment,
          ...(pin === undefined ? {} : {pin}),
          confirmCommand: (systemIdentifier) => {
            const taking = takeOver === undefined ? [] : ['--take-over', takeOver];
            return again(['--pin', systemIdentifier, ...taking]);
          },
          // A screen has no line for it.
          notKept: (message) => (context.interactive ? undefined : context.err(notKeptText(message, context.locale))),
        },
        target,
      ),
  });
  if (run.ok) return opened(closingAfter(run.value, close));
  await close();
  return run;
};

export const run = async (context: CliContext, options: RunOptions): Promise<ExitCode> => {
  const loaded = loadNamed(context, options.runbook);
  if (!loaded.ok) return showTrouble(context, loaded.trouble);
  const wrong = unknownStep(context, loaded.value.runbook, options.env, options.until);
  if (wrong !== undefined) return wrong;
  const answers = loadAnswers(loaded.value.runbook, context.options.answers);
  if (!answers.ok) return showTrouble(context, answers.trouble);
  const started = await startRun(context, options);
  if (!started.ok) return showTrouble(context, started.trouble);
  return walk(context, started.value, {answers: answers.value, until: options.until});
};
