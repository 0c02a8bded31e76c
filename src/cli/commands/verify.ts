// attempt-runbook verify and sign: whether a bundle holds what it says, asked of its bytes alone, and who says so with a
// key; no network, no run, no database.

import {basename, resolve} from 'node:path';
import {addToBundle, writeArchive} from '../../adapters/bundle-writer.ts';
import {openEvidence, type OpenEvidence} from '../../adapters/evidence-files.ts';
import {errorMessage, isFileTrouble} from '../../adapters/files.ts';
import {inMemory} from '../../core/content.ts';
import {archiveOf} from '../../evidence/archive.ts';
import type {EvidenceFile} from '../../evidence/bag.ts';
import {readArchive} from '../../evidence/read-archive.ts';
import {jsonLine} from '../../ui/plain/json-line.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import {faultExitCode, faultLines, signedText} from '../../ui/text/verification.ts';
import {onOneRow, verifiedLines} from '../../ui/text/verified.ts';
import {visibleLine} from '../../ui/text/visible.ts';
import type {CliContext} from '../context.ts';
import {canAsk} from '../export-evidence.ts';
import {showTrouble} from '../show.ts';
import {signatureFiles} from '../signing.ts';
import {verifyBundle, type CheckedBundle, type VerifyOrder} from '../verify-bundle.ts';

const jsonOf = (checked: CheckedBundle): object => {
  if (!checked.ok) return {ok: false, fault: checked.fault};
  const {state, signatures: _, signed: __, statement: ___, ...rest} = checked.verified;
  return {
    ok: true,
    run: state.opened,
    closed: state.closed ?? null,
    ...rest,
    signedBy: checked.signedBy,
    approvals: checked.approvals ?? null,
  };
};

const print = (context: CliContext, path: string, checked: CheckedBundle): void => {
  if (context.options.json === true) {
    context.out(jsonLine({path, ...jsonOf(checked)}));
    return;
  }
  const lines = checked.ok
    ? verifiedLines(checked.verified, checked.signedBy, checked.approvals, context.locale).map(onOneRow)
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
  authority?: string,
): Promise<ExitCode> => {
  const {env} = context;
  const checked = await check(context, {
    path,
    env,
    ...(allowedSigners === undefined ? {} : {allowedSigners}),
    ...(authority === undefined ? {} : {authority}),
  });
  if (typeof checked === 'number') return checked;
  print(context, path, checked);
  return checked.ok ? 0 : faultExitCode(checked.fault);
};

/** They go into the directory, or the archive is packed anew with them. */
const addFiles = async (path: string, evidence: OpenEvidence, more: readonly EvidenceFile[]): Promise<void> => {
  if ('files' in evidence) {
    for (const file of more) addToBundle(path, file.path, file.bytes);
    return;
  }
  const read = await readArchive(evidence.archive);
  if (!read.ok) throw new Error(read.fault.code);
  const files = [...read.files, ...more.map((file) => inMemory(file.path, file.bytes))];
  await writeArchive(path, archiveOf(read.root, files), () => undefined);
};

/** Nobody puts his name to a bundle that is not whole: it is verified first. */
export const sign = async (context: CliContext, path: string, key: string, timestamp?: string): Promise<ExitCode> => {
  const checked = await check(context, {path, env: context.env});
  if (typeof checked === 'number') return checked;
  if (!checked.ok) {
    print(context, path, checked);
    return faultExitCode(checked.fault);
  }
  const {signed, statement, signatures} = checked.verified;
  const paths = signatures.map((signature) => signature.path);
  const order = {
    signed,
    statement,
    paths,
    key: resolve(key),
    env: context.env,
    terminal: canAsk(),
    ...(timestamp === undefined ? {} : {timestamp}),
  };
  const files = await signatureFiles(order);
  if (!files.ok) return showTrouble(context, files.trouble);
  try {
    await addFiles(resolve(path), openEvidence(path), files.value);
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return showTrouble(context, {code: 'file-not-written', path, message: errorMessage(error)});
  }
  context.out(visibleLine(signedText(basename(path), signatures.length + 1, context.locale)));
  return 0;
};
