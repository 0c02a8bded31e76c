// Whether a database may be the target of a run: declared, known, or confirmed now.

import {systemClock} from '../adapters/clock.ts';
import {knownTargetFile} from '../adapters/known-targets.ts';
import type {RunbookDefinition} from '../core/definition.ts';
import type {TargetIdentity} from '../core/ids.ts';
import {judgeTarget, pinOf, type RealEnvironment, type TargetTrust} from '../core/known-target.ts';
import type {CliContext} from './context.ts';
import {opened, trouble, type Opening} from './trouble.ts';

export type Admission = Readonly<{
  context: CliContext;
  runbook: RunbookDefinition;
  environment: RealEnvironment;
  /** The system identifier that the operator has looked at and confirms. */
  pin?: string;
  /** The command that would confirm this system identifier. */
  confirmCommand: (systemIdentifier: string) => string;
  /** Told when a confirmation could not be kept: the run goes on, and the next one asks again. */
  notKept: (message: string) => void;
}>;

/** Only looks: what is not confirmed yet is no trouble, and nothing is kept. */
export const lookAtTarget = (
  context: CliContext,
  runbook: RunbookDefinition,
  environment: RealEnvironment,
  target: TargetIdentity,
): Opening<TargetTrust | 'unconfirmed'> => {
  const of = {context, runbook, environment, confirmCommand: () => '', notKept: () => undefined};
  const admitted = admitTarget(of, target);
  return !admitted.ok && admitted.trouble.code === 'target-unconfirmed' ? opened('unconfirmed') : admitted;
};

export const admitTarget = (of: Admission, target: TargetIdentity): Opening<TargetTrust> => {
  const {context, runbook, environment, pin} = of;
  if (pin !== undefined && pin !== target.systemIdentifier) return trouble({code: 'pin-differs', pin, target});
  const file = knownTargetFile();
  const known = file.read();
  if (!known.ok) return trouble({code: 'known-targets-unreadable', path: known.path, message: known.message});
  const judged = judgeTarget(runbook, environment, target, known.targets);
  switch (judged.status) {
    case 'differs': {
      const {expected, claim} = judged;
      const about = {runbook: runbook.id, environment, target, expected};
      return trouble({code: 'target-differs', ...about, ...(claim === undefined ? {} : {claim})});
    }
    case 'shared':
      return trouble({code: 'target-shared', environment, target, claim: judged.claim});
    case 'known':
    case 'declared':
      return opened(judged.status);
    case 'first-use': {
      if (pin === undefined) {
        const command = of.confirmCommand(target.systemIdentifier);
        return trouble({code: 'target-unconfirmed', environment, target, command});
      }
      const failure = file.remember(pinOf(runbook.id, environment, target, context.operator, systemClock.now()));
      if (failure !== undefined) of.notKept(failure);
      return opened('first-use');
    }
  }
};
