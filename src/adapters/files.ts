// How bytes get onto a disk so that they are still there after a crash: written whole, synced, and renamed into place.

import {createHash} from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import {open} from 'node:fs/promises';
import {dirname} from 'node:path';
import {promisify} from 'node:util';

export const FILE_MODE = 0o600;
export const DIRECTORY_MODE = 0o700;

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Writes until every byte is taken: on a full disk `writeSync` writes a part and says so only by its return value.
 * @param position where in the file; at its end, or where the last write ended, when absent.
 */
export const writeAll = (descriptor: number, bytes: Uint8Array, position?: number): void => {
  for (let done = 0; done < bytes.length; ) {
    const at = position === undefined ? null : position + done;
    done += writeSync(descriptor, bytes, done, bytes.length - done, at);
  }
};

/** 512 KiB: what a pipe gives at once, three bytes a sign, with room for what a recording adds. */
const scratch = Buffer.allocUnsafe(512 * 1024);

/**
 * The same for text, in one write, and without a buffer of its own or a joined text for each piece of a flood: those would
 * wait to be collected.
 */
export const writeText = (descriptor: number, ...texts: readonly string[]): void => {
  if (texts.reduce((sum, text) => sum + text.length * 3, 0) > scratch.length) {
    writeAll(descriptor, Buffer.from(texts.join(''), 'utf8'));
    return;
  }
  let length = 0;
  for (const text of texts) length += scratch.write(text, length, 'utf8');
  writeAll(descriptor, scratch.subarray(0, length));
};

/** 4 MiB: what is shorter is synced while nobody notices. */
const LONG_BYTES = 4 * 1024 * 1024;

/**
 * Lets the disk take a long file while the event loop goes on, so that the sync that seals it finds little left to do: after
 * a flood that one alone would keep a key waiting for as long as the disk takes for all of it.
 */
export const syncAhead = async (descriptor: number): Promise<void> => {
  if (fstatSync(descriptor).size > LONG_BYTES) await promisify(fsync)(descriptor);
};

/** Syncs a directory, without which a new name in it may be lost although the file's bytes are not. */
export const syncDirectory = (directory: string): void => {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/** Makes a directory and what is missing above it. A name that is not synced may be lost with all that lies below it. */
export const makeDirectories = (directory: string): void => {
  const first = mkdirSync(directory, {recursive: true, mode: DIRECTORY_MODE});
  if (first === undefined) return;
  for (let made = directory; ; made = dirname(made)) {
    syncDirectory(dirname(made));
    if (made === first || made === dirname(made)) return;
  }
};

/** Removes a file or folder that does no harm where it is: a disk that does not let go of it is no trouble of its own. */
export const removeIfPossible = (path: string): void => {
  try {
    rmSync(path, {force: true, recursive: true});
  } catch {
    // Read-only by now, or broken; what is written next will say so.
  }
};

export const syncFile = (path: string): void => {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/** The file appears whole or not at all. */
export const writeWhole = (path: string, content: string | Uint8Array): void => {
  const partial = `${path}.partial`;
  writeFileSync(partial, content, {mode: FILE_MODE, flush: true});
  renameSync(partial, path);
  syncDirectory(dirname(path));
};

/** Refuses a name that is taken. */
export const writeNew = (path: string, content: string): void => {
  writeFileSync(path, content, {mode: FILE_MODE, flag: 'wx', flush: true});
};

/** 512 KiB: hashed in less than a millisecond, and a hundred megabytes are two hundred turns of the event loop. */
const HASHED_AT_ONCE = 512 * 1024;

/** Reads the file again and hashes what is really there. */
export const hashFile = async (path: string): Promise<Readonly<{bytes: number; sha256: string}>> => {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(HASHED_AT_ONCE);
  const file = await open(path);
  try {
    for (let bytes = 0; ; ) {
      const {bytesRead} = await file.read(piece, 0, piece.length, null);
      if (bytesRead === 0) return {bytes, sha256: hash.digest('hex')};
      hash.update(piece.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
};

export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** A file operation that the system refused, ENOSPC and the like, also when one of ours wraps it; anything else is a bug. */
export const isFileTrouble = (error: unknown): boolean =>
  error instanceof Error &&
  // rmSync names some codes 'Unknown error'; that a system call was refused it says always.
  (/^E[A-Z0-9]+$/.test(errorCode(error)) || ('syscall' in error && 'errno' in error) || isFileTrouble(error.cause));

export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));
