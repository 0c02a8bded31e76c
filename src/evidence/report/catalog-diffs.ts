// What each attempt of a step left of the catalog, compared with the snapshot before: aspect by aspect, or equal to before.

import type {CatalogChange} from '../../core/failure.ts';
import type {StepId} from '../../core/ids.ts';
import type {Html} from './html.ts';
import {table, type Page} from './page.ts';
import {wholeText} from './source.ts';

/** 100 differences, 2,000 characters each side: a change of a view with its dependants; all of it lies in the file. */
const MOST = 100;
const LONGEST = 2000;

export const isCatalogDiff = (path: string): boolean => /^artifacts\/[^/]+\.diff\.json$/.test(path);

const isChange = (of: unknown): of is CatalogChange =>
  typeof of === 'object' &&
  of !== null &&
  ['object', 'aspect', 'before', 'after'].every((key) => typeof (of as Record<string, unknown>)[key] === 'string');

/** `isPart`: the snapshot of before is of an earlier format, and what it lacks was not compared. */
type Diff = Readonly<{changes: readonly CatalogChange[]; isPart: boolean}>;

/** Undefined for a file that is not there, not whole, or not what it was: its seal tells of it. */
const diffIn = (text: string | undefined): Diff | undefined => {
  if (text === undefined) return undefined;
  try {
    const {format, changes, notCompared} = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const isOurs = format === 'attempt-runbook-catalog-diff/1' && Array.isArray(changes) && changes.every(isChange);
    return isOurs ? {changes, isPart: notCompared === true} : undefined;
  } catch {
    return undefined;
  }
};

const side = ({html, text}: Page, said: string): Html | string => {
  if (said === '') return text.say.nothing;
  const shown = said.length > LONGEST ? `${said.slice(0, LONGEST)} ...` : said;
  return shown.includes('\n') ? html`<pre>${shown}</pre>` : shown;
};

const shownIn = (page: Page, path: string): Html => {
  const {html, text, source} = page;
  const {say} = text;
  const diff = diffIn(wholeText(source.excerpts.get(path)));
  if (diff === undefined)
    return html`<p class="dim">${say.catalogDiffUnread} <code>${path}</code></p>
`;
  const {changes, isPart} = diff;
  if (changes.length === 0)
    return html`<p>${isPart ? '-' : '✓'} ${isPart ? say.equalInPart : say.equalToBefore} <code>${path}</code></p>
`;
  const shown = changes.slice(0, MOST);
  const rest = changes.length - shown.length;
  return html`<details><summary>${say.catalogDiff} (${text.count(changes.length)}) <code>${path}</code></summary>${table(
    page,
    [say.object, say.aspect, say.before, say.after],
    shown.map((of) => [html`<code>${of.object}</code>`, of.aspect, side(page, of.before), side(page, of.after)]),
  )}${rest === 0 ? undefined : html`<p class="dim">${say.leftOut}: ${text.count(rest)}</p>`}</details>
`;
};

export const catalogDiffs = (page: Page, step: StepId): readonly Html[] =>
  page.source.state.artifacts
    .filter((of) => of.step === step && isCatalogDiff(of.artifact.path))
    .map(({artifact: {path}}) => shownIn(page, path));
