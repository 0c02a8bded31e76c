// Is every token of the list masked, is nothing that only nearly is one, and is clean text left as it is?

import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';
import {MASK, redactText} from '../../../src/evidence/redaction.ts';
import {isWorthALook} from '../../../src/evidence/secret-rules.ts';
import {TOKEN_SHAPES, type TokenShape} from '../../../src/evidence/token-shapes.ts';

/** Signs of the shape's own alphabet, a letter and a digit in turn where it has both. */
const body = ({signs}: TokenShape, length: number): string => {
  const alphabet = 'a1b2c3d4e5f6A7B8C9D0E1F2'.match(new RegExp(`[${signs}]`, 'g')) ?? [];
  return Array.from({length}, (_, at) => alphabet[at % alphabet.length]).join('');
};

const placed = (token: string): readonly string[] => [
  token,
  `export TOKEN_OF_IT=${token}\n`,
  `{"t": "${token}", "x": 1}`,
  `login with '${token}', then`,
];

describe.each(TOKEN_SHAPES.map((shape) => [`${shape.service} (${shape.begins})`, shape] as const))(
  'a token of %s',
  (_name, shape) => {
    it('is masked wherever it stands', () => {
      const token = shape.begins + body(shape, shape.least);
      for (const text of placed(token)) {
        const {text: safe, count} = redactText(text, []);
        expect(safe).not.toContain(token);
        expect(count).toBe(1);
      }
      expect(isWorthALook(token)).toBe(true);
    });

    it('is left alone where it is too short, or the end of a longer word', () => {
      const [short, inside] = [
        shape.begins + body(shape, shape.least - 1),
        `x${shape.begins}${body(shape, shape.least)}`,
      ];
      // Without a name before it that says what it is.
      for (const text of [short, inside]) expect(redactText(`see ${text} there`, [])).toMatchObject({count: 0});
    });
  },
);

const root = fileURLToPath(new URL('../../..', import.meta.url));
const below = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

it('masks at most one in a thousand lines of clean text: sources, SQL, runbooks, documents, screens', () => {
  const files = ['src', 'sql', 'runbook', 'test/golden', '.ci'].flatMap(below);
  const lines = [...files, join(root, 'README.md'), join(root, 'CHANGELOG.md'), join(root, 'LICENSE')]
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.trim() !== '');
  const masked = lines.map((line) => redactText(line, []).text).filter((line, at) => line !== lines[at]);
  expect(lines.length).toBeGreaterThan(20_000);
  console.info(`${masked.length} of ${lines.length} clean lines are masked`);
  expect(masked.length / lines.length, masked.join('\n')).toBeLessThanOrEqual(0.001);
  expect(masked.every((line) => line.includes(MASK))).toBe(true);
});
