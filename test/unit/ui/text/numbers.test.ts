// Does every number wear the right unit, also at the edges where a unit gives way to the next?

import {expect, test} from 'vitest';

import {
  formatBytes,
  formatCount,
  formatDuration,
  formatInstant,
  formatTime,
  shortHash,
} from '../../../../src/ui/text/numbers.ts';

test.each([
  [0, '0 ms', '0 ms'],
  [41, '41 ms', '41 ms'],
  [0.4, '0.4 ms', '0.4 ms'],
  [5.9, '5.9 ms', '5.9 ms'],
  [99.4, '99 ms', '99 ms'],
  [99.9, '0.1 s', '0.1초'],
  [100, '0.1 s', '0.1초'],
  [700, '0.7 s', '0.7초'],
  [9_949, '9.9 s', '9.9초'],
  [9_950, '10 s', '10초'],
  [59_400, '59 s', '59초'],
  [59_960, '1 min', '1분'],
  [250_000, '4 min 10 s', '4분 10초'],
  [3_600_000, '1 h', '1시간'],
  [3_780_000, '1 h 3 min', '1시간 3분'],
  [187_200_000, '2 d 4 h', '2일 4시간'],
  [-5, '0 ms', '0 ms'],
])('%d ms is written %s and %s', (ms, en, ko) => {
  expect(formatDuration(ms, 'en')).toBe(en);
  expect(formatDuration(ms, 'ko')).toBe(ko);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [12_345_678, '12.3 MB'],
  [7_000_000_000, '7.0 GB'],
])('%d bytes are written %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('counts have separators and hashes are short', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect(shortHash('7f3a91c2d4')).toBe('7f3a 91c2');
});

test('instants are local and say in which zone', () => {
  const instant = '2025-11-21T17:31:07.000Z';
  expect(formatInstant(instant, 'Asia/Seoul')).toBe('2025-11-22 02:31:07 KST');
  expect(formatInstant(instant, 'UTC')).toBe('2025-11-21 17:31:07 UTC');
  expect(formatInstant('2025-07-01T00:00:00.000Z', 'Europe/Berlin')).toMatch(/^2025-07-01 02:00:00 (?:CEST|GMT\+2)$/);
  expect(formatTime(instant, 'Asia/Seoul')).toBe('02:31:07');
  expect(formatTime('2025-11-21T15:00:00.000Z', 'Asia/Seoul')).toBe('00:00:00');
});
