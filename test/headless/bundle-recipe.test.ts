// Can a stranger check a bundle as its own README says, with sha256sum, ssh-keygen and openssl, and do tools that know
// nothing of this one read what is in it?

import {execFileSync, spawnSync} from 'node:child_process';
import {cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {runDirectory} from '../../src/adapters/run-directory.ts';
import {exportBundle, type ExportOrder, type ExportProgress} from '../../src/cli/export-bundle.ts';
import {verifyBundle} from '../../src/cli/verify-bundle.ts';
import {keepRun, keptRun} from '../support/kept-run.ts';
import {needs} from '../support/needs.ts';
import {unpack} from '../support/unpack.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

let runs: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recipe-'));
  runs = keepRun(folder, 3_000_000);
});
afterAll(() => rmSync(folder, {recursive: true}));

/** The commands of a README, as whoever reads it types them. */
const commandsIn = (path: string): readonly string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('    $ '))
    .map((line) => line.slice(6).replaceAll('SIGNERS', at('signers')).replaceAll('WHO', 'min@ops-1'))
    .map((line) => line.replaceAll('/tmp/statement.sig', at('statement.sig')));

const runIn = (cwd: string, command: string): number | null =>
  spawnSync('bash', ['-o', 'pipefail', '-c', command], {cwd, stdio: 'ignore'}).status;

/** Beside the archive: the same as a directory. */
const exportAs = async (name: string, more: Partial<ExportOrder> = {}): Promise<readonly ExportProgress[]> => {
  const progress: ExportProgress[] = [];
  const exported = await exportBundle({
    directory: runDirectory(runs, keptRun),
    output: at(`${name}.zip`),
    env: process.env,
    terminal: false,
    onProgress: (of) => void progress.push(of),
    ...more,
  });
  expect(exported).toMatchObject({status: 'written', directory: at(name)});
  return progress;
};

const expectOnward = (progress: readonly ExportProgress[], phases: readonly ExportProgress['phase'][]): void => {
  expect([...new Set(progress.map(({phase}) => phase))]).toEqual(phases);
  const done = progress.map(({doneBytes}) => doneBytes);
  expect(done.toSorted((a, b) => a - b)).toEqual(done);
  expect(done.at(-1)).toBe(progress[0]?.totalBytes);
};

needs('ssh-keygen').describe('a signed bundle', () => {
  const bag = (): string => at('bundle');
  let progress: readonly ExportProgress[];

  beforeAll(async () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'min', '-f', at('min')]);
    writeFileSync(at('signers'), `min@ops-1 ${readFileSync(at('min.pub'), 'utf8')}`);
    progress = await exportAs('bundle', {key: at('min')});
  });

  test.each(['en', 'ko'])('passes every command of its README (%s)', (locale) => {
    const commands = commandsIn(join(bag(), `data/README.${locale}.txt`)).filter((line) => !line.includes('.tsr'));
    expect(commands).toHaveLength(8);
    for (const command of commands) expect(`${command}: ${runIn(bag(), command)}`).toBe(`${command}: 0`);
  });

  test.each([
    ['data/transcripts/smoke.1.log', 'manifest-sha256.txt'],
    ['manifest-sha256.txt', 'tagmanifest-sha256.txt'],
    ['data/plan/runbook.yaml', 'plan.sha256'],
    ['data/journal.ndjson', 'journal.ndjson'],
    ['tagmanifest-sha256.txt', 'signatures/01.sig'],
    ['data/statement.json', 'statement.sig'],
  ])('with a byte of %s changed fails at the command that is about it', (path, about) => {
    cpSync(bag(), at('changed'), {recursive: true});
    try {
      const bytes = readFileSync(join(at('changed'), path));
      // Inside the first record, and inside whatever line the others have.
      bytes[60] = (bytes[60] ?? 0) ^ 1;
      writeFileSync(join(at('changed'), path), bytes);
      const commands = commandsIn(join(bag(), 'data/README.en.txt')).filter((line) => !line.includes('.tsr'));
      const failing = commands.filter((command) => runIn(at('changed'), command) !== 0);
      expect(failing.some((command) => command.includes(about))).toBe(true);
    } finally {
      rmSync(at('changed'), {recursive: true});
    }
  });

  test('told how far its making was, in phases, up to the end and never back', () =>
    expectOnward(progress, ['copying', 'reporting', 'signing', 'packing']));
});

describe('a bundle', () => {
  const bag = (): string => at('plain');
  let progress: readonly ExportProgress[];
  beforeAll(async () => {
    progress = await exportAs('plain');
  });

  test.each(['en', 'ko'])('without a signature passes every other command of its README (%s)', (locale) => {
    const commands = commandsIn(join(bag(), `data/README.${locale}.txt`)).filter(
      (line) => !/\.tsr|ssh-keygen|intoto/.test(line),
    );
    expect(commands).toHaveLength(5);
    for (const command of commands) expect(`${command}: ${runIn(bag(), command)}`).toBe(`${command}: 0`);
  });

  const expectSame = (unpacked: string): void =>
    expect(spawnSync('diff', ['-r', bag(), join(at(unpacked), 'plain')]).status).toBe(0);

  test('is unpacked into what lies beside it', async () => {
    await unpack(at('plain.zip'), at('unpacked'));
    expectSame('unpacked');
  });

  needs('unzip').test('is unpacked so by unzip', () => {
    execFileSync('unzip', ['-q', at('plain.zip'), '-d', at('unzipped')]);
    expectSame('unzipped');
  });

  needs('python3').test('is unpacked so by Python', () => {
    execFileSync('python3', ['-m', 'zipfile', '-e', at('plain.zip'), at('python')]);
    expectSame('python');
  });

  needs('xmllint').test('has XML that xmllint reads', () => {
    const xml = readdirSync(bag(), {recursive: true, encoding: 'utf8'}).filter((name) => name.endsWith('.xml'));
    expect(xml).not.toEqual([]);
    execFileSync('xmllint', ['--noout', ...xml], {cwd: bag()});
  });

  test('told how far its making was, in phases, up to the end and never back', () =>
    expectOnward(progress, ['copying', 'reporting', 'packing']));

  test('that is stopped in the middle is not there, and nothing of it stays', async () => {
    const stop = new AbortController();
    const order = {directory: runDirectory(runs, keptRun), env: {}, terminal: false};
    const exported = await exportBundle({
      ...order,
      output: at('stopped.zip'),
      signal: stop.signal,
      onProgress: ({phase}) => void (phase === 'packing' && stop.abort()),
    });
    expect(exported).toEqual({status: 'stopped'});
    expect(readdirSync(folder).filter((name) => name.startsWith('stopped'))).toEqual([]);
  });

  test('is not made when a timestamp is wanted and no key is given', async () => {
    const order = {directory: runDirectory(runs, keptRun), env: {}, terminal: false};
    expect(await exportBundle({...order, output: at('keyless.zip'), timestamp: 'true'})).toMatchObject({
      status: 'failed',
      trouble: {code: 'signature', problem: {code: 'key-missing'}},
    });
    expect(readdirSync(folder).filter((name) => name.startsWith('keyless'))).toEqual([]);
  });

  test('of a run that is still open says in every place that it is not complete', async () => {
    const directory = runDirectory(keepRun(at('still-open'), 10, false), keptRun);
    await exportBundle({directory, output: at('open.zip'), env: {}, terminal: false});
    const json = (name: string): unknown => JSON.parse(readFileSync(join(at('open'), 'data', name), 'utf8'));
    expect(json('results.json')).toMatchObject({complete: false, outcome: null});
    expect(json('statement.json')).toMatchObject({predicate: {complete: false, outcome: null}});
    expect(await verifyBundle({path: at('open.zip'), env: {}})).toMatchObject({ok: true, verified: {complete: false}});
  });
});
