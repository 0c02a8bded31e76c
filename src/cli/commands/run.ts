// attempt-runbook run: the runbook against a real staging or production database, without a screen.

import {completed, resolveSource} from '../../adapters/postgres/source.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import type {CliContext} from '../context.ts';
import {loadAnswers, loadNamed} from '../load.ts';
import {openRun, type OpenRun} from '../open-run.ts';
import {showTrouble} from '../show.ts';
import {trouble, type Opening} from '../trouble.ts';
import {unknownStep, walk} from '../walk.ts';

export type RunOptions = Readonly<{
  runbook?: string;
  env: 'staging' | 'production';
  url: string;
  scratch?: string;
  until?: string;
}>;

/** Opens a run against the target that the source names. */
export const startRun = async (context: CliContext, options: Omit<RunOptions, 'until'>): Promise<Opening<OpenRun>> => {
  const loaded = loadNamed(context, options.runbook);
  if (!loaded.ok) return loaded;
  const {runbook} = loaded.value;
  if (runbook.environments[options.env] === undefined) {
    return trouble({code: 'environment-missing', runbook: runbook.id, environment: options.env});
  }
  const source = resolveSource(options.url, context.env);
  if (!source.ok) return trouble({code: 'source', problem: source.problem});
  // A typing error is said now, not after the dump.
  const scratch = options.scratch === undefined ? undefined : resolveSource(options.scratch, context.env);
  if (scratch?.ok === false) return trouble({code: 'source', problem: scratch.problem});
  return openRun({
    context,
    loaded: loaded.value,
    environment: options.env,
    settings: completed(source.settings, context.env),
    note: {source: options.url, ...(options.scratch === undefined ? {} : {scratch: options.scratch})},
  });
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
