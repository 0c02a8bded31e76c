// How the files of a run become a BagIt bag (RFC 8493): a folder that `sha256sum -c` and any archivist's tool can check.

import {sha256Of, type Hashed} from './hashing.ts';

/** A small file that is made here; what a run wrote itself is read in pieces. */
export type EvidenceFile = Readonly<{path: string; bytes: Uint8Array}>;

/** Where the files themselves lie; what is beside it only describes them. */
export const PAYLOAD = 'data/';
export const MANIFEST = 'manifest-sha256.txt';
export const TAG_MANIFEST = 'tagmanifest-sha256.txt';
export const DECLARATION = 'bagit.txt';
export const INFO = 'bag-info.txt';

/** Over the tag manifest, which covers everything else: the one kind of file that no list can list. */
const SIGNATURE = /^signatures\/([\w-]{1,64})\.sig$/;
export const isSignature = (path: string): boolean => SIGNATURE.test(path);

/** What lies beside a signature, by the same key or about it: `01.intoto.json` beside `01.sig`. */
export const besideSignature = (path: string, kind: Beside): string => path.replace(SIGNATURE, `signatures/$1.${kind}`);

type Beside = 'intoto.json' | 'tsr';

/** Everything that no list can list. */
export const isUnlistable = (path: string): boolean => /^signatures\/[\w-]{1,64}\.(?:sig|intoto\.json|tsr)$/.test(path);

export const DECLARATION_TEXT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

type Named = Readonly<{path: string}>;

/** By code units, as everybody sorts who makes a list or an archive here. */
export const byPath = (a: Named, b: Named): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

/** RFC 8493, 2.1.3: a line break in a name would end its line, and the percent sign is what says that there was one. */
const written = (path: string): string => path.replaceAll('%', '%25').replaceAll('\n', '%0A').replaceAll('\r', '%0D');

/** One list for one set of files, whatever order they come in: a verifier makes it again and compares bytes. */
export const manifestText = (files: readonly Hashed[]): string =>
  files
    .toSorted(byPath)
    .map(({path, sha256}) => `${sha256}  ${written(path)}\n`)
    .join('');

export type BagInfo = Readonly<{
  /** The run. */
  identifier: string;
  /** The day of the last event, `2026-11-24`: a clock of ours would make two bags of one run. */
  date: string;
  software: string;
}>;

/** RFC 8493, 2.2.2. Payload-Oxum counts octets and files, so that a glance sees whether all of it arrived. */
const infoText = ({identifier, date, software}: BagInfo, payload: readonly Hashed[]): string => {
  const octets = payload.reduce((sum, {bytes}) => sum + bytes, 0);
  return [
    `Bag-Software-Agent: ${software}`,
    `Bagging-Date: ${date}`,
    `External-Identifier: ${identifier}`,
    `Payload-Oxum: ${octets}.${payload.length}`,
    '',
  ].join('\n');
};

const hashed = ({path, bytes}: EvidenceFile): Hashed => ({path, bytes: bytes.byteLength, sha256: sha256Of(bytes)});

/** What describes a payload, in a fixed order; the same run gives the same bytes. @param payload below `data/`. */
export const tagFiles = (info: BagInfo, payload: readonly Hashed[]): readonly EvidenceFile[] => {
  const tags = [
    {path: INFO, bytes: utf8(infoText(info, payload))},
    {path: DECLARATION, bytes: utf8(DECLARATION_TEXT)},
    {path: MANIFEST, bytes: utf8(manifestText(payload))},
  ];
  return [...tags, {path: TAG_MANIFEST, bytes: utf8(manifestText(tags.map(hashed)))}];
};

/** Where one more signature lies, under the next free number. */
export const nextSignature = (paths: readonly string[]): string =>
  `signatures/${`${paths.filter(isSignature).length + 1}`.padStart(2, '0')}.sig`;

/** What is signed: the list of the lists. */
export const signedIn = (tags: readonly EvidenceFile[]): Uint8Array =>
  tags.find(({path}) => path === TAG_MANIFEST)?.bytes ?? new Uint8Array();
