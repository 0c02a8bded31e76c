// What of an event may hold a secret: the words that a server, a program or a human put there.

import type {RunEvent} from '../core/event.ts';
import {redactValues, type Redaction} from './redaction.ts';

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

const redacted = (value: unknown, known: Redaction): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((of: unknown) => redacted(of, known));
  return Object.fromEntries(
    Object.entries(value).map(([key, of]: [string, unknown]) => [
      key,
      WORDS.has(key) ? redactValues(of, known) : redacted(of, known),
    ]),
  );
};

export const redactEvent = (event: RunEvent, known: Redaction): RunEvent => redacted(event, known) as RunEvent;
