// A small bundle of a run that never was, whole in every respect: what the tests of the verifier damage.

import {createHash} from 'node:crypto';
import type {Recorded, RunEvent} from '../../../src/core/event.ts';
import {inMemory, type Content} from '../../../src/core/content.ts';
import * as archive from '../../../src/evidence/archive.ts';
import {byPath, nextSignature, PAYLOAD, tagFiles, type BagInfo, type EvidenceFile} from '../../../src/evidence/bag.ts';
import {sha256Of} from '../../../src/evidence/hashing.ts';
import {readChain} from '../../../src/evidence/journal-chain.ts';
import {STATEMENT, statementText} from '../../../src/evidence/statement.ts';
import {fold} from '../../../src/core/reduce.ts';
import * as reading from '../../../src/evidence/read-archive.ts';
import * as verification from '../../../src/evidence/verify.ts';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const contents = (files: readonly EvidenceFile[]): readonly Content[] =>
  files.map(({path, bytes}) => inMemory(path, bytes));

/** As a bundle is made on the disk, in memory. */
export const bagOf = (about: BagInfo, files: readonly EvidenceFile[]): readonly EvidenceFile[] => {
  const payload = files.map(({path, bytes}) => ({path: `${PAYLOAD}${path}`, bytes}));
  const listed = payload.map(({path, bytes}) => ({path, bytes: bytes.byteLength, sha256: sha256Of(bytes)}));
  return [...tagFiles(about, listed), ...payload].toSorted(byPath);
};

export const withSignature = (files: readonly EvidenceFile[], signature: Uint8Array): readonly EvidenceFile[] =>
  [...files, {path: nextSignature(files.map(({path}) => path)), bytes: signature}].toSorted(byPath);

export const archiveOf = async (root: string, files: readonly EvidenceFile[]): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive.archiveOf(root, contents(files))) chunks.push(chunk);
  return Buffer.concat(chunks);
};

export const readArchive = (bytes: Uint8Array): Promise<reading.ReadArchive> =>
  reading.readArchive(inMemory('', bytes));

export const verifyFiles = (
  files: readonly EvidenceFile[],
  again: verification.Derive,
): Promise<verification.Verification> => verification.verifyFiles(contents(files), again);

export const verifyArchive = (bytes: Uint8Array, again: verification.Derive): Promise<verification.Verification> =>
  verification.verifyArchive(inMemory('', bytes), again);

const by = {name: 'min', host: 'ops-1'};

/** Events as the lines of a journal, each naming the hash of the line before it. */
export const journalOf = (events: readonly RunEvent[]): Uint8Array => {
  let prev = '0'.repeat(64);
  const lines = events.map((event, at) => {
    const record: Recorded = {v: 1, seq: at + 1, at: `2026-11-24T02:0${at % 10}:00.000Z`, prev, ...event};
    const line = JSON.stringify(record);
    prev = hashOf(bytesOf(line));
    return `${line}\n`;
  });
  return bytesOf(lines.join(''));
};

const planFiles: readonly EvidenceFile[] = [
  {path: 'parameters.json', bytes: bytesOf('{"environment":"staging"}\n')},
  {path: 'runbook.yaml', bytes: bytesOf('format: attempt-runbook/1\n')},
  {path: 'sql/apply/010.sql', bytes: bytesOf('CREATE VIEW public.attempt AS SELECT 1;\n')},
];
const planList = bytesOf(planFiles.map(({path, bytes}) => `${hashOf(bytes)}  ${path}\n`).join(''));

const smoke = bytesOf('PASS  row-count\n'.repeat(40));
const dump = bytesOf('PGDMP, the data itself');

const sealed = (path: string, bytes: Uint8Array, mediaType: string): RunEvent => ({
  type: 'ArtifactSealed',
  step: 'smoke',
  attempt: 1,
  artifact: {path, bytes: bytes.byteLength, sha256: hashOf(bytes), mediaType},
});

export const events: readonly RunEvent[] = [
  {
    type: 'RunOpened',
    run: 'r-small',
    runbook: 'attempt-view-v1-lock',
    plan: hashOf(planList),
    environment: 'staging',
    operator: by,
    target: {
      systemIdentifier: '7412345678901239021',
      database: 'seedtest',
      user: 'app',
      serverVersion: '15.18',
      serverVersionNum: 150_018,
      inRecovery: false,
      address: '10.1.4.7:5432',
      sslmode: 'verify-full',
    },
    tool: '0.0.0',
  },
  {
    type: 'StepStarted',
    step: 'smoke',
    attempt: 1,
    receipt: {applicationName: 'attempt-runbook/r-small/smoke/1', statements: ['smoke/010.sql']},
    by,
  },
  sealed('transcripts/smoke.1.log', smoke, 'text/plain; charset=utf-8'),
  sealed('artifacts/backup.1.dump', dump, 'application/x-pg-dump'),
  {type: 'StepSucceeded', step: 'smoke', attempt: 1, facts: {kind: 'smoke', checks: []}},
  {type: 'RunClosed', outcome: 'completed', by},
];

/** Stands for the reports: a function of journal and plan alone. */
export const derive: verification.Derive = async (_payload, {state, head}) => [
  {path: 'results.json', bytes: bytesOf(`${state.closed?.outcome ?? 'open'} ${head}\n`)},
];

const info = {
  identifier: 'r-small',
  date: '2026-11-24',
  software: 'attempt-runbook 0.0.0',
};

/** @param journal in place of the whole one; everything else follows from it, as a careful forger would do it. */
export const payloadOf = (journal: Uint8Array = journalOf(events), outcome = 'completed'): readonly EvidenceFile[] => [
  {path: 'journal.ndjson', bytes: journal},
  ...planFiles.map(({path, bytes}) => ({path: `plan/${path}`, bytes})),
  {path: 'plan/plan.sha256', bytes: planList},
  {path: 'transcripts/smoke.1.log', bytes: smoke},
  {
    path: 'results.json',
    bytes: bytesOf(`${outcome} ${hashOf(journal.subarray(journal.lastIndexOf(10, journal.length - 2) + 1, -1))}\n`),
  },
];

/** As the exporter states it, whatever the payload is; a journal that is broken states nothing. */
export const withStatement = (payload: readonly EvidenceFile[]): readonly EvidenceFile[] => {
  const chain = readChain(payload.find(({path}) => path === 'journal.ndjson')?.bytes ?? new Uint8Array());
  if (!chain.ok) return payload;
  const listed = payload.map(({path, bytes}) => ({
    path: `${PAYLOAD}${path}`,
    bytes: bytes.byteLength,
    sha256: sha256Of(bytes),
  }));
  const end = {...chain, events: chain.events.length};
  return [...payload, {path: STATEMENT, bytes: bytesOf(statementText(fold(chain.events), end, listed))}];
};

export const bundleOf = (payload: readonly EvidenceFile[] = payloadOf()): readonly EvidenceFile[] =>
  bagOf(info, withStatement(payload));
