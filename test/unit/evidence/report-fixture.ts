// A run that never was, with foreign text in every place where foreign text can stand, and the report of it.

import type {Recorded, RunEvent} from '../../../src/core/event.ts';
import {fold} from '../../../src/core/reduce.ts';
import {reportFilesOf, type ReportOf} from '../../../src/cli/report-files.ts';
import {transcriptOf, type Excerpt} from '../../../src/evidence/report/source.ts';
import {goodFacts, opened, recorded, runbook, sealed, started, succeeded, ticked} from '../../support/events.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text.toWellFormed());
export const excerptOfText = (text: string): Excerpt => {
  const head = bytesOf(text);
  return {bytes: head.byteLength, head, tail: new Uint8Array()};
};

export const castOf = (...events: readonly (readonly [number, string, string])[]): string =>
  [
    JSON.stringify({version: 3, term: {cols: 80, rows: 24}, title: 'x'}),
    ...events.map((event) => JSON.stringify(event)),
  ].join('\n');

const planOf = (text: string): string =>
  JSON.stringify([{Plan: {'Node Type': text, 'Relation Name': text, 'Total Cost': 5, 'Plan Rows': 1}}]);

const PICTURE = 'artifacts/screens/capture.1.1.png';
/** A black dot. */
const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
);

const decided = (type: 'ApprovalGranted' | 'ApprovalRefused', text: string, attempt: number): RunEvent => ({
  type,
  step: 'agree',
  attempt,
  by: text,
  recordedBy: {name: text, host: text},
  plan: 'ab'.repeat(32),
  head: {seq: 3, sha256: 'ab'.repeat(32)},
  expires: '2026-01-02T00:00:00.000Z',
  reason: text,
  statement: {path: text, sha256: 'ab'.repeat(32)},
  proof: {how: 'signed', key: text, principals: [text], list: 'operator', path: text, sha256: 'ab'.repeat(32)},
});

/** @param text stands wherever somebody else than the tool can write. */
export const eventsWith = (text: string): readonly Recorded[] => {
  const by = {name: text, host: text};
  const opening = opened() as Extract<RunEvent, {type: 'RunOpened'}>;
  return recorded([
    {...opening, operator: by, target: {...opening.target, database: text, user: text, address: text}},
    ticked('agree', 'first', text),
    {type: 'ItemChecked', step: 'agree', item: 'named', by, note: text},
    succeeded('agree'),
    {...(started('look') as Extract<RunEvent, {type: 'StepStarted'}>), by},
    {
      type: 'StepFailed',
      step: 'look',
      attempt: 1,
      failure: {code: 'query-refused', sqlState: '42601', message: text, file: text, sourceLine: text, hint: text},
    },
    started('look', 2),
    succeeded('look', 2, {...goodFacts.query, kept: [{[text]: text}], findings: [{[text]: text}]}),
    started('capture'),
    sealed('capture'),
    {
      type: 'ArtifactSealed',
      step: 'capture',
      attempt: 1,
      artifact: {
        path: `artifacts/${text}.explain.json`,
        bytes: 5,
        sha256: 'ef'.repeat(32),
        mediaType: text,
        redactions: {[text]: 2},
      },
    },
    succeeded('capture'),
    started('dump'),
    succeeded('dump'),
    decided('ApprovalRefused', text, 1),
    decided('ApprovalGranted', text, 2),
    {type: 'ApprovalLapsed', step: 'permit', attempt: 1, lapse: {because: 'operates', person: text}},
    {
      type: 'EvidenceAttached',
      step: 'capture',
      artifact: {path: `artifacts/attachments/${text}.txt`, bytes: 7, sha256: 'cd'.repeat(32), mediaType: text},
      fileName: text,
      scanned: false,
      note: text,
      by,
    },
    {
      type: 'ArtifactSealed',
      step: 'capture',
      attempt: 1,
      artifact: {path: PICTURE, bytes: dot.byteLength, sha256: 'ef'.repeat(32), mediaType: 'image/png'},
    },
    {type: 'StepWaived', step: 'index', reason: text, by},
    {type: 'HandedOver', what: 'run', from: {run: text, operator: text, pid: 1, since: text}, to: 'r-small', by},
    {type: 'SleepNoticed', sleptMs: 60_000, lockLostTo: text},
    {type: 'RollbackBegun', option: 'restore', reason: text, by},
    {type: 'RunClosed', outcome: 'abandoned', by, reason: text},
  ]);
};

export const reportOf = (
  events: readonly Recorded[],
  excerpts: ReadonlyMap<string, Excerpt> = new Map(),
  more: Partial<ReportOf> = {},
): ReportOf => ({
  runbook,
  events,
  state: fold(events),
  end: {head: 'ab'.repeat(32), tornBytes: 0},
  excerpts,
  ...more,
});

/** With the text in log, recording and plan as well, and in every word of the runbook. */
export const hostileReport = (text: string): ReportOf => {
  const both = {en: text, ko: text};
  const {log, cast} = transcriptOf('capture', 1);
  return reportOf(
    eventsWith(text),
    new Map([
      [log, excerptOfText(text)],
      [cast, excerptOfText(castOf([0.1, 'o', text], [0.2, 'j', text]))],
      [`artifacts/${text}.explain.json`, excerptOfText(planOf(text))],
      [PICTURE, {bytes: dot.byteLength, head: dot, tail: new Uint8Array()}],
    ]),
    {
      runbook: {
        ...runbook,
        title: both,
        summary: both,
        policy: [both],
        steps: runbook.steps.map((step) => ({...step, title: both, why: both})),
        phases: runbook.phases.map((phase) => ({...phase, title: both})),
        rollback: runbook.rollback.map((option) => ({...option, title: both})),
      },
    },
  );
};

/** The files of the report as text, by name. */
export const filesOf = (of: ReportOf): Readonly<Record<string, string>> =>
  Object.fromEntries(reportFilesOf(of).map(({path, bytes}) => [path, new TextDecoder().decode(bytes)]));
