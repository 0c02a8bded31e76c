// What lies in a run's inbox, read as what it is: files of strangers. What was looked at is taken out or moved aside.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  type Stats,
} from 'node:fs';
import {join} from 'node:path';
import {
  HALF_AFTER_MS,
  INBOX,
  MOST_INBOX_BYTES,
  type Inbox,
  type InboxEntry,
  type InboxProblem,
  type StrayProblem,
} from '../../core/inbox/inbox.ts';
import type {Instant} from '../../core/ids.ts';
import {errorCode, errorMessage, makeDirectories, removeIfPossible, sha256, writeWhole} from '../files.ts';
import {asideName, REFUSED, type RefusedNote} from './refused.ts';

const WORD = /^([0-9a-f]{64})\.(txt|sig)$/;
const PARTIAL = /^[0-9a-f]{64}\.(?:txt|sig)\.[\w-]+\.partial$/;

type Read = Readonly<{ok: true; bytes: Uint8Array}> | Readonly<{ok: false; problem: StrayProblem}>;

const no = (problem: StrayProblem): Read => ({ok: false, problem});

const problemOf = (of: Stats): StrayProblem | undefined => {
  if (!of.isFile()) return {why: 'not-a-file'};
  const uid = process.geteuid?.();
  if (uid !== undefined && of.uid !== uid) return {why: 'other-owner', uid: of.uid};
  if ((of.mode & 0o077) !== 0) return {why: 'open-to-others', mode: (of.mode & 0o777).toString(8).padStart(4, '0')};
  return of.size > MOST_INBOX_BYTES ? {why: 'too-large', limitBytes: MOST_INBOX_BYTES} : undefined;
};

/** Never follows a link and never waits for a writer; no byte beyond the limit is read, however the file grows. */
const readStranger = (path: string): Read => {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return errorCode(error) === 'ELOOP'
      ? no({why: 'not-a-file'})
      : no({why: 'unreadable', message: errorMessage(error)});
  }
  try {
    const problem = problemOf(fstatSync(descriptor));
    if (problem !== undefined) return no(problem);
    const bytes = Buffer.alloc(MOST_INBOX_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    return length > MOST_INBOX_BYTES
      ? no({why: 'too-large', limitBytes: MOST_INBOX_BYTES})
      : {ok: true, bytes: bytes.subarray(0, length)};
  } catch (error) {
    return no({why: 'unreadable', message: errorMessage(error)});
  } finally {
    closeSync(descriptor);
  }
};

type Named = Readonly<{name: string; of: Stats}>;

const stray = (names: readonly string[], problem: StrayProblem): InboxEntry => ({kind: 'stray', names, problem});

const wordsOf = (folder: string, hash: string): InboxEntry => {
  const names = [`${hash}.txt`, `${hash}.sig`];
  const [text, signature] = names.map((name) => readStranger(join(folder, name)));
  if (text?.ok !== true || signature?.ok !== true) {
    const failed = [text, signature].find((one) => one?.ok === false);
    return stray(names, failed?.ok === false ? failed.problem : {why: 'half'});
  }
  if (sha256(text.bytes) !== hash) return stray(names, {why: 'other-content'});
  try {
    const decoded = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(text.bytes);
    return {kind: 'words', names, sha256: hash, text: decoded, signature: signature.bytes};
  } catch {
    // Not UTF-8, so no text that this tool has written.
    return stray(names, {why: 'other-content'});
  }
};

/** The same file, not only the same name: what could not be moved aside is not looked at every second. */
const identityOf = ({name, of}: Named): string => `${name}\n${of.ino}\n${of.mtimeMs}`;

const listed = (folder: string): readonly Named[] => {
  let names: readonly string[];
  try {
    // Behind a link lies somebody else's folder, out of which nothing is taken.
    names = lstatSync(folder).isDirectory() ? readdirSync(folder) : [];
  } catch {
    // No inbox, or one that cannot be read: nobody has left anything that could be taken.
    return [];
  }
  return names
    .flatMap((name): readonly Named[] => {
      try {
        return [{name, of: lstatSync(join(folder, name))}];
      } catch {
        // Gone since it was listed.
        return [];
      }
    })
    .toSorted((a, b) => a.of.mtimeMs - b.of.mtimeMs || a.name.localeCompare(b.name));
};

/** @param words the reason in both languages, for whoever left it there. */
export const readInbox = (run: string, words: (problem: InboxProblem) => Pick<RefusedNote, 'said' | 'exit'>): Inbox => {
  const folder = join(run, INBOX);
  const kept = new Set<string>();

  const entriesOf = (all: readonly Named[], now: Instant): readonly InboxEntry[] => {
    const isOld = ({of}: Named): boolean => Date.parse(now) - of.mtimeMs > HALF_AFTER_MS;
    const there = new Set(all.map(({name}) => name));
    return all.flatMap((one): readonly InboxEntry[] => {
      const {name, of} = one;
      const hash = WORD.exec(name)?.[1];
      if (name === REFUSED && of.isDirectory()) return [];
      if (hash === undefined)
        return PARTIAL.test(name)
          ? isOld(one)
            ? [stray([name], {why: 'half'})]
            : []
          : [stray([name], {why: 'foreign-name'})];
      const isWhole = there.has(`${hash}.txt`) && there.has(`${hash}.sig`);
      if (!isWhole) return isOld(one) ? [stray([name], {why: 'half'})] : [];
      // Once for both: by the one that came last.
      return name.endsWith('.sig') ? [wordsOf(folder, hash)] : [];
    });
  };

  const forget = (names: readonly string[]): void => {
    for (const one of listed(folder)) if (names.includes(one.name)) kept.add(identityOf(one));
  };

  return {
    look: (now) =>
      entriesOf(
        listed(folder).filter((one) => !kept.has(identityOf(one))),
        now,
      ),
    taken: ({names}) => {
      for (const name of names) removeIfPossible(join(folder, name));
      forget(names);
    },
    refused: ({names}, problem) => {
      const aside = join(folder, REFUSED);
      try {
        makeDirectories(aside);
        if (!lstatSync(aside).isDirectory()) throw new Error('a link in place of a folder');
        for (const name of names) {
          try {
            renameSync(join(folder, name), join(aside, asideName(name)));
          } catch (error) {
            if (errorCode(error) !== 'ENOENT') throw error;
          }
        }
        const note: RefusedNote = {v: 1, names, why: problem.why, ...words(problem)};
        writeWhole(join(aside, `${asideName(names[0] ?? '')}.json`), `${JSON.stringify(note)}\n`);
      } catch {
        // The disk refuses it. The reason is shown all the same, once.
      }
      forget(names);
    },
  };
};
