// Which interpreter runs a script of this machine? Its first line says so.

import {open} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {pathDirectories} from './pg-tools.ts';

/** 512: what a first line may be long at most; Linux itself reads 256 bytes. */
const FIRST_LINE_BYTES = 512;

const firstLine = async (path: string): Promise<string | undefined> => {
  let file;
  try {
    file = await open(path, 'r');
    const {buffer, bytesRead} = await file.read(Buffer.alloc(FIRST_LINE_BYTES), 0, FIRST_LINE_BYTES, 0);
    return buffer.subarray(0, bytesRead).toString('latin1').split('\n')[0];
  } catch {
    // Not there, or not ours to read: the next one on PATH is asked.
    return undefined;
  } finally {
    await file?.close();
  }
};

/** @param program a name of PATH, or a path that is absolute or relative to `cwd`. */
export const interpreterOf = async (
  program: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> => {
  const paths = program.includes('/')
    ? [resolve(cwd, program)]
    : pathDirectories(env).map((directory) => join(directory, program));
  for (const path of paths) {
    const line = await firstLine(path);
    if (line === undefined) continue;
    const words = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(line);
    return words?.[1]?.endsWith('/env') === true ? words[2] : words?.[1];
  }
  return undefined;
};
