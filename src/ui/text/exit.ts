// With which code the process ends, and what each code says to a script.

import type {Refusal} from '../../core/command.ts';
import type {Outcome} from '../../core/event.ts';
import type {Failure, LockLoss} from '../../core/failure.ts';
import type {StepId} from '../../core/ids.ts';
import type {Question} from '../../core/next.ts';
import {stepState} from '../../core/state.ts';
import type {LocalText, Locale} from '../../core/text.ts';
import type {Fault, SessionView} from '../../engine/session.ts';

/** How a front was left. */
export type RunEnd =
  | Readonly<{status: 'closed'; outcome: Outcome}>
  /** The step after which the operator had asked to stop is done. */
  | Readonly<{status: 'stopped'; step: StepId}>
  /** `needed`: the lines of an answers file that would answer the question. */
  | Readonly<{status: 'waiting'; step: StepId; question: Question; needed: readonly string[]}>
  | Readonly<{status: 'failed' | 'blocked'; step: StepId; failure: Failure}>
  | Readonly<{status: 'in-doubt'; step: StepId}>
  | Readonly<{status: 'refused'; refusal: Refusal}>
  | Readonly<{status: 'faulted'; fault: Fault}>;

export type ExitCode = 0 | 2 | 3 | 4 | 5 | 64 | 65 | 69 | 70 | 75 | 130;

/** In the order of the README and of `--help`. */
export const exitCodes: readonly Readonly<{code: ExitCode; meaning: LocalText}>[] = [
  {code: 0, meaning: {en: 'done', ko: '완료'}},
  {code: 2, meaning: {en: 'a gate or a step failed', ko: '통과 조건 미달 또는 단계 실패'}},
  {code: 3, meaning: {en: 'waits for a human', ko: '사람의 응답을 기다림'}},
  {code: 4, meaning: {en: 'the outcome of a step is in doubt', ko: '단계의 결과 불명'}},
  {code: 5, meaning: {en: 'rolled back', ko: '원복 완료'}},
  {code: 64, meaning: {en: 'wrong use of the command', ko: '명령 사용법 오류'}},
  {code: 65, meaning: {en: 'invalid runbook or evidence', ko: '올바르지 않은 런북 또는 증적'}},
  {code: 69, meaning: {en: 'the target cannot be reached', ko: '대상 DB에 연결할 수 없음'}},
  {code: 70, meaning: {en: 'an error in the tool itself', ko: '도구 내부 오류'}},
  {code: 75, meaning: {en: 'another run holds the lock', ko: '다른 실행이 잠금을 쥐고 있음'}},
  {code: 130, meaning: {en: 'interrupted by the operator', ko: '작업자가 중단함'}},
];

export const exitCodeText = (code: ExitCode, locale: Locale): string =>
  exitCodes.find((of) => of.code === code)?.meaning[locale] ?? '';

/** 75 says that another run has it: nobody who could not be asked says that, nor a session of our own. */
const lockLossExitCode = ({because}: LockLoss): ExitCode => (because === undefined ? 75 : 69);

export const failureExitCode = (failure: Failure): ExitCode => {
  switch (failure.code) {
    case 'target-unreachable':
    case 'session-refused':
    case 'authentication-refused':
    case 'connection-lost':
      return 69;
    case 'cancelled':
      return 130;
    case 'target-lock-lost':
      return lockLossExitCode(failure);
    default:
      // Every other failure means the same to a script: the step did not pass, look at the run.
      return 2;
  }
};

const outcomeExitCode = (outcome: Outcome): ExitCode => {
  switch (outcome) {
    case 'completed':
      return 0;
    case 'rolled-back':
      return 5;
    case 'abandoned':
      return 130;
  }
};

const refusalExitCode = (refusal: Refusal): ExitCode => {
  switch (refusal.code) {
    case 'run-damaged':
    case 'run-newer':
    case 'plan-changed':
      return 65;
    case 'journal-failed':
    case 'run-removed':
    case 'in-doubt':
      return 4;
    case 'target-lock-lost':
      return lockLossExitCode(refusal);
    case 'run-taken-over':
      return 75;
    case 'step-unknown':
    case 'item-unknown':
    case 'option-unknown':
    case 'not-a-checklist':
    case 'not-an-approval':
    case 'mandatory':
    case 'run-closed':
      return 64;
    case 'not-this-step':
    case 'already-done':
    case 'already-running':
    case 'nothing-running':
    case 'not-in-doubt':
    case 'not-probed':
    case 'reason-missing':
    case 'note-missing':
    case 'confirmation-missing':
    case 'option-impossible':
    case 'snapshot-not-stale':
    case 'nothing-to-roll-back':
    case 'approval-not-taken':
    case 'approval-lapsed':
      return 3;
  }
};

const faultExitCode = (fault: Fault): ExitCode => {
  switch (fault.code) {
    case 'run-taken-over':
      return 75;
    case 'journal-failed':
    case 'run-removed':
      return 4;
    case 'run-damaged':
    case 'run-newer':
      return 65;
    case 'bug':
      return 70;
  }
};

export const exitCodeOf = (end: RunEnd): ExitCode => {
  switch (end.status) {
    case 'closed':
      return outcomeExitCode(end.outcome);
    case 'stopped':
      return 0;
    case 'waiting':
      return 3;
    case 'failed':
    case 'blocked':
      return failureExitCode(end.failure);
    case 'in-doubt':
      return 4;
    case 'refused':
      return refusalExitCode(end.refusal);
    case 'faulted':
      return faultExitCode(end.fault);
  }
};

/** How a run stands when its front is left now. An effect that still runs leaves its step in doubt. */
export const endOf = (view: SessionView): RunEnd => {
  const {need, state, fault} = view;
  if (fault !== undefined) return {status: 'faulted', fault};
  if (state.closed !== undefined) return {status: 'closed', outcome: state.closed.outcome};
  switch (need.kind) {
    case 'effect':
    case 'reconciliation':
      return {status: 'in-doubt', step: need.step};
    case 'probe':
      return {status: 'in-doubt', step: need.step};
    case 'conclusion':
      return {status: 'waiting', step: need.step, question: need.facts.kind, needed: []};
    case 'close':
      return {status: 'closed', outcome: need.outcome};
    case 'nothing':
      return {status: 'refused', refusal: {code: 'run-closed'}};
    case 'answer': {
      const {step, question} = need;
      if (question === 'settle') return {status: 'in-doubt', step};
      const of = stepState(state, step);
      return of.status === 'failed' || of.status === 'blocked'
        ? {status: of.status, step, failure: of.failure}
        : {status: 'waiting', step, question, needed: []};
    }
  }
};
