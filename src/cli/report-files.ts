// The report of a run in every form: one page with both languages, and a short text in each, from what the run wrote down.

import {playerFiles} from '../adapters/player-files.ts';
import type {Snapshot} from '../catalog/snapshot.ts';
import type {Recorded} from '../core/event.ts';
import type {StepId} from '../core/ids.ts';
import {stepsOf} from '../core/outline.ts';
import type {Impact} from '../core/preview.ts';
import type {RunbookDefinition} from '../core/definition.ts';
import {factsOf, type RunState} from '../core/state.ts';
import type {Locale} from '../core/text.ts';
import type {EvidenceFile} from '../evidence/bag.ts';
import type {Payload} from '../evidence/payload.ts';
import {reportMarkdown} from '../evidence/report/markdown.ts';
import {nothingShared, pageOf} from '../evidence/report/page.ts';
import {reportHtml} from '../evidence/report/report-html.ts';
import {readExcerpts, wholeText, type Excerpt, type JournalEnd, type ReportSource} from '../evidence/report/source.ts';
import type {JournalRead} from '../evidence/verify.ts';
import {impactOf} from '../steps/preview.ts';
import {reportText, type ReportContext} from '../ui/text/report.ts';
import {VERSION} from './version.ts';

export type ReportOf = Readonly<{
  runbook: RunbookDefinition;
  events: readonly Recorded[];
  state: RunState;
  end: JournalEnd;
  excerpts: ReadonlyMap<string, Excerpt>;
}>;

/** The same function that the screen's preview asks, over the same file: undefined when that is not there, or not whole. */
const impactsOf = ({runbook, state, excerpts}: ReportOf): ReadonlyMap<StepId, Impact> => {
  const facts = factsOf(state, 'snapshot')[0]?.facts;
  const text = facts === undefined ? undefined : wholeText(excerpts.get(facts.path));
  if (facts === undefined || text === undefined) return new Map();
  try {
    const snapshot = JSON.parse(text) as Snapshot;
    return new Map(
      stepsOf(runbook, state.opened?.environment ?? 'rehearsal').flatMap((step) =>
        step.kind === 'migration' && (step.migrator === 'alembic' || step.transaction === 'whole')
          ? [[step.id, impactOf(step, snapshot, facts.planned ?? [], state)] as const]
          : [],
      ),
    );
  } catch {
    // A snapshot that was damaged on the disk: the report goes without, and the sealed hash tells of it.
    return new Map();
  }
};

/** Where the journal does not say how its operator reads: the clock on their wall tells which of the two it is. */
const readerOf = (
  runbook: RunbookDefinition,
  events: readonly Recorded[],
): Readonly<{locale: Locale; timeZone: string}> => {
  const opening = events.find((event) => event.type === 'RunOpened');
  if (opening?.reader !== undefined) return opening.reader;
  const zone = Object.values(runbook.environments).find(({window}) => window !== undefined)?.window?.zone;
  return {locale: zone === 'Asia/Seoul' ? 'ko' : 'en', timeZone: zone ?? 'UTC'};
};

export const REPORT_HTML = 'report.html';
export const REPORT_MARKDOWN: Readonly<Record<Locale, string>> = {en: 'report.md', ko: 'report.ko.md'};

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text.toWellFormed());

export const reportFilesOf = (of: ReportOf): readonly EvidenceFile[] => {
  const source: ReportSource = {...of, impacts: impactsOf(of), tool: VERSION, player: playerFiles()};
  const {locale, timeZone} = readerOf(of.runbook, of.events);
  const context: ReportContext = {
    runbook: of.runbook,
    environment: of.state.opened?.environment ?? 'rehearsal',
    timeZone,
  };
  const texts = {en: reportText('en', context), ko: reportText('ko', context)};
  return [
    {path: REPORT_HTML, bytes: utf8(reportHtml(source, texts, locale))},
    ...(['en', 'ko'] as const).map((one) => ({
      path: REPORT_MARKDOWN[one],
      bytes: utf8(reportMarkdown(pageOf(source, texts[one], nothingShared))),
    })),
  ];
};

/** From a run's files, or from those of a bundle: the same ones give the same bytes. */
export const reportFiles = async (
  runbook: RunbookDefinition,
  payload: Payload,
  {state, events, head, tornBytes, damage}: JournalRead,
): Promise<readonly EvidenceFile[]> => {
  const end = {head, tornBytes, ...(damage === undefined ? {} : {damage})};
  return reportFilesOf({runbook, events, state, end, excerpts: await readExcerpts(payload, events, state)});
};
