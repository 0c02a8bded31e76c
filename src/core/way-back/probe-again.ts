// Which changes of a run must be looked at once more: nothing is ticked on the word of a history that may be another now.

import type {RunbookDefinition, StepDefinition} from '../definition.ts';
import {stepsOf} from '../outline.ts';
import {stepState, type RunState} from '../state.ts';

export type Applied = Readonly<{step: Extract<StepDefinition, {kind: 'migration'}>; attempt: number}>;

/**
 * Changes that took effect, of which something can be asked: a verify that knows the change from its absence, or declared
 * objects that were not as before afterwards. What a human has settled stays settled.
 */
const probeable = (runbook: RunbookDefinition, state: RunState): readonly Applied[] =>
  stepsOf(runbook, state.opened?.environment ?? 'rehearsal').flatMap((step) => {
    if (step.kind !== 'migration') return [];
    const of = stepState(state, step.id);
    if (of.status !== 'succeeded' || of.facts.kind !== 'migration') return [];
    const {facts, attempt} = of;
    const hasVerify = step.verify !== undefined && facts.verifyHeldBefore !== true;
    return hasVerify || facts.changes.length > 0 ? [{step, attempt}] : [];
  });

const unseenSince = (runbook: RunbookDefinition, state: RunState, seq: number): Applied | undefined =>
  probeable(runbook, state).find(({step}) => (state.probedAgain?.[step.id] ?? 0) < seq);

/** The next one, after the server failed over, was restored, or this process may have lost the target for a while. */
export const toProbe = (runbook: RunbookDefinition, state: RunState): Applied | undefined =>
  state.historyDoubted === undefined ? undefined : unseenSince(runbook, state, state.historyDoubted);

/** The next one before the run may be closed as completed: what has just been applied was looked at as it was. */
export const toProbeBeforeClose = (runbook: RunbookDefinition, state: RunState): Applied | undefined =>
  unseenSince(runbook, state, state.progressed ?? 0);
