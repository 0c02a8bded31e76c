// How an archive from a stranger is read: into memory, within limits, and not at all when anything about it is odd.

import {Buffer} from 'node:buffer';
import {fromBufferPromise, validateFileName, type Entry, type ZipFile} from 'yauzl';
import type {EvidenceFile} from './bag.ts';

export type ArchiveFault =
  | Readonly<{code: 'archive-unreadable'; detail: string}>
  | Readonly<{code: 'archive-unsafe'; entry: string; because: Unsafe}>;

export type Unsafe =
  /** Leads out of its folder, is absolute, or is no name that every system takes as it stands. */
  | 'name'
  /** A link, a device or a folder: a bundle has files. */
  | 'not-a-file'
  /** Two entries of one name, or of names that some systems take for one. */
  | 'duplicate'
  | 'encrypted'
  | 'method'
  /** It says another size than it has. */
  | 'size'
  | 'too-many'
  | 'too-big'
  /** It unpacks to far more than text ever does. */
  | 'bomb'
  /** Not in the one folder that all others are in. */
  | 'outside';

export type ReadArchive =
  | Readonly<{ok: true; root: string; files: readonly EvidenceFile[]}>
  | Readonly<{ok: false; fault: ArchiveFault}>;

/** 100,000 files: a run has some hundred. */
const MOST_FILES = 100_000;
/** 2 GiB: everything is held in memory, and a transcript of hundreds of megabytes still fits. */
const MOST_BYTES = 2 ** 31;
/** Deflate packs a run of one byte 1,032 times; the most monotonous log stayed below 200. */
const MOST_RATIO = 400;
/** Below this a ratio says nothing: 64 KiB of blanks are nobody's bomb. */
const RATIO_FROM_BYTES = 65_536;

const REGULAR_FILE = 0o100000;
const TYPE_BITS = 0o170000;
const STORED = 0;
const DEFLATED = 8;

/** Portable names only: what Windows or a terminal would read otherwise has no business in a bundle. */
const PORTABLE = /^[\p{L}\p{M}\p{N}_.@+=,()' -]+(?:\/[\p{L}\p{M}\p{N}_.@+=,()' -]+)*$/u;
const isSafeName = (name: string): boolean =>
  validateFileName(name) === null &&
  PORTABLE.test(name) &&
  name.split('/').every((part) => part !== '..' && part !== '.' && part.trim() === part && !part.endsWith('.'));

const unsafeEntry = (entry: Entry): Unsafe | undefined => {
  if (!isSafeName(entry.fileName)) return entry.fileName.endsWith('/') ? 'not-a-file' : 'name';
  const type = (entry.externalFileAttributes >>> 16) & TYPE_BITS;
  if (type !== REGULAR_FILE) return 'not-a-file';
  if (entry.isEncrypted()) return 'encrypted';
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) return 'method';
  if (entry.uncompressedSize > RATIO_FROM_BYTES && entry.uncompressedSize > entry.compressedSize * MOST_RATIO)
    return 'bomb';
  return undefined;
};

class Refused extends Error {
  readonly fault: ArchiveFault;
  constructor(fault: ArchiveFault) {
    super(fault.code);
    this.fault = fault;
  }
}

const refuse = (entry: string, because: Unsafe): never => {
  throw new Refused({code: 'archive-unsafe', entry, because});
};

/** Every entry of the directory, looked at before a byte of any is unpacked. */
const entriesOf = async (zip: ZipFile, archiveBytes: number): Promise<readonly Entry[]> => {
  const entries: Entry[] = [];
  const names = new Set<string>();
  let unpacked = 0;
  let packed = 0;
  for await (const entry of zip.eachEntry()) {
    const {fileName} = entry;
    const unsafe = unsafeEntry(entry);
    if (unsafe !== undefined) refuse(fileName, unsafe);
    const folded = fileName.normalize('NFC').toLowerCase();
    if (names.has(folded)) refuse(fileName, 'duplicate');
    names.add(folded);
    unpacked += entry.uncompressedSize;
    packed += entry.compressedSize;
    if (unpacked > MOST_BYTES) refuse(fileName, 'too-big');
    // Entries that share their bytes unpack to more than the archive could hold.
    if (packed > archiveBytes) refuse(fileName, 'bomb');
    if (entries.push(entry) > MOST_FILES) refuse(fileName, 'too-many');
  }
  return entries;
};

/** The reader checks the size as it unpacks and ends the stream when it is another. */
const contentOf = async (zip: ZipFile, entry: Entry): Promise<Uint8Array> => {
  const header = await zip.readLocalFileHeaderPromise(entry);
  // Two readers of one archive must see one name: some go by the directory, some by the header before the bytes.
  if (header.fileName.toString('utf8') !== entry.fileName) refuse(entry.fileName, 'name');
  const chunks: Uint8Array[] = [];
  const stream = await zip.openReadStreamPromise(entry);
  for await (const chunk of stream as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return bytes.byteLength === entry.uncompressedSize ? bytes : refuse(entry.fileName, 'size');
};

const rootOf = (entries: readonly Entry[]): string => {
  const first = entries[0]?.fileName.split('/')[0] ?? '';
  const outside = entries.find(({fileName}) => !fileName.startsWith(`${first}/`));
  if (outside !== undefined) refuse(outside.fileName, 'outside');
  return first;
};

/** Nothing is written anywhere, whatever the archive says. */
export const readArchive = async (archive: Uint8Array): Promise<ReadArchive> => {
  try {
    const zip = await fromBufferPromise(Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength), {
      lazyEntries: true,
      strictFileNames: true,
      validateEntrySizes: true,
    });
    const entries = await entriesOf(zip, archive.byteLength);
    if (entries.length === 0) return {ok: false, fault: {code: 'archive-unreadable', detail: 'no entries'}};
    const root = rootOf(entries);
    const files: EvidenceFile[] = [];
    for (const entry of entries) {
      files.push({path: entry.fileName.slice(root.length + 1), bytes: await contentOf(zip, entry)});
    }
    return {ok: true, root, files};
  } catch (error) {
    if (error instanceof Refused) return {ok: false, fault: error.fault};
    // The reader's own words: a broken directory, a name that leads outside, bytes that do not unpack.
    return {
      ok: false,
      fault: {code: 'archive-unreadable', detail: error instanceof Error ? error.message : String(error)},
    };
  }
};
