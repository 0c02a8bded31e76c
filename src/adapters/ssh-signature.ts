// How bytes are signed and checked with the keys that operators have already: ssh-keygen, its files, its agent.

import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {NAMESPACE} from '../core/signing.ts';
import type {SignatureProblem} from '../core/trouble.ts';
import {FILE_MODE, errorCode, errorMessage} from './files.ts';
import {allowedEnvironment} from './processes.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Signed = Readonly<{ok: true; signature: Uint8Array}> | Readonly<{ok: false; problem: SignatureProblem}>;

/** One for each of what was to be signed, in that order. */
type SignedEach =
  | Readonly<{ok: true; signatures: readonly Uint8Array[]}>
  | Readonly<{ok: false; problem: SignatureProblem}>;

export type Checked =
  /** Made over these bytes by a key that the list of signers names for this principal. */
  | Readonly<{status: 'good'; principal: string; key: string}>
  /** Made over these bytes, by a key that no list was asked about or that the list does not have. */
  | Readonly<{status: 'unknown-key'; key: string}>
  | Readonly<{status: 'bad'; detail: string}>;

/** 60 s: a passphrase may be typed, a touch of a hardware key awaited; nobody waits for longer. */
const TIMEOUT_MS = 60_000;

const sshEnvironment = (env: Environment): Readonly<Record<string, string>> => ({
  ...allowedEnvironment(env),
  ...(env['SSH_AUTH_SOCK'] === undefined ? {} : {SSH_AUTH_SOCK: env['SSH_AUTH_SOCK']}),
  LC_ALL: 'C',
});

export const inTemporaryFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  // mkdtemp makes it for us alone (0700).
  const folder = await mkdtemp(join(tmpdir(), 'ar-sign-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
};

type Ran = Readonly<{exitCode: number | undefined; stdout: string; stderr: string; missing: boolean}>;

export const keygen = async (
  args: readonly string[],
  env: Environment,
  options: Readonly<{input?: Uint8Array; terminal?: boolean}> = {},
): Promise<Ran> => {
  const end = await execa('ssh-keygen', args, {
    env: {
      ...sshEnvironment(env),
      // Without a terminal of ours nobody can answer; a window that pops up somewhere else is not an answer either.
      ...(options.terminal === true ? {} : {SSH_ASKPASS_REQUIRE: 'force', SSH_ASKPASS: '/bin/false'}),
    },
    extendEnv: false,
    reject: false,
    timeout: TIMEOUT_MS,
    cwd: '/',
    stderr: options.terminal === true ? ['inherit', 'pipe'] : 'pipe',
    ...(options.input === undefined
      ? {stdin: options.terminal === true ? 'inherit' : 'ignore'}
      : {input: options.input}),
  });
  return {
    exitCode: end.exitCode,
    stdout: end.stdout ?? '',
    stderr: end.stderr ?? '',
    missing: end.exitCode === undefined && errorCode(end.cause ?? end) === 'ENOENT',
  };
};

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

/**
 * @param all what is signed, each by itself; a passphrase is asked for once.
 * @param key a private key's file, or a public one whose private half an agent has.
 * @param terminal true when a passphrase may be asked for on the terminal.
 */
export const signEach = (
  all: readonly Uint8Array[],
  key: string,
  env: Environment,
  terminal: boolean,
): Promise<SignedEach> =>
  inTemporaryFolder(async (folder) => {
    const failed = (problem: SignatureProblem): SignedEach => ({ok: false, problem});
    try {
      await readFile(key);
    } catch (error) {
      return failed({code: 'key-unreadable', path: key, message: errorMessage(error)});
    }
    const files = all.map((_, nth) => join(folder, `signed-${nth}`));
    for (const [nth, file] of files.entries()) await writeFile(file, all[nth] ?? '', {mode: FILE_MODE});
    const ran = await keygen(['-q', '-Y', 'sign', '-f', key, '-n', NAMESPACE, ...files], env, {terminal});
    if (ran.missing) return failed({code: 'ssh-keygen-missing'});
    if (ran.exitCode === 0)
      return {ok: true, signatures: await Promise.all(files.map((file) => readFile(`${file}.sig`)))};
    if (/passphrase/i.test(ran.stderr)) return failed({code: 'key-locked', path: key});
    if (/agent|no private key/i.test(ran.stderr)) return failed({code: 'key-not-in-agent', path: key});
    return failed({code: 'signing-failed', message: lastLine(ran.stderr)});
  });

export const signBytes = async (
  bytes: Uint8Array,
  key: string,
  env: Environment,
  terminal: boolean,
): Promise<Signed> => {
  const signed = await signEach([bytes], key, env, terminal);
  return signed.ok ? {ok: true, signature: signed.signatures[0] ?? new Uint8Array()} : signed;
};

const keyIn = (stdout: string): string => /with (\S+ key \S+)/.exec(stdout)?.[1] ?? '';

/**
 * @param allowedSigners a file as in ssh-keygen(1), ALLOWED SIGNERS; without it a signature can only be found whole.
 * @returns undefined when this machine has no ssh-keygen.
 */
export const checkSignature = (
  bytes: Uint8Array,
  signature: Uint8Array,
  allowedSigners: string | undefined,
  env: Environment,
): Promise<Checked | undefined> =>
  inTemporaryFolder(async (folder) => {
    const sig = join(folder, 'sig');
    await writeFile(sig, signature, {mode: FILE_MODE});
    const whole = await keygen(['-Y', 'check-novalidate', '-n', NAMESPACE, '-s', sig], env, {input: bytes});
    if (whole.missing) return undefined;
    if (whole.exitCode !== 0) return {status: 'bad', detail: lastLine(whole.stderr) || lastLine(whole.stdout)};
    const unknown = {status: 'unknown-key', key: keyIn(whole.stdout)} as const;
    if (allowedSigners === undefined) return unknown;
    const found = await keygen(['-Y', 'find-principals', '-f', allowedSigners, '-s', sig], env);
    const principal = found.stdout.split('\n')[0] ?? '';
    if (found.exitCode !== 0 || principal === '') return unknown;
    // The list may say for how long a key counts, and for what: only this asks it.
    const args = ['-Y', 'verify', '-f', allowedSigners, '-I', principal, '-n', NAMESPACE, '-s', sig];
    const verified = await keygen(args, env, {input: bytes});
    return verified.exitCode === 0 ? {status: 'good', principal, key: keyIn(verified.stdout)} : unknown;
  });
