// What of an event may hold a secret: the words that a server, a program or a human put there.

import type {Masked, RunEvent} from '../core/event.ts';
import {redactValues, sumOf, type Redaction, type Redactions} from './redaction.ts';

/**
 * Names, paths, digests and identities are what a later process goes on with, and stay as they are even where they happen
 * to read like a password.
 */
const WORDS: ReadonlySet<string> = new Set([
  'message',
  'hint',
  'sourceLine',
  'lastLines',
  'findings',
  'kept',
  'observed',
  'expected',
  'actual',
  'detail',
  'note',
  'fileName',
  'reason',
  'before',
  'after',
  'install',
]);

type OnFound = (redactions: Redactions) => void;

const redacted = (value: unknown, known: Redaction, onFound: OnFound): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((of: unknown) => redacted(of, known, onFound));
  return Object.fromEntries(
    Object.entries(value).map(([key, of]: [string, unknown]) => [
      key,
      WORDS.has(key) ? redactValues(of, known, onFound) : redacted(of, known, onFound),
    ]),
  );
};

/** The event as it may be written, which says itself how much of it was masked. */
export const redactEvent = (event: RunEvent, known: Redaction): RunEvent & Masked => {
  let found: Redactions = {};
  const safe = redacted(event, known, (more) => (found = sumOf(found, more))) as RunEvent;
  return Object.keys(found).length === 0 ? safe : {...safe, masked: found};
};
