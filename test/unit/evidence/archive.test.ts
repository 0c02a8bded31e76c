// Is an archive of evidence the same bytes everywhere, and can it be checked with the tools that every machine has?

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {sha256} from '../../../src/adapters/files.ts';
import {MANIFEST, TAG_MANIFEST, type EvidenceFile} from '../../../src/evidence/bag.ts';
import {needs} from '../../support/needs.ts';
import {unpack} from '../../support/unpack.ts';
import {archiveOf, bagOf} from './bundle.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const files: readonly EvidenceFile[] = [
  {path: 'report.ko.md', bytes: bytes('# 보고서\n'.repeat(500))},
  {path: 'journal.ndjson', bytes: bytes('{"v":1}\n')},
  {path: 'plan/sql/apply/010 with blank.sql', bytes: bytes('SELECT 1;\r\n')},
  {path: 'transcripts/smoke.1.log', bytes: Uint8Array.from({length: 3000}, (_, at) => (at * 7919) % 256)},
  {path: 'empty', bytes: bytes('')},
];

const info = {identifier: 'r-small', date: '2026-11-24', software: 'attempt-runbook 0.0.0'};
const bag = (of: readonly EvidenceFile[]): readonly EvidenceFile[] => bagOf(info, of);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archive-'));
});

afterEach(() => rmSync(folder, {recursive: true}));

const moduleOf = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

/** The hash of the archive as a process in another time zone makes it. */
const hashIn = async (timeZone: string): Promise<string> => {
  const script = `
    import {createHash} from 'node:crypto';
    import {archiveOf, bagOf} from ${moduleOf('./bundle.ts')};
    const files = JSON.parse(process.argv[1]).map(({path, base64}) => ({path, bytes: new Uint8Array(Buffer.from(base64, 'base64'))}));
    console.log(createHash('sha256').update(await archiveOf('r-small-evidence', bagOf(${JSON.stringify(info)}, files))).digest('hex'));
  `;
  const given = JSON.stringify(files.map(({path, bytes: of}) => ({path, base64: Buffer.from(of).toString('base64')})));
  const {stdout} = await execa(process.execPath, ['--input-type=module', '-e', script, given], {env: {TZ: timeZone}});
  return stdout;
};

describe('an archive', () => {
  it('is the same bytes in every time zone, and for every order of the same files', async () => {
    const here = sha256(await archiveOf('r-small-evidence', bag(files)));
    expect(sha256(await archiveOf('r-small-evidence', bag(files.toReversed())))).toBe(here);
    for (const timeZone of ['UTC', 'Asia/Seoul', 'America/St_Johns', 'Pacific/Apia'])
      expect(await hashIn(timeZone)).toBe(here);
  });

  it('is other bytes when one byte of the evidence is another', async () => {
    const here = sha256(await archiveOf('r-small-evidence', bag(files)));
    const other = files.with(1, {path: 'journal.ndjson', bytes: bytes('{"v":2}\n')});
    expect(sha256(await archiveOf('r-small-evidence', bag(other)))).not.toBe(here);
  });

  it('unpacks into files whose manifest sha256sum accepts, and refuses once one was touched', async () => {
    const zip = join(folder, 'evidence.zip');
    writeFileSync(zip, await archiveOf('r-small-evidence', bag(files)));
    await unpack(zip, folder);
    const cwd = join(folder, 'r-small-evidence');
    const checked = await execa('sha256sum', ['--check', '--strict', MANIFEST], {cwd});
    expect(checked.stdout.split('\n').toSorted()).toEqual(files.map(({path}) => `data/${path}: OK`).toSorted());
    const tags = await execa('sha256sum', ['--check', '--strict', TAG_MANIFEST], {cwd});
    expect(tags.stdout.split('\n')).toEqual(['bag-info.txt: OK', 'bagit.txt: OK', `${MANIFEST}: OK`]);
    writeFileSync(join(cwd, 'data', 'journal.ndjson'), '{"v":1}');
    const touched = await execa('sha256sum', ['--check', MANIFEST], {cwd, reject: false});
    expect(touched.exitCode).toBe(1);
    expect(touched.stdout).toContain('data/journal.ndjson: FAILED');
  });

  needs('unzip', 'python3').test('is read by other zip readers, with modes for the owner alone', async () => {
    const zip = join(folder, 'evidence.zip');
    writeFileSync(zip, await archiveOf('r', bag(files)));
    const {stdout} = await execa('python3', ['-m', 'zipfile', '--test', zip]);
    expect(stdout).toContain('Done testing');
    await execa('unzip', ['-q', zip, '-d', folder]);
    expect(
      await execa('sha256sum', ['--check', '--strict', '--quiet', MANIFEST], {cwd: join(folder, 'r')}),
    ).toMatchObject({
      exitCode: 0,
    });
    const listed = await execa('unzip', ['-Z', zip]);
    expect(listed.stdout.split('\n').filter((line) => line.startsWith('-rw-------'))).toHaveLength(files.length + 4);
  });
});

describe('a bag', () => {
  const textOf = (path: string, of: readonly EvidenceFile[]): string =>
    new TextDecoder().decode(bag(of).find((file) => file.path === path)?.bytes);

  it('has its files below data, the four files that describe them, and nothing else', () => {
    expect(bag(files).map(({path}) => path)).toEqual(
      [
        'bag-info.txt',
        'bagit.txt',
        ...files.map(({path}) => `data/${path}`),
        'manifest-sha256.txt',
        'tagmanifest-sha256.txt',
      ].toSorted(),
    );
  });

  it('says in its description what arrived: octets and files, the run and the day', () => {
    expect(textOf('bagit.txt', files)).toBe('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
    const octets = files.reduce((sum, file) => sum + file.bytes.byteLength, 0);
    expect(textOf('bag-info.txt', files)).toBe(
      [
        'Bag-Software-Agent: attempt-runbook 0.0.0',
        'Bagging-Date: 2026-11-24',
        'External-Identifier: r-small',
        `Payload-Oxum: ${octets}.${files.length}`,
        '',
      ].join('\n'),
    );
  });

  it('writes a line break and a percent sign of a name as RFC 8493 does', () => {
    const odd = [{path: 'a\nb 100%.log', bytes: bytes('x')}];
    expect(textOf(MANIFEST, odd)).toMatch(/^[0-9a-f]{64} {2}data\/a%0Ab 100%25\.log\n$/);
  });
});
