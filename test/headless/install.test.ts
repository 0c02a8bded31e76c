// Is what is published small, quiet when npm installs it, and whole: does a rehearsal walk to its end there?

import {execFileSync, spawnSync} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {shippedRunbook} from '../support/headless.ts';
import {serveRegistry, type Registry} from '../support/npm-registry.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'install-'));
const inside = (...parts: readonly string[]): string => join(folder, ...parts);
const installed = (...parts: readonly string[]): string => inside('project', 'node_modules', ...parts);
const server = `attempt-runbook-postgres-${process.platform}-${process.arch}`;

/** Nothing of the npm that runs the tests, which says where its own project and cache are. */
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: inside('home'),
  TMPDIR: inside('t'),
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  ATTEMPT_RUNBOOK_OPERATOR: 'tester',
};

const manifestOf = (of: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(join(of, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>;

const filesOf = (of: string): readonly string[] =>
  readdirSync(of, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const megabytesOf = (of: string): number => filesOf(of).reduce((sum, file) => sum + statSync(file).size, 0) / 1e6;

/** A package of the checkout, and what it needs. */
const withNeeds = (name: string): readonly string[] => {
  const at = join(root, 'node_modules', name);
  return [at, ...Object.keys(manifestOf(at)['dependencies'] ?? {}).flatMap(withNeeds)];
};

let registry: Registry | undefined;

const npm = async (args: readonly string[]): Promise<string> => {
  const settings = {npm_config_registry: registry?.url, npm_config_cache: inside('cache'), npm_config_audit: 'false'};
  const options = {cwd: inside('project'), env: {...env, ...settings}, extendEnv: false, all: true} as const;
  return (await execa('npm', args, options)).all;
};

beforeAll(() => {
  for (const name of ['home', 't', 'project']) mkdirSync(inside(name));
  execFileSync(process.execPath, [join(root, '.ci/pack.mjs'), '--folders', '--to', inside('packed')], {stdio: 'pipe'});
});

afterAll(async () => {
  await registry?.[Symbol.asyncDispose]();
  rmSync(folder, {recursive: true, force: true});
});

describe('what is packed', () => {
  const tool = (...parts: readonly string[]): string => inside('packed', 'attempt-runbook', ...parts);

  test('is, without the server programs, at most 20 MB with all that it needs', () => {
    const needed = Object.keys(manifestOf(tool())['dependencies'] ?? {}).flatMap(withNeeds);
    const megabytes = [tool(), ...new Set(needed)].reduce((sum, at) => sum + megabytesOf(at), 0);
    expect(needed.length).toBeLessThan(20);
    expect(megabytes).toBeLessThanOrEqual(20);
  });

  test('runs nothing of its own when it is installed, and brings what it says of itself', () => {
    expect(manifestOf(tool())['scripts']).toBeUndefined();
    expect(manifestOf(tool())['bin']).toEqual({'attempt-runbook': 'src/cli/launcher.js'});
    expect(readdirSync(tool())).toEqual(
      expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md', 'THIRD-PARTY.txt', 'dist', 'runbook', 'sql']),
    );
    expect(filesOf(tool()).filter((file) => /\.tsx?$|\btest\b/.test(file))).toEqual([]);
  });

  test('names every package whose code is in it, with the text of its licence', () => {
    const outside = Object.keys(manifestOf(tool())['dependencies'] ?? {});
    expectLicences(
      tool('THIRD-PARTY.txt'),
      Object.keys(manifestOf(root)['dependencies'] ?? {}).filter((name) => !outside.includes(name)),
    );
  });

  test('says its version', async () => {
    // What stays outside of its bundle is found beside it, as after an installation, and only here.
    const beside = inside('packed', 'attempt-runbook', 'node_modules');
    symlinkSync(join(root, 'node_modules'), beside);
    const said = await execa(process.execPath, [tool('src/cli/launcher.js'), '--version'], {env, extendEnv: false});
    unlinkSync(beside);
    expect(said.stdout).toBe(manifestOf(root)['version']);
  });
});

const expectLicences = (thirdParty: string, bundled: readonly string[]): void => {
  const third = readFileSync(thirdParty, 'utf8');
  for (const name of bundled)
    expect(third).toContain(`\n${name} ${String(manifestOf(join(root, 'node_modules', name))['version'])} (`);
  expect(third).toContain('Copyright (c) Meta Platforms, Inc. and affiliates.');
};

/** A mount namespace without this machine's own PostgreSQL, so that the packaged one is taken; possible for root only. */
const alone = (): readonly string[] => {
  const hidden = ['/usr/lib/postgresql', '/usr/share/postgresql-common'].filter((path) => existsSync(path));
  if (hidden.length === 0) return [];
  const script = `${hidden.map((path) => `mount -t tmpfs tmpfs ${path} && `).join('')}exec "$@"`;
  const prefix = ['unshare', '--mount', 'sh', '-c', script, 'sh'];
  return spawnSync(prefix[0] ?? '', [...prefix.slice(1), 'true']).status === 0 ? prefix : [];
};

// npm itself takes ten seconds: under LONG=1, all of it.
describe.skipIf(process.env['LONG'] !== '1')('what is published', () => {
  let said: string;
  beforeAll(async () => {
    // Without it npm takes for the project whatever folder above has one.
    writeFileSync(inside('project', 'package.json'), '{"private": true}\n');
    const needs = Object.keys(manifestOf(inside('packed', 'attempt-runbook'))['dependencies'] ?? {}).flatMap(withNeeds);
    const packed = readdirSync(inside('packed')).map((name) => inside('packed', name));
    registry = await serveRegistry([...packed, ...needs], inside('archives'));
    said = await npm(['install', 'attempt-runbook']);
  });

  test('is installed without a word about scripts, or any other warning', () => {
    expect(said).not.toMatch(/warn|script/i);
  });

  test('is at most 20 packages and, without the server programs, 20 MB', async () => {
    const listed = (await npm(['ls', '--all', '--parseable'])).trim().split('\n');
    expect(listed).toContain(installed('attempt-runbook'));
    expect(listed.length).toBeLessThanOrEqual(20);
    const withoutServer =
      megabytesOf(installed()) - (existsSync(installed(server)) ? megabytesOf(installed(server)) : 0);
    expect(withoutServer).toBeLessThanOrEqual(20);
  });

  test('runs nothing of its own when it is installed, and brings what it says of itself', () => {
    const names = readdirSync(installed('attempt-runbook'));
    expect(manifestOf(installed('attempt-runbook'))['scripts']).toBeUndefined();
    expect(names).toEqual(
      expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md', 'THIRD-PARTY.txt', 'dist', 'runbook', 'sql']),
    );
    expect(filesOf(installed('attempt-runbook')).filter((file) => /\.tsx?$|\btest\b/.test(file))).toEqual([]);
  });

  test('names every package whose code is in it, with the text of its licence', () => {
    expectLicences(
      installed('attempt-runbook', 'THIRD-PARTY.txt'),
      Object.keys(manifestOf(root)['dependencies'] ?? {}).filter((name) => !existsSync(installed(name))),
    );
  });

  test('says its version', async () => {
    const bin = installed('.bin', 'attempt-runbook');
    const {stdout} = await execa(bin, ['--version'], {env, extendEnv: false, cwd: inside('project')});
    expect(stdout).toBe(manifestOf(root)['version']);
  });

  test('a scripted rehearsal there walks to its end and leaves nothing behind', async () => {
    const sample = installed('attempt-runbook', 'sql', shippedRunbook, 'sample', '030_results.sql');
    const text = readFileSync(sample, 'utf8');
    expect(text).toContain("'20000'");
    // The same walk in a tenth of the time.
    writeFileSync(sample, text.replace("'20000'", "'400'"));
    const prefix = alone();
    const [program, ...args] = [...prefix, installed('.bin', 'attempt-runbook'), 'rehearse'];
    const {exitCode, stdout} = await execa(program, args, {
      cwd: inside('project'),
      env,
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
    });
    const runs = inside('home', '.local', 'state', 'attempt-runbook', 'runs');
    const journal = readFileSync(join(runs, readdirSync(runs)[0] ?? '', 'journal.ndjson'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(JSON.parse(journal.at(-1) ?? '')).toMatchObject({type: 'RunClosed', outcome: 'rolled-back'});
    expect(exitCode).toBe(0);
    // What was hidden, or is not there, leaves the programs that came with the package.
    const isPackaged = prefix.length > 0 || !existsSync('/usr/lib/postgresql');
    if (existsSync(installed(server)) && isPackaged) expect(stdout).toContain('PostgreSQL 15.18');
    expect(readdirSync(inside('t')).filter((name) => name.startsWith('ar-'))).toEqual([]);
  });
});

test('the checkout itself is neither packed nor published by mistake: npm says what to do instead', () => {
  const {status, stderr} = spawnSync('npm', ['pack', '--dry-run'], {cwd: root, encoding: 'utf8', env});
  expect(status).not.toBe(0);
  expect(stderr).toContain('npm run pack');
  expect(manifestOf(root)['private']).toBe(true);
});
