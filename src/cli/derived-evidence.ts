// What evidence says beside what a run wrote down: results, backups and reports, made from journal, plan and sealed files
// alone, so that whoever has those can make them again and compare.

import type {RunbookDefinition} from '../core/definition.ts';
import {factsOf} from '../core/state.ts';
import type {EvidenceFile} from '../evidence/bag.ts';
import type {Payload} from '../evidence/payload.ts';
import type {JournalRead} from '../evidence/verify.ts';
import {safeJson} from '../ui/plain/json-line.ts';
import {bundleReadme} from '../ui/text/bundle-format.ts';
import {reportFiles} from './report-files.ts';
import {VERSION} from './version.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Whoever looks at it in a terminal is as safe as on the screen; the same holds for the reports. */
const json = (value: unknown): Uint8Array => utf8(`${safeJson(JSON.stringify(value, null, 2))}\n`);

export const RESULTS = 'results.json';

/** @param payload the run's files, for what is made from transcripts and artifacts; the same ones give the same bytes. */
export const derivedEvidence = async (
  runbook: RunbookDefinition,
  payload: Payload,
  journal: JournalRead,
): Promise<readonly EvidenceFile[]> => {
  const {state, events, head, tornBytes, damage} = journal;
  const {opened, closed} = state;
  const results = {
    tool: VERSION,
    run: opened?.run ?? null,
    complete: closed !== undefined && damage === undefined && tornBytes === 0,
    outcome: closed?.outcome ?? null,
    events: events.length,
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
    ...(['en', 'ko'] as const).map((locale) => ({path: `README.${locale}.txt`, bytes: utf8(bundleReadme(locale))})),
    ...(await reportFiles(runbook, payload, journal)),
  ];
};
