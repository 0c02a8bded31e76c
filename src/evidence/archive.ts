// One zip file of evidence, byte for byte the same for the same files, whenever, wherever and by whatever zlib it is made.

import {Readable} from 'node:stream';
import {ZipFile} from 'yazl';
import type {Content} from '../core/content.ts';
import {byPath} from './bag.ts';

/** zip's own dates have no time zone: this one is built in local time so that its fields are the same everywhere. */
const FIXED_DATE = new Date(1980, 0, 1, 0, 0, 0);

/**
 * Nothing is compressed: the bytes of a packed file are one of many that unpack to it, and another zlib chooses another;
 * as they are, a verifier can hold the whole archive against the files, and is done in the time of reading them twice.
 */
export async function* archiveOf(root: string, files: readonly Content[]): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  let reading: Readable | undefined;
  const fail = (error: unknown): void => void output.destroy(error instanceof Error ? error : new Error(String(error)));
  zip.on('error', fail);
  for (const {path, open} of files.toSorted(byPath)) {
    const options = {
      mtime: FIXED_DATE,
      // The extended field would hold the same date as seconds of UTC, which differ from zone to zone.
      forceDosTimestamp: true,
      mode: 0o100600,
      compress: false,
    };
    zip.addReadStreamLazy(`${root}/${path}`, options, (give) => {
      reading = Readable.from(open(), {objectMode: false, highWaterMark: 2 ** 18});
      reading.on('error', fail);
      give(null, reading);
    });
  }
  zip.end();
  try {
    for await (const chunk of output as AsyncIterable<Uint8Array>) yield chunk;
  } finally {
    // Whoever stopped in the middle leaves no file open.
    reading?.destroy();
  }
}
