// How a file that a person hands over becomes part of the run: kept first, then written down; one that cannot be written
// down is not kept.

import type {Attachments, AttachProblem, AttachRequest} from '../core/attachment.ts';
import type {RunbookDefinition} from '../core/definition.ts';
import type {RunEvent} from '../core/event.ts';
import {rollbackStepId, type Identity} from '../core/ids.ts';
import {actionOf, afterStepsOf, stepsOf} from '../core/outline.ts';
import type {RunState} from '../core/state.ts';

export type AttachTo = Readonly<{
  runbook: RunbookDefinition;
  by: Identity;
  attachments: Attachments;
  /** As they are when they are asked for: a running step may close the run while a file is copied. */
  state: () => RunState;
  isStopped: () => boolean;
  /** Writes the event; false when the journal takes nothing any more. */
  append: (event: RunEvent) => boolean;
}>;

const stepProblem = ({runbook, state}: AttachTo, step: string | undefined): AttachProblem | undefined => {
  const {opened} = state();
  if (step === undefined || opened === undefined || actionOf(runbook, step) !== undefined) return undefined;
  const known = [
    ...stepsOf(runbook, opened.environment).map(({id}) => id),
    ...runbook.rollback.flatMap((option) => [rollbackStepId(option.id), ...afterStepsOf(option).map(({id}) => id)]),
  ];
  return {code: 'step-unknown', step, known};
};

const standing = ({state, isStopped}: AttachTo): AttachProblem | undefined => {
  if (isStopped()) return {code: 'run-read-only'};
  return state().closed === undefined ? undefined : {code: 'run-closed'};
};

export const attachTo = async (of: AttachTo, {path, note, step}: AttachRequest): Promise<AttachProblem | undefined> => {
  const refused = standing(of) ?? stepProblem(of, step);
  if (refused !== undefined) return refused;
  if (note.trim() === '') return {code: 'note-missing'};
  const kept = await of.attachments.keep(path);
  if (!kept.ok) return kept.problem;
  const closed = standing(of);
  if (closed !== undefined) {
    of.attachments.discard(kept.value);
    return closed;
  }
  const {by} = of;
  const about = step === undefined ? {} : {step};
  // When the journal fails nobody knows whether the record is on disk: then the copy stays, and evidence lists it as it is.
  return of.append({type: 'EvidenceAttached', ...about, ...kept.value, note: note.trim(), by})
    ? undefined
    : {code: 'run-read-only'};
};
