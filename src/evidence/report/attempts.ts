// What became of every attempt at a step, in the order in which they were made.

import type {Recorded, Verdict} from '../../core/event.ts';
import type {Facts} from '../../core/facts.ts';
import type {Failure} from '../../core/failure.ts';
import type {Identity, Instant, StepId} from '../../core/ids.ts';

export type AttemptEnd =
  | Readonly<{how: 'succeeded'; facts: Facts}>
  | Readonly<{how: 'failed'; failure: Failure}>
  | Readonly<{how: 'interrupted'}>
  | Readonly<{how: 'settled'; verdict: Verdict; by: 'probe' | Identity}>
  | Readonly<{how: 'open'}>;

export type Attempt = Readonly<{
  step: StepId;
  attempt: number;
  by: Identity;
  startedAt: Instant;
  endedAt?: Instant;
  xid?: string;
  session: string;
  end: AttemptEnd;
}>;

type Writable = {-readonly [K in keyof Attempt]: Attempt[K]};

/** One pass: an event belongs to the latest attempt at its step. */
export const attemptsOf = (events: readonly Recorded[]): readonly Attempt[] => {
  const all: Writable[] = [];
  const latest = new Map<StepId, Writable>();
  for (const event of events) {
    if (event.type === 'StepStarted') {
      const {step, attempt, by, at, receipt} = event;
      const begun = {step, attempt, by, startedAt: at, session: receipt.applicationName, end: {how: 'open'} as const};
      all.push(begun);
      latest.set(step, begun);
      continue;
    }
    const of = 'step' in event && event.step !== undefined ? latest.get(event.step) : undefined;
    if (of === undefined) continue;
    switch (event.type) {
      case 'TransactionOpened':
        of.xid = event.xid;
        break;
      case 'StepSucceeded':
        Object.assign(of, {endedAt: event.at, end: {how: 'succeeded', facts: event.facts}});
        break;
      case 'StepFailed':
        Object.assign(of, {endedAt: event.at, end: {how: 'failed', failure: event.failure}});
        break;
      case 'StepInterrupted':
        Object.assign(of, {endedAt: event.at, end: {how: 'interrupted'}});
        break;
      case 'StepReconciled':
        Object.assign(of, {endedAt: event.at, end: {how: 'settled', verdict: event.verdict, by: event.by}});
        break;
      default:
        break;
    }
  }
  return all;
};

/** Every step and way back of a run from its first event to its last, for a line of time. */
export type Span = Readonly<{step: StepId; from: Instant; to: Instant}>;

export const spansOf = (events: readonly Recorded[]): readonly Span[] => {
  const spans = new Map<StepId, {from: Instant; to: Instant}>();
  for (const event of events) {
    if (!('step' in event) || event.step === undefined || event.step === 'session') continue;
    const span = spans.get(event.step);
    if (span === undefined) spans.set(event.step, {from: event.at, to: event.at});
    else span.to = event.at;
  }
  return [...spans].map(([step, span]) => ({step, ...span}));
};
