// What a process that was killed has left of its recordings: as far as it got, each a valid beginning of what it would be.

import {readdirSync, readFileSync, statSync, truncateSync} from 'node:fs';
import {join} from 'node:path';
import type {Artifact} from '../core/facts.ts';
import {hashFile, syncDirectory, syncFile} from './files.ts';

const FOLDER = 'transcripts';
const LINE_FEED = 10;

/** A kill, or a power loss, may leave a half line, which no player takes: it is cut off, as in the journal. */
const cutTorn = (path: string): void => {
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf(LINE_FEED) + 1;
  if (whole < bytes.length) truncateSync(path, whole);
};

/**
 * Every recording that is not sealed, on the disk for good. Nobody may be writing any of them any more. Throws the
 * system's error.
 */
export const leftTranscripts = async (root: string, sealed: ReadonlySet<string>): Promise<readonly Artifact[]> => {
  const paths = readdirSync(join(root, FOLDER))
    .filter((name) => /\.(?:cast|log)$/.test(name))
    .toSorted()
    .map((name) => `${FOLDER}/${name}`)
    .filter((path) => !sealed.has(path));
  const left: Artifact[] = [];
  for (const path of paths) {
    const file = join(root, path);
    const isCast = path.endsWith('.cast');
    if (isCast) cutTorn(file);
    if (statSync(file).size === 0) continue;
    syncFile(file);
    const mediaType = isCast ? 'application/x-asciicast' : 'text/plain; charset=utf-8';
    left.push({path, ...(await hashFile(file)), mediaType, unfinished: true});
  }
  if (left.length > 0) syncDirectory(join(root, FOLDER));
  return left;
};
