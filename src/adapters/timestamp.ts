// How an RFC 3161 authority is asked about a digest, by a program of the operator's, and how openssl judges its answer.

import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import type {SignatureProblem} from '../core/trouble.ts';
import {FILE_MODE} from './files.ts';
import {allowedEnvironment} from './processes.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** 60 s: an authority answers in one or two; nobody waits for longer. */
const TIMEOUT_MS = 60_000;
/** 1 MiB: an answer with every certificate of its chain takes some kilobytes. */
const MOST_BYTES = 2 ** 20;

export type Stamped = Readonly<{ok: true; answer: Uint8Array}> | Readonly<{ok: false; problem: SignatureProblem}>;

/**
 * @param program gets the SHA-256 in hexadecimal as its only argument, and writes the answer (DER) to its standard output.
 */
export const askTimestamp = async (program: string, sha256: string, env: Environment): Promise<Stamped> => {
  const end = await execa(program, [sha256], {
    env: allowedEnvironment(env),
    extendEnv: false,
    reject: false,
    timeout: TIMEOUT_MS,
    encoding: 'buffer',
    maxBuffer: MOST_BYTES,
    stdin: 'ignore',
  });
  const answer = end.stdout ?? new Uint8Array();
  if (end.exitCode === 0 && answer.byteLength > 0) return {ok: true, answer};
  const said =
    new TextDecoder()
      .decode(end.stderr ?? new Uint8Array())
      .trimEnd()
      .split('\n')
      .at(-1) ?? '';
  const message = said === '' ? (end.exitCode === 0 ? 'no answer' : `exit ${end.exitCode ?? '-'}`) : said;
  return {ok: false, problem: {code: 'timestamp-failed', program, message}};
};

export type CheckedStamp = Readonly<{status: 'good'}> | Readonly<{status: 'bad'; detail: string}>;

/** @returns undefined when this machine has no openssl. */
export const checkTimestamp = async (
  answer: Uint8Array,
  sha256: string,
  authority: string,
  env: Environment,
): Promise<CheckedStamp | undefined> => {
  const folder = await mkdtemp(join(tmpdir(), 'ar-stamp-'));
  try {
    const file = join(folder, 'answer.tsr');
    await writeFile(file, answer, {mode: FILE_MODE});
    const args = ['ts', '-verify', '-digest', sha256, '-in', file, '-CAfile', authority];
    const end = await execa('openssl', args, {
      env: allowedEnvironment(env),
      extendEnv: false,
      reject: false,
      timeout: TIMEOUT_MS,
      stdin: 'ignore',
    });
    if (end.exitCode === undefined) return undefined;
    if (end.exitCode === 0 && /Verification: OK/.test(`${end.stdout}${end.stderr}`)) return {status: 'good'};
    return {status: 'bad', detail: 'openssl ts -verify: FAILED'};
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
};
