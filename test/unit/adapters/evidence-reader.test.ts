// Is a kept file read a piece at a time, never more of it, and never one that lies elsewhere?

import {mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {evidenceReader} from '../../../src/adapters/evidence-reader.ts';
import {operatorPaths} from '../../../src/adapters/operator-paths.ts';
import {pageText} from '../../../src/adapters/pager.ts';

const makeRun = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'reader-'));
  onTestFinished(() => rmSync(root, {recursive: true, force: true}));
  for (const folder of ['artifacts', 'transcripts']) mkdirSync(join(root, folder));
  return root;
};

test('pieces of any length put together are the file, whatever characters they are cut in', async () => {
  const root = makeRun();
  const text = '가나다 a é 😀\n'.repeat(7);
  writeFileSync(join(root, 'artifacts/a.txt'), text);
  const reader = evidenceReader(root);
  for (let most = 4; most < 40; most += 1) {
    let whole = '';
    for (let from = 0; ; ) {
      const piece = await reader.piece('artifacts/a.txt', from, most);
      if (!piece.ok) throw new Error(piece.failure.code);
      whole += piece.value.text;
      from = piece.value.to;
      if (from >= piece.value.of) break;
    }
    expect(whole, `${most} bytes at a time`).toBe(text);
    const end = await reader.piece('artifacts/a.txt', -most, most);
    expect(end.ok && text.endsWith(end.value.text) && !end.value.text.includes('\ufffd')).toBe(true);
  }
});

test('the ends of a file of 300 MB are read without the rest of it', async () => {
  const root = makeRun();
  writeFileSync(join(root, 'transcripts/a.1.log'), 'begin\n');
  truncateSync(join(root, 'transcripts/a.1.log'), 300_000_000);
  const before = process.memoryUsage().arrayBuffers;
  const end = await evidenceReader(root).piece('transcripts/a.1.log', -65_536, 65_536);
  expect(end).toMatchObject({ok: true, value: {from: 300_000_000 - 65_536, to: 300_000_000, of: 300_000_000}});
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000);
});

test.each([
  '../../etc/passwd',
  'artifacts/../../../etc/passwd',
  'artifacts/../journal.ndjson',
  '/etc/passwd',
  'journal.ndjson',
  'artifacts/link',
  'artifacts',
  'artifacts/nowhere',
])('%s is not read', async (path) => {
  const root = makeRun();
  writeFileSync(join(root, 'journal.ndjson'), 'x');
  symlinkSync('/etc/passwd', join(root, 'artifacts/link'));
  expect(await evidenceReader(root).piece(path, 0, 100)).toMatchObject({
    ok: false,
    failure: {code: 'artifact-unreadable'},
  });
});

test('a pager that is left early ends the reading', async () => {
  let read = 0;
  async function* endless(): AsyncGenerator<string> {
    for (;;) {
      read += 1;
      yield 'x'.repeat(65_536);
    }
  }
  await pageText(endless(), {...process.env, PAGER: 'head -c 10'});
  expect(read).toBeLessThan(1000);
});

test('a path is understood as it is typed or dropped, and completed as far as only one name allows', async () => {
  const root = makeRun();
  writeFileSync(join(root, 'artifacts/smoke one.png'), 'x');
  writeFileSync(join(root, 'artifacts/smoke two.png'), 'x');
  const {resolve, complete} = operatorPaths({HOME: root});
  expect(resolve("'/tmp/it'\\''s here.png' ")).toBe("/tmp/it's here.png");
  expect(resolve('/tmp/a\\ b.png')).toBe('/tmp/a b.png');
  expect(resolve('~/x.png')).toBe(join(root, 'x.png'));
  expect(await complete('~/art')).toBe('~/artifacts/');
  expect(await complete(`${root}/artifacts/s`)).toBe(`${root}/artifacts/smoke `);
  expect(await complete(`${root}/artifacts/smoke o`)).toBe(`${root}/artifacts/smoke one.png`);
  expect(await complete('/nowhere/at/all')).toBe('/nowhere/at/all');
});
