// How long does a program, or a statement, take? A program that is missing or fails is said with its name and its own words.

import {spawnSync} from 'node:child_process';
import type {Client} from 'pg';

export type Ran = Readonly<{tookMs: number; stdout: string; stderr: string}>;

export const runProgram = (
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Ran => {
  const before = performance.now();
  const {status, signal, error, stdout, stderr} = spawnSync(program, args, {
    env: {...env},
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const tookMs = performance.now() - before;
  if (error !== undefined)
    throw new Error(
      'code' in error && error.code === 'ENOENT' ? `${program} is missing` : `${program}: ${error.message}`,
    );
  if (status !== 0) throw new Error(`${program} ended with ${signal ?? status}: ${stderr.trim().slice(-500)}`);
  return {tookMs, stdout, stderr};
};

export const timedQuery = async (client: Pick<Client, 'query'>, sql: string): Promise<number> => {
  const before = performance.now();
  await client.query(sql);
  return performance.now() - before;
};
