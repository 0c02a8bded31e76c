// Is the journal on disk what was written, and does it say so when it is not?

import {existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {GENESIS, createJournal, openJournal, readJournal} from '../../../src/adapters/journal-file.ts';
import {sha256} from '../../../src/adapters/files.ts';
import type {Recorded} from '../../../src/core/event.ts';
import type {Clock} from '../../../src/core/ports.ts';
import {histories, interrupted, lineOf, opened, recorded, started, ticked} from '../../support/events.ts';

const LONG = process.env['LONG'] === '1';

const clock: Clock = {
  now: () => '2026-01-01T00:00:00.000Z',
  monotonicMs: () => 0,
  pause: async () => undefined,
  random: () => 0,
};

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'journal.ndjson');
});

afterEach(() => rmSync(folder, {recursive: true}));

/** A journal with Korean in it, so that a cut can fall into a character. */
const events = [
  opened(),
  ticked('agree', 'first'),
  ticked('agree', 'named', '이철수 "확인" \\'),
  started('look'),
  interrupted('look'),
];

const writeEvents = (): readonly Recorded[] => {
  const journal = createJournal(path, clock);
  const written = events.map((event) => journal.append(event));
  journal.close();
  return written;
};

describe('a journal', () => {
  it('gives back what was written, each line naming the hash of the one before', () => {
    const written = writeEvents();
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines).toEqual(written.map(lineOf));
    expect(written.map(({seq}) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(written.map(({prev}) => prev)).toEqual([GENESIS, ...lines.slice(0, -1).map(sha256)]);
    expect(readJournal(path)).toEqual({
      events: written,
      bytes: statSync(path).size,
      head: sha256(lines.at(-1) ?? ''),
      tornBytes: 0,
    });
  });

  it('goes on where it was left, in as many processes as there are', () => {
    createJournal(path, clock).close();
    for (const event of events) {
      const journal = openJournal(path, readJournal(path), clock);
      journal.append(event);
      journal.close();
    }
    const read = readJournal(path);
    expect(read.damage).toBeUndefined();
    expect(read.events.map(({type}) => type)).toEqual(events.map(({type}) => type));
    expect(readdirSync(folder)).toEqual(['journal.ndjson']);
  });

  it('is for its owner alone, and is never begun over another', () => {
    writeEvents();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => createJournal(path, clock)).toThrow(/EEXIST/);
  });

  it('that somebody has removed takes nothing more', () => {
    const journal = createJournal(path, clock);
    journal.append(opened());
    rmSync(path);
    expect(() => journal.append(started('look'))).toThrow('journal.ndjson ENOENT');
    expect(() => journal.append(started('look'))).toThrow('failed before');
  });

  it('that is closed takes nothing more, whatever its descriptor has become', () => {
    const journal = createJournal(path, clock);
    journal.close();
    journal.close();
    expect(() => journal.append(interrupted('look'))).toThrow('closed');
  });

  it('that is empty holds nothing and is not damaged', () => {
    createJournal(path, clock).close();
    expect(readJournal(path)).toEqual({events: [], bytes: 0, head: GENESIS, tornBytes: 0});
  });
});

describe('a torn last record', () => {
  it('is cut at every byte at which it can be torn, kept aside, reported, and written over', () => {
    writeEvents();
    const whole = readFileSync(path);
    const last = whole.lastIndexOf(10, whole.length - 2) + 1;
    // From one byte of the record to all of it but its newline.
    for (let end = last + 1; end < whole.length; end += 1) {
      rmSync(join(folder, 'journal.torn-5'), {force: true});
      writeFileSync(path, whole.subarray(0, end));
      const read = readJournal(path);
      expect(read.damage).toBeUndefined();
      expect([read.events.length, read.tornBytes, read.tornFrom]).toEqual([4, end - last, last]);
      // Reading changes nothing: a run is looked at more often than it is continued.
      expect(readFileSync(path).length).toBe(end);
      const journal = openJournal(path, read, clock);
      expect(readFileSync(join(folder, 'journal.torn-5')).equals(whole.subarray(last, end))).toBe(true);
      expect(readFileSync(path).equals(whole.subarray(0, last))).toBe(true);
      journal.append(interrupted('look'));
      journal.close();
      expect(readJournal(path)).toMatchObject({tornBytes: 0});
      expect(readJournal(path).events).toHaveLength(5);
    }
    expect(whole.length - last).toBeGreaterThan(100);
  });

  it('does not take the place of one that was torn at the same record before', () => {
    writeEvents();
    for (const torn of ['{"first', '{"second']) {
      writeFileSync(path, `${readFileSync(path, 'utf8')}${torn}`);
      openJournal(path, readJournal(path), clock).close();
    }
    const kept = readdirSync(folder).filter((name) => name.startsWith('journal.torn-'));
    expect(kept.map((name) => readFileSync(join(folder, name), 'utf8')).toSorted()).toEqual(['{"first', '{"second']);
  });

  it('is also one that a power loss has kept in part: zeros in it, its end behind them', () => {
    writeEvents();
    const whole = readFileSync(path);
    const last = whole.lastIndexOf(10, whole.length - 2) + 1;
    const hollow = Buffer.from(whole).fill(0, last + 20, last + 60);
    writeFileSync(path, hollow);
    expect(readJournal(path)).toMatchObject({tornFrom: last, tornBytes: whole.length - last});
    openJournal(path, readJournal(path), clock).close();
    expect(readFileSync(path).equals(whole.subarray(0, last))).toBe(true);
    // Anywhere else zeros are damage: what follows was written by somebody who had read them.
    writeFileSync(path, Buffer.from(whole).fill(0, last - 60, last - 20));
    expect(readJournal(path).damage).toEqual({seq: 4, detail: 'not-json'});
  });

  it('can be the first', () => {
    writeFileSync(path, '{"v":1,"se');
    expect(readJournal(path)).toEqual({events: [], bytes: 10, head: GENESIS, tornBytes: 10, tornFrom: 0});
  });
});

describe('any other damage', () => {
  const lines = (): readonly string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const damagedBy = (change: (lines: string[]) => readonly string[]) => {
    writeEvents();
    const changed = change([...lines()]);
    writeFileSync(path, changed.map((line) => `${line}\n`).join(''));
    return readJournal(path);
  };
  /** A line that says something else and names the right predecessor, as a forger would write it. */
  const forged = (line: string | undefined, change: Readonly<Record<string, unknown>>): string =>
    JSON.stringify({...(JSON.parse(line ?? '') as object), ...change});

  it('by one flipped bit is named by its sequence number, wherever it falls', () => {
    writeEvents();
    const whole = readFileSync(path);
    const starts = [0, ...[...whole.entries()].flatMap(([at, byte]) => (byte === 10 ? [at + 1] : []))];
    const lastLine = starts[4] ?? 0;
    let flipped = 0;
    for (let at = 0; at < whole.length; at += LONG ? 1 : 7) {
      for (const bit of LONG ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]) {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        writeFileSync(path, bytes);
        const read = readJournal(path);
        const seq = starts.findIndex((start, nth) => at >= start && at < (starts[nth + 1] ?? Infinity)) + 1;
        if (at >= lastLine) continue; // no line follows that could contradict: see below
        // The change shows in the line itself, or in the next, which names another hash.
        expect([seq, seq + 1], `byte ${at}, bit ${bit}`).toContain(read.damage?.seq);
        expect(read.events.length).toBe((read.damage?.seq ?? 0) - 1);
        flipped += 1;
      }
    }
    expect(flipped).toBeGreaterThan(100);
  });

  it('by a flipped bit in the last line shows when a next line is written, and in the head of the journal at once', () => {
    const written = writeEvents();
    const {head} = readJournal(path);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"look"(?=[^\n]*\n$)/, '"look!"'));
    const read = readJournal(path);
    expect(read.damage).toBeUndefined();
    expect(read.head).not.toBe(head);
    expect(written).toHaveLength(5);
  });

  it.each([1, 2, 3, 4])('by the loss of line %i is named', (gone) => {
    const read = damagedBy((all) => all.toSpliced(gone - 1, 1));
    expect(read.damage).toEqual({seq: gone, detail: 'sequence'});
    expect(read.events).toHaveLength(gone - 1);
  });

  it.each([1, 2, 3, 4, 5])('by a second copy of line %i is named', (twice) => {
    const read = damagedBy((all) => all.toSpliced(twice, 0, all[twice - 1] ?? ''));
    expect(read.damage).toEqual({seq: twice + 1, detail: 'sequence'});
  });

  it.each([1, 2, 3, 4])('by a swap of line %i with the next is named', (first) => {
    const read = damagedBy((all) => all.toSpliced(first - 1, 2, all[first] ?? '', all[first - 1] ?? ''));
    expect(read.damage).toEqual({seq: first, detail: 'sequence'});
  });

  it.each<readonly [string, number, Readonly<Record<string, unknown>>, string]>([
    ['another version', 2, {v: 2}, 'version'],
    ['a version as text', 2, {v: '1'}, 'version'],
    ['another number', 3, {seq: 30}, 'sequence'],
    ['another predecessor', 3, {prev: GENESIS}, 'chain'],
    ['an unknown event', 4, {type: 'StepFinished'}, 'not-an-event'],
    ['an event named like a property of every object', 4, {type: 'constructor'}, 'not-an-event'],
    ['no event', 4, {type: undefined}, 'not-an-event'],
  ])('by %s is named', (_name, seq, change, detail) => {
    expect(damagedBy((all) => all.with(seq - 1, forged(all[seq - 1], change))).damage).toEqual({seq, detail});
  });

  it.each<readonly [string, string, string]>([
    ['a blank line', '', 'not-json'],
    ['half a line', '{"v":1,"seq":3', 'not-json'],
    ['null', 'null', 'not-an-event'],
    ['a number', '3', 'not-an-event'],
    ['a list', '[]', 'version'],
  ])('by %s in the middle is named', (_name, text, detail) => {
    expect(damagedBy((all) => all.with(2, text)).damage).toEqual({seq: 3, detail});
  });

  it('by a change that its author covered up in that line is betrayed by the next', () => {
    const read = damagedBy((all) => all.with(2, forged(all[2], {note: '김영희'})));
    expect(read.damage).toEqual({seq: 4, detail: 'chain'});
  });

  it('hides what follows it, and no torn tail is reported beside it', () => {
    writeEvents();
    writeFileSync(path, `${readFileSync(path, 'utf8').replace('agree', 'agrei')}{"torn`);
    expect(readJournal(path)).toMatchObject({damage: {seq: 3, detail: 'chain'}, tornBytes: 0});
  });

  describe('that is none: a newer version has written the last line', () => {
    const endingWith = (change: Readonly<Record<string, unknown>>) =>
      damagedBy((all) => all.with(4, forged(all[4], change)));

    it('is not damaged: its events end before the first that is not known', () => {
      const read = endingWith({type: 'StepFinished'});
      expect(read).toMatchObject({newer: {seq: 5, event: 'StepFinished'}, tornBytes: 0});
      expect(read.damage).toBeUndefined();
      expect(read.events.map(({seq}) => seq)).toEqual([1, 2, 3, 4]);
    });

    it('is not damaged either where its lines have a newer format', () => {
      const read = endingWith({v: 2, type: undefined});
      expect(read).toMatchObject({newer: {seq: 5}});
      expect(read.damage).toBeUndefined();
    });
  });
});

describe('a disk that takes no more', () => {
  // A limit on the size of a file does to writeSync what a full disk does: the write stops short, the next one fails.
  const writer = `
    import {createJournal} from ${JSON.stringify(new URL('../../../src/adapters/journal-file.ts', import.meta.url).href)};
    process.on('SIGXFSZ', () => undefined);
    const clock = {now: () => '2026-01-01T00:00:00.000Z'};
    const journal = createJournal(process.argv[1], clock);
    const told = [];
    for (let nth = 0; nth < 6; nth += 1) {
      try {
        journal.append({type: 'ItemChecked', step: 'agree', item: 'x'.repeat(400), by: {name: 'kim', host: 'laptop'}});
        told.push('written');
      } catch (error) {
        told.push(error.message);
      }
    }
    console.log(JSON.stringify(told));
  `;

  it('ends all further appends, says why, and leaves a torn record that the next process cuts', async () => {
    const {stdout} = await execa('prlimit', [
      '--fsize=1500',
      process.execPath,
      '--input-type=module',
      '-e',
      writer,
      path,
    ]);
    // 1500 bytes hold two lines and a part of the third.
    expect(JSON.parse(stdout)).toEqual([
      'written',
      'written',
      'journal.ndjson EFBIG',
      ...Array<string>(3).fill('the journal failed before'),
    ]);
    expect(statSync(path).size).toBe(1500);
    const read = readJournal(path);
    expect(read.damage).toBeUndefined();
    expect(read.events).toHaveLength(2);
    expect(read.tornBytes).toBeGreaterThan(0);
    const journal = openJournal(path, read, clock);
    journal.append(interrupted('look'));
    journal.close();
    expect(readJournal(path).events).toHaveLength(3);
    expect(existsSync(join(folder, 'journal.torn-3'))).toBe(true);
  });
});

describe('a long journal', () => {
  it('of every history is read back whole', () => {
    for (const history of Object.values(histories)) {
      const lines = recorded(history);
      writeFileSync(path, lines.map((event) => `${lineOf(event)}\n`).join(''));
      const read = readJournal(path);
      expect(read.damage).toBeUndefined();
      expect(read.events).toEqual(lines);
    }
  });
});
