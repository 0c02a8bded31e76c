// Is what a killed process has left a valid beginning of a recording, however it was cut?

import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {sha256} from '../../../src/adapters/files.ts';
import {leftTranscripts} from '../../../src/adapters/left-transcripts.ts';

const header = '{"version":3}\n';
const whole = `${header}[0.1, "o", "one\\r\\n"]\n[0.2, "o", "한글"]\n`;

const run = (files: Readonly<Record<string, string | Buffer>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'left-'));
  onTestFinished(() => rmSync(root, {recursive: true}));
  mkdirSync(join(root, 'transcripts'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, 'transcripts', name), content);
  return root;
};

it('wherever the last write was cut, the recording holds the whole lines before it', async () => {
  const bytes = Buffer.from(whole);
  for (let cut = 1; cut <= bytes.length; cut += 1) {
    const root = run({'session.1.cast': bytes.subarray(0, cut)});
    const left = await leftTranscripts(root, new Set());
    const kept = readFileSync(join(root, 'transcripts/session.1.cast'), 'utf8');
    expect(whole.startsWith(kept)).toBe(true);
    expect(kept).toBe(bytes.subarray(0, bytes.subarray(0, cut).lastIndexOf(10) + 1).toString());
    expect(left).toEqual(
      kept === ''
        ? []
        : [
            {
              path: 'transcripts/session.1.cast',
              bytes: Buffer.byteLength(kept),
              sha256: sha256(kept),
              mediaType: 'application/x-asciicast',
              unfinished: true,
            },
          ],
    );
  }
});

it('a log keeps its last line, and what is sealed is left alone', async () => {
  const root = run({'dump.1.log': 'one\nhalf a li', 'dump.1.cast': `${header}[0.`, 'dump.2.cast': `${header}[0.`});
  const left = await leftTranscripts(root, new Set(['transcripts/dump.2.cast']));
  expect(left.map(({path, bytes}) => [path, bytes])).toEqual([
    ['transcripts/dump.1.cast', header.length],
    ['transcripts/dump.1.log', 'one\nhalf a li'.length],
  ]);
  expect(readFileSync(join(root, 'transcripts/dump.2.cast'), 'utf8')).toBe(`${header}[0.`);
});
