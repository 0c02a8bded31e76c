// How a run becomes a bundle on the disk: copied and hashed in pieces, described, signed, packed, and named once it is whole.

import {basename, resolve} from 'node:path';
import {isReplaceable, openBundleFolder, writeArchive, type BundleFolder} from '../adapters/bundle-writer.ts';
import {evidenceFiles, partOnDisk} from '../adapters/evidence-files.ts';
import {errorMessage, isFileTrouble} from '../adapters/files.ts';
import type {RunDirectory} from '../adapters/run-directory.ts';
import type {Content} from '../core/content.ts';
import type {Damaged} from '../core/damaged.ts';
import {archiveOf} from '../evidence/archive.ts';
import {PAYLOAD, signedIn, tagFiles, type BagInfo} from '../evidence/bag.ts';
import type {Hashed} from '../evidence/hashing.ts';
import {payloadOf} from '../evidence/payload.ts';
import {damagedIn, sealedIn} from '../evidence/sealed.ts';
import {STATEMENT, statementText} from '../evidence/statement.ts';
import {derivedEvidence} from './derived-evidence.ts';
import {readWhole, type ReadRun} from './read-run.ts';
import {signatureFiles} from './signing.ts';
import type {StartTrouble} from './trouble.ts';
import {VERSION} from './version.ts';

export type ExportPhase = 'copying' | 'reporting' | 'signing' | 'packing';

/** Bytes of all phases together, so that one bar is enough. */
export type ExportProgress = Readonly<{phase: ExportPhase; doneBytes: number; totalBytes: number}>;

export type ExportOrder = Readonly<{
  directory: RunDirectory;
  /** The archive, `NAME.zip`; the directory is `NAME` beside it. Without it, the run's name in the working directory. */
  output?: string;
  /** Signs the bundle: a private key's file, or a public one whose private half an agent has. */
  key?: string;
  /** With a key: a program that gets an RFC 3161 timestamp of the signature. */
  timestamp?: string;
  env: Readonly<Record<string, string | undefined>>;
  /** True when a passphrase may be asked for on the terminal: never while a screen is shown. */
  terminal: boolean;
  onProgress?: (progress: ExportProgress) => void;
  /** Ends the work between two pieces; what was begun is removed, an earlier bundle stays. */
  signal?: AbortSignal;
}>;

export type Exported =
  | Readonly<{
      status: 'written';
      archive: string;
      directory: string;
      files: number;
      bytes: number;
      /** What the run sealed and the bundle has otherwise or not at all: written nevertheless, evidence is never withheld. */
      damaged: readonly Damaged[];
    }>
  | Readonly<{status: 'stopped'}>
  | Readonly<{status: 'failed'; trouble: StartTrouble}>;

type Tell = (bytes: number) => void;

/** Names what made it, and nothing that differs from machine to machine. */
const infoOf = ({directory, state, opened}: ReadRun): BagInfo => ({
  identifier: directory.run,
  date: (state.at ?? opened.at).slice(0, 10),
  software: `attempt-runbook ${VERSION}`,
});

type Filled = Readonly<{payload: readonly Hashed[]; statement: Uint8Array; damaged: readonly Damaged[]}>;

/** The run's files under `data/`, then what is made from them: from the copies, which nobody writes to any more. */
const fill = async (
  bag: BundleFolder,
  {journal, state, runbook}: ReadRun,
  files: readonly Content[],
  tell: Tell,
  enter: (phase: ExportPhase) => void,
): Promise<Filled> => {
  enter('copying');
  const taken: Hashed[] = [];
  for (const file of files) taken.push(await bag.copy(file, `${PAYLOAD}${file.path}`, tell));
  // By the hashes of the copies: what is said is said of the bundle, whatever becomes of the run directory.
  const present = new Map(taken.map((copy) => [copy.path.slice(PAYLOAD.length), copy]));
  const damaged = damagedIn(present, sealedIn(journal.events));
  enter('reporting');
  const copies = files.map(({path}) => ({...bag.content(`${PAYLOAD}${path}`), path}));
  for (const {path, bytes} of await derivedEvidence(runbook, payloadOf(copies), {...journal, state}))
    taken.push(await bag.write(`${PAYLOAD}${path}`, bytes));
  const end = {...journal, events: journal.events.length};
  const statement = new TextEncoder().encode(statementText(state, end, taken));
  taken.push(await bag.write(`${PAYLOAD}${STATEMENT}`, statement));
  return {payload: taken, statement, damaged};
};

const write = async (order: ExportOrder, read: ReadRun, archive: string, folder: string): Promise<Exported> => {
  const {key, timestamp, env, terminal, onProgress = () => undefined, signal} = order;
  const {path, journal} = read.directory;
  const run = [
    // As it was when its events were read: it may have grown since.
    partOnDisk(journal, 'journal.ndjson', read.journal.bytes),
    ...evidenceFiles({path}),
  ];
  const totalBytes = 2 * run.reduce((sum, {bytes}) => sum + bytes, 0);
  let phase: ExportPhase = 'copying';
  let doneBytes = 0;
  const tell: Tell = (bytes) => {
    signal?.throwIfAborted();
    doneBytes = Math.min(totalBytes, doneBytes + bytes);
    onProgress({phase, doneBytes, totalBytes});
  };
  const enter = (next: ExportPhase): void => {
    phase = next;
    tell(0);
  };
  const bag = openBundleFolder(folder);
  try {
    const {payload, statement, damaged} = await fill(bag, read, run, tell, enter);
    const tags = tagFiles(infoOf(read), payload);
    for (const tag of tags) await bag.write(tag.path, tag.bytes);
    const paths = [...payload, ...tags].map((file) => file.path);
    if (key !== undefined) {
      enter('signing');
      const signed = await signatureFiles({
        signed: signedIn(tags),
        statement,
        paths,
        key,
        env,
        terminal,
        ...(timestamp === undefined ? {} : {timestamp}),
      });
      if (!signed.ok) return failed(signed.trouble);
      for (const file of signed.value) {
        await bag.write(file.path, file.bytes);
        paths.push(file.path);
      }
    }
    enter('packing');
    const files = paths.map((name) => bag.content(name));
    await writeArchive(archive, archiveOf(basename(folder), files), tell);
    await bag.publish();
    return {
      status: 'written',
      archive,
      directory: folder,
      files: files.length,
      bytes: files.reduce((sum, {bytes}) => sum + bytes, 0),
      damaged,
    };
  } finally {
    await bag.discard();
  }
};

const failed = (of: StartTrouble): Exported => ({status: 'failed', trouble: of});

export const exportBundle = async (order: ExportOrder): Promise<Exported> => {
  if (order.timestamp !== undefined && order.key === undefined)
    return failed({code: 'signature', problem: {code: 'key-missing'}});
  const read = readWhole(order.directory);
  if (!read.ok) return failed(read.trouble);
  const archive = resolve(order.output ?? `${order.directory.run}-evidence.zip`);
  const folder = archive.endsWith('.zip') ? archive.slice(0, -'.zip'.length) : `${archive}.d`;
  try {
    if (!isReplaceable(folder)) return failed({code: 'not-a-bundle', path: folder});
    return await write(order, read.value, archive, folder);
  } catch (error) {
    if (order.signal?.aborted === true) return {status: 'stopped'};
    if (!isFileTrouble(error)) throw error;
    return failed({code: 'file-not-written', path: archive, message: errorMessage(error)});
  }
};
