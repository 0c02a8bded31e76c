// How bytes get onto a disk so that they are still there after a crash: written whole, synced, and renamed into place.

import {createHash} from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import {dirname} from 'node:path';

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

/** The same for text, without a buffer of its own for each piece of a flood: those would wait to be collected. */
export const writeText = (descriptor: number, text: string): void => {
  const fits = text.length * 3 <= scratch.length;
  writeAll(descriptor, fits ? scratch.subarray(0, scratch.write(text, 'utf8')) : Buffer.from(text, 'utf8'));
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

/** Reads the file again and hashes what is really there. */
export const hashFile = async (path: string): Promise<Readonly<{bytes: number; sha256: string}>> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return {bytes, sha256: hash.digest('hex')};
};

export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** A file operation that the system refused, ENOSPC and the like, also when one of ours wraps it; anything else is a bug. */
export const isFileTrouble = (error: unknown): boolean =>
  error instanceof Error &&
  // rmSync names some codes 'Unknown error'; that a system call was refused it says always.
  (/^E[A-Z0-9]+$/.test(errorCode(error)) || ('syscall' in error && 'errno' in error) || isFileTrouble(error.cause));

export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));
