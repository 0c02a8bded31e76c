// How an archive from a stranger is read: in pieces, within limits, and not at all when anything about it is odd.

import {Readable} from 'node:stream';
import {fromRandomAccessReaderPromise, RandomAccessReader, validateFileName, type Entry, type ZipFile} from 'yauzl';
import {partOf, type ByteRange, type Content} from '../core/content.ts';
import {TooBigForMemory} from './hashing.ts';

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
  | Readonly<{ok: true; root: string; files: readonly Content[]}>
  | Readonly<{ok: false; fault: ArchiveFault}>;

/** 100,000 files: a run has some hundred. */
const MOST_FILES = 100_000;
/** 64 GiB: nothing is written and little is held in memory; beyond it nobody waits for the hashes. */
const MOST_BYTES = 2 ** 36;
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

/** Thrown by reading a file of an archive: what it holds is known only once it is read. */
export class Refused extends Error {
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

/** What is wrong, of everything that reading an archive throws; a trouble of the disk is none of the archive. */
const refusedBy = (error: unknown): Error => {
  if (error instanceof Refused || !(error instanceof Error) || 'syscall' in error) return error as Error;
  if (error instanceof TooBigForMemory)
    return new Refused({code: 'archive-unsafe', entry: error.path, because: 'too-big'});
  // The reader's own words: a broken directory, a name that leads outside, bytes that do not unpack.
  return new Refused({code: 'archive-unreadable', detail: error.message});
};

/** Two readers of one archive must see one name: some go by the directory, some by the header before the bytes. */
const checkHeader = async (zip: ZipFile, entry: Entry): Promise<void> => {
  const header = await zip.readLocalFileHeaderPromise(entry);
  if (header.fileName.toString('utf8') !== entry.fileName) refuse(entry.fileName, 'name');
};

/** The reader checks the size as it unpacks and ends the stream when it is another. */
async function* chunksOf(zip: ZipFile, entry: Entry): AsyncIterable<Uint8Array> {
  let bytes = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      yield chunk;
    }
  } catch (error) {
    throw refusedBy(error);
  }
  if (bytes !== entry.uncompressedSize) refuse(entry.fileName, 'size');
}

const contentOf = (zip: ZipFile, entry: Entry, path: string): Content => ({
  path,
  bytes: entry.uncompressedSize,
  open: (range?: ByteRange) => (range === undefined ? chunksOf(zip, entry) : partOf(chunksOf(zip, entry), range)),
});

class ContentReader extends RandomAccessReader {
  readonly #archive: Content;
  constructor(archive: Content) {
    super();
    this.#archive = archive;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#archive.open({start, end}), {objectMode: false, highWaterMark: 2 ** 18});
  }
}

const rootOf = (entries: readonly Entry[]): string => {
  const first = entries[0]?.fileName.split('/')[0] ?? '';
  const outside = entries.find(({fileName}) => !fileName.startsWith(`${first}/`));
  if (outside !== undefined) refuse(outside.fileName, 'outside');
  return first;
};

/**
 * Nothing is written anywhere, whatever the archive says. Every name, type and size is judged here, before a file is
 * unpacked; reading a file throws `Refused` when its bytes are not what was said of them.
 */
export const readArchive = async (archive: Content): Promise<ReadArchive> => {
  try {
    const zip = await fromRandomAccessReaderPromise(new ContentReader(archive), archive.bytes, {
      autoClose: false,
      strictFileNames: true,
      validateEntrySizes: true,
    });
    const entries = await entriesOf(zip, archive.bytes);
    if (entries.length === 0) return {ok: false, fault: {code: 'archive-unreadable', detail: 'no entries'}};
    const root = rootOf(entries);
    for (const entry of entries) await checkHeader(zip, entry);
    const files = entries.map((entry) => contentOf(zip, entry, entry.fileName.slice(root.length + 1)));
    return {ok: true, root, files};
  } catch (error) {
    const refused = refusedBy(error);
    if (refused instanceof Refused) return {ok: false, fault: refused.fault};
    throw refused;
  }
};
