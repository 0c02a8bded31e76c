// Whether a frame is the one that was looked at and kept; UPDATE_GOLDEN=1 keeps the new one.

import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import stringWidth from 'string-width';
import {expect} from 'vitest';

const folder = fileURLToPath(new URL('../../golden/frames/', import.meta.url));

export const expectWidth = (frame: string, columns: number): void => {
  for (const line of frame.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
};

export const expectGolden = (name: string, frame: string): void => {
  const file = `${folder}${name}.txt`;
  const text = `${frame}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(folder, {recursive: true});
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
};
