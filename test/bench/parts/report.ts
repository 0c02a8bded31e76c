// What does a report cost? Made of a run with many attempts, beside a reading of the same bytes that only hashes them.

import {createHash} from 'node:crypto';
import {reportFilesOf} from '../../../src/cli/report-files.ts';
import {fold} from '../../../src/core/reduce.ts';
import type {Excerpt} from '../../../src/evidence/report/source.ts';
import {histories, recorded, runbook, started} from '../../support/events.ts';
import type {Part} from '../part.ts';

const ATTEMPTS = 60;

/** 64 kB of output in a thousand records, as a dump of a schema gives them. */
const cast = [
  JSON.stringify({version: 3, term: {cols: 100, rows: 30}}),
  ...Array.from({length: 1000}, (_, at) =>
    JSON.stringify([0.01, 'o', `${at} CREATE VIEW public.attempt AS SELECT 1;\r\n`]),
  ),
].join('\n');

const timed = (work: () => unknown): number => {
  const before = performance.now();
  work();
  return performance.now() - before;
};

const run: Part['run'] = ({isQuick, add}) => {
  const [opening = [], rest = []] = [histories['completed']?.slice(0, 4), histories['completed']?.slice(4)];
  const attempts = Array.from({length: ATTEMPTS}, (_, at) => started('look', at + 1));
  const events = recorded([...opening, ...attempts, ...rest]);
  const head = new TextEncoder().encode(cast);
  const excerpts = new Map<string, Excerpt>(
    attempts.map((_, at) => [
      `transcripts/look.${at + 1}.cast`,
      {bytes: head.byteLength, head, tail: new Uint8Array()},
    ]),
  );
  const of = {runbook, events, state: fold(events), end: {head: '', tornBytes: 0}, excerpts};
  const runs = isQuick ? 3 : 9;
  const bytes = reportFilesOf(of).reduce((sum, file) => sum + file.bytes.byteLength, 0);
  const made: number[] = [];
  const hashed: number[] = [];
  for (let round = 0; round < runs; round += 1) {
    made.push(timed(() => reportFilesOf(of)));
    hashed.push(
      timed(() => {
        for (const excerpt of excerpts.values()) createHash('sha256').update(excerpt.head).digest('hex');
      }),
    );
  }
  add({
    what: 'report in both languages',
    measured: made,
    beside: {what: 'sha256 of the recordings', measured: hashed},
    remark: `${ATTEMPTS} recordings of ${Math.round(head.byteLength / 1000)} kB, ${(bytes / 1e6).toFixed(1)} MB of reports, median of ${runs}`,
  });
};

export const part: Part = {minutes: 2, run};
