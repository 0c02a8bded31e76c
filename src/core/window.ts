// Is the change window of an environment open at an instant, and for how long, or when does it open?

import type {ChangeWindow} from './definition.ts';
import type {Instant} from './ids.ts';

export type WindowStanding =
  | Readonly<{status: 'open'; leftMs: number}>
  | Readonly<{status: 'closed'; opensInMs: number}>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The clock on a wall of a zone at an instant, as if it were UTC. */
type WallClock = (at: number) => number;

const wallClockOf = (zone: string): WallClock => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = format.formatToParts(at);
    const part = (type: string): number => Number(parts.find((of) => of.type === type)?.value ?? '0');
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  };
};

/**
 * When the clock on the wall first shows this time, or is past it: where summer time leaves a time out, the moment of
 * the jump; where it comes twice, the first. So a window is never thought longer than the night was.
 */
const instantOf = (wallClock: WallClock, wall: number): number => {
  // Whatever the offset was within a day around it; a zone changes it at most once in that time.
  const offsets = [-DAY_MS, DAY_MS].map((around) => wallClock(wall + around) - (wall + around));
  const candidates = offsets.map((offset) => wall - offset).toSorted((a, b) => a - b);
  const shown = candidates.find((at) => wallClock(at) === wall);
  if (shown !== undefined) return shown;
  // A time that was left out: the jump lies between the two answers.
  let [before = wall, after = wall] = candidates;
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (wallClock(middle) < wall) before = middle;
    else after = middle;
  }
  return after;
};

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};

/** One a day; a window that ends at or before its start ends on the day after. */
const windowsAround = ({start, end, zone}: ChangeWindow, at: number) => {
  const wallClock = wallClockOf(zone);
  const midnight = Math.floor(wallClock(at) / DAY_MS) * DAY_MS;
  const overnight = minutesOf(end) <= minutesOf(start) ? DAY_MS : 0;
  return [-1, 0, 1, 2].map((day) => ({
    opens: instantOf(wallClock, midnight + day * DAY_MS + minutesOf(start) * MINUTE_MS),
    closes: instantOf(wallClock, midnight + day * DAY_MS + overnight + minutesOf(end) * MINUTE_MS),
  }));
};

export const windowAt = (window: ChangeWindow, instant: Instant): WindowStanding => {
  const at = Date.parse(instant);
  const windows = windowsAround(window, at).filter(({opens, closes}) => opens < closes);
  const open = windows.find(({opens, closes}) => opens <= at && at < closes);
  if (open !== undefined) return {status: 'open', leftMs: open.closes - at};
  const next = windows.find(({opens}) => opens > at);
  // There is always one: a window every day, of which at most one a year falls into the hour that is left out.
  return {status: 'closed', opensInMs: (next?.opens ?? at + DAY_MS) - at};
};

/** Whether a zone's name means something here. */
export const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-GB', {timeZone: zone}).resolvedOptions().timeZone !== '';
  } catch {
    // RangeError: no such zone.
    return false;
  }
};
