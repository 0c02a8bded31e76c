// One zip file of evidence, byte for byte the same for the same files, whenever and wherever it is made.

import {ZipFile} from 'yazl';
import type {EvidenceFile} from './manifest.ts';

/** zip has no time zone: the date is built in local time so that its fields are the same everywhere. */
const FIXED_DATE = new Date(1980, 0, 1, 0, 0, 0);

export const archiveOf = async (root: string, files: readonly EvidenceFile[]): Promise<Uint8Array> => {
  const zip = new ZipFile();
  for (const {path, bytes} of files) {
    zip.addBuffer(Buffer.from(bytes), `${root}/${path}`, {mtime: FIXED_DATE, mode: 0o100600, compress: true});
  }
  zip.end();
  const chunks: Uint8Array[] = [];
  for await (const chunk of zip.outputStream as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
};
