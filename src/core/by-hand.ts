// When may a human look in place of a program?

import type {Action} from './definition.ts';
import type {StepState} from './state.ts';

/** Whether a step is of the kind whose question a human can answer as well. */
export const canBeByHand = (action: Action): boolean =>
  action.kind === 'pull-request' || action.kind === 'managed-backup';

/** Only after the program was tried and could not be asked: what it did answer is not for anybody to overrule. */
export const isByHand = (action: Action, state: StepState): boolean =>
  canBeByHand(action) && state.status === 'failed' && state.failure.code === 'tool-unavailable';
