// Where the pictures of a run lie, and how one is kept so that it is there whole or not at all.

import {existsSync} from 'node:fs';
import {join} from 'node:path';
import type {Artifact} from '../core/facts.ts';
import {makeDirectories, sha256, writeWhole} from './files.ts';

const SCREENS = 'artifacts/screens';

/** `smoke.1.2`: the second picture of the first attempt. The name is free for every kind of file. */
export const freeScreenName = (root: string, step: string, attempt: number): string => {
  for (let nth = 1; ; nth += 1) {
    const name = `${SCREENS}/${step.replaceAll('/', '.')}.${attempt}.${nth}`;
    if (!['svg', 'png'].some((kind) => existsSync(join(root, `${name}.${kind}`)))) return name;
  }
};

/** Throws the system's error. */
export const writeScreen = (root: string, path: string, content: string | Uint8Array, mediaType: string): Artifact => {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  makeDirectories(join(root, SCREENS));
  writeWhole(join(root, path), bytes);
  return {path, bytes: bytes.length, sha256: sha256(bytes), mediaType};
};
