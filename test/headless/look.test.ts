// Do the commands that only look say what they should, and touch nothing: version, help, lint, plan, runs, status?

import {execFileSync} from 'node:child_process';
import {appendFileSync, existsSync, readFileSync, statSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {beforeAll, describe, expect, test} from 'vitest';
import {sha256} from '../../src/adapters/files.ts';
import {createPlace, ensureBuilt, jsonLines} from '../support/headless.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {catalogOf} from '../support/run.ts';

const fixtures = fileURLToPath(new URL('../fixtures/runbooks', import.meta.url));
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {version: string};

// Ink lays out by Yoga, which is WebAssembly: whoever loads Ink compiles it.
/** @param except the size of a module that is expected, in bytes. */
const tellsWasm = (except = 0): string =>
  `data:text/javascript,${encodeURIComponent(
    `const tell = ([of]) => { if (of?.byteLength !== ${except}) process.stderr.write('LOADED-WASM\\n'); };
   for (const name of ['compile', 'instantiate', 'Module', 'Instance']) {
     const real = WebAssembly[name];
     WebAssembly[name] = new Proxy(real, {
       apply: (target, self, args) => { tell(args); return Reflect.apply(target, self, args); },
       construct: (target, args) => { tell(args); return Reflect.construct(target, args); },
     });
   }`,
  )}`;

const parserModule = fileURLToPath(new URL('../../node_modules/libpg-query/wasm/libpg-query.wasm', import.meta.url));

/** A start of the tool each; all of them only under LONG=1. */
const LONG = process.env['LONG'] === '1';

beforeAll(ensureBuilt);

describe('without a terminal', () => {
  test('--version says the version of the package', async () => {
    expect(await createPlace().cli(['--version'])).toMatchObject({
      code: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  });

  test('--help lists the commands and every exit code', async () => {
    const {code, stdout} = await createPlace().command(['--help']);
    expect(code).toBe(0);
    for (const word of ['rehearse', 'run', 'resume', 'rollback', 'plan', 'lint', 'runs', 'status', 'export']) {
      expect(stdout).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
    }
    for (const exit of [0, 2, 3, 4, 5, 64, 65, 69, 70, 75, 130])
      expect(stdout).toMatch(new RegExp(`^ +${exit}  \\S`, 'm'));
  });

  test('neither they nor the plain front load Ink', async () => {
    const place = createPlace();
    const nodeOptions = ['--import', tellsWasm()];
    // That the watching sees what is loaded: `plan`, below, shows it as well.
    if (LONG) {
      const control = execFileSync(
        process.execPath,
        [...nodeOptions, '-e', "import('ink').then(() => process.stdout.write('loaded'))"],
        {
          cwd: fileURLToPath(new URL('../..', import.meta.url)),
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
          env: {...process.env, NODE_OPTIONS: ''},
        },
      );
      expect(control).toBe('loaded');
      const watched = await place.cli(['--version'], {
        nodeOptions: [
          ...nodeOptions,
          '--import',
          'data:text/javascript,new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0]))',
        ],
      });
      expect(watched.stderr).toContain('LOADED-WASM');
    }
    for (const args of LONG ? [['--version'], ['--help'], ['runs']] : [['runs']]) {
      expect((await place.cli(args, {nodeOptions})).stderr, args.join(' ')).toBe('');
    }
    // These read SQL with PostgreSQL's parser, which is WebAssembly as well.
    const besideParser = ['--import', tellsWasm(statSync(parserModule).size)];
    for (const args of LONG ? [['plan'], ['lint']] : [['plan']]) {
      expect((await place.cli(args, {nodeOptions: besideParser})).stderr, args.join(' ')).toBe('');
      expect((await place.cli(args, {nodeOptions})).stderr, args.join(' ')).toContain('LOADED-WASM');
    }
  });

  test.each([
    [['no-such-command']],
    [['run', '--env', 'staging']],
    [['run', '--env', 'development', '--url', 'env:X']],
    [['plan', '--no-such-option']],
    [['--lang', 'fr', 'runs']],
  ])('a wrong use ends 64: %j', async (args) => {
    const {code, stderr} = await createPlace().command(args);
    expect(code).toBe(64);
    expect(stderr).not.toBe('');
  });
});

describe('lint', () => {
  test('passes the shipped runbook', async () => {
    expect(await createPlace().command(['lint'])).toMatchObject({
      code: 0,
      stdout: 'attempt-view-v1-lock: ok\n',
      stderr: '',
    });
  });

  test.each(['en', 'ko'])('names every problem with its place and ends 65 (%s)', async (lang) => {
    const {code, stdout} = await createPlace().command(['lint', `${fixtures}/invalid`, '--lang', lang]);
    expect(code).toBe(65);
    expect(stdout).toMatch(/runbook\.yaml:\d+:\d+/);
    expect(stdout).toContain('everything-at-once:');
    expect(/[가-힣]/.test(stdout.replaceAll(/'[^']*'/g, ''))).toBe(lang === 'ko');
  });

  test('says that there is nothing to check in an empty folder', async () => {
    const place = createPlace();
    expect(await place.command(['lint', place.temporary])).toMatchObject({code: 64});
  });
});

describe('plan', () => {
  test('prints the steps in order and the digest, and executes nothing', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const place = createPlace();
    const {code, stdout} = await place.command(['plan', '--env', 'staging', '--url', 'env:TARGET'], {
      env: {TARGET: database.url},
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\b[0-9a-f]{64}\b/);
    const places = ['CI is green', 'Capture the view as it is', 'Apply the V1 view', 'Smoke test'].map((title) =>
      stdout.indexOf(title),
    );
    expect(places.every((at) => at >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(existsSync(place.runs)).toBe(false);
    expect(await catalogOf(database)).toEqual(before);
  });

  test('has a digest that a sceptic computes with sha256sum, and that every byte changes', async () => {
    const place = createPlace();
    const planned = async () =>
      jsonLines((await place.command(['plan', '--json'])).stdout)[0] as {
        digest: string;
        files: {path: string; sha256: string}[];
      };
    const first = await planned();
    expect(await planned()).toEqual(first);
    expect(sha256(first.files.map((file) => `${file.sha256}  ${file.path}\n`).join(''))).toBe(first.digest);
    const sum = execFileSync('sha256sum', [place.sql('apply/010_attempt_v1.sql')], {encoding: 'utf8'}).split(' ')[0];
    expect(first.files.find(({path}) => path.endsWith('apply/010_attempt_v1.sql'))?.sha256).toBe(sum);
    appendFileSync(place.sql('apply/010_attempt_v1.sql'), '\n');
    expect((await planned()).digest).not.toBe(first.digest);
  });

  test.each(['en', 'ko'])('of an unknown runbook names those that are known (%s)', async (lang) => {
    const {code, stderr, stdout} = await createPlace().command(['plan', 'no-such-runbook', '--lang', lang]);
    expect({code, stdout}).toEqual({code: 64, stdout: ''});
    expect(stderr).toContain('no-such-runbook');
    expect(stderr).toContain('attempt-view-v1-lock');
    expect(/[가-힣]/.test(stderr)).toBe(lang === 'ko');
  });
});

describe('a place without runs', () => {
  test('has an empty list, and nothing to resume, to show or to export', async () => {
    const place = createPlace();
    expect((await place.command(['runs'])).code).toBe(0);
    for (const args of [
      ['resume'],
      ['status'],
      ['export'],
      ['resume', 'r-aaaaa'],
      ['rollback', '--option', 'x', '--confirm', 'y'],
    ]) {
      const {code, stdout, stderr} = await place.command(args);
      expect({args, code, stdout}).toEqual({args, code: 64, stdout: ''});
      expect(stderr).not.toBe('');
    }
  });
});
