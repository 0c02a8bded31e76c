// Is a long log attached piece by piece, so that a running step and the keys are not kept waiting, and is it whole then?

import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {attachmentsOf} from '../../../src/adapters/attachments.ts';
import {sha256} from '../../../src/adapters/files.ts';
import {compileRedaction, MASK} from '../../../src/evidence/redaction.ts';

const PIECE = 64 * 1024;
const PIECES = 32;

const placeWith = (text: string) => {
  const root = mkdtempSync(join(tmpdir(), 'attach-'));
  onTestFinished(() => rmSync(root, {recursive: true}));
  const source = join(root, 'long.log');
  writeFileSync(source, text);
  return {root, source};
};

it('lets everything else have its turn after each piece of a long log', async () => {
  const {root, source} = placeWith('a line of a log\n'.repeat((PIECES * PIECE) / 16));
  let turns = 0;
  let isKept = false;
  const count = (): void => {
    turns += 1;
    if (!isKept) setImmediate(count);
  };
  setImmediate(count);
  const known = compileRedaction([]);
  const lookedIn = new Set<number>();
  const look: typeof known.look = (...of) => {
    lookedIn.add(turns);
    return known.look(...of);
  };
  const kept = await attachmentsOf(root, {...known, look}).keep(source);
  isKept = true;
  expect(kept.ok).toBe(true);
  expect(lookedIn.size).toBeGreaterThanOrEqual(PIECES);
});

it('keeps every sign of it, and none of a secret that begins in one piece and ends in the next', async () => {
  const secret = 'correct horse battery';
  // Three bytes a sign: pieces end in the middle of one.
  const korean = '응시'.repeat(PIECE / 6);
  const before = korean.slice(0, -3);
  const text = `${before}\n${secret}\n${korean}\n`;
  const {root, source} = placeWith(text);
  const kept = await attachmentsOf(root, compileRedaction([secret])).keep(source);
  if (!kept.ok) throw new Error(kept.problem.code);
  const {artifact} = kept.value;
  const stored = readFileSync(join(root, artifact.path));
  expect(stored.toString('utf8')).toBe(text.replace(secret, MASK));
  expect(artifact).toMatchObject({bytes: stored.length, sha256: sha256(stored), redactions: {'known-secret': 1}});
});
