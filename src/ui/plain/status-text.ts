// How one run stands: its steps with their signs, what it waits for, why it stopped, and the next command.

import {isDangerous} from '../../core/decide.ts';
import type {RunbookDefinition} from '../../core/definition.ts';
import {rollbackStepId, type Instant, type StepId} from '../../core/ids.ts';
import {actionOf, outline, stepsAfterWayBack} from '../../core/outline.ts';
import {predictionOf} from '../../core/rehearsed.ts';
import {hasChanged, earlierThan} from '../../core/rollback.ts';
import {stepState, type RunState} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import {windowAt} from '../../core/window.ts';
import type {SessionView} from '../../engine/session.ts';
import {amberLines} from '../text/amber.ts';
import {signCommand, type Elsewhere} from '../text/approvals/command.ts';
import {copyText} from '../text/copy.ts';
import {probeInParentheses} from '../text/found.ts';
import {factsSummary} from '../text/facts.ts';
import {faultText} from '../text/fault.ts';
import {goneBackLines} from '../text/gone-back.ts';
import {formatInstant, shortHash} from '../text/numbers.ts';
import {identityText} from '../text/target.ts';
import {predictionSummary} from '../text/rehearsed.ts';
import {environmentText, statusText, stepSign, verdictText} from '../text/terms.ts';
import {stepTitles} from '../text/titles.ts';
import {visibleLine} from '../text/visible.ts';
import {windowText} from '../text/window.ts';
import {failureLines} from './failure-lines.ts';
import {positionOf, standingSign, standingText} from './standing.ts';

/** A run that is only looked at has no session: its view is made from the journal. */
type Stood = Pick<SessionView, 'runbook' | 'state' | 'fault'>;

export type StatusOptions = Readonly<{
  /** Absent when nothing can be continued. */
  continueCommand?: string;
  /** What an approver's command needs in another terminal; absent where nothing can be approved. */
  elsewhere?: Elsewhere;
  timeZone?: string;
  /** Now, for the change window. */
  now?: Instant;
}>;

/** How it went on the copy, for what would change the target and has not yet. */
const predicted = (runbook: RunbookDefinition, state: RunState, step: StepId, locale: Locale): string => {
  const action = actionOf(runbook, step);
  const isAhead = state.closed === undefined && action !== undefined && isDangerous(action);
  return isAhead ? `  ${predictionSummary(predictionOf(state, step), locale)}` : '';
};

const remark = ({runbook, state}: Stood, step: StepId, locale: Locale): string => {
  const of = stepState(state, step);
  switch (of.status) {
    case 'waiting':
      return `${of.attempt > 0 ? `  ${statusText(of.status, locale)}` : ''}${predicted(runbook, state, step, locale)}`;
    case 'succeeded':
      return `  ${factsSummary(of.facts, locale)}`;
    case 'waived':
      return `  ${statusText(of.status, locale)}: ${of.reason}`;
    case 'in-doubt':
      return `  ${statusText(of.status, locale)}${of.probe === undefined ? '' : `: ${verdictText(of.probe.verdict, locale)}${probeInParentheses(of.probe, locale)}`}`;
    case 'running':
    case 'failed':
    case 'blocked':
      return `  ${statusText(of.status, locale)}`;
  }
};

const doubts = (state: RunState, step: StepId, locale: Locale): readonly string[] => {
  const of = stepState(state, step);
  return of.status === 'succeeded' && of.verdict === 'amber' ? amberLines(of.facts, locale) : [];
};

export const runStatusText = (view: Stood, locale: Locale, options: StatusOptions = {}): readonly string[] => {
  const {runbook, state, fault} = view;
  const {opened} = state;
  if (opened === undefined) return [locale === 'en' ? 'This run was never opened.' : '시작되지 않은 실행입니다.'];
  const {timeZone = 'UTC', continueCommand} = options;
  const titleOf = stepTitles(runbook, opened.environment, locale);
  const stepLine = (step: StepId, current: StepId | undefined): string => {
    // The step that waits now wears the sign of now; any other state says more than 'now'.
    const of = stepState(state, step);
    const sign = step === current && of.status === 'waiting' ? '▸' : stepSign(of);
    return `${sign} ${titleOf(step)}${remark(view, step, locale)}`;
  };
  const position = positionOf(runbook, state, fault);
  // Before a way back is chosen, all of them stand there once there is something to go back from.
  const ahead = state.closed === undefined && hasChanged(runbook, state) ? runbook.rollback.map(({id}) => id) : [];
  const back = (state.rollback === undefined ? ahead : [state.rollback.option]).map(rollbackStepId);
  const tree = outline(runbook, opened.environment).flatMap(({number, phase, steps}) => [
    `${number} ${phase.title[locale]}`,
    ...steps.flatMap(({step}) => [
      `  ${stepLine(step.id, position.step)}`,
      ...doubts(state, step.id, locale).map((line) => `      ${line}`),
    ]),
  ]);
  const stands = position.step === undefined ? undefined : stepState(state, position.step);
  const failure = stands?.status === 'failed' || stands?.status === 'blocked' ? stands.failure : undefined;
  const window = runbook.environments[opened.environment]?.window;
  const {now} = options;
  const standing =
    window === undefined || now === undefined || state.closed !== undefined ? undefined : windowAt(window, now);
  const asked = position.step === undefined ? undefined : actionOf(runbook, position.step);
  const approval =
    asked?.kind === 'approval' && options.elsewhere !== undefined && state.closed === undefined
      ? [signCommand(opened.run, asked, options.elsewhere)]
      : [];
  const faulted = fault === undefined ? undefined : faultText(fault, locale);
  return [
    `${opened.run}  ${environmentText(opened.environment, locale)}  ${opened.target.database} @ ${opened.target.address}  PostgreSQL ${opened.target.serverVersion}  ${locale === 'en' ? 'plan' : '실행 계획'} ${shortHash(opened.plan)}`,
    ...(standing === undefined ? [] : [windowText(standing, locale)]),
    ...(opened.copyOf === undefined ? [] : [copyText(locale).of(opened.copyOf)]),
    `  ${identityText(opened.target, opened.trust, locale)}`,
    `${standingSign(position.standing)} ${standingText(position.standing, locale)}  ${position.done}/${position.total}  ${formatInstant(state.at ?? opened.at, timeZone)}`,
    ...tree,
    ...back.flatMap((step) => [
      stepLine(step, position.step),
      ...doubts(state, step, locale).map((line) => `    ${line}`),
    ]),
    ...stepsAfterWayBack(runbook, state).flatMap(({id}) => [
      `  ${stepLine(id, position.step)}`,
      ...doubts(state, id, locale).map((line) => `      ${line}`),
    ]),
    ...goneBackLines(runbook, state, locale, titleOf),
    ...(failure === undefined || position.step === undefined
      ? []
      : failureLines(failure, locale, actionOf(runbook, position.step), earlierThan(runbook, state, position.step))),
    ...(faulted === undefined ? [] : [faulted.what, `    ${faulted.database}`, `    ${faulted.now}`]),
    ...approval.map((command) => `${locale === 'en' ? 'Approve' : '승인'}: ${command}`),
    ...(continueCommand === undefined ? [] : [`${locale === 'en' ? 'Next' : '다음'}: ${continueCommand}`]),
  ].map(visibleLine);
};
