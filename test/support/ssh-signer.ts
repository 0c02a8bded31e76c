// How does a test get an SSH signature where no ssh-keygen is needed for it: Ed25519 keys, made, signed with and checked by Node?
//
// Written by OpenSSH's PROTOCOL.sshsig; ssh-signer.test.ts asks the real ssh-keygen whether it takes what is made here.

import {createHash, createPublicKey, generateKeyPairSync, sign, verify} from 'node:crypto';
import {readFileSync} from 'node:fs';
import type {Approvals} from '../../src/core/approval-port.ts';
import type {SignatureCheck} from '../../src/core/decide-approval.ts';
import {NAMESPACE} from '../../src/core/signing.ts';

const TYPE = 'ssh-ed25519';
const HASH = 'sha512';

export type Signer = Readonly<{
  /** As a list of signers, or `~/.ssh/*.pub`, has it. */
  publicKey: string;
  /** `SHA256:…`, as ssh-keygen -l prints it. */
  fingerprint: string;
  /** The file that `ssh-keygen -Y sign` would write. */
  sign: (text: string | Uint8Array, namespace?: string) => Uint8Array;
}>;

/** A field of the SSH wire format. */
const field = (content: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.byteLength);
  return Buffer.concat([length, bytes]);
};

/** What is signed: never the text itself, but its hash, with what it is signed for. */
const toBeSigned = (text: string | Uint8Array, namespace: string): Uint8Array =>
  Buffer.concat([Buffer.from('SSHSIG'), ...[namespace, '', HASH, createHash(HASH).update(text).digest()].map(field)]);

const fingerprintOf = (key: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

export const newSigner = (comment: string): Signer => {
  const {publicKey, privateKey} = generateKeyPairSync('ed25519');
  const key = Buffer.concat([TYPE, Buffer.from(publicKey.export({format: 'jwk'}).x ?? '', 'base64url')].map(field));
  return {
    publicKey: `${TYPE} ${key.toString('base64')} ${comment}`,
    fingerprint: fingerprintOf(key),
    sign: (text, namespace = NAMESPACE) => {
      const signature = Buffer.concat([TYPE, sign(null, toBeSigned(text, namespace), privateKey)].map(field));
      const version = Buffer.from([0, 0, 0, 1]);
      const blob = Buffer.concat([Buffer.from('SSHSIG'), version, ...[key, namespace, '', HASH, signature].map(field)]);
      const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
      return Buffer.from(['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n'));
    },
  };
};

const fieldsOf = (bytes: Buffer): readonly Buffer[] => {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.byteLength; at += 4 + bytes.readUInt32BE(at))
    found.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)));
  return found;
};

/** What `ssh-keygen -Y verify` finds, for a list whose lines are a principal and a key, without options. */
export const checkBy = (text: string | Uint8Array, signature: Uint8Array, list: string | undefined): SignatureCheck => {
  const armour = Buffer.from(signature).toString('latin1');
  const blob = Buffer.from(armour.split('\n').slice(1, -2).join(''), 'base64');
  const [key = Buffer.alloc(0), namespace = '', , , signed = Buffer.alloc(0)] = fieldsOf(blob.subarray(10));
  const x = fieldsOf(key)[1]?.toString('base64url') ?? '';
  const isOver =
    namespace.toString() === NAMESPACE &&
    verify(
      null,
      toBeSigned(text, NAMESPACE),
      createPublicKey({key: {kty: 'OKP', crv: 'Ed25519', x}, format: 'jwk'}),
      fieldsOf(signed)[1] ?? Buffer.alloc(0),
    );
  if (!isOver) return {status: 'bad', detail: 'Signature verification failed: incorrect signature'};
  const found = {key: fingerprintOf(key)};
  if (list === undefined) return {status: 'no-list', ...found};
  const principals = list.split('\n').flatMap((line) => {
    const [name = '', type, of] = line.split(' ');
    return type === TYPE && of === key.toString('base64') ? [name] : [];
  });
  return principals.length === 0 ? {status: 'not-listed', ...found} : {status: 'good', ...found, principals};
};

/** In place of ssh-keygen behind an approval: a key is named as it is in `signers`. */
export const signedBy =
  (signers: ReadonlyMap<string, Signer>) =>
  (real: Approvals): Approvals => ({
    ...real,
    sign: async (text, key) => {
      const signer = signers.get(key);
      return signer === undefined
        ? {ok: false, problem: {code: 'key-unreadable', path: key, message: 'no such key'}}
        : {ok: true, signature: signer.sign(text)};
    },
    check: async (text, signature, {file}) =>
      checkBy(text, signature, file === undefined ? undefined : readFileSync(file, 'utf8')),
  });
