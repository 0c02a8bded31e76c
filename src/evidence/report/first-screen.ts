// The first screen: who, what, where, when, approved by whom, with which result, and whether the evidence is complete.

import type {StepDefinition} from '../../core/definition.ts';
import {rollbackStepId} from '../../core/ids.ts';
import {afterStepsOf, stepsOf} from '../../core/outline.ts';
import {stepState} from '../../core/state.ts';
import type {Html} from './html.ts';
import {pairs, type Page} from './page.ts';
import {standingOf} from './standing.ts';

/** Everybody who has opened, continued or taken over the run, in the order in which they came. */
export const operatorsOf = ({source: {events}, text}: Page): readonly string[] => [
  ...new Set(
    events.flatMap((event) => {
      if (event.type === 'RunOpened' || event.type === 'RunResumed') return [text.who(event.operator)];
      return event.type === 'StepStarted' || event.type === 'HandedOver' ? [text.who(event.by)] : [];
    }),
  ),
];

export const plannedSteps = ({source: {runbook, state}}: Page): readonly StepDefinition[] =>
  stepsOf(runbook, state.opened?.environment ?? 'rehearsal');

/** What follows the way backs that were taken, in their order: all of it once one was carried out, else what was begun. */
export const followingSteps = ({source: {runbook, state}}: Page): readonly StepDefinition[] =>
  runbook.rollback.flatMap((option) => {
    const isDone = stepState(state, rollbackStepId(option.id)).status === 'succeeded';
    const isBegun = ({id}: StepDefinition): boolean => stepState(state, id).attempt > 0 || id in state.items;
    return afterStepsOf(option, state.opened?.environment).filter((step) => isDone || isBegun(step));
  });

/** The way back that was taken and why, the step that had failed before it, and what is left to do: one row each. */
export const goneBackPairs = ({source: {runbook, state}, text}: Page): readonly (readonly [string, string])[] => {
  const of = text.goneBack(runbook, state);
  if (of === undefined) return [];
  return [
    [of.label.way, of.way],
    ...(of.failed === undefined ? [] : [[of.label.failed, of.failed] as const]),
    ...of.left.map((line) => [of.label.left, line] as const),
  ];
};

/** `passed 20, waived 1` */
export const countsOf = (page: Page): string => {
  const counts: Record<string, number> = {};
  for (const {id} of plannedSteps(page)) {
    const word = page.text.status(stepState(page.source.state, id));
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return page.text.counts(counts);
};

const whenRows = ({source, text}: Page): readonly (readonly [string, string])[] => {
  const {opened, closed, at} = source.state;
  const {say} = text;
  if (opened === undefined) return [];
  const until = closed?.at ?? at ?? opened.at;
  return [
    [say.opened, text.instant(opened.at)],
    [say.closed, closed === undefined ? say.notClosed : text.instant(closed.at)],
    ...(closed === undefined && at !== undefined ? [[say.lastRecord, text.instant(at)] as const] : []),
    [say.took, text.duration(Date.parse(until) - Date.parse(opened.at))],
  ];
};

export const whereRows = ({source, text}: Page): readonly (readonly [string, string])[] => {
  const {opened} = source.state;
  const {say} = text;
  if (opened === undefined) return [];
  const {target, trust, copyOf} = opened;
  return [
    [say.environment, text.environment(opened.environment)],
    [say.target, text.target(target)],
    [say.system, `${target.systemIdentifier}${trust === undefined ? '' : ` (${text.trust(trust)})`}`],
    ...(copyOf === undefined ? [] : [[say.copyOf, text.copyOf(copyOf)] as const]),
  ];
};

export const firstScreen = (page: Page, approvedBy: readonly string[]): Html => {
  const {html, source, text} = page;
  const {runbook, state, end} = source;
  const {say, locale} = text;
  const standing = standingOf(source);
  const {title, meaning} = text.headline[standing.headline];
  const complete = text.completeness(standing.isComplete, end.tornBytes, state.closed !== undefined);
  return html`<header><p class="kicker">${say.report}</p><h1>${runbook.title[locale]}</h1>
<p class="lead">${runbook.summary[locale]}</p>
<div class="banner ${standing.tone}" role="status"><p class="headline">${title}</p><p>${meaning}</p><p>${countsOf(page)}</p>
${end.tornBytes > 0 ? html`<p><strong>${say.torn}</strong></p>` : undefined}${
  end.damage === undefined ? undefined : html`<p><strong>${say.damage}</strong></p>`
}</div>
${pairs(page, [
  [say.run, html`<code>${state.opened?.run ?? ''}</code>`],
  [say.operators, operatorsOf(page).join(', ')],
  ...whereRows(page),
  ...whenRows(page),
  [
    say.approvedBy,
    approvedBy.length === 0 ? say.notApproved : html`${approvedBy.map((one) => html`<span class="row">${one}</span>`)}`,
  ],
  ...goneBackPairs(page),
  [say.complete, complete],
  [say.plan, html`<code>${state.opened?.plan ?? ''}</code>`],
  [say.head, html`<code>${end.head}</code> (${text.records(source.events.length)})`],
  [say.runbook, html`<code>${runbook.id}</code>`],
  [say.tool, `attempt-runbook ${source.tool}`],
])}</header>
`;
};
