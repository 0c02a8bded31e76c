// How an approver's signed words get into the inbox of a run that another process has: whole, private, and never over others.

import {randomUUID} from 'node:crypto';
import {chmodSync, linkSync, lstatSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {INBOX} from '../../core/inbox/inbox.ts';
import {DIRECTORY_MODE, FILE_MODE, errorCode, errorMessage, removeIfPossible, sha256, syncDirectory} from '../files.ts';
import {REFUSED} from './refused.ts';

export type LeftWords =
  | Readonly<{ok: true; sha256: string; text: string; signature: string; withdraw: () => void}>
  | Readonly<{ok: false; path: string; message: string}>;

/** Appears under its name with its content or not at all; what is there under that name stays. */
const createWhole = (path: string, content: string | Uint8Array): void => {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    writeFileSync(partial, content, {mode: FILE_MODE, flag: 'wx', flush: true});
    linkSync(partial, path);
  } finally {
    removeIfPossible(partial);
  }
};

/**
 * The signature last: with it the words are whole. Words that were left and refused before may be left again.
 * @param run the run's directory.
 * @returns the paths of both files.
 */
export const leaveWords = (run: string, text: string, signature: Uint8Array): LeftWords => {
  const hash = sha256(text);
  const folder = join(run, INBOX);
  const paths = {text: join(folder, `${hash}.txt`), signature: join(folder, `${hash}.sig`)};
  const withdraw = (): void => {
    removeIfPossible(paths.signature);
    removeIfPossible(paths.text);
  };
  try {
    mkdirSync(folder, {recursive: true, mode: DIRECTORY_MODE});
    if (!lstatSync(folder).isDirectory()) return {ok: false, path: folder, message: 'ENOTDIR'};
    // One that was made before by hand may be open to others.
    chmodSync(folder, DIRECTORY_MODE);
    removeIfPossible(join(folder, REFUSED, `${hash}.txt.json`));
    for (const [path, content] of [
      [paths.text, text],
      [paths.signature, signature],
    ] as const) {
      try {
        createWhole(path, content);
      } catch (error) {
        // The very same words, left by an earlier call that nobody has answered yet.
        if (errorCode(error) !== 'EEXIST') throw error;
      }
    }
    syncDirectory(folder);
    return {ok: true, sha256: hash, ...paths, withdraw};
  } catch (error) {
    return {ok: false, path: folder, message: errorMessage(error)};
  }
};
