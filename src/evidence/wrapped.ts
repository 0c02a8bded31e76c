// Where does a secret stand that a program wrapped over lines, as base64 and xxd do?

import {wrappableSpellingsOf} from './spellings.ts';

/** Four signs in a row: at each line break that lies in a secret, some of these have to be there. */
const GRAM = 4;
/** 16: deeper than any program sets in what it wraps. */
const INDENT = 16;

const LINE_FEED = 10;
/** What base64 and hexadecimal are written in, each sign as a number of six bits; `=` as zero, which is `A` as well. */
const VALUES = new Int8Array(128).fill(-1);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((sign, value) => {
  VALUES[sign.charCodeAt(0)] = value;
});
for (const [sign, value] of [
  ['-', 62],
  ['_', 63],
  ['=', 0],
] as const)
  VALUES[sign.charCodeAt(0)] = value;
const valueOf = (code: number): number => (code < 128 ? (VALUES[code] ?? -1) : -1);
const isSign = (code: number): boolean => valueOf(code) >= 0;

/** Eight: no spelling is shorter, so that around each line break in one there are as many of its signs. */
const WINDOW = 8;
/** 64 KiB of marks, one for each eight signs of a spelling: a mark too many costs a second look, and never a secret. */
const SLOTS = 65_536;
/** @param older four signs of six bits each. @param newer the four after them. */
const slotOf = (older: number, newer: number): number =>
  (Math.imul(older, 0x9e3779b1) ^ Math.imul(newer, 0x85ebca6b)) >>> 16;
const FOUR_SIGNS = 0xff_ff_ff;

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 13;

/** The next sign from `at` on in the direction `by`: here, or beyond one line break and what it is set in by; else -1. */
const nextSign = (text: string, at: number, by: 1 | -1): number => {
  if (isSign(text.charCodeAt(at))) return at;
  let breaks = 0;
  let place = at;
  for (let blanks = 0; blanks <= INDENT; place += by) {
    const code = text.charCodeAt(place);
    if (code === LINE_FEED) breaks += 1;
    else if (isBlank(code)) blanks += 1;
    else return breaks === 1 && isSign(code) ? place : -1;
  }
  return -1;
};

/** The places of up to `count` signs beside a place, the nearest first. */
const signsBeside = (text: string, from: number, count: number, by: 1 | -1): readonly number[] => {
  const places: number[] = [];
  for (let at = nextSign(text, from, by); at >= 0 && places.length < count; at = nextSign(text, at + by, by)) {
    places.push(at);
  }
  return places;
};

/** The place before a line break of either kind. */
const lineEnd = (text: string, feed: number): number => feed - (text.charCodeAt(feed - 1) === 13 ? 2 : 1);

const textAt = (text: string, places: readonly number[]): string => places.map((at) => text[at]).join('');

type Wrapped = Readonly<{from: number; to: number}>;

export type WrappedSecrets = Readonly<{
  /** How many signs the longest spelling has. */
  longest: number;
  /** Only what goes over a line break: the rest is found line by line. */
  spans: (text: string) => readonly Wrapped[];
  /** Where the line begins in which a secret may have begun that goes on after `end`, which is the end of a line. */
  beginsAt: (text: string, end: number) => number | undefined;
  /** The last signs of a text that ends with a line break: too few to be kept back for, enough to know the rest by. */
  lastSigns: (text: string) => string;
}>;

export const wrappedSecrets = (secrets: readonly string[], escape: (text: string) => string): WrappedSecrets => {
  const known = wrappableSpellingsOf(secrets);
  if (known.length === 0) return {longest: 0, spans: () => [], beginsAt: () => undefined, lastSigns: () => ''};
  const longest = known[0]?.length ?? 0;
  const pattern = new RegExp(known.map(escape).join('|'), 'g');
  const grams = new Set(
    known.flatMap((text) => Array.from({length: text.length - GRAM + 1}, (_, at) => text.slice(at, at + GRAM))),
  );
  const beginnings = new Set(
    known.flatMap((text) => Array.from({length: text.length - GRAM}, (_, at) => text.slice(0, GRAM + at))),
  );
  /** Which sign may follow which: most line breaks are told apart by the two signs beside them. */
  const pairs = new Uint8Array(64 * 64);
  for (const text of known) {
    for (let at = 1; at < text.length; at += 1) {
      pairs[(valueOf(text.charCodeAt(at - 1)) << 6) | valueOf(text.charCodeAt(at))] = 1;
    }
  }
  const marks = new Uint8Array(SLOTS);
  for (const text of known) {
    for (let at = 0; at + WINDOW <= text.length; at += 1) {
      let older = 0;
      let newer = 0;
      for (let nth = 0; nth < WINDOW; nth += 1) {
        older = ((older << 6) | (newer >>> 18)) & FOUR_SIGNS;
        newer = ((newer << 6) | valueOf(text.charCodeAt(at + nth))) & FOUR_SIGNS;
      }
      marks[slotOf(older, newer)] = 1;
    }
  }
  /** Asked at each line break of a flood: nothing is made for it. */
  const isWorthALook = (text: string, feed: number): boolean => {
    let first = lineEnd(text, feed);
    if (!isSign(text.charCodeAt(first))) return false;
    let at = nextSign(text, feed, 1);
    if (at < 0 || pairs[(valueOf(text.charCodeAt(first)) << 6) | valueOf(text.charCodeAt(at))] !== 1) return false;
    let before = 1;
    for (; before < WINDOW - 1; before += 1) {
      const next = nextSign(text, first - 1, -1);
      if (next < 0) break;
      first = next;
    }
    let older = 0;
    let newer = 0;
    at = first;
    for (let signs = 1; signs < before + WINDOW && at >= 0; signs += 1, at = nextSign(text, at + 1, 1)) {
      older = ((older << 6) | (newer >>> 18)) & FOUR_SIGNS;
      newer = ((newer << 6) | valueOf(text.charCodeAt(at))) & FOUR_SIGNS;
      if (signs >= WINDOW && marks[slotOf(older, newer)] === 1) return true;
    }
    return false;
  };
  return {
    longest,
    spans: (text) => {
      const spans: Wrapped[] = [];
      let done = 0;
      for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', feed + 1)) {
        if (feed < done || !isWorthALook(text, feed)) continue;
        const places = [
          ...signsBeside(text, lineEnd(text, feed), longest, -1).toReversed(),
          ...signsBeside(text, feed, longest, 1),
        ];
        for (const match of textAt(text, places).matchAll(pattern)) {
          const from = places[match.index] ?? 0;
          const to = (places[match.index + match[0].length - 1] ?? 0) + 1;
          if (from > feed || to <= feed) continue;
          spans.push({from, to});
          done = to;
        }
      }
      return spans;
    },
    beginsAt: (text, end) => {
      const places = signsBeside(text, lineEnd(text, end - 1), longest - 1, -1).toReversed();
      const tail = textAt(text, places);
      if (tail.length < GRAM || !grams.has(tail.slice(-GRAM))) return undefined;
      for (let at = 0; at + GRAM <= tail.length; at += 1) {
        if (beginnings.has(tail.slice(at))) return text.lastIndexOf('\n', (places[at] ?? 0) - 1) + 1;
      }
      return undefined;
    },
    lastSigns: (text) => textAt(text, signsBeside(text, lineEnd(text, text.length - 1), GRAM - 1, -1).toReversed()),
  };
};
