// Is the change window open at this instant, whatever the zone does to its clocks that night?

import {describe, expect, it, test} from 'vitest';
import type {ChangeWindow} from '../../../src/core/definition.ts';
import {isZone, windowAt, type WindowStanding} from '../../../src/core/window.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const window = (start: string, end: string, zone: string): ChangeWindow => ({start, end, zone});
const open = (leftMs: number): WindowStanding => ({status: 'open', leftMs});
const closed = (opensInMs: number): WindowStanding => ({status: 'closed', opensInMs});

const seoul = window('02:00', '04:00', 'Asia/Seoul');
const overnight = window('23:00', '01:00', 'Europe/Berlin');
// New York: 2026-03-08 has no 02:00 to 03:00; 2026-11-01 has 01:00 to 02:00 twice.
const early = window('01:30', '03:30', 'America/New_York');
const left = window('02:15', '02:45', 'America/New_York');

test.each<readonly [string, ChangeWindow, string, WindowStanding]>([
  ['in the middle', seoul, '2026-11-23T18:00:00.000Z', open(HOUR)],
  ['at its first instant', seoul, '2026-11-23T17:00:00.000Z', open(2 * HOUR)],
  ['just before it', seoul, '2026-11-23T16:59:59.000Z', closed(1000)],
  ['in its last second', seoul, '2026-11-23T18:59:59.000Z', open(1000)],
  ['at its end', seoul, '2026-11-23T19:00:00.000Z', closed(22 * HOUR)],
  ['across the turn of the year', seoul, '2026-12-31T17:30:00.000Z', open(90 * MINUTE)],
  ['before midnight', overnight, '2026-11-23T22:30:00.000Z', open(90 * MINUTE)],
  ['after midnight', overnight, '2026-11-23T23:30:00.000Z', open(30 * MINUTE)],
  ['at noon', overnight, '2026-11-23T11:00:00.000Z', closed(11 * HOUR)],
  ['in summer the same wall clock', overnight, '2026-07-23T21:30:00.000Z', open(90 * MINUTE)],
  // 01:30 EST is 06:30Z, 03:30 EDT is 07:30Z: an hour shorter than it looks.
  ['the night that loses an hour', early, '2026-03-08T06:30:00.000Z', open(HOUR)],
  // 01:30 comes first at 05:30Z (EDT); 03:30 EST is 08:30Z.
  ['the night that has an hour twice', early, '2026-11-01T05:30:00.000Z', open(3 * HOUR)],
  // Both ends fall into the hour that is left out: no window that night, the next one is a day later.
  ['a window that the night leaves out', left, '2026-03-08T07:00:00.000Z', closed(23 * HOUR + 15 * MINUTE)],
  // 02:30 is left out: the end is the jump itself, at 07:00Z.
  ['an end that is left out', window('01:00', '02:30', 'America/New_York'), '2026-03-08T06:30:00.000Z', open(HOUR / 2)],
  ['an end that comes twice', window('00:30', '01:30', 'America/New_York'), '2026-11-01T05:00:00.000Z', open(HOUR / 2)],
  ['the whole day', window('02:00', '02:00', 'UTC'), '2026-11-23T01:00:00.000Z', open(HOUR)],
  ['an odd offset', window('00:00', '01:00', 'Asia/Kathmandu'), '2026-11-23T18:15:00.000Z', open(HOUR)],
])('%s', (_name, of, at, standing) => {
  expect(windowAt(of, at)).toEqual(standing);
});

describe('on every minute of a night on which clocks change', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Seoul'];
  const nights = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'];
  it.each(zones)('%s is open exactly until it says, and closed exactly as long as it says', (zone) => {
    for (const night of nights) {
      const of = window('01:15', '02:45', zone);
      for (let at = Date.parse(night) - 12 * HOUR; at < Date.parse(night) + 36 * HOUR; at += 41 * MINUTE) {
        const standing = windowAt(of, new Date(at).toISOString());
        const turn = standing.status === 'open' ? standing.leftMs : standing.opensInMs;
        expect(turn).toBeGreaterThan(0);
        expect(windowAt(of, new Date(at + turn - 1000).toISOString()).status).toBe(standing.status);
        expect(windowAt(of, new Date(at + turn).toISOString()).status).not.toBe(standing.status);
      }
    }
  });
});

test('a zone is known or it is not', () => {
  expect(['Asia/Seoul', 'UTC', 'Asia/Soul', ''].map(isZone)).toEqual([true, true, false, false]);
});
