// What does it cost to write a record so that it stays, and to go on with a journal of a hundred thousand of them?

import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {systemClock} from '../../../src/adapters/clock.ts';
import {sha256} from '../../../src/adapters/files.ts';
import {GENESIS, createJournal, openJournal, readJournal} from '../../../src/adapters/journal-file.ts';
import type {RunEvent} from '../../../src/core/event.ts';
import {fold} from '../../../src/core/reduce.ts';
import type {Part} from '../part.ts';
import {quantile} from '../row.ts';

const journalEvents = (count: number): readonly RunEvent[] => {
  const by = {name: 'kim', host: 'laptop'};
  const target = {
    systemIdentifier: '7300000000000000000',
    database: 'seedtest',
    user: 'operator',
    serverVersion: '15.18',
    serverVersionNum: 150_018,
    address: '/tmp',
    inRecovery: false,
    sslmode: 'socket',
  };
  const opened: RunEvent = {
    type: 'RunOpened',
    run: 'r-bench',
    runbook: 'attempt-view-v1-lock',
    plan: 'a'.repeat(64),
    environment: 'staging',
    operator: by,
    target,
    tool: '0.1.0',
  };
  // A third of them grows what is known of the run: that is where a fold can become quadratic.
  const rest = Array.from({length: count - 1}, (_, at): RunEvent => {
    const step = `step-${at % 20}`;
    const attempt = 1 + Math.floor(at / 20);
    switch (at % 3) {
      case 0:
        return {
          type: 'StepStarted',
          step,
          attempt,
          receipt: {applicationName: `a/${step}/${attempt}`, statements: ['one', 'two']},
          by,
        };
      case 1:
        return {
          type: 'ArtifactSealed',
          step,
          attempt,
          artifact: {
            path: `transcripts/${step}.${attempt}.log`,
            bytes: 1234,
            sha256: 'b'.repeat(64),
            mediaType: 'text/plain',
          },
        };
      default:
        return {type: 'StepFailed', step, attempt, failure: {code: 'cancelled'}};
    }
  });
  return [opened, ...rest];
};

/** What a record costs, and what a long journal costs whoever goes on with it. */
const run: Part['run'] = ({isQuick, add}) => {
  const count = isQuick ? 10_000 : 100_000;
  const appends = isQuick ? 500 : 3000;
  const events = journalEvents(count);
  const folder = mkdtempSync(join(tmpdir(), 'bench-journal-'));
  try {
    const timed = (work: () => void): number => {
      const before = performance.now();
      work();
      return performance.now() - before;
    };
    const own = createJournal(join(folder, 'own.ndjson'), systemClock);
    const plain = openSync(join(folder, 'plain.ndjson'), 'a');
    const ownMs: number[] = [];
    const plainMs: number[] = [];
    // In turn, so that what else the disk does meets both alike.
    for (const event of events.slice(0, appends)) {
      ownMs.push(timed(() => void own.append(event)));
      plainMs.push(
        timed(() => {
          writeSync(plain, `${JSON.stringify({v: 1, at: systemClock.now(), ...event})}\n`);
          fsyncSync(plain);
        }),
      );
    }
    own.close();
    closeSync(plain);
    const peer = 'append and fsync, no hash';
    add({what: `journal append, synced (${appends})`, measured: ownMs, beside: {what: peer, measured: plainMs}});
    add({
      what: 'the same at its 95th percentile',
      measured: quantile(ownMs, 0.95),
      beside: {what: peer, measured: quantile(plainMs, 0.95)},
    });

    // Written at once: nobody waits for a hundred thousand syncs.
    const path = join(folder, 'long.ndjson');
    let prev = GENESIS;
    const lines = events.map((event, at) => {
      const line = JSON.stringify({v: 1, seq: at + 1, at: '2026-01-01T00:00:00.000Z', prev, ...event});
      prev = sha256(line);
      return line;
    });
    writeFileSync(path, `${lines.join('\n')}\n`);
    const bytes = Math.round(statSync(path).size / 1e5) / 10;
    const runs = 5;
    const parse = (): void => {
      for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) JSON.parse(line);
    };
    const resume = (): void => {
      const read = readJournal(path);
      if (read.damage !== undefined || read.events.length !== count) throw new Error('the journal is not whole');
      const state = fold(read.events);
      if (state.seq !== count) throw new Error('the fold is not whole');
      openJournal(path, read, systemClock).close();
    };
    const resumeMs: number[] = [];
    const parseMs: number[] = [];
    for (let round = 0; round < runs; round += 1) {
      parseMs.push(timed(parse));
      resumeMs.push(timed(resume));
    }
    add({
      what: `resume of ${count.toLocaleString('en')} events (${bytes} MB): chain, fold, open`,
      measured: resumeMs,
      beside: {what: 'read and JSON.parse', measured: parseMs},
      remark: `median of ${runs}`,
    });
  } finally {
    rmSync(folder, {recursive: true});
  }
};

export const part: Part = {minutes: 3, run};
