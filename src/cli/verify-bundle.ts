// How a bundle is checked from its bytes, and by whose keys it is signed; no network, no run, no database.

import {resolve} from 'node:path';
import {openEvidence} from '../adapters/evidence-files.ts';
import {checkApprovalBy} from '../adapters/ssh-approval.ts';
import {checkSignature} from '../adapters/ssh-signature.ts';
import {checkTimestamp} from '../adapters/timestamp.ts';
import {isNewerVersion} from '../core/newer.ts';
import {sha256Of} from '../evidence/hashing.ts';
import {signedForm} from '../evidence/statement.ts';
import type {Payload} from '../evidence/payload.ts';
import type {ApprovalEvidence} from '../core/approval-evidence.ts';
import {checkApprovals, type ApprovalMaterial} from '../evidence/verify-approvals.ts';
import {verifyArchive, verifyFiles, type BundleFault, type Derive, type Verified} from '../evidence/verify.ts';
import {loadRunbook} from '../runbook/load.ts';
import type {SignedBy} from '../ui/text/verification.ts';
import {derivedEvidence, RESULTS} from './derived-evidence.ts';
import {VERSION} from './version.ts';

export type CheckedBundle =
  | Readonly<{
      ok: true;
      verified: Verified;
      signedBy: readonly SignedBy[];
      /** Undefined when this version cannot read the runbook that the bundle was made with. */
      approvals: readonly ApprovalEvidence[] | undefined;
    }>
  | Readonly<{ok: false; fault: BundleFault}>;

export type VerifyOrder = Readonly<{
  /** An archive, or the directory that it unpacks to. */
  path: string;
  /** Whose signatures count, as in ssh-keygen(1); without one of them the bundle is refused. */
  allowedSigners?: string;
  /** The certificates (PEM) of the authority whose timestamps count. */
  authority?: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Bytes that were read since it was told last: an archive is read twice. Throws to end the check. */
  onBytes?: (bytes: number) => void;
}>;

const madeBy = (results: Uint8Array | undefined): unknown => {
  try {
    return (JSON.parse(new TextDecoder().decode(results)) as Readonly<{tool?: unknown}>).tool;
  } catch {
    // No results, or not ours: then nothing is made again, and the result says so.
    return undefined;
  }
};

const readAll = async (payload: Payload, below: string): Promise<ReadonlyMap<string, Uint8Array>> => {
  const files = new Map<string, Uint8Array>();
  for (const path of payload.paths.filter((name) => name.startsWith(below))) {
    const bytes = await payload.read(path);
    if (bytes !== undefined) files.set(path, bytes);
  }
  return files;
};

/** What the approvals are checked from; gathered while the bundle is read, since its files are read once. */
type Gathered = Pick<ApprovalMaterial, 'runbook' | 'events' | 'file'>;

const deriveAnd =
  (gathered: (material: Gathered) => void): Derive =>
  async (payload, journal) => {
    const plan = await readAll(payload, 'plan/');
    const loaded = loadRunbook({files: new Map([...plan].map(([path, bytes]) => [path.slice('plan/'.length), bytes]))});
    if (!loaded.ok) return undefined;
    const approvals = await readAll(payload, 'artifacts/approvals/');
    const file = (path: string): Uint8Array | undefined => approvals.get(path) ?? plan.get(path);
    gathered({runbook: loaded.runbook, events: journal.events, file});
    if (madeBy(await payload.read(RESULTS)) !== VERSION) return undefined;
    return derivedEvidence(loaded.runbook, payload, journal);
  };

const withSigners = async (
  verified: Verified,
  approvals: readonly ApprovalEvidence[] | undefined,
  allowedSigners: string | undefined,
  authority: string | undefined,
  env: VerifyOrder['env'],
): Promise<CheckedBundle> => {
  const {signatures, signed, statement = new Uint8Array()} = verified;
  const signedBy: SignedBy[] = [];
  for (const {path, bytes, envelope, timestamp} of signatures) {
    const checked = await checkSignature(signed, bytes, allowedSigners, env);
    const bad = (file: string, detail: string): CheckedBundle => ({
      ok: false,
      fault: {code: 'signature-bad', file, detail},
    });
    if (checked?.status === 'bad') return bad(path, checked.detail);
    if (envelope !== undefined) {
      const about = await checkSignature(signedForm(statement), envelope.signature, undefined, env);
      if (about?.status === 'bad') return bad(envelope.path, about.detail);
    }
    const stamp =
      timestamp === undefined || authority === undefined
        ? undefined
        : await checkTimestamp(timestamp.bytes, sha256Of(bytes), authority, env);
    if (timestamp !== undefined && stamp?.status === 'bad') return bad(timestamp.path, stamp.detail);
    const judged = stamp === undefined ? ('unchecked' as const) : ('good' as const);
    const stamped = timestamp === undefined ? {} : {timestamp: judged};
    signedBy.push({file: path, ...(checked ?? {status: 'unchecked' as const}), ...stamped});
  }
  return allowedSigners === undefined || signedBy.some(({status}) => status === 'good')
    ? {ok: true, verified, signedBy, approvals}
    : {ok: false, fault: {code: 'not-signed', signatures: signatures.length}};
};

/** A version that is not newer writes no event that this one does not know: then nobody's did. */
const judgedByVersion = (fault: BundleFault): BundleFault =>
  fault.code === 'journal-newer' && fault.tool !== undefined && !isNewerVersion(fault.tool, VERSION)
    ? {code: 'journal-broken', record: fault.seq, because: fault.event === undefined ? 'version' : 'not-an-event'}
    : fault;

/** Throws the system's error when the bundle cannot be read. */
export const verifyBundle = async (order: VerifyOrder): Promise<CheckedBundle> => {
  const {path, allowedSigners, authority, env, onBytes} = order;
  let material: Gathered | undefined;
  const derive = deriveAnd((gathered) => (material = gathered));
  const evidence = openEvidence(path);
  const found =
    'archive' in evidence
      ? await verifyArchive(evidence.archive, derive, onBytes)
      : await verifyFiles(evidence.files, derive, onBytes);
  // ssh-keygen runs elsewhere: a relative path would mean another file there.
  const list = allowedSigners === undefined ? undefined : resolve(allowedSigners);
  if (!found.ok) return {ok: false, fault: judgedByVersion(found.fault)};
  const approvals =
    material === undefined
      ? undefined
      : await checkApprovals({
          ...material,
          check: (text, signature, signers, at) => checkApprovalBy(text, signature, signers, at, env),
        });
  if (approvals?.ok === false) return approvals;
  const tsa = authority === undefined ? undefined : resolve(authority);
  return withSigners(found.verified, approvals?.approvals, list, tsa, env);
};
