// Which signatures lie in a bundle, each with what belongs to it, and is each of them written as it has to be?

import {NAMESPACE} from '../core/signing.ts';
import {readArmour} from './armour.ts';
import {besideSignature, isSignature, isUnlistable, PAYLOAD} from './bag.ts';
import {readEnvelope, STATEMENT} from './statement.ts';

/** Written the one way there is to write it; whether it was made over these bytes, ssh-keygen says. */
export type Signature = Readonly<{
  path: string;
  bytes: Uint8Array;
  keyId: string;
  /** The same key's over the statement. */
  envelope?: Readonly<{path: string; signature: Uint8Array}>;
  /** What an RFC 3161 authority answered about the signature's bytes. */
  timestamp?: Readonly<{path: string; bytes: Uint8Array}>;
}>;

type Fault =
  | Readonly<{code: 'signature-bad'; file: string; detail: string}>
  | Readonly<{code: 'file-unlisted'; file: string}>;

type Signatures = Readonly<{ok: true; signatures: readonly Signature[]}> | Readonly<{ok: false; fault: Fault}>;

const envelopeOf = (
  path: string,
  file: Uint8Array,
  statement: Uint8Array | undefined,
  keyId: string,
): NonNullable<Signature['envelope']> | string => {
  const envelope = statement === undefined ? undefined : readEnvelope(file, statement);
  if (envelope === undefined) return 'no envelope of this statement';
  const armour = readArmour(envelope.signature, NAMESPACE);
  if (!armour.ok) return armour.detail;
  if (armour.keyId !== keyId || envelope.keyId !== keyId) return 'by another key than the signature beside it';
  return {path, signature: envelope.signature};
};

const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);

/** @param read every file that no list lists, by its path, and the statement. */
export const readSignatures = (read: ReadonlyMap<string, Uint8Array>): Signatures => {
  const statement = read.get(`${PAYLOAD}${STATEMENT}`);
  const signatures: Signature[] = [];
  const known = new Set<string>();
  for (const [path, bytes] of [...read].filter(([name]) => isSignature(name)).toSorted(byName)) {
    const bad = (file: string, detail: string): Signatures => ({
      ok: false,
      fault: {code: 'signature-bad', file, detail},
    });
    const armour = readArmour(bytes, NAMESPACE);
    if (!armour.ok) return bad(path, armour.detail);
    const [about, stamped] = [besideSignature(path, 'intoto.json'), besideSignature(path, 'tsr')];
    const [file, answer] = [read.get(about), read.get(stamped)];
    const envelope = file === undefined ? undefined : envelopeOf(about, file, statement, armour.keyId);
    if (typeof envelope === 'string') return bad(about, envelope);
    signatures.push({
      path,
      bytes,
      keyId: armour.keyId,
      ...(envelope === undefined ? {} : {envelope}),
      ...(answer === undefined ? {} : {timestamp: {path: stamped, bytes: answer}}),
    });
    for (const name of [path, about, stamped]) known.add(name);
  }
  const stray = [...read.keys()].find((path) => isUnlistable(path) && !known.has(path));
  return stray === undefined ? {ok: true, signatures} : {ok: false, fault: {code: 'file-unlisted', file: stray}};
};
