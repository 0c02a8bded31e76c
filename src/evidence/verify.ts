// Does a bundle of evidence hold what it says it holds? The first thing that is wrong is named; nothing is believed that
// is not computed here from its bytes.

import type {RunEvent} from '../core/event.ts';
import type {Artifact} from '../core/facts.ts';
import {fold} from '../core/reduce.ts';
import type {RunState} from '../core/state.ts';
import {archiveOf} from './archive.ts';
import {
  DECLARATION,
  DECLARATION_TEXT,
  INFO,
  isSignature,
  MANIFEST,
  manifestText,
  PAYLOAD,
  sha256Of,
  signedBytes,
  TAG_MANIFEST,
  type EvidenceFile,
} from './bag.ts';
import {readChain, type ChainFault} from './journal-chain.ts';
import {readArchive, type ArchiveFault} from './read-archive.ts';

export type BundleFault =
  | ArchiveFault
  | ChainFault
  | Readonly<{code: 'file-missing'; file: string}>
  | Readonly<{code: 'file-unlisted'; file: string}>
  | Readonly<{code: 'hash-differs'; file: string; expected: string; actual: string}>
  /** A list or a description that is not, byte for byte, what its files give. */
  | Readonly<{code: 'description-differs'; file: string}>
  | Readonly<{code: 'plan-differs'; file: string}>
  | Readonly<{code: 'artifact-differs'; file: string; record: number}>
  /** The report says something else than the journal that it was made from. */
  | Readonly<{code: 'report-differs'; file: string}>
  /** The archive has the right files and is not the archive that these files make: something rides in it. */
  | Readonly<{code: 'container-differs'}>
  /** Not a signature over this bundle, whoever made it. */
  | Readonly<{code: 'signature-bad'; file: string; detail: string}>
  /** None of its signatures is by a key that the list of signers has. */
  | Readonly<{code: 'not-signed'; signatures: number}>;

export type Verified = Readonly<{
  state: RunState;
  events: number;
  /** SHA-256 of the last record: whoever has it from elsewhere can compare it. */
  head: string;
  files: number;
  /** True when the run was closed and its journal ends with that. */
  complete: boolean;
  tornBytes: number;
  /** Sealed in the journal and not in the bundle, by design: dumps hold the data itself. */
  byHashOnly: readonly Artifact[];
  /** Transcripts and files of attempts that were interrupted before they were sealed. */
  unsealed: readonly string[];
  /** To be checked by whoever has keys and a list of signers; over `signed`. */
  signatures: readonly EvidenceFile[];
  signed: Uint8Array;
  /** False when another version made the reports: they are covered by the manifest, and were not made again. */
  reportsRemade: boolean;
}>;

export type Verification = Readonly<{ok: true; verified: Verified}> | Readonly<{ok: false; fault: BundleFault}>;

/** Makes the files that are derived from journal and plan again; undefined when this version cannot. */
export type Derive = (
  payload: ReadonlyMap<string, Uint8Array>,
  state: RunState,
  journal: Readonly<{events: number; head: string; tornBytes: number}>,
) => readonly EvidenceFile[] | undefined;

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.byteLength === b.byteLength && a.every((byte, at) => byte === b[at]);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const unescaped = (path: string): string => path.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');

/** Hashes every listed file, then holds the list against the one that the files give, so that not a byte of it is free. */
const listFault = (list: EvidenceFile, files: readonly EvidenceFile[]): BundleFault | undefined => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const listed = new Set<string>();
  for (const line of textOf(list.bytes).split('\n').slice(0, -1)) {
    const [, expected, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (expected === undefined || path === undefined) return {code: 'description-differs', file: list.path};
    const name = unescaped(path);
    const file = byPath.get(name);
    if (file === undefined) return {code: 'file-missing', file: name};
    const actual = sha256Of(file.bytes);
    if (actual !== expected) return {code: 'hash-differs', file: name, expected, actual};
    listed.add(name);
  }
  const unlisted = files.find(({path}) => !listed.has(path));
  if (unlisted !== undefined) return {code: 'file-unlisted', file: unlisted.path};
  return textOf(list.bytes) === manifestText(files) ? undefined : {code: 'description-differs', file: list.path};
};

const OXUM = /^Payload-Oxum: (\d+)\.(\d+)$/m;

const bagFault = (files: readonly EvidenceFile[]): BundleFault | undefined => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const missing = [DECLARATION, INFO, MANIFEST, TAG_MANIFEST].find((path) => !byPath.has(path));
  if (missing !== undefined) return {code: 'file-missing', file: missing};
  const [declaration, info, manifest, tagManifest] = [DECLARATION, INFO, MANIFEST, TAG_MANIFEST].map(
    (path) => byPath.get(path) as EvidenceFile,
  ) as [EvidenceFile, EvidenceFile, EvidenceFile, EvidenceFile];
  if (textOf(declaration.bytes) !== DECLARATION_TEXT) return {code: 'description-differs', file: DECLARATION};
  const payload = files.filter(({path}) => path.startsWith(PAYLOAD));
  const tags = files.filter(({path}) => !path.startsWith(PAYLOAD) && path !== TAG_MANIFEST && !isSignature(path));
  const listed = listFault(manifest, payload) ?? listFault(tagManifest, tags);
  if (listed !== undefined) return listed;
  const stray = tags.find(({path}) => path !== DECLARATION && path !== INFO && path !== MANIFEST);
  if (stray !== undefined) return {code: 'file-unlisted', file: stray.path};
  const octets = payload.reduce((sum, {bytes}) => sum + bytes.byteLength, 0);
  const [, saysOctets, saysFiles] = OXUM.exec(textOf(info.bytes)) ?? [];
  return saysOctets === `${octets}` && saysFiles === `${payload.length}`
    ? undefined
    : {code: 'description-differs', file: INFO};
};

/** The plan's list is what the run was opened with, and its files are what the list says. */
const planFault = (payload: ReadonlyMap<string, Uint8Array>, digest: string): BundleFault | undefined => {
  const list = payload.get('plan/plan.sha256');
  if (list === undefined) return {code: 'file-missing', file: `${PAYLOAD}plan/plan.sha256`};
  if (sha256Of(list) !== digest) return {code: 'plan-differs', file: `${PAYLOAD}plan/plan.sha256`};
  const listed = new Set(['plan/plan.sha256']);
  for (const line of textOf(list).split('\n').slice(0, -1)) {
    const path = `plan/${line.slice(66)}`;
    const bytes = payload.get(path);
    if (bytes === undefined || sha256Of(bytes) !== line.slice(0, 64)) {
      return {code: 'plan-differs', file: `${PAYLOAD}${path}`};
    }
    listed.add(path);
  }
  const stray = [...payload.keys()].find((path) => path.startsWith('plan/') && !listed.has(path));
  return stray === undefined ? undefined : {code: 'plan-differs', file: `${PAYLOAD}${stray}`};
};

/** Dumps and their like stay where they are; the journal has their hash. */
const staysBehind = ({mediaType, path}: Artifact): boolean =>
  mediaType.startsWith('application/x-pg-dump') || path.endsWith('.stand-in.ndjson');

type Sealed = Readonly<{record: number; artifact: Artifact}>;

const sealedIn = (events: readonly RunEvent[]): readonly Sealed[] =>
  events.flatMap((event, at) =>
    event.type === 'ArtifactSealed' || event.type === 'EvidenceAttached'
      ? [{record: at + 1, artifact: event.artifact}]
      : [],
  );

const artifactFault = (
  payload: ReadonlyMap<string, Uint8Array>,
  sealed: readonly Sealed[],
): BundleFault | undefined => {
  for (const {record, artifact} of sealed) {
    const bytes = payload.get(artifact.path);
    const file = `${PAYLOAD}${artifact.path}`;
    if (bytes === undefined) {
      if (!staysBehind(artifact)) return {code: 'file-missing', file};
    } else if (bytes.byteLength !== artifact.bytes || sha256Of(bytes) !== artifact.sha256) {
      return {code: 'artifact-differs', file, record};
    }
  }
  return undefined;
};

/** @param derive makes the reports again; they must come out as they are in the bundle. */
export const verifyFiles = (files: readonly EvidenceFile[], derive: Derive): Verification => {
  const wrong = bagFault(files);
  if (wrong !== undefined) return {ok: false, fault: wrong};
  const payload = new Map(
    files.flatMap(({path, bytes}) => (path.startsWith(PAYLOAD) ? [[path.slice(PAYLOAD.length), bytes] as const] : [])),
  );
  const journal = payload.get('journal.ndjson');
  if (journal === undefined) return {ok: false, fault: {code: 'file-missing', file: `${PAYLOAD}journal.ndjson`}};
  const chain = readChain(journal);
  if (!chain.ok) return chain;
  const {events, head, tornBytes} = chain;
  const state = fold(events);
  const sealed = sealedIn(events);
  const fault = planFault(payload, state.opened?.plan ?? '') ?? artifactFault(payload, sealed);
  if (fault !== undefined) return {ok: false, fault};
  const remade = derive(payload, state, {events: events.length, head, tornBytes});
  for (const {path, bytes} of remade ?? []) {
    const there = payload.get(path);
    if (there === undefined || !same(there, bytes))
      return {ok: false, fault: {code: 'report-differs', file: `${PAYLOAD}${path}`}};
  }
  const known = new Set([...sealed.map(({artifact}) => artifact.path), ...(remade ?? []).map(({path}) => path)]);
  const isUnsealed = (path: string): boolean => /^(?:artifacts|transcripts)\//.test(path) && !known.has(path);
  return {
    ok: true,
    verified: {
      state,
      events: events.length,
      head,
      files: files.length,
      complete: state.closed !== undefined && tornBytes === 0,
      tornBytes,
      byHashOnly: sealed.map(({artifact}) => artifact).filter(({path}) => !payload.has(path)),
      unsealed: [...payload.keys()].filter(isUnsealed).toSorted(),
      signatures: files.filter(({path}) => isSignature(path)),
      signed: signedBytes(files),
      reportsRemade: remade !== undefined,
    },
  };
};

/**
 * An archive is one possible packing of its files: made again from them it must come out byte for byte, or something is
 * in it that nobody listed. Another zlib may pack otherwise; then the files alone are the evidence, and `packed` says so.
 */
export const verifyArchive = async (archive: Uint8Array, derive: Derive, zlib: string): Promise<Verification> => {
  const read = await readArchive(archive);
  if (!read.ok) return read;
  const verification = verifyFiles(read.files, derive);
  if (!verification.ok) return verification;
  const info = read.files.find(({path}) => path === INFO);
  const isSameZlib = info !== undefined && textOf(info.bytes).includes(` zlib ${zlib}\n`);
  if (isSameZlib && !same(archive, await archiveOf(read.root, read.files))) {
    return {ok: false, fault: {code: 'container-differs'}};
  }
  return verification;
};
