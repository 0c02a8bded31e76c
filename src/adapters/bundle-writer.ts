// How a bundle gets its final name only once it is whole, and how the one before stays until then.

import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {open, type FileHandle} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {inMemory, type Content} from '../core/content.ts';
import {DIRECTORY_MODE, FILE_MODE, makeDirectories, removeIfPossible, syncDirectory, writeWhole} from './files.ts';
import {contentOnDisk} from './evidence-files.ts';

/** Told how many bytes were written since it was told last. Throws to end the work. */
type Tell = (bytes: number) => void;

type Hashed = Readonly<{path: string; bytes: number; sha256: string}>;

/** 32: each is an open file. */
const MOST_SYNCING = 32;

/** Takes every byte of a stream into a new file. @param see is given each piece while it is on its way to the disk. */
const writeStream = async (
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  see: (chunk: Uint8Array) => void,
): Promise<FileHandle> => {
  const file = await open(path, 'w', FILE_MODE);
  try {
    for await (const chunk of chunks) {
      const writing = file.write(chunk);
      try {
        see(chunk);
      } finally {
        // Whoever looks may end the work: the write is waited for all the same.
        await Promise.allSettled([writing]);
      }
      const written = await writing;
      // On a full disk a write takes a part of what it was given, and says so only by its count.
      for (let done = written.bytesWritten; done < chunk.byteLength; )
        done += (await file.write(chunk, done)).bytesWritten;
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
};

const synced = async (file: FileHandle): Promise<void> => {
  try {
    await file.sync();
  } finally {
    await file.close();
  }
};

const isAtWork = (pid: number): boolean => {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Names beside the final one that say who works there: `NAME.4711.partial`, `NAME.4711.earlier`. */
const asideOf = (path: string, kind: 'partial' | 'earlier'): string => `${path}.${process.pid}.${kind}`;

/** What processes that were killed have left: half a bundle goes; the earlier one gets its name back if nothing has it. */
const tidy = (path: string): void => {
  const folder = dirname(path);
  if (!existsSync(folder)) return;
  const name = basename(path);
  for (const entry of readdirSync(folder)) {
    const [, pid, kind] =
      /^\.(\d+)\.(partial|earlier)$/.exec(entry.startsWith(name) ? entry.slice(name.length) : '') ?? [];
    if (pid === undefined || isAtWork(Number(pid))) continue;
    if (kind === 'earlier' && !existsSync(path)) renameSync(join(folder, entry), path);
    else rmSync(join(folder, entry), {recursive: true, force: true});
  }
};

/** Whether a folder may be replaced: it is not there, or it is a bundle of ours. */
export const isReplaceable = (folder: string): boolean => {
  if (!existsSync(folder)) return true;
  try {
    return readFileSync(join(folder, 'bag-info.txt'), 'utf8').startsWith('Bag-Software-Agent: attempt-runbook ');
  } catch {
    // No bag, or one that cannot be read: either way it is not for us to remove.
    return false;
  }
};

export type BundleFolder = Readonly<{
  /** Takes a file in, in pieces, and says what it is now. */
  copy: (content: Content, path: string, tell: Tell) => Promise<Hashed>;
  write: (path: string, bytes: Uint8Array) => Promise<Hashed>;
  /** A file as it was written. */
  content: (path: string) => Content;
  /** The folder gets its final name, once every file in it is on the disk. */
  publish: () => Promise<void>;
  /** Takes back what was begun; without effect once it is published. */
  discard: () => Promise<void>;
}>;

export const openBundleFolder = (path: string): BundleFolder => {
  makeDirectories(dirname(path));
  tidy(path);
  const partial = asideOf(path, 'partial');
  mkdirSync(partial, {mode: DIRECTORY_MODE});
  const folders = new Set<string>([partial]);
  const place = (name: string): string => {
    const at = join(partial, name);
    for (let folder = dirname(at); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
    mkdirSync(dirname(at), {recursive: true, mode: DIRECTORY_MODE});
    return at;
  };
  // The disk takes the files of before while the next ones are read; a failure is found when all are waited for.
  const syncing: Promise<void>[] = [];
  const allSynced = async (): Promise<void> => {
    const results = await Promise.allSettled(syncing.splice(0));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  };
  const taken = async (name: string, content: Content, tell: Tell): Promise<Hashed> => {
    const hash = createHash('sha256');
    let bytes = 0;
    const file = await writeStream(place(name), content.open(), (chunk) => {
      hash.update(chunk);
      bytes += chunk.byteLength;
      tell(chunk.byteLength);
    });
    const syncs = synced(file);
    // Waited for later: until then a failure that nobody looks at would end the process as a bug of ours.
    syncs.catch(() => undefined);
    syncing.push(syncs);
    if (syncing.length >= MOST_SYNCING) await allSynced();
    return {path: name, bytes, sha256: hash.digest('hex')};
  };
  return {
    copy: (content, name, tell) => taken(name, content, tell),
    write: (name, bytes) => taken(name, inMemory(name, bytes), () => undefined),
    content: (name) => contentOnDisk(join(partial, name), name),
    publish: async () => {
      await allSynced();
      for (const folder of folders) syncDirectory(folder);
      const earlier = asideOf(path, 'earlier');
      const isThere = existsSync(path);
      // A folder cannot take the place of another one in one step: the earlier one waits beside it.
      if (isThere) renameSync(path, earlier);
      renameSync(partial, path);
      syncDirectory(dirname(path));
      if (isThere) rmSync(earlier, {recursive: true, force: true});
    },
    discard: async () => {
      await Promise.allSettled(syncing);
      removeIfPossible(partial);
    },
  };
};

/** The archive appears under its name whole, or not at all. */
export const writeArchive = async (path: string, chunks: AsyncIterable<Uint8Array>, tell: Tell): Promise<void> => {
  makeDirectories(dirname(path));
  tidy(path);
  const partial = asideOf(path, 'partial');
  try {
    await synced(await writeStream(partial, chunks, ({byteLength}) => tell(byteLength)));
    renameSync(partial, path);
  } catch (error) {
    removeIfPossible(partial);
    throw error;
  }
  syncDirectory(dirname(path));
};

/** One more file in a bundle that is there, under its name once it is whole. */
export const addToBundle = (folder: string, path: string, bytes: Uint8Array): void => {
  makeDirectories(dirname(join(folder, path)));
  writeWhole(join(folder, path), bytes);
};
