// How a run stands, as one word, for lists and for the status of one run.

import type {RunbookDefinition} from '../../core/definition.ts';
import type {Outcome} from '../../core/event.ts';
import type {StepId} from '../../core/ids.ts';
import {currentStep, next} from '../../core/next.ts';
import {stepsOf} from '../../core/outline.ts';
import {stepState, type RunState} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import type {Fault} from '../../engine/session.ts';
import {outcomeText, statusText} from '../text/terms.ts';

/** 'in-doubt' also when the journal ends within an effect: nobody wrote down what became of it. */
export type Standing = Outcome | 'waiting' | 'failed' | 'blocked' | 'in-doubt' | 'damaged' | 'newer';

export type RunPosition = Readonly<{
  standing: Standing;
  /** The step that the run stands at; absent when it is closed. */
  step?: StepId;
  done: number;
  total: number;
}>;

const standingOf = (runbook: RunbookDefinition, state: RunState, fault: Fault | undefined): Standing => {
  if (fault?.code === 'run-damaged') return 'damaged';
  if (fault?.code === 'run-newer') return 'newer';
  if (state.closed !== undefined) return state.closed.outcome;
  const need = next(runbook, state);
  switch (need.kind) {
    case 'effect':
    case 'reconciliation':
      return 'in-doubt';
    case 'close':
      return need.outcome;
    case 'probe':
    case 'conclusion':
    case 'nothing':
      return 'waiting';
    case 'answer':
      return need.question === 'settle'
        ? 'in-doubt'
        : need.question === 'failed' || need.question === 'blocked'
          ? need.question
          : 'waiting';
  }
};

/** `fault` is what kept the journal from being read to its end, if anything did. */
export const positionOf = (runbook: RunbookDefinition, state: RunState, fault?: Fault): RunPosition => {
  const steps = state.opened === undefined ? [] : stepsOf(runbook, state.opened.environment);
  const done = steps.filter(({id}) => ['succeeded', 'waived'].includes(stepState(state, id).status)).length;
  const step = currentStep(next(runbook, state));
  const standing = standingOf(runbook, state, fault);
  return {standing, done, total: steps.length, ...(step === undefined ? {} : {step})};
};

const words = (locale: Locale): {readonly [S in Standing]: string} => ({
  completed: outcomeText('completed', locale),
  'rolled-back': outcomeText('rolled-back', locale),
  abandoned: outcomeText('abandoned', locale),
  waiting: statusText('waiting', locale),
  failed: statusText('failed', locale),
  blocked: statusText('blocked', locale),
  'in-doubt': statusText('in-doubt', locale),
  damaged: locale === 'en' ? 'damaged' : '기록 손상',
  newer: locale === 'en' ? 'of a newer version' : '더 새로운 버전의 기록',
});

const signs: {readonly [S in Standing]: string} = {
  completed: '✓',
  'rolled-back': '✓',
  abandoned: '-',
  waiting: '◦',
  failed: '✗',
  blocked: '!',
  'in-doubt': '?',
  damaged: '!',
  newer: '!',
};

export const standingText = (standing: Standing, locale: Locale): string => words(locale)[standing];

export const standingSign = (standing: Standing): string => signs[standing];
