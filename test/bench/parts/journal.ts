// What does it cost to write a record so that it stays, and to go on with a journal of a hundred thousand of them?

import {
  closeSync,
  copyFileSync,
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
import {
  GENESIS,
  createJournal,
  openJournal,
  readJournal,
  type JournalFile,
  type ReadJournal,
} from '../../../src/adapters/journal-file.ts';
import type {RunEvent} from '../../../src/core/event.ts';
import {fold} from '../../../src/core/reduce.ts';
import type {Figures, Part} from '../part.ts';
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

const timed = (work: () => void): number => {
  const before = performance.now();
  work();
  return performance.now() - before;
};

const PEER = 'append and fsync, no hash';

/** In turn, so that what else the disk does meets both alike. */
const appendRounds = (own: JournalFile, plain: number, events: readonly RunEvent[]) => {
  const ownMs: number[] = [];
  const plainMs: number[] = [];
  for (const event of events) {
    ownMs.push(timed(() => void own.append(event)));
    plainMs.push(
      timed(() => {
        writeSync(plain, `${JSON.stringify({v: 1, at: systemClock.now(), ...event})}\n`);
        fsyncSync(plain);
      }),
    );
  }
  return {ownMs, plainMs};
};

const fresh = ({add, isQuick}: Figures, folder: string): void => {
  const appends = isQuick ? 500 : 3000;
  const own = createJournal(join(folder, 'own.ndjson'), systemClock);
  const plain = openSync(join(folder, 'plain.ndjson'), 'a');
  const {ownMs, plainMs} = appendRounds(own, plain, journalEvents(appends));
  own.close();
  closeSync(plain);
  const what = `journal append, synced (${appends})`;
  add({what, measured: ownMs, beside: {what: PEER, measured: plainMs}});
  const p95 = {what: PEER, measured: quantile(plainMs, 0.95)};
  add({what: `${what}, 95th percentile`, measured: quantile(ownMs, 0.95), beside: p95});
};

/** Written at once: nobody waits for a hundred thousand syncs. */
const writeLong = (path: string, count: number): void => {
  let prev = GENESIS;
  const lines = journalEvents(count).map((event, at) => {
    const line = JSON.stringify({v: 1, seq: at + 1, at: '2026-01-01T00:00:00.000Z', prev, ...event});
    prev = sha256(line);
    return line;
  });
  writeFileSync(path, `${lines.join('\n')}\n`);
};

const long = ({add, isQuick}: Figures, folder: string, count: number): void => {
  const path = join(folder, `${count}.ndjson`);
  writeLong(path, count);
  const remark = `${(statSync(path).size / 1e6).toFixed(1)} MB`;
  const name = `journal of ${count.toLocaleString('en')} records`;
  const took = {parse: [] as number[], read: [] as number[], folded: [] as number[], opened: [] as number[]};
  for (let round = 0; round < 5; round += 1) {
    took.parse.push(
      timed(() => {
        for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) JSON.parse(line);
      }),
    );
    let read: ReadJournal | undefined;
    took.read.push(timed(() => (read = readJournal(path))));
    if (read === undefined || read.damage !== undefined || read.events.length !== count)
      throw new Error('the journal is not whole');
    const {events} = read;
    took.folded.push(
      timed(() => {
        if (fold(events).seq !== count) throw new Error('the fold is not whole');
      }),
    );
    const whole = read;
    took.opened.push(timed(() => openJournal(path, whole, systemClock).close()));
  }
  const beside = {what: 'read and JSON.parse', measured: took.parse};
  const resumed = took.read.map((ms, round) => ms + (took.folded[round] ?? 0) + (took.opened[round] ?? 0));
  add({what: `${name}: resume (chain, fold, open)`, measured: resumed, beside, remark});
  add({what: `${name}: read with its chain`, measured: took.read, beside});
  add({what: `${name}: fold`, measured: took.folded, beside});
  add({what: `${name}: open`, measured: took.opened, beside});
  const copy = join(folder, 'copy.ndjson');
  copyFileSync(path, copy);
  const own = openJournal(path, readJournal(path), systemClock);
  const plain = openSync(copy, 'a');
  const {ownMs, plainMs} = appendRounds(own, plain, journalEvents(isQuick ? 100 : 500).slice(1));
  own.close();
  closeSync(plain);
  add({what: `${name}: append at its end, synced`, measured: ownMs, beside: {what: PEER, measured: plainMs}});
};

const run: Part['run'] = (figures) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-journal-'));
  try {
    fresh(figures, folder);
    for (const count of figures.isQuick ? [2000] : [20_000, 100_000]) long(figures, folder, count);
  } finally {
    rmSync(folder, {recursive: true});
  }
};

export const part: Part = {minutes: 3, run};
