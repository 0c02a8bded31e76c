// What a script answers in advance, as the answers file says it; the YAML is read in src/runbook.

import type {StepId} from '../../core/ids.ts';

export type ApprovalAnswer = Readonly<{as: string; key?: string}> | Readonly<{signature: string}>;

export type StepAnswer =
  /** Ticks every item; `note` is used for the items that require one. */
  | Readonly<{answer: 'check-all'; note?: string}>
  | Readonly<{answer: 'check'; items: Readonly<Record<string, Readonly<{note?: string}>>>}>
  | Readonly<{answer: 'start'}>
  /** The target's name, as a human would type it. */
  | Readonly<{answer: 'confirm'; target: string}>
  /** Approvers, each at most once: a name, with the key to sign with or without one; or a signature made elsewhere. */
  | Readonly<{answer: 'approve'; approvals: readonly ApprovalAnswer[]}>
  | Readonly<{answer: 'waive'; reason: string}>;

export type Answers = Readonly<{
  steps: ReadonlyMap<StepId, StepAnswer>;
  rollback?: Readonly<{option: string; reason: string; confirm: string}>;
}>;
