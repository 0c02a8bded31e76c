// Numbers as bars, drawn as SVG inside of tables: who sees no picture, or has a phone, reads the numbers beside them.

import type {FactsOf} from '../../core/facts.ts';
import type {StepDefinition} from '../../core/definition.ts';
import {smokeTime} from '../../core/smoke-time.ts';
import {spansOf} from './attempts.ts';
import type {Html} from './html.ts';
import {anchorOf, section, table, type Page} from './page.ts';

const WIDTH = 1000;
const rounded = (of: number): string => `${Math.round(of * 10) / 10}`;

/** A bar from `from` to `to`, both in [0, 1]; never thinner than one can see. */
const bar = ({html}: Page, from: number, to: number, tone: string, label: string): Html => {
  const x = Math.min(1, Math.max(0, from)) * WIDTH;
  const width = Math.max(6, Math.min(1, Math.max(0, to)) * WIDTH - x);
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} 20" preserveAspectRatio="none" role="img" aria-label="${label}"><rect class="track" x="0" y="0" width="${WIDTH}" height="20"/><rect class="${tone}" x="${rounded(Math.min(x, WIDTH - width))}" y="2" width="${rounded(width)}" height="16"/></svg>`;
};

const titleOf = (
  page: Page,
  of: readonly Readonly<{id: string; title: Readonly<Record<'en' | 'ko', string>>}>[],
  id: string,
): string => of.find((one) => one.id === id)?.title[page.text.locale] ?? id;

export const smokeChart = (page: Page, step: StepDefinition | undefined, facts: FactsOf<'smoke'>): Html => {
  const {html, text} = page;
  const {say} = text;
  const longest = Math.max(1, ...facts.checks.map((check) => smokeTime(facts, check).durationMs));
  const named = step?.kind === 'smoke' ? step.checks : [];
  return table(
    page,
    [say.check, say.observed, say.rows, say.time],
    facts.checks.map((check) => {
      const {id, verdict, observed, rows} = check;
      const {durationMs, checks} = smokeTime(facts, check);
      const took = checks === 1 ? text.ms(durationMs) : text.sharedTime(durationMs, checks);
      return [
        html`<span class="${verdict}">${text.verdictSign[verdict]}</span> <code>${id}</code> <span class="row">${titleOf(page, named, id)}</span>`,
        observed,
        text.count(rows),
        html`${took}${bar(page, 0, durationMs / longest, 'fill', took)}`,
      ];
    }),
  );
};

/** Each against its own budget: the whole width is the budget. */
export const sampleChart = (page: Page, step: StepDefinition | undefined, {samples}: FactsOf<'downstream'>): Html => {
  const {html, text} = page;
  const {say} = text;
  const named = step?.kind === 'downstream' ? step.samples : [];
  return table(
    page,
    [say.sample, `${say.median} / ${say.budget}`, say.runs, say.rows],
    samples.map(({id, verdict, medianMs, budgetMs, runsMs, rows, estimatedCost}) => {
      const share = text.budgetShare(medianMs, budgetMs);
      return [
        html`<span class="${verdict}">${text.verdictSign[verdict]}</span> <code>${id}</code> <span class="row">${titleOf(page, named, id)}</span>`,
        runsMs.length === 0
          ? text.notRun(estimatedCost)
          : html`${share}${bar(page, 0, medianMs / Math.max(1, budgetMs), medianMs > budgetMs ? 'over' : 'fill', share)}`,
        runsMs.map((of) => text.ms(of)).join(', '),
        text.count(rows),
      ];
    }),
  );
};

/** Steps on an axis of time, from the first record to the last. */
export const courseOfRun = (page: Page): Html => {
  const {html, text, source} = page;
  const {say} = text;
  const [first, last] = [source.events[0]?.at, source.events.at(-1)?.at];
  if (first === undefined || last === undefined) return html``;
  const begin = Date.parse(first);
  const all = Math.max(1, Date.parse(last) - begin);
  const rows = spansOf(source.events).map(({step, from, to}) => {
    const tookMs = Date.parse(to) - Date.parse(from);
    const label = `${text.titleOf(step)}: ${text.instant(from)}, ${text.duration(tookMs)}`;
    return [
      html`<a href="#${page.id(anchorOf(step))}">${text.titleOf(step)}</a>`,
      text.timeOfDay(from),
      text.duration(tookMs),
      bar(
        page,
        (Date.parse(from) - begin) / all,
        (Date.parse(to) - begin) / all,
        step.startsWith('rollback/') ? 'over' : 'fill',
        label,
      ),
    ];
  });
  return section(page, 'time', [
    html`<p>${say.timeLead} ${text.instant(first)} - ${text.instant(last)}.</p>`,
    html`<div class="course">${table(page, [say.steps, `${say.started} (UTC)`, say.took, ''], rows)}</div>`,
  ]);
};
