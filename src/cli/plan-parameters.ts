// What a plan says beside its files: the environment, the target and the public values.

import type {Environment, TargetIdentity} from '../core/ids.ts';
import type {PlanParameters} from '../runbook/plan.ts';

export const planParameters = (
  environment: Environment,
  target: TargetIdentity | undefined,
  parameters: Readonly<Record<string, string>>,
): PlanParameters => ({
  environment,
  parameters,
  target:
    target === undefined
      ? null
      : {
          systemIdentifier: target.systemIdentifier,
          database: target.database,
          user: target.user,
          serverMajor: Math.floor(target.serverVersionNum / 10_000),
        },
});
