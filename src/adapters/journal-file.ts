// The journal on disk: one event a line, each naming the hash of the line before it, synced before anything follows.

import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import type {Recorded, RunEvent} from '../core/event.ts';
import {isKnownEvent} from '../core/known-events.ts';
import {writerAfter, type Newer} from '../core/newer.ts';
import type {Clock} from '../core/ports.ts';
import {FILE_MODE, errorCode, sha256, syncDirectory, syncFile, writeAll} from './files.ts';

/** What the first line names as the hash of the line before it. */
export const GENESIS = '0'.repeat(64);

export type Damage = Readonly<{seq: number; detail: 'not-json' | 'chain' | 'sequence' | 'version' | 'not-an-event'}>;

export type ReadJournal = Readonly<{
  events: readonly Recorded[];
  /** How long the file was when it was read. */
  bytes: number;
  /** Hash of the last line, which the next one will name. */
  head: string;
  /** A last record that is not whole: what a crash in the middle of a write leaves. Bytes from `tornFrom` on. */
  tornFrom?: number;
  tornBytes: number;
  damage?: Damage;
  /** The first of its records that only a newer version of the tool can read; its events end before it. */
  newer?: Newer;
}>;

/** A type that is no word of ours, in any version. */
const isEventName = (type: unknown): type is string => typeof type === 'string' && /^(?:[A-Z][a-z]+)+$/.test(type);

/** The number of a later format of lines; number and chain of a line are what every format has. */
const isLaterFormat = (v: unknown): boolean => typeof v === 'number' && Number.isInteger(v) && v > 1;

const damageOf = (line: string, seq: number, head: string): Damage | Recorded => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Whatever the parser says, the line is not what we wrote.
    return {seq, detail: 'not-json'};
  }
  if (typeof value !== 'object' || value === null) return {seq, detail: 'not-an-event'};
  const record = value as Readonly<Record<string, unknown>>;
  if (record['v'] !== 1 && !isLaterFormat(record['v'])) return {seq, detail: 'version'};
  if (record['seq'] !== seq) return {seq, detail: 'sequence'};
  if (record['prev'] !== head) return {seq, detail: 'chain'};
  if (!isLaterFormat(record['v']) && !isEventName(record['type'])) return {seq, detail: 'not-an-event'};
  // Its shape is that of the version that wrote it: the chain proves that these are the bytes that were written.
  return value as Recorded;
};

const unreadable = ({seq, event}: Newer): Damage => ({seq, detail: event === undefined ? 'version' : 'not-an-event'});

/**
 * Reads and checks every line. Stops at the first damage: what follows it proves nothing. Behind a line that only a newer
 * version can read nothing is an event any more, and every line is still checked: where one of them is damaged, so may that
 * line be, and a damaged journal is never called newer.
 */
export const readJournal = (path: string): ReadJournal => {
  const bytes = readFileSync(path);
  const events: Recorded[] = [];
  let head = GENESIS;
  let start = 0;
  let seq = 0;
  let writer: string | undefined;
  let newer: Newer | undefined;
  for (let end = bytes.indexOf(10, start); end !== -1; end = bytes.indexOf(10, start)) {
    const line = bytes.subarray(start, end);
    const read = damageOf(line.toString('utf8'), seq + 1, head);
    if ('detail' in read && !('type' in read)) {
      // The last line, with zeros in it: sectors of a record that a power loss has kept only in part. Nobody was told that
      // it was written, and no line of ours has a zero byte.
      if (end + 1 === bytes.length && line.includes(0)) break;
      const damage = newer === undefined ? read : unreadable(newer);
      return {events, bytes: bytes.length, head, tornBytes: 0, damage};
    }
    seq += 1;
    const tool = writer === undefined ? {} : {tool: writer};
    if (isLaterFormat(read.v)) newer ??= {seq, ...tool};
    else if (!isKnownEvent(read.type)) newer ??= {seq, event: read.type, ...tool};
    writer = writerAfter(read, writer);
    if (newer === undefined) events.push(read);
    head = sha256(line);
    start = end + 1;
  }
  const tornBytes = bytes.length - start;
  return {
    events,
    bytes: bytes.length,
    head,
    tornBytes,
    ...(tornBytes > 0 ? {tornFrom: start} : {}),
    ...(newer === undefined ? {} : {newer}),
  };
};

/** How long it is; a journal only grows, so one of the same length is the same. Undefined when there is none. */
export const journalBytes = (path: string): number | undefined => statSync(path, {throwIfNoEntry: false})?.size;

/** The next process can be killed at the same record: what it left must not take the place of what is kept already. */
const freeName = (path: string): string => {
  for (let nth = 1; ; nth += 1) {
    const name = nth === 1 ? path : `${path}.${nth}`;
    if (!existsSync(name)) return name;
  }
};

/** Puts the bytes of a torn last record beside the journal and cuts them off. */
const cutTorn = (path: string, {events, tornFrom}: ReadJournal): void => {
  if (tornFrom === undefined) return;
  const torn = readFileSync(path).subarray(tornFrom);
  writeFileSync(freeName(join(dirname(path), `journal.torn-${events.length + 1}`)), torn, {
    mode: FILE_MODE,
    flush: true,
  });
  syncDirectory(dirname(path));
  truncateSync(path, tornFrom);
  syncFile(path);
};

/**
 * Writes the last record once more and syncs it, so that never more than one record is on its way to the disk, and that
 * one is the next. A process that was killed may have left it unsynced; after a sync that failed the system even takes it
 * for written, and only bytes that are written again reach the disk.
 */
const syncLast = (path: string): void => {
  const bytes = readFileSync(path);
  const from = bytes.length < 2 ? 0 : bytes.lastIndexOf(10, bytes.length - 2) + 1;
  const descriptor = openSync(path, 'r+');
  try {
    writeAll(descriptor, bytes.subarray(from), from);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

export type JournalFile = Readonly<{
  append: (event: RunEvent) => Recorded;
  /** How long the file is by what was read and written here; a longer one holds what another process wrote. */
  bytes: () => number;
  close: () => void;
}>;

/** Opens a journal for writing, after `readJournal` found no damage in it, and no newer record. */
export const openJournal = (path: string, read: ReadJournal, clock: Clock): JournalFile => {
  cutTorn(path, read);
  syncLast(path);
  const descriptor = openSync(path, 'a', FILE_MODE);
  let {head} = read;
  let seq = read.events.length;
  let length = read.bytes - read.tornBytes;
  let broken = false;
  let isClosed = false;
  return {
    append: (event) => {
      // The number of a closed descriptor is given to the next file that is opened.
      if (isClosed) throw new Error('the journal is closed');
      // After a failed write or sync nobody knows what is on disk; only reading it again would tell.
      if (broken) throw new Error('the journal failed before');
      const recorded: Recorded = {v: 1, seq: seq + 1, at: clock.now(), prev: head, ...event};
      const line = Buffer.from(JSON.stringify(recorded), 'utf8');
      try {
        writeAll(descriptor, Buffer.concat([line, Buffer.from('\n')]));
        fsyncSync(descriptor);
        // A file that somebody has removed takes records that nobody will ever read.
        if (fstatSync(descriptor).nlink === 0) throw Object.assign(new Error('removed'), {code: 'ENOENT'});
      } catch (error) {
        broken = true;
        throw new Error(`journal.ndjson ${errorCode(error)}`, {cause: error});
      }
      head = sha256(line);
      seq += 1;
      length += line.length + 1;
      return recorded;
    },
    bytes: () => length,
    close: () => {
      if (isClosed) return;
      isClosed = true;
      try {
        closeSync(descriptor);
      } catch {
        // Every record was synced when it was written; closing adds nothing to that.
      }
    },
  };
};

export const createJournal = (path: string, clock: Clock): JournalFile => {
  writeFileSync(path, '', {mode: FILE_MODE, flag: 'wx'});
  syncDirectory(dirname(path));
  return openJournal(path, {events: [], bytes: 0, head: GENESIS, tornBytes: 0}, clock);
};
