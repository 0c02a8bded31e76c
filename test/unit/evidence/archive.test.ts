// Is an archive of evidence the same bytes everywhere, and can it be checked with the tools that every machine has?

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {sha256} from '../../../src/adapters/files.ts';
import {archiveOf} from '../../../src/evidence/archive.ts';
import {MANIFEST, withManifest, type EvidenceFile} from '../../../src/evidence/manifest.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const files: readonly EvidenceFile[] = [
  {path: 'summary.ko.md', bytes: bytes('# 요약\n'.repeat(500))},
  {path: 'journal.ndjson', bytes: bytes('{"v":1}\n')},
  {path: 'plan/sql/apply/010 with blank.sql', bytes: bytes('SELECT 1;\r\n')},
  {path: 'transcripts/smoke.1.log', bytes: Uint8Array.from({length: 3000}, (_, at) => (at * 7919) % 256)},
  {path: 'empty', bytes: bytes('')},
];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archive-'));
});

afterEach(() => rmSync(folder, {recursive: true}));

const moduleOf = (name: string): string =>
  JSON.stringify(new URL(`../../../src/evidence/${name}.ts`, import.meta.url).href);

/** The hash of the archive as a process in another time zone makes it. */
const hashIn = async (timeZone: string): Promise<string> => {
  const script = `
    import {createHash} from 'node:crypto';
    import {archiveOf} from ${moduleOf('archive')};
    import {withManifest} from ${moduleOf('manifest')};
    const files = JSON.parse(process.argv[1]).map(({path, base64}) => ({path, bytes: new Uint8Array(Buffer.from(base64, 'base64'))}));
    console.log(createHash('sha256').update(await archiveOf('r-small-evidence', withManifest(files))).digest('hex'));
  `;
  const given = JSON.stringify(files.map(({path, bytes: of}) => ({path, base64: Buffer.from(of).toString('base64')})));
  const {stdout} = await execa(process.execPath, ['--input-type=module', '-e', script, given], {env: {TZ: timeZone}});
  return stdout;
};

describe('an archive', () => {
  it('is the same bytes in every time zone, and for every order of the same files', async () => {
    const here = sha256(await archiveOf('r-small-evidence', withManifest(files)));
    expect(sha256(await archiveOf('r-small-evidence', withManifest(files.toReversed())))).toBe(here);
    for (const timeZone of ['UTC', 'Asia/Seoul', 'America/St_Johns', 'Pacific/Apia'])
      expect(await hashIn(timeZone)).toBe(here);
  });

  it('is other bytes when one byte of the evidence is another', async () => {
    const here = sha256(await archiveOf('r-small-evidence', withManifest(files)));
    const other = files.with(1, {path: 'journal.ndjson', bytes: bytes('{"v":2}\n')});
    expect(sha256(await archiveOf('r-small-evidence', withManifest(other)))).not.toBe(here);
  });

  it('unpacks with unzip into files whose manifest sha256sum accepts, and refuses once one was touched', async () => {
    const zip = join(folder, 'evidence.zip');
    writeFileSync(zip, await archiveOf('r-small-evidence', withManifest(files)));
    await execa('unzip', ['-q', zip, '-d', folder]);
    const cwd = join(folder, 'r-small-evidence');
    const checked = await execa('sha256sum', ['--check', '--strict', MANIFEST], {cwd});
    expect(checked.stdout.split('\n').toSorted()).toEqual(files.map(({path}) => `${path}: OK`).toSorted());
    writeFileSync(join(cwd, 'journal.ndjson'), '{"v":1}');
    const touched = await execa('sha256sum', ['--check', MANIFEST], {cwd, reject: false});
    expect(touched.exitCode).toBe(1);
    expect(touched.stdout).toContain('journal.ndjson: FAILED');
  });

  it('is read by another zip reader as well, with modes for the owner alone', async () => {
    const zip = join(folder, 'evidence.zip');
    writeFileSync(zip, await archiveOf('r', withManifest(files)));
    const {stdout} = await execa('python3', ['-m', 'zipfile', '--test', zip]);
    expect(stdout).toContain('Done testing');
    const listed = await execa('unzip', ['-Z', zip]);
    expect(listed.stdout.split('\n').filter((line) => line.startsWith('-rw-------'))).toHaveLength(files.length + 1);
  });
});

describe('the manifest', () => {
  it('lists every file by path, and not itself', () => {
    const all = withManifest(files);
    expect(all.map(({path}) => path)).toEqual([...files.map(({path}) => path).toSorted(), MANIFEST]);
    const text = new TextDecoder().decode(all.at(-1)?.bytes);
    expect(text.split('\n').map((line) => line.slice(66))).toEqual([...files.map(({path}) => path).toSorted(), '']);
    expect(text).not.toContain(MANIFEST);
  });
});
