// Every step of the plan, and the way back that was taken: verdict, times, operator, attempts, what was found, evidence.

import {attemptLeft, isChange, type Earlier, type Ended} from '../../core/rollback.ts';
import type {Action} from '../../core/definition.ts';
import {rollbackStepId, type StepId} from '../../core/ids.ts';
import {outline} from '../../core/outline.ts';
import {stepState, type StepState} from '../../core/state.ts';
import type {Attempt} from './attempts.ts';
import {catalogDiffs} from './catalog-diffs.ts';
import {sampleChart, smokeChart} from './charts.ts';
import {approvalsTable} from './approvals.ts';
import {attachmentsOf, attachmentsTable, picturesOfStep} from './attachments.ts';
import {followingSteps} from './first-screen.ts';
import type {Html} from './html.ts';
import {anchorOf, list, section, table, timeCell, type Page} from './page.ts';
import {planTree} from './plan-tree.ts';
import {wholeText} from './source.ts';
import {transcript} from './transcript.ts';

const toneOf = (state: StepState): string => {
  switch (state.status) {
    case 'succeeded':
      return state.verdict;
    case 'failed':
    case 'in-doubt':
      return 'fail';
    case 'blocked':
    case 'running':
    case 'waived':
      return 'amber';
    case 'waiting':
      return 'dim';
  }
};

/** How an attempt ended, as the run itself judges it. */
const endedAs = ({end}: Attempt): Ended => {
  switch (end.how) {
    case 'succeeded':
      return {status: 'succeeded'};
    case 'failed':
      return {status: end.failure.code === 'lock-timeout' ? 'blocked' : 'failed', failure: end.failure.code};
    case 'settled':
      return {status: end.verdict === 'had-no-effect' ? 'waiting' : 'in-doubt'};
    case 'interrupted':
    case 'open':
      return {status: 'in-doubt'};
  }
};

/** What attempts that were begun before this one, at whatever step, have done to the target or may have. */
const earlierThan = ({attempts, source: {runbook}}: Page, of: Attempt): Earlier => {
  const before = attempts.slice(0, attempts.indexOf(of));
  const hasGoneBack = before.some(
    ({step, end}) => runbook.rollback.some(({id}) => rollbackStepId(id) === step) && hasTakenEffect(end),
  );
  if (hasGoneBack) return 'way-back';
  const hasChanged = before.some((one) => {
    const action = runbook.steps.find(({id}) => id === one.step);
    return action !== undefined && isChange(action) && attemptLeft(action, endedAs(one));
  });
  return hasChanged ? 'change' : 'nothing';
};

const hasTakenEffect = (end: Attempt['end']): boolean =>
  end.how === 'succeeded' || (end.how === 'settled' && end.verdict === 'took-effect');

const outcomeOf = (page: Page, of: Attempt, action: Action | undefined): Html | string => {
  const {html, text} = page;
  const {end} = of;
  switch (end.how) {
    case 'succeeded':
      return text.facts(end.facts)[0] ?? '';
    case 'failed': {
      const {what, where, database, now} = text.failure(end.failure, action, earlierThan(page, of));
      const {say} = text;
      return html`<span class="row">${what}</span>${where === undefined ? undefined : html`<pre>${where}</pre>`}<span class="row">${say.database}: ${database}</span><span class="row">${say.now}: ${now}</span>`;
    }
    case 'interrupted':
      return text.interrupted;
    case 'settled':
      return text.verdict(end.verdict, end.by);
    case 'open':
      return text.stillOpen;
  }
};

const attemptsTable = (page: Page, attempts: readonly Attempt[], action: Action | undefined): Html | undefined => {
  const {html, text} = page;
  const {say} = text;
  if (attempts.length === 0) return undefined;
  return table(
    page,
    [say.attempt, say.started, say.ended, say.operator, say.outcome, say.transaction],
    attempts.map((of) => [
      `${of.attempt}`,
      timeCell(page, of.startedAt),
      of.endedAt === undefined ? '-' : timeCell(page, of.endedAt),
      text.who(of.by),
      outcomeOf(page, of, action),
      of.xid === undefined ? '-' : html`<code>${of.xid}</code>`,
    ]),
  );
};

const itemsTable = (page: Page, step: StepId, action: Action | undefined): Html | undefined => {
  const {text, source} = page;
  if (action?.kind !== 'checklist') return undefined;
  const {say} = text;
  return table(
    page,
    [say.item, say.who, say.when, say.notes],
    action.items.map((item) => {
      const checked = source.state.items[step]?.[item.id];
      return checked === undefined
        ? [`◦ ${item.text[text.locale]}`, '-', '-', '-']
        : [`✓ ${item.text[text.locale]}`, text.who(checked.by), timeCell(page, checked.at), checked.note ?? '-'];
    }),
  );
};

const foundOf = (page: Page, state: StepState, action: Action | undefined): Html | undefined => {
  const {html, text} = page;
  if (state.status === 'waived') return html`<p>${text.say.reason}: ${state.reason} (${text.who(state.by)})</p>`;
  if (state.status !== 'succeeded' || state.facts.kind === 'checklist') return undefined;
  const {facts} = state;
  const step = action === undefined || !('phase' in action) ? undefined : action;
  const summary = text.facts(facts);
  switch (facts.kind) {
    case 'smoke':
      return html`<p>${summary[0] ?? ''}</p>${smokeChart(page, step, facts)}`;
    case 'downstream':
      return html`<p>${summary[0] ?? ''}</p>${sampleChart(page, step, facts)}`;
    default:
      return html`<h4>${text.say.found}</h4>${list(page, summary)}`;
  }
};

const plansOf = (page: Page, step: StepId): readonly Html[] =>
  page.source.state.artifacts
    .filter((of) => of.step === step && of.artifact.path.endsWith('.explain.json'))
    .map(({artifact: {path}}) => planTree(page, path, wholeText(page.source.excerpts.get(path))));

export const filesTable = (page: Page, only?: StepId): Html | undefined => {
  const {html, text, source} = page;
  const {say} = text;
  const of = source.state.artifacts.filter(({step}) => only === undefined || step === only);
  if (of.length === 0) return undefined;
  return table(
    page,
    [say.file, say.size, say.hash, say.masked],
    of.map(({artifact}) => [
      html`<code>${artifact.path}</code>`,
      text.bytes(artifact.bytes),
      html`<code>${artifact.sha256}</code>`,
      text.masked(artifact) === '' ? '-' : text.masked(artifact),
    ]),
  );
};

const evidenceOf = (page: Page, id: StepId): Html | undefined => {
  const {html, text, source} = page;
  const files = filesTable(page, id);
  if (files === undefined) return undefined;
  const count = source.state.artifacts.filter(({step}) => step === id).length;
  return html`<details><summary>${text.say.evidence} (${text.count(count)})</summary>${files}</details>`;
};

const article = (page: Page, id: StepId, number: string, action: Action | undefined): Html => {
  const {html, text} = page;
  const state = stepState(page.source.state, id);
  const attempts = page.attempts.filter(({step}) => step === id);
  const why = action?.why?.[text.locale];
  const anchor = page.id(anchorOf(id));
  return html`<article class="step" id="${anchor}" aria-labelledby="${anchor}-h"><h3 id="${anchor}-h"><span class="verdict ${toneOf(state)}">${text.sign(state)} ${text.status(state)}</span> ${number}${action?.title[text.locale] ?? id}</h3>
${why === undefined ? undefined : html`<p class="dim">${why}</p>`}${foundOf(page, state, action)}${itemsTable(page, id, action)}${approvalsTable(page, id)}${attemptsTable(page, attempts, action)}${catalogDiffs(page, id)}${plansOf(page, id)}${attempts.flatMap(
  (of) => {
    const said = transcript(page, of);
    return said === undefined ? [] : [said];
  },
)}${picturesOfStep(page, id)}${attachmentsTable(page, attachmentsOf(page, id))}${evidenceOf(page, id)}</article>
`;
};

export const steps = (page: Page): Html => {
  const {html, text, source} = page;
  const {runbook, state} = source;
  const phases = outline(runbook, state.opened?.environment ?? 'rehearsal');
  const taken = runbook.rollback.filter(({id}) => stepState(state, rollbackStepId(id)).attempt > 0);
  return section(page, 'steps', [
    ...phases.map(
      ({number, phase, steps: of}) => html`<h3 class="phase">${number} ${phase.title[text.locale]}</h3>
${of.map((one) => article(page, one.step.id, `${one.number} `, one.step))}`,
    ),
    ...(taken.length === 0 ? [] : [html`<h3 class="phase">${text.section.waysBack}</h3>`]),
    ...taken.map((option) => article(page, rollbackStepId(option.id), '', option)),
    ...followingSteps(page).map((step) => article(page, step.id, '', step)),
  ]);
};
