// attempt-runbook export: everything a run has as a BagIt bag, in a directory and in one archive.

import {basename, resolve} from 'node:path';
import {evidenceFiles, writeArchive, writeDirectory} from '../adapters/evidence-files.ts';
import {errorMessage} from '../adapters/files.ts';
import {archiveOf} from '../evidence/archive.ts';
import {signBytes} from '../adapters/ssh-signature.ts';
import {bagOf, signedBytes, withSignature} from '../evidence/bag.ts';
import type {ExitCode} from '../ui/text/exit.ts';
import {jsonLine} from '../ui/plain/json-line.ts';
import type {CliContext} from './context.ts';
import {derivedEvidence} from './derived-evidence.ts';
import {readNamed} from './read-run.ts';
import {showTrouble} from './show.ts';
import {VERSION} from './version.ts';

/** Whether somebody is there to type a passphrase. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Names the zlib that packs the archive: with the same one, a verifier makes the same archive from its files. */
const software = (): string => `attempt-runbook ${VERSION} zlib ${process.versions.zlib}`;

/**
 * @param output the archive, `NAME.zip`; the directory is `NAME` beside it.
 * @param key signs the bundle: a private key's file, or a public one whose private half an agent has.
 */
export const exportEvidence = async (
  context: CliContext,
  run: string | undefined,
  output: string | undefined,
  key?: string,
): Promise<ExitCode> => {
  const read = readNamed(context, run);
  if (!read.ok) return showTrouble(context, read.trouble);
  const {directory, state, runbook, journal, opened} = read.value;
  const archive = resolve(output ?? `${directory.run}-evidence.zip`);
  const folder = archive.endsWith('.zip') ? archive.slice(0, -'.zip'.length) : `${archive}.d`;
  const {head, tornBytes, damage} = journal;
  const end = {events: journal.events.length, head, tornBytes, ...(damage === undefined ? {} : {damage})};
  const info = {identifier: directory.run, date: (state.at ?? opened.at).slice(0, 10), software: software()};
  const bag = bagOf(info, [...evidenceFiles(directory), ...derivedEvidence(runbook, state, end)]);
  const signed = key === undefined ? undefined : await signBytes(signedBytes(bag), key, context.env, canAsk());
  if (signed?.ok === false) return showTrouble(context, {code: 'signature', problem: signed.problem});
  const files = signed === undefined ? bag : withSignature(bag, signed.signature);
  try {
    writeDirectory(folder, files);
    writeArchive(archive, await archiveOf(basename(folder), files));
  } catch (error) {
    return showTrouble(context, {code: 'file-not-written', path: archive, message: errorMessage(error)});
  }
  if (context.options.json === true) context.out(jsonLine({archive, directory: folder, files: files.length}));
  else {
    context.out(archive);
    context.out(`${folder}/  (${files.length})`);
  }
  return 0;
};
