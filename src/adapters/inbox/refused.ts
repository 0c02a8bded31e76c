// How a refusal gets from the live session to whoever left something in the inbox: a note beside what was moved aside.

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {INBOX} from '../../core/inbox/inbox.ts';
import type {Sha256} from '../../core/ids.ts';
import type {LocalText} from '../../core/text.ts';
import {sha256} from '../files.ts';

/** The folder in the inbox that things are moved to. */
export const REFUSED = 'refused';

/** `exit` is what a command that had asked for it directly would have ended with. */
export type RefusedNote = Readonly<{
  v: 1;
  names: readonly string[];
  why: string;
  said: LocalText;
  exit: number;
}>;

/** A name of ours stays; of any other only its hash, since a folder cannot be renamed over and a long name not lengthened. */
export const asideName = (name: string): string =>
  /^[0-9a-f]{64}\.(?:txt|sig)$/.test(name) ? name : `foreign-${sha256(name).slice(0, 16)}`;

const isNote = (of: unknown): of is RefusedNote => {
  if (typeof of !== 'object' || of === null || !('v' in of) || !('said' in of) || !('exit' in of)) return false;
  const {v, said, exit} = of;
  if (v !== 1 || typeof exit !== 'number' || typeof said !== 'object' || said === null) return false;
  return 'en' in said && 'ko' in said && typeof said.en === 'string' && typeof said.ko === 'string';
};

/** Why the words with this SHA-256 were not taken; undefined while nobody has said so. */
export const refusedNote = (run: string, text: Sha256): RefusedNote | undefined => {
  try {
    const note = JSON.parse(readFileSync(join(run, INBOX, REFUSED, `${text}.txt.json`), 'utf8')) as unknown;
    return isNote(note) ? note : undefined;
  } catch {
    // Not there yet: notes are written whole.
    return undefined;
  }
};
