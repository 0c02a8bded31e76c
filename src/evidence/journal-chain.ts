// Is this journal whole and in order? Read anew here, by rules that can be told in five lines, since a verifier that
// shared the writer's code would share its mistakes.

import type {Recorded} from '../core/event.ts';
import {isKnownEvent} from '../core/known-events.ts';
import {writerAfter, type Newer} from '../core/newer.ts';
import {sha256Of} from './hashing.ts';

export type ChainFault = Readonly<{
  code: 'journal-broken';
  /** The record that is wrong, from 1. */
  record: number;
  because: 'not-json' | 'version' | 'sequence' | 'chain' | 'time' | 'empty' | 'not-an-event';
}>;

/** Not a word of this version: nothing is said of the run, for what it says is not known. */
export type NewerFault = Readonly<{code: 'journal-newer'}> & Newer;

export type Chain =
  | Readonly<{ok: true; events: readonly Recorded[]; head: string; tornBytes: number}>
  | Readonly<{ok: false; fault: ChainFault | NewerFault}>;

const GENESIS = '0'.repeat(64);
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const parsed = (line: Uint8Array): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(line));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // Whatever the parser says, the line is no record.
    return undefined;
  }
};

const faultAt = (record: number, because: ChainFault['because']): ChainFault => ({
  code: 'journal-broken',
  record,
  because,
});

const unreadable = ({seq, event}: NewerFault): ChainFault =>
  faultAt(seq, event === undefined ? 'version' : 'not-an-event');

/**
 * Each line is one JSON object with `v` 1, `seq` one more than the line before, `prev` the SHA-256 of that line without
 * its line break (64 zeros for the first), and `at` in UTC. Bytes after the last line break are what a crash left.
 * A higher `v`, or a type that this version does not know, is a newer version's, once everything else is as it should be.
 */
export const readChain = (bytes: Uint8Array): Chain => {
  const events: Recorded[] = [];
  let head = GENESIS;
  let start = 0;
  let writer: string | undefined;
  let newer: NewerFault | undefined;
  for (let end = bytes.indexOf(10, start); end !== -1; end = bytes.indexOf(10, start)) {
    const line = bytes.subarray(start, end);
    const record = parsed(line);
    // Where a line behind it is damaged, one that only a newer version can read may be as well.
    const broken = (because: ChainFault['because']): Chain => ({
      ok: false,
      fault: newer === undefined ? faultAt(events.length + 1, because) : unreadable(newer),
    });
    if (record === undefined || typeof record['type'] !== 'string') return broken('not-json');
    const tool = writer === undefined ? {} : {tool: writer};
    const isLater = typeof record['v'] === 'number' && Number.isInteger(record['v']) && record['v'] > 1;
    if (record['v'] !== 1 && !isLater) return broken('version');
    if (record['seq'] !== events.length + 1) return broken('sequence');
    if (record['prev'] !== head) return broken('chain');
    if (typeof record['at'] !== 'string' || !INSTANT.test(record['at'])) return broken('time');
    if (!isLater && !/^(?:[A-Z][a-z]+)+$/.test(record['type'])) return broken('not-an-event');
    if (isLater) newer ??= {code: 'journal-newer', seq: events.length + 1, ...tool};
    else if (!isKnownEvent(record['type']))
      newer ??= {code: 'journal-newer', seq: events.length + 1, event: record['type'], ...tool};
    writer = writerAfter(record, writer);
    // Its shape is that of the version that wrote it.
    events.push(record as unknown as Recorded);
    head = sha256Of(line);
    start = end + 1;
  }
  if (events[0]?.type !== 'RunOpened') return {ok: false, fault: {code: 'journal-broken', record: 1, because: 'empty'}};
  if (newer !== undefined) return {ok: false, fault: newer};
  return {ok: true, events, head, tornBytes: bytes.length - start};
};
