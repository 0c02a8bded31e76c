// How a target is reached: what its source says, and the way there, opened first where it cannot be reached directly.

import {completed, resolveSource, type CompleteSettings} from '../adapters/postgres/source.ts';
import type {RunbookDefinition} from '../core/definition.ts';
import type {Environment} from '../core/ids.ts';
import {declaredVia, sshDestination, type Via} from '../core/via.ts';
import type {CliContext} from './context.ts';
import {opened, trouble, type Opening} from './trouble.ts';

export type ReachOptions = Readonly<{
  source: string;
  /** As `--ssh` says it; `none` goes directly. */
  ssh?: string | undefined;
  environment: Environment;
  runbook: RunbookDefinition;
}>;

export type ReachedTarget = Readonly<{settings: CompleteSettings; close: () => Promise<void>}>;

const viaOf = ({env}: CliContext, {ssh, environment, runbook}: ReachOptions): Opening<Via | undefined> => {
  const variable = env[`${environment.toUpperCase()}_SSH`];
  const named = ssh ?? (variable === '' ? undefined : variable);
  if (named === 'none') return opened(undefined);
  if (named !== undefined) {
    const to = sshDestination(named);
    return to === undefined ? trouble({code: 'via-malformed', text: named}) : opened({kind: 'ssh', to});
  }
  const declared = runbook.environments[environment]?.via;
  return opened(declared === undefined ? undefined : declaredVia(declared));
};

/** What is reached is closed by whoever asked for it, when nothing more is asked of the target. */
export const reachTarget = async (context: CliContext, options: ReachOptions): Promise<Opening<ReachedTarget>> => {
  const resolved = resolveSource(options.source, context.env);
  if (!resolved.ok) return trouble({code: 'source', problem: resolved.problem});
  const via = viaOf(context, options);
  if (!via.ok) return via;
  const settings = completed(resolved.settings, context.env);
  if (via.value === undefined) return opened({settings, close: async () => undefined});
  // Loaded here: most targets are reached without it.
  const {openLine} = await import('../adapters/tunnel/tunnel.ts');
  const {hostaddr, host, port} = settings;
  // A host that nobody named is the bastion itself, never a socket of this machine.
  const isNamed = (resolved.settings.host ?? resolved.settings.hostaddr ?? context.env['PGHOST']) !== undefined;
  const far = isNamed ? host : 'localhost';
  const line = await openLine(via.value, {host: hostaddr ?? far, port}, context.env);
  return line.ok
    ? opened({settings: {...settings, host: far, line: line.line}, close: line.line.close})
    : trouble({code: 'tunnel', ...line.trouble});
};

/** The way goes after the run: until then it is asked for its lock. */
export const closingAfter = <T extends Readonly<{close: () => Promise<void>}>>(
  run: T,
  close: () => Promise<void>,
): T => ({
  ...run,
  close: () => run.close().finally(close),
});
