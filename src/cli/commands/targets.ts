// attempt-runbook targets: which databases were confirmed on this machine, and forgetting one.

import {knownTargetFile, type KnownTargets} from '../../adapters/known-targets.ts';
import {jsonLine} from '../../ui/plain/json-line.ts';
import {forgottenText, targetsText} from '../../ui/plain/targets-text.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import {visibleLine} from '../../ui/text/visible.ts';
import type {CliContext} from '../context.ts';
import {showTrouble} from '../show.ts';

const show = (
  context: CliContext,
  known: KnownTargets,
  lines: (targets: KnownTargets & {ok: true}) => readonly string[],
) => {
  if (!known.ok)
    return showTrouble(context, {code: 'known-targets-unreadable', path: known.path, message: known.message});
  if (context.options.json === true) for (const target of known.targets) context.out(jsonLine(target));
  else for (const line of lines(known)) context.out(visibleLine(line));
  return 0;
};

export const targets = (context: CliContext): ExitCode =>
  show(context, knownTargetFile().read(), (known) => targetsText(known.targets, context.locale, context.timeZone));

/** Only what is known here is forgotten: no database is asked, and nothing in a run changes. */
export const forgetTarget = (context: CliContext, environment: string, runbook: string | undefined): ExitCode =>
  show(context, knownTargetFile().forget(environment, runbook), (gone) =>
    forgottenText(gone.targets, environment, context.locale),
  );
