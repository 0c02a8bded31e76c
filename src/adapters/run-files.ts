// The files of one run directory, as the steps see them.

import {chmod, readdir, statfs, stat, rm, readFile, rename} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {failed, success, type Failure} from '../core/failure.ts';
import type {RunFiles} from '../core/ports.ts';
import {
  compileRedaction,
  maskedIn,
  redactText,
  redactValues,
  sumOf,
  type Redaction,
  type Redactions,
} from '../evidence/redaction.ts';
import {
  DIRECTORY_MODE,
  FILE_MODE,
  errorCode,
  errorMessage,
  hashFile,
  sha256,
  syncDirectory,
  syncFile,
  writeWhole,
} from './files.ts';

/** What a refused file operation means for the step that wanted it. */
export const fileFailure = (error: unknown, path: string): Failure =>
  errorCode(error) === 'ENOSPC' || errorCode(error) === 'EDQUOT'
    ? {code: 'disk-full', path}
    : {code: 'artifact-unreadable', path, message: errorMessage(error)};

/** The file itself, or the files of a directory in the order of their names; a dump in directory format has no folders. */
const filesIn = async (path: string): Promise<readonly string[]> =>
  (await stat(path)).isDirectory() ? (await readdir(path)).toSorted().map((name) => join(path, name)) : [path];

/** A file by its bytes; a directory by the list that `sha256sum *` would make of it, which comes along. */
const fingerprint = async (path: string): Promise<Readonly<{bytes: number; sha256: string; list?: string}>> => {
  if (!(await stat(path)).isDirectory()) return hashFile(path);
  let list = '';
  let total = 0;
  for (const file of await filesIn(path)) {
    const {bytes, sha256: hash} = await hashFile(file);
    list += `${hash}  ${basename(file)}\n`;
    total += bytes;
  }
  return {bytes: total, sha256: sha256(list), list};
};

/** What is put back into a database, or tells a program what to, has to be what came out of it, to the last byte. */
const isPutBack = (path: string): boolean => /\.(snapshot\.json|stand-in\.ndjson|entries\.partial|sha256)$/.test(path);

/** The content as it may be written. JSON stays JSON: only its strings are looked at. */
const redactedContent = (
  path: string,
  content: string,
  mediaType: string,
  known: Redaction,
): Readonly<{text: string; redactions: Redactions}> => {
  if (isPutBack(path)) return {text: content, redactions: {}};
  if (mediaType !== 'application/json') return redactText(content, known);
  let redactions: Redactions = {};
  const value: unknown = JSON.parse(content);
  const redacted = redactValues(value, known, (found) => (redactions = sumOf(redactions, found)));
  return {text: redacted === value ? content : `${JSON.stringify(redacted, null, 2)}\n`, redactions};
};

/**
 * @param root the run directory; it must exist, with its folders.
 * @param known what must not be written.
 */
export const runFiles = (root: string, known: Redaction = compileRedaction([])): RunFiles => {
  const absolute = (path: string): string => join(root, path);
  return {
    absolute,
    write: async (path, content, mediaType) => {
      try {
        const {text, redactions} = redactedContent(path, content, mediaType, known);
        writeWhole(absolute(path), text);
        return success({
          path,
          bytes: Buffer.byteLength(text),
          sha256: sha256(text),
          mediaType,
          ...maskedIn(redactions),
        });
      } catch (error) {
        await rm(`${absolute(path)}.partial`, {force: true}).catch(() => undefined);
        return failed(fileFailure(error, path));
      }
    },
    read: async (path, expected) => {
      try {
        const text = await readFile(absolute(path), 'utf8');
        return sha256(text) === expected
          ? success(text)
          : failed({code: 'artifact-unreadable', path, message: 'sha256 differs from the journal'});
      } catch (error) {
        return failed(fileFailure(error, path));
      }
    },
    hash: async (path) => {
      try {
        return success(await fingerprint(absolute(path)));
      } catch (error) {
        return failed(fileFailure(error, path));
      }
    },
    publish: async (partial, path) => {
      try {
        // The program that wrote it went by its umask; a dump holds the data itself.
        for (const file of await filesIn(absolute(partial))) {
          await chmod(file, FILE_MODE);
          syncFile(file);
        }
        if ((await stat(absolute(partial))).isDirectory()) {
          await chmod(absolute(partial), DIRECTORY_MODE);
          syncDirectory(absolute(partial));
        }
        await rename(absolute(partial), absolute(path));
        syncDirectory(dirname(absolute(path)));
        return success(undefined);
      } catch (error) {
        return failed(fileFailure(error, path));
      }
    },
    size: async (path) => {
      try {
        const sizes = await Promise.all((await filesIn(absolute(path))).map(async (file) => (await stat(file)).size));
        return sizes.reduce((total, size) => total + size, 0);
      } catch {
        // Not there yet: pg_dump creates its file after it has connected.
        return undefined;
      }
    },
    remove: async (path) => {
      try {
        await rm(absolute(path), {force: true, recursive: true});
      } catch {
        // What is removed bears a name that nobody trusts; a disk that keeps it does no harm.
      }
    },
    freeBytes: async () => {
      try {
        const {bavail, bsize} = await statfs(root);
        return bavail * bsize;
      } catch {
        // Nobody can tell; the write that follows will.
        return undefined;
      }
    },
  };
};
