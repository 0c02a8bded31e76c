// What every part of the report's page is given: the run, the words of one language, and a template that escapes.

import type {Instant, StepId} from '../../core/ids.ts';
import {attemptsOf, type Attempt} from './attempts.ts';
import {embedded} from './cast.ts';
import {templateOf, type Html, type Template} from './html.ts';
import {transcriptOf, type ReportSource} from './source.ts';
import type {ReportText} from './words.ts';

/** A recording that is in the page: its place in the list of all of them. */
export type Recording = Readonly<{index: number; isWhole: boolean}>;

/** A picture that is in the document once, with its size in pixels. */
export type Picture = Readonly<{id: string; width: number; height: number; base64: string}>;

/** What is in the document once, for both of its languages. */
export type Shared = Readonly<{
  /** By path. */
  recordings: ReadonlyMap<string, Recording>;
  pictures: ReadonlyMap<string, Picture>;
}>;

export const nothingShared: Shared = {recordings: new Map(), pictures: new Map()};

export type Page = Shared &
  Readonly<{
    source: ReportSource;
    text: ReportText;
    html: Template;
    attempts: readonly Attempt[];
    /** Unique in the document, which holds the page once a language. */
    id: (name: string) => string;
  }>;

/** 256 KiB a recording: minutes of a busy terminal; 3 MiB in all: what a mail and a phone still take. */
const CAST_LIMIT = 256 * 1024;
const CASTS_LIMIT = 3 * 1024 * 1024;

export type Recordings = Readonly<{casts: readonly string[]; byPath: ReadonlyMap<string, Recording>}>;

/** What acts on a terminal stays, since the player is one; what hides, or acts elsewhere, is shown as what it is. */
const forPlayer = (said: string, visible: (text: string) => string): string =>
  said
    .split(/(\p{Cc})/u)
    .map((part) => (part.length === 1 && (part < ' ' || part === '\u007f') ? part : visible(part)))
    .join('');

/** In the order of the attempts, as long as there is room. */
export const recordingsOf = ({events, excerpts}: ReportSource, visible: (text: string) => string): Recordings => {
  const shown = (said: string): string => forPlayer(said, visible);
  const casts: string[] = [];
  const byPath = new Map<string, Recording>();
  let room = CASTS_LIMIT;
  for (const {step, attempt} of attemptsOf(events)) {
    const path = transcriptOf(step, attempt).cast;
    const excerpt = excerpts.get(path);
    const cast = excerpt === undefined ? undefined : embedded(excerpt, Math.min(CAST_LIMIT, room), shown);
    if (cast === undefined) continue;
    byPath.set(path, {index: casts.length, isWhole: cast.isWhole});
    casts.push(cast.text);
    room -= cast.text.length;
  }
  return {casts, byPath};
};

export const pageOf = (source: ReportSource, text: ReportText, shared: Shared): Page => ({
  ...shared,
  source,
  text,
  html: templateOf(text.visible),
  attempts: attemptsOf(source.events),
  id: (name) => `${text.locale}-${name.replaceAll(/[^\w-]/g, '-')}`,
});

/** A part of the page under its heading. */
export const section = ({html, id, text}: Page, name: keyof ReportText['section'], body: readonly Html[]): Html =>
  html`<section id="${id(name)}" aria-labelledby="${id(`${name}-h`)}"><h2 id="${id(`${name}-h`)}">${text.section[name]}</h2>
${body}</section>
`;

/** Names and values; a value that is HTML stays what it is. */
export const pairs = ({html}: Page, of: readonly (readonly [string, Html | string])[]): Html =>
  html`<dl>${of.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
`;

export const list = ({html}: Page, of: readonly string[]): Html =>
  html`<ul>${of.map((one) => html`<li>${one}</li>`)}</ul>
`;

/** Cells carry their heading along, so that a phone can show a row as a card. */
export const table = ({html}: Page, headings: readonly string[], rows: readonly (readonly (Html | string)[])[]): Html =>
  html`<div class="scroll"><table><thead><tr>${headings.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) => html`<tr>${cells.map((cell, at) => html`<td data-label="${headings[at] ?? ''}">${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>
`;

/** For a cell: UTC, and below it the operator's own time. */
export const timeCell = ({html, text}: Page, at: Instant): Html => {
  const {utc, local} = text.moment(at);
  return html`<time datetime="${at}">${utc}${local === undefined ? undefined : html`<span class="row dim">${local}</span>`}</time>`;
};

/** Where a step stands in the page. */
export const anchorOf = (step: StepId): string => `step-${step}`;
