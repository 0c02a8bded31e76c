// Is it noticed that the process did not run for a while, once, and with how long it was?

import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {watchSleep} from '../../../src/cli/watch-sleep.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a machine that slept is noticed within a second of its waking', () => {
  const noticed: number[] = [];
  const end = watchSleep((ms) => noticed.push(ms));
  vi.advanceTimersByTime(30_000);
  expect(noticed).toEqual([]);
  // Twelve minutes in which no timer fires.
  vi.setSystemTime(Date.now() + 720_000);
  vi.advanceTimersByTime(1000);
  expect(noticed).toEqual([720_000]);
  vi.advanceTimersByTime(30_000);
  expect(noticed).toHaveLength(1);
  end();
  vi.setSystemTime(Date.now() + 720_000);
  vi.advanceTimersByTime(5000);
  expect(noticed).toHaveLength(1);
});

test('a busy machine that is seconds late has not slept, and a clock that is set back neither', () => {
  const noticed: number[] = [];
  const end = watchSleep((ms) => noticed.push(ms));
  vi.setSystemTime(Date.now() + 9000);
  vi.advanceTimersByTime(1000);
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(2000);
  expect(noticed).toEqual([]);
  end();
});
