// What can be on a disk after the power went, given everything that a process did to a folder until then?
//
// Between the process and the real file system stands a recorder. After each operation it looks at the whole folder and
// keeps, for every directory and every file apart, what is certain to survive (as of its last sync) and what else may be
// found: every name and every content since then. A crash state picks one of those for each of them, independently.

import fs from 'node:fs';
import {syncBuiltinESMExports} from 'node:module';
import {join} from 'node:path';

const SECTOR = 512;

type Inode = number;
type Name = Readonly<{inode: Inode; isDirectory: boolean}> | undefined;

/** The value that is certain, and those that were written after it and may or may not have arrived. */
type Pending<T> = {certain: T; since: T[]};

type Disk = {
  /** By inode of the directory, then by name. */
  names: Map<Inode, Map<string, Pending<Name>>>;
  contents: Map<Inode, Pending<Buffer>>;
};

export type Moment = Readonly<{
  /** The operation after which the power goes. */
  what: string;
  disk: Disk;
  /** Records that the session had been told were written. */
  acknowledged: number;
}>;

export type Recorder = Readonly<{
  moments: readonly Moment[];
  acknowledge: () => void;
  /** From now on this sync fails, and the system then takes the bytes for written although they are not. */
  failSync: (ofName: string) => void;
  stop: () => void;
}>;

const copied = (disk: Disk): Disk => ({
  names: new Map(
    [...disk.names].map(([inode, of]) => [
      inode,
      new Map([...of].map(([name, {certain, since}]) => [name, {certain, since: [...since]}])),
    ]),
  ),
  contents: new Map([...disk.contents].map(([inode, {certain, since}]) => [inode, {certain, since: [...since]}])),
});

/** Functions that change names or sizes and are looked at afterwards; the others need more. */
const watched = ['renameSync', 'linkSync', 'mkdirSync', 'rmSync', 'truncateSync'] as const;
const patched = [...watched, 'openSync', 'closeSync', 'writeSync', 'fsyncSync', 'writeFileSync'] as const;
const patchedPromises = ['rename', 'rm'] as const;

const nothing = Buffer.alloc(0);

export const recordFolder = (root: string): Recorder => {
  const real = {...fs, promises: {...fs.promises}};
  const disk: Disk = {names: new Map(), contents: new Map()};
  const moments: Moment[] = [];
  const open = new Map<number, string>();
  /** Bytes that a failed sync has left in memory only, by inode: [from, to). */
  const forgotten = new Map<Inode, [number, number]>();
  const rootInode = real.statSync(root).ino;
  let acknowledged = 0;
  let failing: string | undefined;
  const isInside = (path: unknown): path is string => typeof path === 'string' && path.startsWith(root);

  const noticeName = (directory: Inode, name: string, now: Name): void => {
    const names = disk.names.get(directory) ?? new Map<string, Pending<Name>>();
    disk.names.set(directory, names);
    const known = names.get(name) ?? {certain: undefined, since: []};
    names.set(name, known);
    const last = known.since.length > 0 ? known.since.at(-1) : known.certain;
    if (last?.inode !== now?.inode) known.since.push(now);
  };

  const noticeContent = (inode: Inode, now: Buffer): void => {
    const known = disk.contents.get(inode) ?? {certain: nothing, since: []};
    disk.contents.set(inode, known);
    if (!(known.since.at(-1) ?? known.certain).equals(now)) known.since.push(now);
  };

  const look = (directory: string, inode: Inode): void => {
    const entries = real.readdirSync(directory, {withFileTypes: true});
    for (const name of disk.names.get(inode)?.keys() ?? []) {
      if (!entries.some((entry) => entry.name === name)) noticeName(inode, name, undefined);
    }
    for (const entry of entries) {
      const path = join(directory, entry.name);
      const of = real.statSync(path).ino;
      noticeName(inode, entry.name, {inode: of, isDirectory: entry.isDirectory()});
      if (entry.isDirectory()) look(path, of);
      else noticeContent(of, real.readFileSync(path));
    }
  };

  const after = (what: string): void => {
    look(root, rootInode);
    moments.push({what, disk: copied(disk), acknowledged});
  };

  const synced = (path: string): void => {
    look(root, rootInode);
    const {ino} = real.statSync(path);
    if (real.statSync(path).isDirectory()) {
      for (const [name, {certain, since}] of disk.names.get(ino) ?? []) {
        disk.names.get(ino)?.set(name, {certain: since.length > 0 ? since.at(-1) : certain, since: []});
      }
    } else {
      const bytes = Buffer.from(real.readFileSync(path));
      const lost = forgotten.get(ino);
      if (lost !== undefined) bytes.fill(0, ...lost);
      disk.contents.set(ino, {certain: bytes, since: lost === undefined ? [] : [real.readFileSync(path)]});
    }
    after(`sync ${path.slice(root.length)}`);
  };

  fs.openSync = ((path: string, ...rest: unknown[]) => {
    const descriptor = (real.openSync as (...of: unknown[]) => number)(path, ...rest);
    if (isInside(path)) {
      open.set(descriptor, path);
      if (rest[0] !== 'r') after(`open ${path.slice(root.length)}`);
    }
    return descriptor;
  }) as typeof fs.openSync;
  fs.closeSync = (descriptor) => {
    open.delete(descriptor);
    real.closeSync(descriptor);
  };
  fs.writeSync = ((descriptor: number, bytes: Buffer, offset: number, length: number, position: number | null) => {
    const written = real.writeSync(descriptor, bytes, offset, length, position);
    const path = open.get(descriptor);
    if (path === undefined) return written;
    const {ino} = real.statSync(path);
    const lost = forgotten.get(ino);
    // What is written again is dirty again, and the next sync takes it along.
    if (lost !== undefined && position !== null && position <= lost[0] && position + written >= lost[1]) {
      forgotten.delete(ino);
    }
    after(`write ${path.slice(root.length)}`);
    return written;
  }) as typeof fs.writeSync;
  fs.fsyncSync = (descriptor) => {
    const path = open.get(descriptor);
    if (path !== undefined && failing !== undefined && path.endsWith(failing)) {
      failing = undefined;
      const {ino} = real.statSync(path);
      forgotten.set(ino, [disk.contents.get(ino)?.certain.length ?? 0, real.statSync(path).size]);
      throw Object.assign(new Error('EIO: i/o error, fsync'), {code: 'EIO'});
    }
    real.fsyncSync(descriptor);
    if (path !== undefined) synced(path);
  };
  fs.writeFileSync = ((path: string, data: string | Buffer, options: Readonly<{flush?: boolean; mode?: number}>) => {
    const {flush, ...others} = options;
    real.writeFileSync(path, data, others);
    if (!isInside(path)) return;
    after(`write ${path.slice(root.length)}`);
    if (flush === true) synced(path);
  }) as typeof fs.writeFileSync;
  for (const name of watched) {
    (fs as unknown as Record<string, unknown>)[name] = (...of: unknown[]) => {
      const result = (real[name] as (...of: unknown[]) => unknown)(...of);
      if (isInside(of[0])) after(`${name} ${of[0].slice(root.length)}`);
      return result;
    };
  }
  for (const name of patchedPromises) {
    (fs.promises as unknown as Record<string, unknown>)[name] = async (...of: unknown[]) => {
      await (real.promises[name] as (...of: unknown[]) => Promise<unknown>)(...of);
      if (isInside(of[0])) after(`${name} ${of[0].slice(root.length)}`);
    };
  }
  // The product imports these functions by name; this brings the names up to date.
  syncBuiltinESMExports();
  return {
    moments,
    acknowledge: () => {
      acknowledged += 1;
    },
    failSync: (name) => {
      failing = name;
    },
    stop: () => {
      for (const name of patched) (fs as unknown as Record<string, unknown>)[name] = real[name];
      for (const name of patchedPromises)
        (fs.promises as unknown as Record<string, unknown>)[name] = real.promises[name];
      syncBuiltinESMExports();
    },
  };
};

/** Which of the possible values is found; 'certain' loses everything that was not synced, 'last' loses nothing. */
export type Luck = 'certain' | 'last' | (() => number);

const pick = <T>({certain, since}: Pending<T>, luck: Luck): T => {
  const all = [certain, ...since];
  if (luck === 'certain') return certain;
  return all[luck === 'last' ? all.length - 1 : Math.floor(luck() * all.length)] as T;
};

/** Of bytes that were appended and not synced any sector may be missing, which reads as zeros, and the end may be cut anywhere. */
const tear = (certain: Buffer, wanted: Buffer, random: () => number): Buffer => {
  if (wanted.length <= certain.length) return wanted;
  const isWhole = random() < 0.3;
  const span = wanted.length - certain.length;
  const end = isWhole ? wanted.length : certain.length + Math.floor(random() * (span + 1));
  const bytes = Buffer.from(wanted.subarray(0, end));
  for (let sector = Math.floor(certain.length / SECTOR); sector * SECTOR < end; sector += 1) {
    if (random() < 0.4) bytes.fill(0, Math.max(certain.length, sector * SECTOR), Math.min(end, (sector + 1) * SECTOR));
  }
  return bytes;
};

/** Lays out in `into` what is found when the power comes back. */
export const layOut = ({disk}: Moment, root: Inode, into: string, luck: Luck): void => {
  for (const [name, pending] of disk.names.get(root) ?? []) {
    const found = pick(pending, luck);
    if (found === undefined) continue;
    const path = join(into, name);
    if (found.isDirectory) {
      fs.mkdirSync(path, {mode: 0o700});
      layOut({disk, what: '', acknowledged: 0}, found.inode, path, luck);
      continue;
    }
    const content = disk.contents.get(found.inode) ?? {certain: nothing, since: []};
    const wanted = pick(content, luck);
    fs.writeFileSync(path, typeof luck === 'string' ? wanted : tear(content.certain, wanted, luck), {mode: 0o600});
  }
};
