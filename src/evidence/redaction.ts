// How secrets are kept out of everything that is stored or shown: before the first byte is written.

import {isSecretName, isWorthALook, KEY_BEGINS, KEY_GOES_ON, rules, type RuleName} from './secret-rules.ts';
import {spellingsOf} from './spellings.ts';
import {wrappedSecrets} from './wrapped.ts';

/** How many values each rule has masked; a rule that masked nothing is absent. */
export type Redactions = Readonly<Partial<Record<RuleName, number>>>;

export type Redactor = Readonly<{
  /** Takes the next piece of a stream; returns what may be written. The end of an unfinished line is held back. */
  push: (text: string) => string;
  /** What was held back, redacted. */
  end: () => string;
  redactions: () => Redactions;
}>;

export const MASK = '[redacted]';

/** 8 KiB: longer than any credential; an endless line is let go in pieces, and this much of it stays behind. */
const CARRY = 8192;

/** `from` to `to` is masked; nothing may be cut between `start` and `end`, or the rest would not be recognised. */
type Span = Readonly<{start: number; end: number; from: number; to: number; rule: RuleName; silent?: boolean}>;

type Looked = Readonly<{spans: readonly Span[]; inKey: boolean}>;

/** What is known, compiled once: several hundred spellings become one pattern. */
export type Redaction = Readonly<{
  /**
   * @param inKey the text goes on inside of a private key, whose beginning was in an earlier piece.
   * @param before the last signs of the line before: a secret that is wrapped over lines may have begun with them.
   */
  look: (text: string, inKey?: boolean, before?: string) => Looked;
  /** From where on something has to be kept back, since a wrapped secret may go on after `end`. */
  keptFrom: (text: string, end: number, before: string) => number;
  lastSigns: (text: string) => string;
}>;

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

const ruleSpans = (text: string): readonly Span[] => {
  if (!isWorthALook(text)) return [];
  const spans: Span[] = [];
  for (const {rule, pattern, behind = 0} of rules) {
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? match[2] ?? match[3] ?? '';
      if (secret === '' || secret === MASK) continue;
      const end = match.index + match[0].length;
      const to = end - behind;
      spans.push({start: match.index, end, from: to - secret.length, to, rule});
    }
  }
  return spans;
};

const goesOnUntil = (text: string, from: number): number => {
  KEY_GOES_ON.lastIndex = from;
  return from + (KEY_GOES_ON.exec(text)?.[0].length ?? 0);
};

/** A private key goes over many lines, and so over many pieces: only its first piece leaves a mask. */
const keySpans = (text: string, inKey: boolean): Looked => {
  const spans: Span[] = [];
  let at = 0;
  if (inKey) {
    at = goesOnUntil(text, 0);
    spans.push({start: 0, end: 0, from: 0, to: at, rule: 'private-key', silent: true});
    if (at === text.length) return {spans, inKey: true};
  }
  if (!text.includes('-----BEGIN ')) return {spans, inKey: false};
  for (const match of text.matchAll(KEY_BEGINS)) {
    if (match.index < at) continue;
    const from = match.index + match[0].length;
    at = goesOnUntil(text, from);
    if (at === from && at < text.length) continue;
    spans.push({start: match.index, end: from, from, to: at, rule: 'private-key'});
    if (at === text.length) return {spans, inKey: true};
  }
  return {spans, inKey: false};
};

export const compileRedaction = (secrets: readonly string[]): Redaction => {
  const known = spellingsOf(secrets);
  const literal = known.length === 0 ? undefined : new RegExp(known.map(escape).join('|'), 'g');
  const wrapped = wrappedSecrets(secrets, escape);
  /** Twice as long as what is looked for, with what it is set in by: no farther does a line before have a say. */
  const reach = 2 * wrapped.longest * 17;
  const spanOf = (from: number, to: number): Span => ({start: from, end: to, from, to, rule: 'known-secret'});
  const wrappedSpans = (text: string, before: string): readonly Span[] => {
    const here = wrapped.spans(text).map(({from, to}) => spanOf(from, to));
    if (before === '') return here;
    const lead = `${before}\n`;
    // As far as they lie in the text itself.
    const begun = wrapped
      .spans(lead + text.slice(0, reach))
      .filter(({from, to}) => from < lead.length && to > lead.length)
      .map(({to}) => spanOf(0, to - lead.length));
    return [...begun, ...here];
  };
  return {
    keptFrom: (text, end, before) => {
      const lead = before === '' || end > reach ? '' : `${before}\n`;
      const from = wrapped.beginsAt(lead + text, end + lead.length);
      return from === undefined ? end : Math.max(0, from - lead.length);
    },
    lastSigns: wrapped.lastSigns,
    look: (text, inKey = false, before = '') => {
      const keys = keySpans(text, inKey);
      const literals =
        literal === undefined
          ? []
          : Array.from(text.matchAll(literal), ({index, 0: found}): Span => {
              const end = index + found.length;
              return {start: index, end, from: index, to: end, rule: 'known-secret'};
            });
      const spans = [...keys.spans, ...literals, ...wrappedSpans(text, before), ...ruleSpans(text)];
      return {spans: spans.length < 2 ? spans : spans.toSorted((a, b) => a.from - b.from), inKey: keys.inKey};
    },
  };
};

type Masked = Readonly<{text: string; rules: readonly RuleName[]}>;

/** Spans that overlap become one hole, under the name of the first. */
const masked = (text: string, spans: readonly Span[]): Masked => {
  if (spans.length === 0) return {text, rules: []};
  const found: RuleName[] = [];
  let out = '';
  let done = 0;
  for (const {from, to, rule, silent} of spans) {
    if (from >= done) {
      out += text.slice(done, from) + (silent === true ? '' : MASK);
      if (silent !== true) found.push(rule);
    }
    done = Math.max(done, to);
  }
  return {text: out + text.slice(done), rules: found};
};

const counted = (before: Redactions, found: readonly RuleName[]): Redactions => {
  const counts: Partial<Record<RuleName, number>> = {...before};
  for (const rule of found) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
};

/** As an artefact or an event says it: nothing when nothing was masked. */
export const maskedIn = (redactions: Redactions): Readonly<{redactions?: Redactions}> =>
  Object.keys(redactions).length === 0 ? {} : {redactions};

export const sumOf = (a: Redactions, b: Redactions): Redactions => {
  const sum: Partial<Record<RuleName, number>> = {...a};
  for (const [rule, count] of Object.entries(b) as [RuleName, number][]) sum[rule] = (sum[rule] ?? 0) + count;
  return sum;
};

const asRedaction = (known: readonly string[] | Redaction): Redaction =>
  'look' in known ? known : compileRedaction(known);

/** Masks the secrets in one whole text. */
export const redactText = (
  text: string,
  known: readonly string[] | Redaction,
): Readonly<{text: string; count: number; redactions: Redactions}> => {
  const done = masked(text, asRedaction(known).look(text).spans);
  return {text: done.text, count: done.rules.length, redactions: counted({}, done.rules)};
};

/** The strings of a value of JSON, each redacted; keys, and everything else, stay. The same value when nothing was found. */
export const redactValues = <T>(
  value: T,
  known: Redaction,
  onFound: (redactions: Redactions) => void = () => {},
): T => {
  if (typeof value === 'string') {
    const {text, count, redactions} = redactText(value, known);
    if (count > 0) onFound(redactions);
    return text as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  let changed = false;
  const redacted = (of: unknown): unknown => {
    const now = redactValues(of, known, onFound);
    changed ||= now !== of;
    return now;
  };
  const copy: unknown = Array.isArray(value)
    ? value.map(redacted)
    : Object.fromEntries(
        Object.entries(value).map(([key, of]: [string, unknown]) => {
          // A column called `password`: its value says nothing by itself.
          if (typeof of !== 'string' || of === MASK || !isSecretName(key)) return [key, redacted(of)];
          changed = true;
          onFound({password: 1});
          return [key, MASK];
        }),
      );
  return changed ? (copy as T) : value;
};

/** Where an endless line may be cut: not inside of a secret, nor of a character of two halves. */
const cutOf = (text: string, {spans}: Looked): number => {
  let cut = text.length - CARRY;
  let end = cut;
  for (const span of spans) if (span.start < end && span.end > end) ({end} = span);
  for (const span of spans.toReversed()) if (span.start < cut && span.end > cut) cut = span.start;
  // Secrets that overlap each other without an end would keep all of the line back.
  if (text.length - cut > 3 * CARRY) cut = end;
  const unit = text.charCodeAt(cut);
  const before = text.charCodeAt(cut - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && before >= 0xd800 && before <= 0xdbff ? cut - 1 : cut;
};

/** A redactor for one stream. A secret that arrives in pieces is masked as one, as long as it has no line break. */
export const createRedactor = (known: readonly string[] | Redaction): Redactor => {
  const redaction = asRedaction(known);
  let held = '';
  let inKey = false;
  let before = '';
  let redactions: Redactions = {};
  /** Nothing but a private key may lie across `upTo`; that goes on in the next piece. */
  const release = ({spans, inKey: goesOn}: Looked, upTo: number): string => {
    const isWhole = upTo === held.length;
    const here = isWhole
      ? spans
      : spans.flatMap((span) => (span.start >= upTo ? [] : [{...span, to: Math.min(span.to, upTo)}]));
    inKey = isWhole
      ? goesOn
      : spans.some(({rule, from, to}) => rule === 'private-key' && from <= upTo && to >= upTo && to > 0);
    const done = masked(held.slice(0, upTo), here);
    held = held.slice(upTo);
    if (done.rules.length > 0) redactions = counted(redactions, done.rules);
    return done.text;
  };
  const letGo = (text: string): string => {
    const rest = held.slice(text.length);
    held = text;
    const out = text === '' ? '' : release(redaction.look(text, inKey, before), text.length);
    before = text.endsWith('\n') ? redaction.lastSigns(text) : '';
    held = rest;
    return out;
  };
  return {
    push: (text) => {
      held += text;
      const line = held.lastIndexOf('\n') + 1;
      if (line > 0) {
        const kept = redaction.keptFrom(held, line, before);
        // What is wrapped is never that long: then it was something else.
        const upTo = held.length - kept > 2 * CARRY ? line : kept;
        return upTo === 0 ? '' : letGo(held.slice(0, upTo));
      }
      // Twice as much: a line that comes sign by sign must not be looked at again for each of them.
      if (held.length < 2 * CARRY) return '';
      const looked = redaction.look(held, inKey, before);
      before = '';
      return release(looked, cutOf(held, looked));
    },
    end: () => letGo(held),
    redactions: () => redactions,
  };
};
