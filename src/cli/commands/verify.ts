// attempt-runbook verify and sign: whether a bundle holds what it says, asked of its bytes alone, and who says so with a
// key; no network, no run, no database.

import {basename, resolve} from 'node:path';
import {readEvidence, writeArchive, writeDirectory} from '../../adapters/evidence-files.ts';
import {errorMessage} from '../../adapters/files.ts';
import {checkSignature, signBytes} from '../../adapters/ssh-signature.ts';
import {archiveOf} from '../../evidence/archive.ts';
import {withSignature, type EvidenceFile} from '../../evidence/bag.ts';
import {readArchive} from '../../evidence/read-archive.ts';
import {verifyArchive, verifyFiles, type BundleFault, type Derive, type Verified} from '../../evidence/verify.ts';
import {loadRunbook} from '../../runbook/load.ts';
import {jsonLine} from '../../ui/plain/json-line.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import {faultLines, signedText, verifiedLines, type SignedBy} from '../../ui/text/verification.ts';
import {visibleLine} from '../../ui/text/visible.ts';
import type {CliContext} from '../context.ts';
import {derivedEvidence, RESULTS} from '../derived-evidence.ts';
import {canAsk} from '../export-evidence.ts';
import {showTrouble} from '../show.ts';
import {VERSION} from '../version.ts';

const madeBy = (results: Uint8Array | undefined): unknown => {
  try {
    return (JSON.parse(new TextDecoder().decode(results)) as Readonly<{tool?: unknown}>).tool;
  } catch {
    // No results, or not ours: then nothing is made again, and the result says so.
    return undefined;
  }
};

const derive: Derive = (payload, state, journal) => {
  if (madeBy(payload.get(RESULTS)) !== VERSION) return undefined;
  const plan = [...payload].flatMap(([path, bytes]) =>
    path.startsWith('plan/') ? [[path.slice('plan/'.length), bytes] as const] : [],
  );
  const loaded = loadRunbook({files: new Map(plan)});
  return loaded.ok ? derivedEvidence(loaded.runbook, state, journal) : undefined;
};

type Checked =
  | Readonly<{ok: true; verified: Verified; signedBy: readonly SignedBy[]}>
  | Readonly<{ok: false; fault: BundleFault}>;

const withSigners = async (
  verified: Verified,
  allowedSigners: string | undefined,
  env: CliContext['env'],
): Promise<Checked> => {
  const {signatures, signed} = verified;
  const signedBy: SignedBy[] = [];
  for (const {path, bytes} of signatures) {
    const checked = await checkSignature(signed, bytes, allowedSigners, env);
    if (checked?.status === 'bad')
      return {ok: false, fault: {code: 'signature-bad', file: path, detail: checked.detail}};
    signedBy.push(checked === undefined ? {file: path, status: 'unchecked'} : {file: path, ...checked});
  }
  return allowedSigners === undefined || signedBy.some(({status}) => status === 'good')
    ? {ok: true, verified, signedBy}
    : {ok: false, fault: {code: 'not-signed', signatures: signatures.length}};
};

type Evidence = ReturnType<typeof readEvidence>;

const check = async (evidence: Evidence): Promise<Awaited<ReturnType<typeof verifyArchive>>> =>
  'archive' in evidence
    ? verifyArchive(evidence.archive, derive, process.versions.zlib ?? '')
    : verifyFiles(evidence.files, derive);

const jsonOf = (checked: Checked): object => {
  if (!checked.ok) return {ok: false, fault: checked.fault};
  const {state, signatures: _, signed: __, ...rest} = checked.verified;
  return {ok: true, run: state.opened, closed: state.closed ?? null, ...rest, signedBy: checked.signedBy};
};

const print = (context: CliContext, path: string, checked: Checked): void => {
  if (context.options.json === true) {
    context.out(jsonLine({path, ...jsonOf(checked)}));
    return;
  }
  const lines = checked.ok
    ? verifiedLines(checked.verified, checked.signedBy, context.locale)
    : faultLines(checked.fault, context.locale);
  for (const line of lines) (checked.ok ? context.out : context.err)(visibleLine(line));
};

const read = (context: CliContext, path: string): Evidence | ExitCode => {
  try {
    return readEvidence(path);
  } catch (error) {
    return showTrouble(context, {code: 'evidence-unreadable', path, message: errorMessage(error)});
  }
};

/** @param path an archive, or the directory that it unpacks to. */
export const verify = async (
  context: CliContext,
  path: string,
  allowedSigners: string | undefined,
): Promise<ExitCode> => {
  const evidence = read(context, path);
  if (typeof evidence === 'number') return evidence;
  const found = await check(evidence);
  // ssh-keygen runs elsewhere: a relative path would mean another file there.
  const list = allowedSigners === undefined ? undefined : resolve(allowedSigners);
  const checked = found.ok ? await withSigners(found.verified, list, context.env) : found;
  print(context, path, checked);
  return checked.ok ? 0 : 65;
};

const filesOf = async (evidence: Evidence): Promise<Readonly<{root: string; files: readonly EvidenceFile[]}>> => {
  if (!('archive' in evidence)) return {root: '', files: evidence.files};
  const unpacked = await readArchive(evidence.archive);
  return unpacked.ok ? unpacked : {root: '', files: []};
};

/** Nobody puts his name to a bundle that is not whole: it is verified first. */
export const sign = async (context: CliContext, path: string, key: string): Promise<ExitCode> => {
  const evidence = read(context, path);
  if (typeof evidence === 'number') return evidence;
  const found = await check(evidence);
  if (!found.ok) {
    print(context, path, found);
    return 65;
  }
  const signed = await signBytes(found.verified.signed, resolve(key), context.env, canAsk());
  if (!signed.ok) return showTrouble(context, {code: 'signature', problem: signed.problem});
  const {root, files} = await filesOf(evidence);
  const more = withSignature(files, signed.signature);
  try {
    if ('archive' in evidence) writeArchive(path, await archiveOf(root, more));
    else writeDirectory(resolve(path), more);
  } catch (error) {
    return showTrouble(context, {code: 'file-not-written', path, message: errorMessage(error)});
  }
  context.out(visibleLine(signedText(basename(path), found.verified.signatures.length + 1, context.locale)));
  return 0;
};
