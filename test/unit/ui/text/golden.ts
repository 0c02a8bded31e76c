// Compares a text with the file that a human has read and kept; UPDATE_GOLDEN=1 writes the file anew.

import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {fileURLToPath} from 'node:url';

import {expect} from 'vitest';

export const expectGolden = (name: string, actual: string): void => {
  const path = fileURLToPath(new URL(`../../../golden/${name}`, import.meta.url));
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, actual);
    return;
  }
  expect(actual).toBe(readFileSync(path, 'utf8'));
};
