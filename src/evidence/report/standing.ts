// How a run stands, in one word that nobody can misread, and everything that an approver must not overlook.

import type {RunbookDefinition} from '../../core/definition.ts';
import type {Recorded} from '../../core/event.ts';
import {waysBackTaken} from '../../core/rollback.ts';
import type {RunState} from '../../core/state.ts';
import {isProvenUndone} from '../../core/way-back/proven-undone.ts';
import type {JournalEnd, ReportSource} from './source.ts';

/** Worst first: what is in doubt is not 'completed', whatever else was said. */
export type Headline =
  | 'damaged'
  | 'in-doubt'
  | 'abandoned'
  | 'abandoned-after-way-back'
  | 'open'
  | 'rolled-back'
  | 'rolled-back-remarks'
  | 'remarks'
  | 'completed';

export type Standing = Readonly<{
  headline: Headline;
  tone: 'good' | 'warn' | 'bad';
  /** Closed, and its journal is whole. */
  isComplete: boolean;
}>;

const stepsIn = (state: RunState, ...statuses: readonly string[]): number =>
  Object.values(state.steps).filter(({status}) => statuses.includes(status)).length;

const hasRemarks = (state: RunState): boolean =>
  Object.values(state.steps).some(
    (step) => step.status === 'waived' || (step.status === 'succeeded' && step.verdict === 'amber'),
  ) || (state.lostTranscripts ?? []).length > 0;

const headlineOf = (runbook: RunbookDefinition, state: RunState, {damage}: JournalEnd): Headline => {
  if (damage !== undefined) return 'damaged';
  if (stepsIn(state, 'in-doubt', 'running') > 0) return 'in-doubt';
  if (state.closed === undefined) return 'open';
  switch (state.closed.outcome) {
    case 'abandoned':
      return waysBackTaken(runbook, state).length > 0 ? 'abandoned-after-way-back' : 'abandoned';
    case 'rolled-back':
      return isProvenUndone(runbook, state) ? 'rolled-back' : 'rolled-back-remarks';
    case 'completed':
      return hasRemarks(state) ? 'remarks' : 'completed';
  }
};

const tones: Readonly<Record<Headline, Standing['tone']>> = {
  damaged: 'bad',
  'in-doubt': 'bad',
  abandoned: 'bad',
  'abandoned-after-way-back': 'bad',
  open: 'warn',
  'rolled-back': 'warn',
  'rolled-back-remarks': 'warn',
  remarks: 'warn',
  completed: 'good',
};

export const standingOf = ({runbook, state, end}: Pick<ReportSource, 'runbook' | 'state' | 'end'>): Standing => {
  const headline = headlineOf(runbook, state, end);
  const isComplete = state.closed !== undefined && end.damage === undefined && end.tornBytes === 0;
  return {headline, tone: tones[headline], isComplete};
};

/** Events that make an approver look twice, in the order in which they were written. */
export const isRemarkable = (event: Recorded): boolean => {
  switch (event.type) {
    case 'StepFailed':
    case 'StepInterrupted':
    case 'StepReconciled':
    case 'StepWaived':
    case 'StepConfirmed':
    case 'ShellOpened':
    case 'OrphanCancellationBegun':
    case 'OrphansEnded':
    case 'StepsReopened':
    case 'RollbackBegun':
    case 'HandedOver':
    case 'SleepNoticed':
    case 'TranscriptLost':
    case 'RunResumed':
    case 'ApprovalRefused':
    case 'ApprovalLapsed':
      return true;
    case 'StepProbedAgain':
      return event.holds !== true;
    case 'EvidenceAttached':
      return !event.scanned;
    case 'RunClosed':
      return event.outcome !== 'completed';
    default:
      return false;
  }
};
