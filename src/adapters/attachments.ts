// How a file that a person hands over gets into the run directory: whole or not at all, and text without its secrets.

import {isUtf8} from 'node:buffer';
import {constants} from 'node:fs';
import {open, rename, writeFile, type FileHandle} from 'node:fs/promises';
import {existsSync, readdirSync} from 'node:fs';
import {basename, dirname, extname, join} from 'node:path';
import {StringDecoder} from 'node:string_decoder';
import {setImmediate as othersHadTheirTurn} from 'node:timers/promises';
import {MOST_ATTACHED_BYTES, type AttachProblem, type Attachments} from '../core/attachment.ts';
import type {Artifact} from '../core/facts.ts';
import {createRedactor, redactText, type Redaction} from '../evidence/redaction.ts';
import {
  errorCode,
  errorMessage,
  FILE_MODE,
  hashFile,
  makeDirectories,
  removeIfPossible,
  syncDirectory,
} from './files.ts';

export const ATTACHMENTS = 'artifacts/attachments';

/** 64 KiB at a time, some 3 ms: 32 MB in one go would keep a running step and the keys waiting for a second. */
const PIECE = 64 * 1024;

const textTypes: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.xml': 'application/xml',
  '.svg': 'image/svg+xml',
};

const signatures: readonly Readonly<{bytes: readonly number[]; mediaType: string; extension: string}>[] = [
  {bytes: [0x89, 0x50, 0x4e, 0x47], mediaType: 'image/png', extension: '.png'},
  {bytes: [0xff, 0xd8, 0xff], mediaType: 'image/jpeg', extension: '.jpg'},
  {bytes: [0x47, 0x49, 0x46, 0x38], mediaType: 'image/gif', extension: '.gif'},
  {bytes: [0x25, 0x50, 0x44, 0x46], mediaType: 'application/pdf', extension: '.pdf'},
];

type Kind = Readonly<{mediaType: string; extension: string; isText: boolean}>;

/** What it is, by its bytes: a name may say anything. */
const kindOf = (bytes: Uint8Array, fileName: string): Kind => {
  const known = signatures.find((of) => of.bytes.every((byte, at) => bytes[at] === byte));
  // A PDF without an image in it can be valid UTF-8, and is no text all the same.
  if (known !== undefined) return {...known, isText: false};
  if (!isUtf8(bytes) || bytes.includes(0)) {
    return {mediaType: 'application/octet-stream', extension: '.bin', isText: false};
  }
  const extension = extname(fileName).toLowerCase();
  const mediaType = textTypes[extension];
  return mediaType === undefined
    ? {mediaType: 'text/plain; charset=utf-8', extension: extension === '.log' ? '.log' : '.txt', isText: true}
    : {mediaType, extension, isText: true};
};

/** Letters, digits and dashes, at most forty: archives, shells and other systems take it as it stands. */
const stemOf = (fileName: string): string =>
  basename(fileName, extname(fileName))
    .replaceAll(/[^A-Za-z0-9-]+/g, '_')
    .replaceAll(/^[_-]+|[_-]+$/g, '')
    .slice(0, 40) || 'file';

const freePath = (root: string, stem: string, extension: string): string => {
  const folder = join(root, ATTACHMENTS);
  makeDirectories(folder);
  const taken = readdirSync(folder).length;
  for (let nth = taken + 1; ; nth += 1) {
    const path = `${ATTACHMENTS}/${`${nth}`.padStart(3, '0')}-${stem}${extension}`;
    if (!existsSync(join(root, path)) && !existsSync(join(root, `${path}.partial`))) return path;
  }
};

const refusedOpen = (error: unknown, path: string): AttachProblem => {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {code: 'missing', path};
    case 'ELOOP':
      return {code: 'link', path};
    case 'ENXIO':
    case 'ENODEV':
      return {code: 'not-a-file', path};
    case 'EISDIR':
      return {code: 'directory', path};
    default:
      return {code: 'unreadable', path, message: errorMessage(error)};
  }
};

type Read = Readonly<{ok: true; bytes: Uint8Array}> | Readonly<{ok: false; problem: AttachProblem}>;

const refuse = (problem: AttachProblem): Readonly<{ok: false; problem: AttachProblem}> => ({ok: false, problem});

/** One byte more than is taken: a file that grows while it is read is not cut off unnoticed. */
const wholeOf = async (file: FileHandle, path: string, most: number): Promise<Read> => {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const {bytesRead, buffer} = await file.read(Buffer.allocUnsafe(1024 * 1024), 0, 1024 * 1024, null);
    if (bytesRead === 0) break;
    total += bytesRead;
    if (total > most) return refuse({code: 'too-big', path, mostBytes: most});
    chunks.push(buffer.subarray(0, bytesRead));
  }
  return total === 0 ? refuse({code: 'empty', path}) : {ok: true, bytes: Buffer.concat(chunks)};
};

/** What is opened is what is looked at and read: nobody can put a link or a pipe in its place in between. */
const readSource = async (path: string, most: number): Promise<Read> => {
  let file: FileHandle;
  try {
    // Without NONBLOCK a pipe that nobody writes into would keep us for ever.
    // oxlint-disable-next-line no-bitwise
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return refuse(refusedOpen(error, path));
  }
  try {
    const found = await file.stat();
    if (found.isDirectory()) return refuse({code: 'directory', path});
    if (!found.isFile()) return refuse({code: 'not-a-file', path});
    if (found.size > most) return refuse({code: 'too-big', path, mostBytes: most});
    return await wholeOf(file, path, most);
  } catch (error) {
    return refuse({code: 'unreadable', path, message: errorMessage(error)});
  } finally {
    await file.close();
  }
};

type Content = Readonly<{bytes: Uint8Array; redactions: NonNullable<Artifact['redactions']>}>;

const withoutSecrets = async (bytes: Uint8Array, known: Redaction): Promise<Content> => {
  const redactor = createRedactor(known);
  const decoder = new StringDecoder('utf8');
  const safe: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    safe.push(Buffer.from(redactor.push(decoder.write(bytes.subarray(at, at + PIECE))), 'utf8'));
    await othersHadTheirTurn();
  }
  safe.push(Buffer.from(redactor.end(), 'utf8'));
  return {bytes: Buffer.concat(safe), redactions: redactor.redactions()};
};

/** Whole or not at all, and hashed as it lies there; what takes long is done by Node's own threads. */
const writtenWhole = async (path: string, bytes: Uint8Array): Promise<string> => {
  const partial = `${path}.partial`;
  await writeFile(partial, bytes, {mode: FILE_MODE, flush: true});
  const {sha256} = await hashFile(partial);
  await rename(partial, path);
  syncDirectory(dirname(path));
  return sha256;
};

/**
 * @param root the run directory.
 * @param known what must not be stored.
 * @param most bytes of a file.
 */
export const attachmentsOf = (root: string, known: Redaction, most = MOST_ATTACHED_BYTES): Attachments => ({
  keep: async (source) => {
    const read = await readSource(source, most);
    if (!read.ok) return read;
    const fileName = redactText(basename(source), known).text;
    const {mediaType, extension, isText} = kindOf(read.bytes, fileName);
    const content = isText ? await withoutSecrets(read.bytes, known) : {bytes: read.bytes, redactions: {}};
    let path = `${ATTACHMENTS}/${stemOf(fileName)}${extension}`;
    let sha256: string;
    try {
      path = freePath(root, stemOf(fileName), extension);
      sha256 = await writtenWhole(join(root, path), content.bytes);
    } catch (error) {
      removeIfPossible(join(root, `${path}.partial`));
      return refuse({code: 'not-kept', path, message: errorMessage(error)});
    }
    const {bytes, redactions} = content;
    const artifact = {
      path,
      bytes: bytes.byteLength,
      sha256,
      mediaType,
      ...(Object.keys(redactions).length === 0 ? {} : {redactions}),
    };
    return {ok: true, value: {artifact, fileName, scanned: isText}};
  },
  discard: ({artifact}) => removeIfPossible(join(root, artifact.path)),
});
