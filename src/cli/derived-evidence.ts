// What evidence says beside what a run wrote down: results, backups and reports, made from journal and plan alone, so that
// whoever has those two can make them again and compare.

import type {RunbookDefinition} from '../core/definition.ts';
import {factsOf, type RunState} from '../core/state.ts';
import type {EvidenceFile} from '../evidence/bag.ts';
import {summaryMarkdown} from '../evidence/summary.ts';
import {safeJson} from '../ui/plain/json-line.ts';
import {summaryWords} from '../ui/text/summary.ts';
import {visible} from '../ui/text/visible.ts';
import {VERSION} from './version.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Whoever looks at it in a terminal is as safe as on the screen; the same holds for the reports. */
const json = (value: unknown): Uint8Array => utf8(`${safeJson(JSON.stringify(value, null, 2))}\n`);

export const RESULTS = 'results.json';

export type JournalEnd = Readonly<{events: number; head: string; tornBytes: number; damage?: unknown}>;

export const derivedEvidence = (
  runbook: RunbookDefinition,
  state: RunState,
  {events, head, tornBytes, damage}: JournalEnd,
): readonly EvidenceFile[] => {
  const {opened, closed} = state;
  const results = {
    tool: VERSION,
    run: opened?.run ?? null,
    complete: closed !== undefined && damage === undefined && tornBytes === 0,
    outcome: closed?.outcome ?? null,
    events,
    head,
    damage: damage ?? null,
    tornBytes,
    plan: opened?.plan ?? null,
    steps: state.steps,
    // Each with its note, and whether it was looked through for secrets: pictures are not.
    attachments: state.attachments ?? [],
  };
  return [
    {path: RESULTS, bytes: json(results)},
    // The dumps hold the data itself and stay where they are; this is how one is recognised.
    {path: 'backups.json', bytes: json(factsOf(state, 'backup'))},
    ...(['en', 'ko'] as const).map((locale) => ({
      path: `summary.${locale}.md`,
      bytes: utf8(visible(summaryMarkdown(runbook, state, locale, summaryWords(locale)))),
    })),
  ];
};
