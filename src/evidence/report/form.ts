// The approval form of the guide, filled from the journal: who, when, which outputs, which pull request, what was decided.

import type {ChecklistItem} from '../../core/definition.ts';
import type {Facts} from '../../core/facts.ts';
import type {StepId} from '../../core/ids.ts';
import {rollbackStepId} from '../../core/ids.ts';
import {stepState, type CheckedItem} from '../../core/state.ts';
import {followingSteps, operatorsOf, plannedSteps} from './first-screen.ts';
import type {Html} from './html.ts';
import {pairs, section, type Page} from './page.ts';

type Checked = Readonly<{step: StepId; item: ChecklistItem; checked: CheckedItem}>;

export const checkedItems = (page: Page): readonly Checked[] =>
  [...plannedSteps(page), ...followingSteps(page)].flatMap((step) =>
    step.kind === 'checklist'
      ? step.items.flatMap((item) => {
          const checked = page.source.state.items[step.id]?.[item.id];
          return checked === undefined ? [] : [{step: step.id, item, checked}];
        })
      : [],
  );

/** `#73`, `PR-73`; and a commit as git shortens or writes it, which is no plain number and no plain word. */
const PULL_REQUEST = /(?:#|\bPR[ -]?#?)\d+\b/;
const COMMIT = /\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b/;

const said = ({text}: Page, {step, item, checked}: Checked): string =>
  `${item.text[text.locale]}${checked.note === undefined ? '' : `: ${checked.note}`} (${text.titleOf(step)}, ${text.who(checked.by)})`;

/** What a human has confirmed, word by word: the report finds the item, and does not judge it. */
const mentions = (page: Page, pattern: RegExp): Html => {
  const {html, text} = page;
  const found = checkedItems(page).flatMap((one) => {
    const match = pattern.exec(`${one.checked.note ?? ''} ${one.item.text[text.locale]}`);
    return match === null ? [] : [{what: match[0], one}];
  });
  const first = new Map(found.toReversed().map((of) => [of.what, of.one]));
  if (first.size === 0) return html`${text.say.notRecorded}`;
  return html`${[...first]
    .toReversed()
    .map(([what, one]) => html`<span class="row"><strong>${what}</strong> ${said(page, one)}</span>`)}`;
};

const outputOf = (page: Page, kinds: readonly Facts['kind'][]): Html => {
  const {html, text, source} = page;
  const of = plannedSteps(page).flatMap(({id}) => {
    const state = stepState(source.state, id);
    return state.status === 'succeeded' && kinds.includes(state.facts.kind) ? [{id, facts: state.facts}] : [];
  });
  if (of.length === 0) return html`${text.say.notRecorded}`;
  return html`${of.map(
    ({id, facts}) => html`<p><strong>${text.titleOf(id)}</strong></p><pre>${text.facts(facts).join('\n')}</pre>`,
  )}`;
};

/** The smoke check that a runbook calls so. */
const observed = (page: Page, check: string): string | undefined => {
  for (const {id} of plannedSteps(page)) {
    const state = stepState(page.source.state, id);
    if (state.status !== 'succeeded' || state.facts.kind !== 'smoke') continue;
    const found = state.facts.checks.find((one) => one.id === check);
    if (found !== undefined) return found.observed;
  }
  return undefined;
};

/** Rows that a query step called so has kept, one a line. */
const keptRows = (page: Page, step: StepId): readonly string[] => {
  const state = stepState(page.source.state, step);
  if (state.status !== 'succeeded' || state.facts.kind !== 'query') return [];
  return state.facts.kept.map((row) =>
    Object.entries(row)
      .map(([name, value]) => `${name}=${value ?? 'NULL'}`)
      .join('  '),
  );
};

const newest = (page: Page): Html => {
  const {html, text} = page;
  const rows = keptRows(page, 'newest-rows');
  const seen = observed(page, 'newest-five');
  if (rows.length === 0 && seen === undefined) return html`${text.say.notRecorded}`;
  return html`${seen ?? ''}${rows.length === 0 ? html`<p>${text.rowsNotKept}</p>` : html`<pre>${rows.join('\n')}</pre>`}`;
};

const notes = (page: Page): Html => {
  const {html, text} = page;
  const of = checkedItems(page).filter(({checked}) => checked.note !== undefined);
  if (of.length === 0) return html`${text.say.notRecorded}`;
  return html`<ul>${of.map((one) => html`<li>${said(page, one)}</li>`)}</ul>`;
};

const decision = (page: Page): Html => {
  const {html, text, source} = page;
  const of = checkedItems(page).filter(({item}) => /^(?:decision|cr-closed)$/.test(item.id));
  const closed = source.events.findLast(({type}) => type === 'RunClosed');
  const back = source.state.rollback;
  return html`${of.map((one) => html`<span class="row">${said(page, one)}</span>`)}${
    back === undefined
      ? undefined
      : html`<span class="row">${text.titleOf(rollbackStepId(back.option))}: ${back.reason} (${text.who(back.by)}, ${text.instant(back.at)})</span>`
  }<span class="row">${closed === undefined ? text.say.notClosed : `${text.event(closed)} (${text.instant(closed.at)})`}</span>`;
};

export const form = (page: Page): Html => {
  const {html, text, source} = page;
  const {say} = text;
  const {opened, closed} = source.state;
  const when =
    opened === undefined
      ? ''
      : `${text.instant(opened.at)} - ${closed === undefined ? say.notClosed : text.instant(closed.at)}`;
  return section(page, 'form', [
    html`<p>${say.formLead}</p>`,
    pairs(page, [
      [say.executor, operatorsOf(page).join(', ')],
      [say.date, when],
      [say.pullRequest, mentions(page, PULL_REQUEST)],
      [say.commit, mentions(page, COMMIT)],
      [say.upgradeOutput, outputOf(page, ['migration'])],
      [say.smokeOutput, outputOf(page, ['smoke'])],
      [say.rowCount, observed(page, 'row-count') ?? say.notRecorded],
      [say.newestRows, newest(page)],
      [say.downstreamOutput, outputOf(page, ['downstream'])],
      [say.decision, decision(page)],
      [say.notes, notes(page)],
    ]),
  ]);
};
