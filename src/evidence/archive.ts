// One zip file of evidence, byte for byte the same for the same files, whenever and wherever it is made.

import {ZipFile} from 'yazl';
import type {EvidenceFile} from './bag.ts';

/** zip's own dates have no time zone: this one is built in local time so that its fields are the same everywhere. */
const FIXED_DATE = new Date(1980, 0, 1, 0, 0, 0);

export const archiveOf = async (root: string, files: readonly EvidenceFile[]): Promise<Uint8Array> => {
  const zip = new ZipFile();
  for (const {path, bytes} of files) {
    zip.addBuffer(Buffer.from(bytes), `${root}/${path}`, {
      mtime: FIXED_DATE,
      // The extended field would hold the same date as seconds of UTC, which differ from zone to zone.
      forceDosTimestamp: true,
      mode: 0o100600,
      compress: true,
    });
  }
  zip.end();
  const chunks: Uint8Array[] = [];
  for await (const chunk of zip.outputStream as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
};
