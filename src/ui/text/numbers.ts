// How a number, a duration, a size or an instant is written so that it always wears its unit.

import type {Instant} from '../../core/ids.ts';
import type {Locale} from '../../core/text.ts';

type Units = Readonly<{second: string; minute: string; hour: string; day: string}>;

const units: Readonly<Record<Locale, Units>> = {
  en: {second: ' s', minute: ' min', hour: ' h', day: ' d'},
  ko: {second: '초', minute: '분', hour: '시간', day: '일'},
};

/** Whole numbers with separators, the same in both languages: `1,204`. */
export const formatCount = (count: number): string => Math.round(count).toLocaleString('en-US');

/** `0.4 ms`, `41 ms`, `0.7 s`, `12 s`, `4 min 10 s`, `1 h 3 min`, `2 d 4 h`; never more than two units. */
export const formatDuration = (ms: number, locale: Locale): string => {
  const unit = units[locale];
  const positive = Math.max(0, ms);
  // Rounding first: 59,960 ms is one minute, not '60 s'.
  const tenths = Math.round(positive / 100);
  if (positive > 0 && positive < 9.95 && !Number.isInteger(positive)) return `${positive.toFixed(1)} ms`;
  if (positive < 99.5) return `${Math.round(positive)} ms`;
  if (tenths < 100) return `${(tenths / 10).toFixed(1)}${unit.second}`;
  const seconds = Math.round(positive / 1000);
  if (seconds < 60) return `${seconds}${unit.second}`;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return pair(minutes, unit.minute, seconds % 60, unit.second);
  if (hours < 24) return pair(hours, unit.hour, minutes % 60, unit.minute);
  return pair(Math.floor(hours / 24), unit.day, hours % 24, unit.hour);
};

const pair = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit} ${small}${smallUnit}`;

/** For columns that are compared with each other: always milliseconds, `1,212 ms`. */
export const formatMs = (ms: number): string => `${formatCount(ms)} ms`;

/** Decimal units, as disks are sold and `pg_dump` files are listed: `812 B`, `12.3 MB`. */
export const formatBytes = (bytes: number): string => {
  if (bytes < 1000) return `${Math.max(0, Math.round(bytes))} B`;
  const names = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes / 1000;
  let at = 0;
  // 999.95 would be written '1000.0'.
  while (value >= 999.95 && at < names.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${value.toFixed(1)} ${names[at] ?? 'PB'}`;
};

/** Zones whose short name every reader knows and Intl does not: it would say 'GMT+9'. Only zones without summer time. */
const shortNames: Readonly<Record<string, string>> = {'Asia/Seoul': 'KST', UTC: 'UTC', 'Etc/UTC': 'UTC'};

const partsOf = (instant: Instant, timeZone: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    })
      .formatToParts(new Date(instant))
      .map(({type, value}) => [type, value]),
  );

/** The short name of a zone at an instant: `KST`, `CET`, `GMT+9`. */
export const zoneName = (instant: Instant, timeZone: string): string =>
  shortNames[timeZone] ?? partsOf(instant, timeZone)['timeZoneName'] ?? timeZone;

/** Local time with its zone, the same in both languages because it sorts and cannot be misread: `2025-11-21 23:10:05 KST`. */
export const formatInstant = (instant: Instant, timeZone: string): string => {
  const part = partsOf(instant, timeZone);
  const day = `${part['year']}-${part['month']}-${part['day']}`;
  return `${day} ${part['hour']}:${part['minute']}:${part['second']} ${zoneName(instant, timeZone)}`;
};

/** The time of day alone, for lines whose day and zone were said before: `23:10:05`. */
export const formatTime = (instant: Instant, timeZone: string): string => {
  const part = partsOf(instant, timeZone);
  return `${part['hour']}:${part['minute']}:${part['second']}`;
};

/** Enough of a SHA-256 to recognise it by eye: `7f3a 91c2`. */
export const shortHash = (sha256: string): string => `${sha256.slice(0, 4)} ${sha256.slice(4, 8)}`;
