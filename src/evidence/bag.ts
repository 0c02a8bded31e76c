// How the files of a run become a BagIt bag (RFC 8493): a folder that `sha256sum -c` and any archivist's tool can check.

import {createHash} from 'node:crypto';

export type EvidenceFile = Readonly<{path: string; bytes: Uint8Array}>;

/** Where the files themselves lie; what is beside it only describes them. */
export const PAYLOAD = 'data/';
export const MANIFEST = 'manifest-sha256.txt';
export const TAG_MANIFEST = 'tagmanifest-sha256.txt';
export const DECLARATION = 'bagit.txt';
export const INFO = 'bag-info.txt';

/** Over the tag manifest, which covers everything else: the one kind of file that no list can list. */
export const isSignature = (path: string): boolean => /^signatures\/[\w-]{1,64}\.sig$/.test(path);

export const DECLARATION_TEXT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const byPath = (a: EvidenceFile, b: EvidenceFile): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** RFC 8493, 2.1.3: a line break in a name would end its line, and the percent sign is what says that there was one. */
const written = (path: string): string => path.replaceAll('%', '%25').replaceAll('\n', '%0A').replaceAll('\r', '%0D');

/** One list for one set of files, whatever order they come in: a verifier makes it again and compares bytes. */
export const manifestText = (files: readonly EvidenceFile[]): string =>
  files
    .toSorted(byPath)
    .map(({path, bytes}) => `${sha256Of(bytes)}  ${written(path)}\n`)
    .join('');

export type BagInfo = Readonly<{
  /** The run. */
  identifier: string;
  /** The day of the last event, `2026-11-24`: a clock of ours would make two bags of one run. */
  date: string;
  software: string;
}>;

/** RFC 8493, 2.2.2. Payload-Oxum counts octets and files, so that a glance sees whether all of it arrived. */
export const infoText = ({identifier, date, software}: BagInfo, payload: readonly EvidenceFile[]): string => {
  const octets = payload.reduce((sum, {bytes}) => sum + bytes.byteLength, 0);
  return [
    `Bag-Software-Agent: ${software}`,
    `Bagging-Date: ${date}`,
    `External-Identifier: ${identifier}`,
    `Payload-Oxum: ${octets}.${payload.length}`,
    '',
  ].join('\n');
};

/** The bag's files in a fixed order. `files` become its payload; the same run gives the same bytes. */
export const bagOf = (info: BagInfo, files: readonly EvidenceFile[]): readonly EvidenceFile[] => {
  const payload = files.map(({path, bytes}) => ({path: `${PAYLOAD}${path}`, bytes})).toSorted(byPath);
  const tags = [
    {path: INFO, bytes: utf8(infoText(info, payload))},
    {path: DECLARATION, bytes: utf8(DECLARATION_TEXT)},
    {path: MANIFEST, bytes: utf8(manifestText(payload))},
  ];
  return [...tags, ...payload, {path: TAG_MANIFEST, bytes: utf8(manifestText(tags))}].toSorted(byPath);
};

/** The bag with one more signature, under the next free number. */
export const withSignature = (files: readonly EvidenceFile[], signature: Uint8Array): readonly EvidenceFile[] => {
  const nth = files.filter(({path}) => isSignature(path)).length + 1;
  return [...files, {path: `signatures/${`${nth}`.padStart(2, '0')}.sig`, bytes: signature}].toSorted(byPath);
};

/** What is signed: the list of the lists. */
export const signedBytes = (files: readonly EvidenceFile[]): Uint8Array =>
  files.find(({path}) => path === TAG_MANIFEST)?.bytes ?? new Uint8Array();
