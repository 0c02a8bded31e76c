// How does a test get a run that was closed, with a transcript of any size, without walking one?

import {closeSync, mkdirSync, openSync, writeFileSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {createJournal} from '../../src/adapters/journal-file.ts';
import {writePlan} from '../../src/adapters/plan-directory.ts';
import {readRunbookFolder, runbookFolder} from '../../src/adapters/runbook-folder.ts';
import type {RunEvent} from '../../src/core/event.ts';
import {makePlan} from '../../src/runbook/plan.ts';
import {closed, opened} from './events.ts';
import {fixtureFolder} from './run.ts';

export const keptRun = 'r-keptt';

/**
 * @returns the folder of runs.
 * @param closing false for a run that is still open.
 * @param between what the run did after it was opened.
 */
export const keepRun = (
  folder: string,
  transcriptBytes = 1000,
  closing = true,
  between: readonly RunEvent[] = [],
): string => {
  const runs = join(folder, 'runs');
  const root = join(runs, keptRun);
  for (const name of ['plan', 'transcripts', 'artifacts']) mkdirSync(join(root, name), {recursive: true});
  const files = readRunbookFolder(runbookFolder(fixtureFolder, 'orders-add-status'));
  const plan = makePlan(files, {environment: 'staging', target: null, parameters: {}});
  writePlan(join(root, 'plan'), plan.files, plan.list);
  let second = 0;
  const now = (): string => new Date(Date.UTC(2026, 10, 24, 2, 0, (second += 1))).toISOString();
  const clock = {now, monotonicMs: () => 0, pause: async () => undefined, random: () => 0};
  const journal = createJournal(join(root, 'journal.ndjson'), clock);
  const first = opened('staging');
  if (first.type === 'RunOpened') journal.append({...first, run: keptRun, plan: plan.digest});
  for (const event of between) journal.append(event);
  if (closing) journal.append(closed());
  journal.close();
  writeFileSync(join(root, 'artifacts/smoke.1.junit.xml'), '<testsuites/>\n');
  const line = Buffer.from(`${'0123456789abcdef'.repeat(64)}\n`.repeat(1024));
  const transcript = openSync(join(root, 'transcripts/smoke.1.log'), 'w');
  for (let left = transcriptBytes; left > 0; left -= line.length)
    writeSync(transcript, line, 0, Math.min(left, line.length));
  closeSync(transcript);
  return runs;
};
