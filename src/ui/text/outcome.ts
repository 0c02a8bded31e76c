// What stands on the normal screen after the run was left or has ended, with the next command.

import {rollbackStepId, type StepId} from '../../core/ids.ts';
import {actionOf, stepsAfterWayBack, stepsOf} from '../../core/outline.ts';
import {earlierThan, waysBackTaken} from '../../core/rollback.ts';
import {stepState} from '../../core/state.ts';
import {failedBeforeWayBack} from '../../core/way-back/left-to-do.ts';
import {isProvenUndone} from '../../core/way-back/proven-undone.ts';
import type {Locale} from '../../core/text.ts';
import type {SessionView} from '../../engine/session.ts';
import {amberLines} from './amber.ts';
import {endOf, type RunEnd} from './exit.ts';
import {probeInParentheses} from './found.ts';
import {factsSummary} from './facts.ts';
import {failureText} from './failure.ts';
import {faultText} from './fault.ts';
import {goneBackLines} from './gone-back.ts';
import {lostTranscriptText} from './lost-transcript.ts';
import {refusalText} from './refusal.ts';
import {environmentText, statusText, verdictText} from './terms.ts';
import {stepTitles} from './titles.ts';

/** Commands as they would be typed; the cli knows how it was called. */
export type ClosingCommands = Readonly<{
  run: string;
  /** Continues this run. */
  continueCommand: string;
  /** Makes the evidence bundle. */
  exportCommand: string;
}>;

type Words = Readonly<{
  position: (done: number, total: number) => string;
  end: (end: RunEnd, titleOf: (step: StepId) => string) => string;
  /** In place of a rolled-back end that was not proven. */
  unproven: string;
  /** In place of an abandoned end, where a way back was carried out before it. */
  abandonedAfterWayBack: string;
  continue: string;
  evidence: string;
}>;

const words: Readonly<Record<Locale, Words>> = {
  en: {
    position: (done, total) => `${done} of ${total} steps done`,
    end: (end, titleOf) => {
      switch (end.status) {
        case 'closed':
          return {
            completed: 'The run is completed. Every step has passed or was waived with a reason.',
            'rolled-back': 'The run was rolled back. The way back was carried out and checked.',
            abandoned: 'The run was abandoned. What it had changed until then stays as it is.',
          }[end.outcome];
        case 'stopped':
          return `Stopped after ${titleOf(end.step)}, as asked.`;
        case 'waiting':
          return `Waits for an answer at ${titleOf(end.step)}. Nothing is running.`;
        case 'failed':
          return `${titleOf(end.step)} has failed. Nothing is running.`;
        case 'blocked':
          return `${titleOf(end.step)} is blocked by a lock. Nothing is running.`;
        case 'in-doubt':
          return `${titleOf(end.step)} is in doubt: whether it took effect is not known yet. Do not run it by hand; continue the run, which asks the database first.`;
        case 'refused':
          return refusalText(end.refusal, 'en', titleOf);
        case 'faulted':
          return faultText(end.fault, 'en').what;
      }
    },
    unproven:
      'The run was rolled back. The way back was carried out; that nothing of the change is left is not proven.',
    abandonedAfterWayBack:
      'The run was abandoned. A way back was carried out, and the run was ended before all that follows it was done. What was left then stays as it is.',
    continue: 'Continue:',
    evidence: 'Evidence:',
  },
  ko: {
    position: (done, total) => `전체 ${total}단계 중 ${done}단계 완료`,
    end: (end, titleOf) => {
      switch (end.status) {
        case 'closed':
          return {
            completed: '실행을 완료했습니다. 모든 단계가 통과했거나 사유와 함께 생략되었습니다.',
            'rolled-back': '원복을 완료했습니다. 원복 작업을 실행하고 결과를 확인했습니다.',
            abandoned: '실행을 중도에 종료했습니다. 그때까지 바뀐 내용은 그대로 남아 있습니다.',
          }[end.outcome];
        case 'stopped':
          return `요청한 단계까지 마치고 멈췄습니다: ${titleOf(end.step)}`;
        case 'waiting':
          return `응답을 기다리는 단계: ${titleOf(end.step)}. 실행 중인 작업은 없습니다.`;
        case 'failed':
          return `실패한 단계: ${titleOf(end.step)}. 실행 중인 작업은 없습니다.`;
        case 'blocked':
          return `잠금에 막힌 단계: ${titleOf(end.step)}. 실행 중인 작업은 없습니다.`;
        case 'in-doubt':
          return `결과 불명인 단계: ${titleOf(end.step)}. 반영되었는지 아직 알 수 없습니다. 직접 실행하지 말고 이 실행을 이어서 진행합니다. 먼저 데이터베이스에 확인합니다.`;
        case 'refused':
          return refusalText(end.refusal, 'ko', titleOf);
        case 'faulted':
          return faultText(end.fault, 'ko').what;
      }
    },
    unproven: '원복 작업을 실행했으나, 변경이 모두 사라졌는지는 확인되지 않았습니다.',
    abandonedAfterWayBack:
      '실행을 중도에 종료했습니다. 원복을 실행했으나 그 뒤에 할 일을 모두 마치기 전에 실행을 종료했습니다. 그때의 상태가 그대로 남아 있습니다.',
    continue: '이어서 진행:',
    evidence: '증적:',
  },
};

/** What a failure or fault means and what to do now, what a probe said, or what a finished run leaves to be looked at. */
const detail = (end: RunEnd, view: SessionView, locale: Locale): readonly string[] => {
  switch (end.status) {
    case 'failed':
    case 'blocked': {
      const {what, where, database, now} = failureText(
        end.failure,
        locale,
        actionOf(view.runbook, end.step),
        earlierThan(view.runbook, view.state, end.step),
      );
      return [what, ...(where === undefined ? [] : where.split('\n').map((line) => `  ${line}`)), database, now];
    }
    case 'faulted': {
      const {database, now} = faultText(end.fault, locale);
      return [database, now];
    }
    case 'in-doubt': {
      const of = stepState(view.state, end.step);
      return of.status === 'in-doubt' && of.probe !== undefined
        ? [`${verdictText(of.probe.verdict, locale)}${probeInParentheses(of.probe, locale)}`]
        : [];
    }
    case 'closed':
      return reservations(view, locale);
    case 'stopped':
    case 'waiting':
    case 'refused':
      return [];
  }
};

/** What failed, passed and proves less than it seems, or was waived: an approver has to see it. */
const reservations = ({runbook, state}: SessionView, locale: Locale): readonly string[] => {
  const {opened} = state;
  if (opened === undefined) return [];
  const titleOf = stepTitles(runbook, opened.environment, locale);
  const lost = (state.lostTranscripts ?? []).map(
    ({step, failure}) => `! ${titleOf(step)}: ${lostTranscriptText(failure, locale)}`,
  );
  const back = state.rollback === undefined ? [] : [rollbackStepId(state.rollback.option)];
  // The step that had failed before the way back is named with the way back.
  const named = failedBeforeWayBack(runbook, state);
  const steps = stepsOf(runbook, opened.environment).filter(({id}) => id !== named);
  const ids = [...steps.map(({id}) => id), ...back, ...stepsAfterWayBack(runbook, state).map(({id}) => id)];
  const ofSteps = ids.flatMap((id) => {
    const of = stepState(state, id);
    if (of.status === 'failed' || of.status === 'blocked')
      return [`✗ ${titleOf(id)}: ${failureText(of.failure, locale, actionOf(runbook, id)).what}`];
    if (of.status === 'waived') return [`- ${titleOf(id)}: ${statusText(of.status, locale)}: ${of.reason}`];
    return of.status === 'succeeded' && of.verdict === 'amber'
      ? [
          `! ${titleOf(id)}: ${factsSummary(of.facts, locale)}`,
          ...amberLines(of.facts, locale).map((line) => `    ${line}`),
        ]
      : [];
  });
  return [...ofSteps, ...lost];
};

const isUnproven = (end: RunEnd, {runbook, state}: SessionView): boolean =>
  end.status === 'closed' && end.outcome === 'rolled-back' && !isProvenUndone(runbook, state);

const isAbandonedBehind = (end: RunEnd, {runbook, state}: SessionView): boolean =>
  end.status === 'closed' && end.outcome === 'abandoned' && waysBackTaken(runbook, state).length > 0;

const canContinue = (end: RunEnd): boolean =>
  end.status !== 'closed' && !(end.status === 'faulted' && ['run-damaged', 'run-newer'].includes(end.fault.code));

/** A newer version's records would be missing in what this one exports, so it exports none of them. */
const canExport = (end: RunEnd): boolean => !(end.status === 'faulted' && end.fault.code === 'run-newer');

/** Lines without control over their strings: whoever prints them makes them visible first. */
export const closingSummary = (
  view: SessionView,
  locale: Locale,
  {run, continueCommand, exportCommand}: ClosingCommands,
  end: RunEnd = endOf(view),
): readonly string[] => {
  const {opened} = view.state;
  const say = words[locale];
  if (opened === undefined) return [run];
  const steps = stepsOf(view.runbook, opened.environment);
  const done = steps.filter(({id}) => ['succeeded', 'waived'].includes(stepState(view.state, id).status)).length;
  const titleOf = stepTitles(view.runbook, opened.environment, locale);
  const target = `${opened.target.database} @ ${opened.target.address}`;
  return [
    `${run}  ${environmentText(opened.environment, locale)}  ${target}  ${say.position(done, steps.length)}`,
    isUnproven(end, view)
      ? say.unproven
      : isAbandonedBehind(end, view)
        ? say.abandonedAfterWayBack
        : say.end(end, titleOf),
    ...goneBackLines(view.runbook, view.state, locale, titleOf),
    ...detail(end, view, locale),
    ...(canContinue(end) ? [`${say.continue} ${continueCommand}`] : []),
    ...(canExport(end) ? [`${say.evidence} ${exportCommand}`] : []),
  ];
};
