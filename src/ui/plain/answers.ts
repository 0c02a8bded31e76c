// What a script answers in advance, as the answers file says it; the YAML is read in src/runbook.

import type {StepId} from '../../core/ids.ts';

export type StepAnswer =
  /** Ticks every item; `note` is used for the items that require one. */
  | Readonly<{answer: 'check-all'; note?: string}>
  | Readonly<{answer: 'check'; items: Readonly<Record<string, Readonly<{note?: string}>>>}>
  | Readonly<{answer: 'start'}>
  /** The target's name, as a human would type it. */
  | Readonly<{answer: 'confirm'; target: string}>
  | Readonly<{answer: 'waive'; reason: string}>;

export type Answers = Readonly<{
  steps: ReadonlyMap<StepId, StepAnswer>;
  rollback?: Readonly<{option: string; reason: string; confirm: string}>;
}>;
