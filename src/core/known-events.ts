// Which events does this version know? Another one was written by a newer version.

import type {RunEvent} from './event.ts';

const EVENT_TYPES: Readonly<Record<RunEvent['type'], true>> = {
  RunOpened: true,
  RunResumed: true,
  StepStarted: true,
  TransactionOpened: true,
  ItemChecked: true,
  ArtifactSealed: true,
  EvidenceAttached: true,
  TranscriptLost: true,
  SleepNoticed: true,
  StepSucceeded: true,
  StepFailed: true,
  StepInterrupted: true,
  StepReconciled: true,
  StepProbedAgain: true,
  OrphanCancellationBegun: true,
  OrphansEnded: true,
  StepWaived: true,
  ApprovalGranted: true,
  ApprovalRefused: true,
  ApprovalLapsed: true,
  StepConfirmed: true,
  ShellOpened: true,
  ShellEnded: true,
  StepsReopened: true,
  RollbackBegun: true,
  HandedOver: true,
  RunClosed: true,
};

export const isKnownEvent = (type: string): boolean => Object.hasOwn(EVENT_TYPES, type);
