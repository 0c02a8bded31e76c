// What is said of a run that went back: by which way and why, which step had failed before, and what is left to do.

import type {RunbookDefinition} from '../../core/definition.ts';
import {rollbackStepId, type StepId} from '../../core/ids.ts';
import {actionOf} from '../../core/outline.ts';
import {stepState, type RunState} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import {failedBeforeWayBack, leftToDo} from '../../core/way-back/left-to-do.ts';
import {failureText} from './failure.ts';
import {stepSign} from './terms.ts';

/** The words of one run, without labels: a report has columns of its own for those. */
export type GoneBack = Readonly<{
  /** The way back and the reason that was given for it. */
  way: string;
  /** The step that had failed before it, and what had happened there. */
  failed?: string;
  /** Steps behind the way back that wait, each with its sign. */
  left: readonly string[];
}>;

const failureOf = (runbook: RunbookDefinition, state: RunState, step: StepId, locale: Locale): string => {
  const of = stepState(state, step);
  return of.status === 'failed' || of.status === 'blocked'
    ? `: ${failureText(of.failure, locale, actionOf(runbook, step)).what}`
    : '';
};

/** Undefined for a run that has taken no way back. */
export const goneBack = (
  runbook: RunbookDefinition,
  state: RunState,
  locale: Locale,
  titleOf: (step: StepId) => string,
): GoneBack | undefined => {
  if (state.rollback === undefined) return undefined;
  const {option, reason} = state.rollback;
  const failed = failedBeforeWayBack(runbook, state);
  const bare = (step: StepId): string => actionOf(runbook, step)?.title[locale] ?? step;
  return {
    way: `${bare(rollbackStepId(option))} (${reason})`,
    ...(failed === undefined ? {} : {failed: `${titleOf(failed)}${failureOf(runbook, state, failed, locale)}`}),
    left: leftToDo(runbook, state).map((step) => `${stepSign(stepState(state, step))} ${bare(step)}`),
  };
};

const labels = {
  en: {way: 'Went back by', failed: 'Failed before it', left: 'Left to do after it'},
  ko: {way: '실행한 원복', failed: '원복 전에 실패한 단계', left: '원복 후 남은 일'},
} as const satisfies Record<Locale, unknown>;

export const goneBackLabels = (locale: Locale): Readonly<Record<keyof GoneBack, string>> => labels[locale];

/** Lines for a terminal; their strings come through unchanged. */
export const goneBackLines = (
  runbook: RunbookDefinition,
  state: RunState,
  locale: Locale,
  titleOf: (step: StepId) => string,
): readonly string[] => {
  const of = goneBack(runbook, state, locale, titleOf);
  if (of === undefined) return [];
  const say = labels[locale];
  return [
    `${say.way}: ${of.way}`,
    ...(of.failed === undefined ? [] : [`${say.failed}: ${of.failed}`]),
    ...(of.left.length === 0 ? [] : [`${say.left}:`, ...of.left.map((line) => `  ${line}`)]),
  ];
};
