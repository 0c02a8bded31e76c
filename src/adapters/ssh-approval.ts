// What does ssh-keygen say of a signature over an approval: whose key it is, and whether that key counts?

import {readFileSync, readdirSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {createHash} from 'node:crypto';
import {homedir} from 'node:os';
import {join} from 'node:path';
import type {SignatureCheck} from '../core/decide-approval.ts';
import type {Instant} from '../core/ids.ts';
import {NAMESPACE} from '../core/signing.ts';
import {FILE_MODE} from './files.ts';
import {inTemporaryFolder, keygen, type Environment} from './ssh-signature.ts';

const fingerprintIn = (stdout: string): string => /(SHA256:\S+)/.exec(stdout)?.[1] ?? '';

/** The sentence that says why; the last line only says that. */
const reasonIn = (stderr: string): string =>
  stderr
    .split('\n')
    .map((line) => line.replace(/^.*?:\d+: /, '').trim())
    .find((line) => line !== '' && line !== 'Could not verify signature.') ?? 'Could not verify signature.';

/** `20261124021000Z`, as ssh-keygen wants it. */
const verifyTime = (at: Instant): string => `${at.slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;

export type ApprovalCheck = Readonly<{
  /** An allowed_signers file. */
  signers?: string;
  /** Keys that do not count any more, as `ssh-keygen -Y verify -r` reads them. */
  revoked?: string;
  /** When the key must have counted; now, when absent. */
  at?: Instant;
}>;

/** Undefined when this machine has no ssh-keygen. */
export const checkApproval = (
  text: Uint8Array,
  signature: Uint8Array,
  {signers, revoked, at}: ApprovalCheck,
  env: Environment,
): Promise<SignatureCheck | undefined> =>
  inTemporaryFolder(async (folder) => {
    const sig = join(folder, 'sig');
    await writeFile(sig, signature, {mode: FILE_MODE});
    const whole = await keygen(['-Y', 'check-novalidate', '-n', NAMESPACE, '-s', sig], env, {input: text});
    if (whole.missing) return undefined;
    if (whole.exitCode !== 0) return {status: 'bad', detail: reasonIn(whole.stderr)};
    const key = fingerprintIn(whole.stdout);
    if (signers === undefined) return {status: 'no-list', key};
    const when = at === undefined ? [] : [`-Overify-time=${verifyTime(at)}`];
    const found = await keygen(['-Y', 'find-principals', '-f', signers, '-s', sig, ...when], env);
    if (found.exitCode !== 0)
      return /expired|not yet valid/.test(found.stderr)
        ? {status: 'not-valid', key, principals: [], detail: reasonIn(found.stderr)}
        : {status: 'not-listed', key};
    const principals = found.stdout
      .split(/[\n,]/)
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const args = ['-Y', 'verify', '-f', signers, '-n', NAMESPACE, '-s', sig, ...when];
    const counted = revoked === undefined ? args : [...args, '-r', revoked];
    const verified = await keygen([...counted, '-I', principals[0] ?? ''], env, {input: text});
    return verified.exitCode === 0
      ? {status: 'good', key, principals}
      : {status: 'not-valid', key, principals, detail: reasonIn(verified.stderr)};
  });

/** The same with a list that lies in no file of this machine. */
export const checkApprovalBy = (
  text: Uint8Array,
  signature: Uint8Array,
  signers: Uint8Array | undefined,
  at: Instant,
  env: Environment,
): Promise<SignatureCheck | undefined> =>
  inTemporaryFolder(async (folder) => {
    if (signers === undefined) return checkApproval(text, signature, {at}, env);
    const list = join(folder, 'signers');
    await writeFile(list, signers, {mode: FILE_MODE});
    return checkApproval(text, signature, {signers: list, at}, env);
  });

const fingerprintOf = (line: string): string | undefined => {
  const blob = line.trim().split(/\s+/)[1];
  return blob === undefined || !/^AAAA[\w+/=]+$/.test(blob)
    ? undefined
    : `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`;
};

/** Of every `~/.ssh/*.pub`: whoever has these files is the person that signs with them. */
export const ownKeys = (env: Environment): readonly string[] => {
  const folder = join(env['HOME'] ?? homedir(), '.ssh');
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.pub'))
      .flatMap((name) => fingerprintOf(readFileSync(join(folder, name), 'utf8')) ?? []);
  } catch {
    // No such folder, or not ours to read: then nothing is known of the operator's keys.
    return [];
  }
};
