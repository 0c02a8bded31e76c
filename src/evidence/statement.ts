// What a bundle says in the words that supply-chain tools read: an in-toto Statement v1, and its DSSE envelope per signer.

import {Buffer} from 'node:buffer';
import type {RunState} from '../core/state.ts';
import {byPath, PAYLOAD} from './bag.ts';
import type {Hashed} from './hashing.ts';

export const STATEMENT = 'statement.json';
export const PREDICATE_TYPE = 'urn:x-attempt-runbook:run:1';
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** ASCII alone, so that nothing in it acts on a terminal. */
const json = (value: unknown, indent?: number): string =>
  `${JSON.stringify(value, null, indent).replaceAll(
    /[^\n -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}\n`;

/** @param files every file below `data/` but the statement itself: what it is about. */
export const statementText = (
  {opened, closed}: RunState,
  journal: Readonly<{events: number; head: string; tornBytes: number; damage?: unknown}>,
  files: readonly Hashed[],
): string => {
  const {events, head, tornBytes, damage} = journal;
  return json(
    {
      _type: 'https://in-toto.io/Statement/v1',
      subject: files
        .map(({path, sha256}) => ({name: path.slice(PAYLOAD.length), digest: {sha256}, path}))
        .filter(({name}) => name !== STATEMENT)
        .toSorted(byPath)
        .map(({name, digest}) => ({name, digest})),
      predicateType: PREDICATE_TYPE,
      predicate: {
        run: opened?.run ?? null,
        runbook: opened?.runbook ?? null,
        plan: {sha256: opened?.plan ?? null},
        environment: opened?.environment ?? null,
        target: opened?.target ?? null,
        openedBy: opened?.operator ?? null,
        openedAt: opened?.at ?? null,
        closedAt: closed?.at ?? null,
        outcome: closed?.outcome ?? null,
        complete: closed !== undefined && tornBytes === 0 && damage === undefined,
        journal: {events, head},
      },
    },
    2,
  );
};

/** DSSE's pre-authentication encoding: what is really signed. */
export const signedForm = (statement: Uint8Array): Uint8Array =>
  Buffer.concat([
    Buffer.from(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${statement.byteLength} `),
    Buffer.from(statement),
  ]);

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** @param signature the armoured file that ssh-keygen wrote over `signedForm`. @param keyId the key's fingerprint. */
export const envelopeText = (statement: Uint8Array, keyId: string, signature: Uint8Array): string =>
  json({
    payloadType: PAYLOAD_TYPE,
    payload: base64(statement),
    signatures: [{keyid: keyId, sig: base64(signature)}],
  });

export type Envelope = Readonly<{keyId: string; signature: Uint8Array}>;

/** Undefined unless it is, byte for byte, an envelope of this statement. */
export const readEnvelope = (file: Uint8Array, statement: Uint8Array): Envelope | undefined => {
  const text = Buffer.from(file).toString('latin1');
  const [, keyId, sig] = /"keyid":"(SHA256:[\w+/]{43})","sig":"([\w+/]+={0,2})"\}\]\}\n$/.exec(text) ?? [];
  if (keyId === undefined || sig === undefined) return undefined;
  const signature = Buffer.from(sig, 'base64');
  return envelopeText(statement, keyId, signature) === text ? {keyId, signature} : undefined;
};
