// Does a bundle of evidence hold what it says it holds? The first thing that is wrong is named; nothing is believed that
// is not computed here from its bytes.

import {createHash} from 'node:crypto';
import type {Content} from '../core/content.ts';
import type {Recorded} from '../core/event.ts';
import type {Artifact} from '../core/facts.ts';
import {fold} from '../core/reduce.ts';
import type {RunState} from '../core/state.ts';
import {archiveOf} from './archive.ts';
import {
  DECLARATION,
  DECLARATION_TEXT,
  INFO,
  isUnlistable,
  MANIFEST,
  manifestText,
  PAYLOAD,
  TAG_MANIFEST,
  type EvidenceFile,
} from './bag.ts';
import {sameBytes, sha256Of, TooBigForMemory, wholeOf, type Hashed, type Tell} from './hashing.ts';
import {readChain, type ChainFault, type NewerFault} from './journal-chain.ts';
import {payloadOf, type Payload} from './payload.ts';
import {damagedIn, sealedIn, type Sealed} from './sealed.ts';
import {readSignatures, type Signature} from './signatures.ts';
import {STATEMENT, statementText} from './statement.ts';
import type {ApprovalFault} from '../core/approval-evidence.ts';
import {readArchive, Refused, type ArchiveFault} from './read-archive.ts';

export type BundleFault =
  | ArchiveFault
  | ChainFault
  | NewerFault
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
  | ApprovalFault
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
  /** To be checked by whoever has keys and a list of signers; each over `signed`. */
  signatures: readonly Signature[];
  signed: Uint8Array;
  /** The in-toto statement; undefined in a bundle of a version that made none. */
  statement: Uint8Array | undefined;
  /** False when another version made the reports: they are covered by the manifest, and were not made again. */
  reportsRemade: boolean;
}>;

export type Verification = Readonly<{ok: true; verified: Verified}> | Readonly<{ok: false; fault: BundleFault}>;

/** What a journal says, and where it ends. */
export type JournalRead = Readonly<{
  state: RunState;
  events: readonly Recorded[];
  head: string;
  tornBytes: number;
  damage?: unknown;
}>;

/** Makes the files that are derived from journal and plan again; undefined when this version cannot. */
export type Derive = (payload: Payload, journal: JournalRead) => Promise<readonly EvidenceFile[] | undefined>;

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const unescaped = (path: string): string => path.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');

type Read = ReadonlyMap<string, Uint8Array>;

/** Holds the hash of every listed file against the list, then the list against the one that the files give, so that not a byte of it is free. */
const listFault = (path: string, list: Uint8Array, files: readonly Hashed[]): BundleFault | undefined => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const listed = new Set<string>();
  for (const line of textOf(list).split('\n').slice(0, -1)) {
    const [, expected, named] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (expected === undefined || named === undefined) return {code: 'description-differs', file: path};
    const name = unescaped(named);
    const file = byPath.get(name);
    if (file === undefined) return {code: 'file-missing', file: name};
    if (file.sha256 !== expected) return {code: 'hash-differs', file: name, expected, actual: file.sha256};
    listed.add(name);
  }
  const unlisted = files.find(({path: name}) => !listed.has(name));
  if (unlisted !== undefined) return {code: 'file-unlisted', file: unlisted.path};
  return textOf(list) === manifestText(files) ? undefined : {code: 'description-differs', file: path};
};

const OXUM = /^Payload-Oxum: (\d+)\.(\d+)$/m;

const bagFault = (files: readonly Hashed[], read: Read): BundleFault | undefined => {
  const of = (path: string): Uint8Array => read.get(path) ?? new Uint8Array();
  const missing = [DECLARATION, INFO, MANIFEST, TAG_MANIFEST].find((path) => !read.has(path));
  if (missing !== undefined) return {code: 'file-missing', file: missing};
  if (textOf(of(DECLARATION)) !== DECLARATION_TEXT) return {code: 'description-differs', file: DECLARATION};
  const payload = files.filter(({path}) => path.startsWith(PAYLOAD));
  const tags = files.filter(({path}) => !path.startsWith(PAYLOAD) && path !== TAG_MANIFEST && !isUnlistable(path));
  const listed = listFault(MANIFEST, of(MANIFEST), payload) ?? listFault(TAG_MANIFEST, of(TAG_MANIFEST), tags);
  if (listed !== undefined) return listed;
  const stray = tags.find(({path}) => path !== DECLARATION && path !== INFO && path !== MANIFEST);
  if (stray !== undefined) return {code: 'file-unlisted', file: stray.path};
  const octets = payload.reduce((sum, {bytes}) => sum + bytes, 0);
  const [, saysOctets, saysFiles] = OXUM.exec(textOf(of(INFO))) ?? [];
  return saysOctets === `${octets}` && saysFiles === `${payload.length}`
    ? undefined
    : {code: 'description-differs', file: INFO};
};

type ByPath = ReadonlyMap<string, Hashed>;

/** The plan's list is what the run was opened with, and its files are what the list says. */
const planFault = (payload: ByPath, list: Uint8Array | undefined, digest: string): BundleFault | undefined => {
  if (list === undefined) return {code: 'file-missing', file: `${PAYLOAD}plan/plan.sha256`};
  if (sha256Of(list) !== digest) return {code: 'plan-differs', file: `${PAYLOAD}plan/plan.sha256`};
  const listed = new Set(['plan/plan.sha256']);
  for (const line of textOf(list).split('\n').slice(0, -1)) {
    const path = `plan/${line.slice(66)}`;
    if (payload.get(path)?.sha256 !== line.slice(0, 64)) return {code: 'plan-differs', file: `${PAYLOAD}${path}`};
    listed.add(path);
  }
  const stray = [...payload.keys()].find((path) => path.startsWith('plan/') && !listed.has(path));
  return stray === undefined ? undefined : {code: 'plan-differs', file: `${PAYLOAD}${stray}`};
};

const artifactFault = (payload: ByPath, sealed: readonly Sealed[]): BundleFault | undefined => {
  const [first] = damagedIn(payload, sealed);
  if (first === undefined) return undefined;
  const file = `${PAYLOAD}${first.file}`;
  return first.found === 'missing'
    ? {code: 'file-missing', file}
    : {code: 'artifact-differs', file, record: first.record};
};

const JOURNAL = `${PAYLOAD}journal.ndjson`;
const PLAN_LIST = `${PAYLOAD}plan/plan.sha256`;

/** Lists, descriptions and signatures are text that is looked into; everything else below `data/` may be of any size. */
const isReadWhole = (path: string): boolean =>
  !path.startsWith(PAYLOAD) || path === JOURNAL || path === PLAN_LIST || path === `${PAYLOAD}${STATEMENT}`;

/** What was learned of every file by reading it once. */
type Taken = Readonly<{hashed: Hashed[]; read: Map<string, Uint8Array>}>;

const nothingTaken = (): Taken => ({hashed: [], read: new Map()});

/** The file; whoever reads it to its end has it taken as well. */
const takenWhenRead = (file: Content, {hashed, read}: Taken): Content => ({
  ...file,
  open: async function* () {
    const {path} = file;
    if (isReadWhole(path)) {
      // Read once, and hashed as it was read.
      const whole = await wholeOf(file);
      read.set(path, whole);
      hashed.push({path, bytes: whole.byteLength, sha256: sha256Of(whole)});
      yield whole;
      return;
    }
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of file.open()) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      yield chunk;
    }
    hashed.push({path, bytes, sha256: hash.digest('hex')});
  },
});

const takeEach = async (files: readonly Content[], tell: Tell): Promise<Taken> => {
  const taken = nothingTaken();
  for (const file of files) for await (const {byteLength} of takenWhenRead(file, taken).open()) tell(byteLength);
  return taken;
};

const verifyTaken = async (files: readonly Content[], {hashed, read}: Taken, derive: Derive): Promise<Verification> => {
  const wrong = bagFault(hashed, read);
  if (wrong !== undefined) return {ok: false, fault: wrong};
  const inside = <T extends Readonly<{path: string}>>(of: readonly T[]): readonly T[] =>
    of.flatMap((file) => (file.path.startsWith(PAYLOAD) ? [{...file, path: file.path.slice(PAYLOAD.length)}] : []));
  const payload = new Map(inside(hashed).map((file) => [file.path, file]));
  const journal = read.get(JOURNAL);
  if (journal === undefined) return {ok: false, fault: {code: 'file-missing', file: JOURNAL}};
  const chain = readChain(journal);
  if (!chain.ok) return chain;
  const {events, head, tornBytes} = chain;
  const state = fold(events);
  const sealed = sealedIn(events);
  const fault = planFault(payload, read.get(PLAN_LIST), state.opened?.plan ?? '') ?? artifactFault(payload, sealed);
  if (fault !== undefined) return {ok: false, fault};
  const derived = await derive(payloadOf(inside(files)), {state, events, head, tornBytes});
  const about = hashed.filter(({path}) => path.startsWith(PAYLOAD));
  const statement = new TextEncoder().encode(statementText(state, {events: events.length, head, tornBytes}, about));
  const remade = derived === undefined ? undefined : [...derived, {path: STATEMENT, bytes: statement}];
  for (const {path, bytes} of remade ?? []) {
    if (payload.get(path)?.sha256 !== sha256Of(bytes))
      return {ok: false, fault: {code: 'report-differs', file: `${PAYLOAD}${path}`}};
  }
  const known = new Set([...sealed.map(({artifact}) => artifact.path), ...(remade ?? []).map(({path}) => path)]);
  const signatures = readSignatures(read);
  if (!signatures.ok) return signatures;
  // A step that says nothing leaves an empty log, and no record seals what holds nothing.
  const isUnsealed = (path: string): boolean =>
    /^(?:artifacts|transcripts)\//.test(path) && !known.has(path) && payload.get(path)?.bytes !== 0;
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
      signatures: signatures.signatures,
      statement: read.get(`${PAYLOAD}${STATEMENT}`),
      signed: read.get(TAG_MANIFEST) ?? new Uint8Array(),
      reportsRemade: remade !== undefined,
    },
  };
};

/** What reading the files of a stranger throws is what is wrong with them. */
const judged = async (verify: () => Promise<Verification>): Promise<Verification> => {
  try {
    return await verify();
  } catch (error) {
    if (error instanceof Refused) return {ok: false, fault: error.fault};
    if (error instanceof TooBigForMemory)
      return {ok: false, fault: {code: 'archive-unsafe', entry: error.path, because: 'too-big'}};
    throw error;
  }
};

/**
 * @param derive makes the reports again; they must come out as they are in the bundle.
 * @param tell how many bytes were read since it was told last; throws to end the check.
 */
export const verifyFiles = (
  files: readonly Content[],
  derive: Derive,
  tell: Tell = () => undefined,
): Promise<Verification> => judged(async () => verifyTaken(files, await takeEach(files, tell), derive));

/**
 * An archive is the one packing of its files that there is: made again from them it must come out byte for byte, or
 * something is in it that nobody listed. Its files are hashed on their way through.
 */
export const verifyArchive = (archive: Content, derive: Derive, tell: Tell = () => undefined): Promise<Verification> =>
  judged(async () => {
    const read = await readArchive(archive);
    if (!read.ok) return read;
    const {root, files} = read;
    const taken = nothingTaken();
    const again = archiveOf(
      root,
      files.map((file) => takenWhenRead(file, taken)),
    );
    if (await sameBytes(again, archive.open(), tell)) return verifyTaken(files, taken, derive);
    // Which file it is says more than that it is not the same archive.
    const verification = await verifyTaken(files, await takeEach(files, tell), derive);
    return verification.ok ? {ok: false, fault: {code: 'container-differs'}} : verification;
  });
