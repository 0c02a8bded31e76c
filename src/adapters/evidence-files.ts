// What a run directory gives to its evidence, and what a bundle on the disk consists of; read in pieces, never all at once.

import {createReadStream, lstatSync, readdirSync, statSync} from 'node:fs';
import {join, relative, sep} from 'node:path';
import {inMemory, type Content} from '../core/content.ts';
import type {RunDirectory} from './run-directory.ts';

/** 256 KiB: larger pieces are no faster, and every one that waits for its turn is memory. */
const PIECE_BYTES = 2 ** 18;

async function* nothing(): AsyncIterable<Uint8Array> {
  // An empty file has no first byte that a stream could begin with.
}

/** Its first bytes, when it is known how many count. */
export const partOnDisk = (at: string, path: string, bytes: number): Content => ({
  path,
  bytes,
  open: ({start, end} = {start: 0, end: bytes}) =>
    end > start
      ? (createReadStream(at, {start, end: end - 1, highWaterMark: PIECE_BYTES}) as AsyncIterable<Uint8Array>)
      : nothing(),
});

/** A file as long as it is now: what a step that is at work adds to it later is not part of it. */
export const contentOnDisk = (at: string, path: string): Content => partOnDisk(at, path, statSync(at).size);

/** Paths below a folder with slashes, of everything in it that is no folder. */
const pathsBelow = (root: string): readonly string[] =>
  readdirSync(root, {recursive: true, withFileTypes: true})
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted();

/** Dumps hold the data itself: the journal names them by hash, and they stay where they are. */
const isEvidence = (path: string): boolean =>
  path.startsWith('journal.torn-') ||
  path.startsWith('plan/') ||
  path.startsWith('transcripts/') ||
  (path.startsWith('artifacts/') && !/\.(dump|partial|stand-in\.ndjson)(\/|$)/.test(path));

/** Everything but the journal, which whoever exports has read: it may have grown since. */
export const evidenceFiles = ({path: root}: Pick<RunDirectory, 'path'>): readonly Content[] =>
  pathsBelow(root)
    .filter((path) => isEvidence(path) && lstatSync(join(root, path)).isFile())
    .map((path) => contentOnDisk(join(root, path), path));

export type OpenEvidence = Readonly<{archive: Content} | {files: readonly Content[]}>;

/**
 * A bundle as it was handed over: the archive, or every file of an unpacked one. Throws the system's error.
 * Links are not followed: what they lead to is not in the bundle.
 */
export const openEvidence = (path: string): OpenEvidence => {
  if (!statSync(path).isDirectory()) return {archive: contentOnDisk(path, '')};
  return {
    files: pathsBelow(path).map((name) =>
      lstatSync(join(path, name)).isFile() ? contentOnDisk(join(path, name), name) : inMemory(name, new Uint8Array()),
    ),
  };
};
