// What somebody's key puts into a bundle: a signature over its lists, and one over its statement.

import {signEach} from '../adapters/ssh-signature.ts';
import {askTimestamp} from '../adapters/timestamp.ts';
import {besideSignature, nextSignature, type EvidenceFile} from '../evidence/bag.ts';
import {readArmour} from '../evidence/armour.ts';
import {NAMESPACE} from '../core/signing.ts';
import {sha256Of} from '../evidence/hashing.ts';
import {envelopeText, signedForm} from '../evidence/statement.ts';
import {opened, trouble, type Opening} from './trouble.ts';

export type SignOrder = Readonly<{
  /** The tag manifest. */
  signed: Uint8Array;
  statement: Uint8Array | undefined;
  /** What is in the bundle already. */
  paths: readonly string[];
  key: string;
  env: Readonly<Record<string, string | undefined>>;
  terminal: boolean;
  /** A program that gets a timestamp for a digest. */
  timestamp?: string;
}>;

/** The files to add: the signature, and the statement in its envelope. */
export const signatureFiles = async (order: SignOrder): Promise<Opening<readonly EvidenceFile[]>> => {
  const {signed, statement, paths, key, env, terminal} = order;
  const all = statement === undefined ? [signed] : [signed, signedForm(statement)];
  const made = await signEach(all, key, env, terminal);
  if (!made.ok) return trouble({code: 'signature', problem: made.problem});
  const [overLists, overStatement] = made.signatures;
  if (overLists === undefined) throw new Error('no signature was made');
  const path = nextSignature(paths);
  const armour = readArmour(overLists, NAMESPACE);
  // Never put into a bundle what its own verification would refuse.
  if (!armour.ok) return trouble({code: 'signature', problem: {code: 'signing-failed', message: armour.detail}});
  const files: EvidenceFile[] = [{path, bytes: overLists}];
  if (statement !== undefined && overStatement !== undefined) {
    const text = envelopeText(statement, armour.keyId, overStatement);
    files.push({path: besideSignature(path, 'intoto.json'), bytes: new TextEncoder().encode(text)});
  }
  if (order.timestamp !== undefined) {
    const stamped = await askTimestamp(order.timestamp, sha256Of(overLists), env);
    if (!stamped.ok) return trouble({code: 'signature', problem: stamped.problem});
    files.push({path: besideSignature(path, 'tsr'), bytes: stamped.answer});
  }
  return opened(files);
};
