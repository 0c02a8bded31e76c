// attempt-runbook verify and sign: whether a bundle holds what it says, asked of its bytes alone, and who says so with a
// key; no network, no run, no database.

import {basename, resolve} from 'node:path';
import {addToBundle, writeArchive} from '../../adapters/bundle-writer.ts';
import {openEvidence} from '../../adapters/evidence-files.ts';
import {errorMessage, isFileTrouble} from '../../adapters/files.ts';
import {signBytes} from '../../adapters/ssh-signature.ts';
import {inMemory} from '../../core/content.ts';
import {archiveOf} from '../../evidence/archive.ts';
import {nextSignature} from '../../evidence/bag.ts';
import {readArchive} from '../../evidence/read-archive.ts';
import {jsonLine} from '../../ui/plain/json-line.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import {faultLines, signedText, verifiedLines} from '../../ui/text/verification.ts';
import {visibleLine} from '../../ui/text/visible.ts';
import type {CliContext} from '../context.ts';
import {canAsk} from '../export-evidence.ts';
import {showTrouble} from '../show.ts';
import {verifyBundle, type CheckedBundle, type VerifyOrder} from '../verify-bundle.ts';

const jsonOf = (checked: CheckedBundle): object => {
  if (!checked.ok) return {ok: false, fault: checked.fault};
  const {state, signatures: _, signed: __, ...rest} = checked.verified;
  return {ok: true, run: state.opened, closed: state.closed ?? null, ...rest, signedBy: checked.signedBy};
};

const print = (context: CliContext, path: string, checked: CheckedBundle): void => {
  if (context.options.json === true) {
    context.out(jsonLine({path, ...jsonOf(checked)}));
    return;
  }
  const lines = checked.ok
    ? verifiedLines(checked.verified, checked.signedBy, context.locale)
    : faultLines(checked.fault, context.locale);
  for (const line of lines) (checked.ok ? context.out : context.err)(visibleLine(line));
};

/** Undefined once it was said why there is nothing to check. */
const check = async (context: CliContext, order: VerifyOrder): Promise<CheckedBundle | ExitCode> => {
  try {
    return await verifyBundle(order);
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return showTrouble(context, {code: 'evidence-unreadable', path: order.path, message: errorMessage(error)});
  }
};

export const verify = async (
  context: CliContext,
  path: string,
  allowedSigners: string | undefined,
): Promise<ExitCode> => {
  const {env} = context;
  const checked = await check(context, {path, env, ...(allowedSigners === undefined ? {} : {allowedSigners})});
  if (typeof checked === 'number') return checked;
  print(context, path, checked);
  return checked.ok ? 0 : 65;
};

/** The signature goes into the directory, or the archive is packed anew with it. */
const addSignature = async (path: string, signature: Uint8Array): Promise<void> => {
  const evidence = openEvidence(path);
  if ('files' in evidence) {
    addToBundle(path, nextSignature(evidence.files.map((file) => file.path)), signature);
    return;
  }
  const read = await readArchive(evidence.archive);
  if (!read.ok) throw new Error(read.fault.code);
  const place = nextSignature(read.files.map((file) => file.path));
  const packed = archiveOf(read.root, [...read.files, inMemory(place, signature)]);
  await writeArchive(path, packed, () => undefined);
};

/** Nobody puts his name to a bundle that is not whole: it is verified first. */
export const sign = async (context: CliContext, path: string, key: string): Promise<ExitCode> => {
  const checked = await check(context, {path, env: context.env});
  if (typeof checked === 'number') return checked;
  if (!checked.ok) {
    print(context, path, checked);
    return 65;
  }
  const signed = await signBytes(checked.verified.signed, resolve(key), context.env, canAsk());
  if (!signed.ok) return showTrouble(context, {code: 'signature', problem: signed.problem});
  try {
    await addSignature(resolve(path), signed.signature);
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return showTrouble(context, {code: 'file-not-written', path, message: errorMessage(error)});
  }
  context.out(visibleLine(signedText(basename(path), checked.verified.signatures.length + 1, context.locale)));
  return 0;
};
