// What does a child get beside the target's PG* variables: names of the operator's, and values in its argument list?

import type {ProcessRun} from '../core/ports.ts';
import type {ChildTarget} from './postgres/child-environment.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const inheritedFrom = (env: Environment, names: readonly string[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

/** What a session needs to be found and to be bounded; nothing of it is secret. */
const SHOWN = ['PGAPPNAME', 'PGOPTIONS', 'PGCLIENTENCODING', 'PGCONNECT_TIMEOUT'] as const;

/** `kubectl exec` hands no environment on: there `env {environment} alembic` brings it along in the argument list. */
export const placeholderFilled = (
  {args, variables}: Pick<ProcessRun, 'args' | 'variables'>,
  target: ChildTarget | undefined,
): string[] => {
  const pairs = [
    ...SHOWN.flatMap((name) => {
      const value = target?.variables[name];
      return value === undefined ? [] : [`${name}=${value}`];
    }),
    ...Object.entries(variables ?? {}).map(([name, value]) => `${name}=${value}`),
  ];
  return args.flatMap((arg) => (arg === '{environment}' ? pairs : [arg]));
};
