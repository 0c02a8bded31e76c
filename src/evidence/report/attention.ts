// What an approver must not overlook: failures, doubts, waivers, remarks, gaps, and what was masked.

import type {Recorded} from '../../core/event.ts';
import type {Html} from './html.ts';
import {section, table, timeCell, type Page} from './page.ts';
import {isRemarkable} from './standing.ts';

/** Successes that prove less than they seem to. */
const isAmber = (event: Extract<Recorded, {step: string; attempt: number}>, {source: {state}}: Page): boolean => {
  const step = Object.hasOwn(state.steps, event.step) ? state.steps[event.step] : undefined;
  return step?.status === 'succeeded' && step.verdict === 'amber' && step.attempt === event.attempt;
};

/** Which finding, which part: what makes a step that passed worth a second look. */
export const doubtsOf = (page: Page, event: Recorded): readonly string[] =>
  (event.type === 'StepSucceeded' || event.type === 'StepReconciled') &&
  event.facts !== undefined &&
  isAmber(event, page)
    ? page.text.doubts(event.facts)
    : [];

const hasMasks = (event: Recorded): boolean =>
  event.type === 'ArtifactSealed' && Object.keys(event.artifact.redactions ?? {}).length > 0;

export const remarks = (page: Page): readonly Recorded[] =>
  page.source.events.filter(
    (event) => isRemarkable(event) || (event.type === 'StepSucceeded' && isAmber(event, page)) || hasMasks(event),
  );

export const attention = (page: Page): Html => {
  const {html, text} = page;
  const of = remarks(page);
  if (of.length === 0) return section(page, 'attention', [html`<p>${text.say.nothingRemarkable}</p>`]);
  return section(page, 'attention', [
    html`<p>${text.say.attentionLead}</p>`,
    table(
      page,
      [text.say.when, text.say.found],
      of.map((event) => [timeCell(page, event.at), text.event(event)]),
    ),
  ]);
};
