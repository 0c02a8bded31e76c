// Does the command line know a database again, ask at first use, and stop at the wrong one, before anything is done?

import {execFile} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {beforeAll, describe, expect, inject, onTestFinished, test} from 'vitest';
import {createPlace, ensureBuilt, jsonLines, type Ended, type Place} from '../support/headless.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {startSecondCluster} from '../support/second-cluster.ts';

beforeAll(ensureBuilt);

const langs = ['en', 'ko'] as const;
/** Whose database it is, is asked before the first step, whatever that is. */
const one = ['ci-green'];
const isKorean = (text: string): boolean => /[가-힣]/.test(text);
const known = (place: Place): string => join(place.folder, 'home', '.config', 'attempt-runbook', 'known-targets.json');
const runsOf = (place: Place): readonly string[] => (existsSync(place.runs) ? readdirSync(place.runs) : []);

const run = (place: Place, environment: string, url: string, ...more: readonly string[]): Promise<Ended> =>
  place.command(['run', '--env', environment, '--url', 'env:TARGET', ...more], {env: {TARGET: url}, pinned: false});

type Target = Readonly<{url: string; record: Readonly<{database: string; socketDirectory: string}>}>;

describe('the first use of an environment', () => {
  test.each(langs)('shows the database, opens no run, and ends 3 with the command that confirms (%s)', async (lang) => {
    await using database = await createTestDatabase();
    const place = createPlace({steps: one});
    const id = inject('cluster').systemIdentifier;
    const asked = await run(place, 'staging', database.url, '--lang', lang);
    expect({code: asked.code, stdout: asked.stdout}).toEqual({code: 3, stdout: ''});
    for (const part of [database.name, database.user, id, database.host, 'sslmode socket', 'PostgreSQL 1']) {
      expect(asked.stderr).toContain(part);
    }
    expect(isKorean(asked.stderr)).toBe(lang === 'ko');
    expect(runsOf(place)).toEqual([]);
    expect(existsSync(known(place))).toBe(false);

    // What it printed is what it takes, word for word.
    const command =
      asked.stderr
        .split('\n')
        .find((line) => line.includes('--pin'))
        ?.trim() ?? '';
    const words = command.split(' ');
    expect(words.slice(0, 2)).toEqual(['attempt-runbook', 'run']);
    const confirmed = await place.command(words.slice(1), {env: {TARGET: database.url}, pinned: false});
    expect(confirmed.code).toBe(3);
    expect(confirmed.stdout).toContain(id);
    expect(place.journal()[0]).toMatchObject({type: 'RunOpened', trust: 'first-use'});
    expect((await place.command(['status'])).stdout).toContain(lang === 'ko' ? id : 'confirmed at first use');
    expect(statSync(known(place)).mode & 0o777).toBe(0o600);
    expect(readFileSync(known(place), 'utf8')).not.toContain('password');
  });

  test('is over then: the next run knows the database, and a script needs no pin', async () => {
    await using database = await createTestDatabase();
    const place = createPlace({steps: one});
    expect((await run(place, 'staging', database.url, '--pin', inject('cluster').systemIdentifier)).code).toBe(3);
    const again = await run(place, 'staging', database.url, '--json');
    expect(again).toMatchObject({code: 3, stderr: ''});
    expect(jsonLines(again.stdout)[0]).toMatchObject({type: 'RunOpened', trust: 'known'});
    const listed = await place.command(['targets', '--json']);
    expect(jsonLines(listed.stdout)).toMatchObject([
      {runbook: 'attempt-view-v1-lock', environment: 'staging', database: database.name, by: {name: 'tester'}},
    ]);
    expect((await place.command(['targets'])).stdout).toContain(inject('cluster').systemIdentifier);
  });

  test.each(langs)('refuses a pin that was meant for another server (%s)', async (lang) => {
    await using database = await createTestDatabase();
    const place = createPlace({steps: one});
    const {code, stderr} = await run(place, 'staging', database.url, '--pin', '7000000000000000001', '--lang', lang);
    expect(code).toBe(64);
    for (const id of ['7000000000000000001', inject('cluster').systemIdentifier]) expect(stderr).toContain(id);
    expect(isKorean(stderr)).toBe(lang === 'ko');
    expect({runs: runsOf(place), kept: existsSync(known(place))}).toEqual({runs: [], kept: false});
  });
});

/** Another database of the same server. */
const otherDatabase = async (): Promise<Target> => {
  const other = await createTestDatabase();
  onTestFinished(() => other.drop());
  return {url: other.url, record: {database: other.name, socketDirectory: other.host}};
};

test.each([
  ['', otherDatabase],
  [' of another server', startSecondCluster],
])('the wrong URL%s: both databases are named, nothing is done, and forgetting asks again', async (_where, start) => {
  await using staging = await createTestDatabase();
  const production: Target = await start();
  const place = createPlace({steps: one});
  const pin = ['--pin', inject('cluster').systemIdentifier];
  expect((await run(place, 'staging', staging.url, ...pin)).code).toBe(3);
  const before = runsOf(place);
  for (const lang of langs) {
    for (const more of lang === 'en' ? [[], pin] : [[]]) {
      const wrong = await run(place, 'staging', production.url, ...more, '--lang', lang);
      expect({code: wrong.code, stdout: wrong.stdout}).toEqual({code: 64, stdout: ''});
      expect(wrong.stderr).toContain(inject('cluster').systemIdentifier);
      expect(isKorean(wrong.stderr)).toBe(lang === 'ko');
      if (more.length > 0) continue;
      for (const part of [staging.name, production.record.database, production.record.socketDirectory]) {
        expect(wrong.stderr).toContain(part);
      }
      expect(wrong.stderr).toContain('attempt-runbook targets forget staging attempt-view-v1-lock');
    }
    // The same database under the name of another environment.
    const shared = await run(place, 'production', staging.url, ...pin, '--lang', lang);
    expect(shared.code).toBe(64);
    expect(shared.stderr).toContain(staging.name);
    expect(isKorean(shared.stderr)).toBe(lang === 'ko');
    expect(
      (await place.command(['plan', '--env', 'production', '--url', 'env:TARGET'], {env: {TARGET: staging.url}})).code,
    ).toBe(64);
  }
  expect(runsOf(place)).toEqual(before);
  expect(await place.command(['targets', 'forget', 'production'])).toMatchObject({code: 0, stderr: ''});
  expect(await run(place, 'staging', staging.url)).toMatchObject({code: 3, stderr: ''});
  expect((await place.command(['targets', 'forget', 'staging', 'attempt-view-v1-lock'])).stdout).toContain(
    staging.name,
  );
  expect((await run(place, 'staging', staging.url)).stderr).toContain('--pin');
});

describe('a target that the runbook declares', () => {
  const declared = (database: string, id: string) =>
    createPlace({
      steps: one,
      alter: (yaml) =>
        yaml.replace(
          '  staging:\n    applicationRole: app_reader',
          `  staging:\n    applicationRole: app_reader\n    target: {systemIdentifier: '${id}', database: ${database}}`,
        ),
    });

  test('needs no confirmation', async () => {
    await using database = await createTestDatabase();
    const place = declared(database.name, inject('cluster').systemIdentifier);
    expect(await run(place, 'staging', database.url)).toMatchObject({code: 3, stderr: ''});
    expect(place.journal()[0]).toMatchObject({type: 'RunOpened', trust: 'declared'});
    expect(existsSync(known(place))).toBe(false);
    expect((await run(place, 'production', database.url)).code).toBe(64);
  });

  test.each(langs)('stops a run on any other, whatever the operator confirms (%s)', async (lang) => {
    await using database = await createTestDatabase();
    const place = declared(database.name, '7000000000000000001');
    const id = inject('cluster').systemIdentifier;
    const {code, stderr} = await run(place, 'staging', database.url, '--pin', id, '--lang', lang);
    expect(code).toBe(64);
    expect(stderr).toContain('7000000000000000001');
    expect(stderr).toContain(inject('cluster').systemIdentifier);
    expect(stderr).toContain('environments.staging.target');
    expect(isKorean(stderr)).toBe(lang === 'ko');
    expect(runsOf(place)).toEqual([]);
  });
});

describe('the list of known databases', () => {
  test('that cannot be read opens no run and is left as it is', async () => {
    await using database = await createTestDatabase();
    const place = createPlace({steps: one});
    mkdirSync(dirname(known(place)), {recursive: true});
    const pin = ['--pin', inject('cluster').systemIdentifier];
    // conf itself takes the last three for an empty list, and the first two with clearInvalidConfig.
    const broken = ['', '{', 'null', '[]', '{"attempt-view-v1-lock/staging": {"systemIdentifier": "1"}}'];
    for (const [nth, text] of broken.entries()) {
      writeFileSync(known(place), text);
      const lang = langs[nth % 2] ?? 'en';
      const {code, stderr} = await run(place, 'staging', database.url, ...pin, '--lang', lang);
      expect({text, code}).toEqual({text, code: 64});
      expect(stderr).toContain(known(place));
      expect(isKorean(stderr)).toBe(lang === 'ko');
      expect(readFileSync(known(place), 'utf8')).toBe(text);
    }
    expect((await place.command(['targets'])).code).toBe(64);
    expect((await place.command(['targets', 'forget', 'staging'])).code).toBe(64);
    expect(readFileSync(known(place), 'utf8')).toBe(broken.at(-1));
    expect(runsOf(place)).toEqual([]);
  });

  test('with two writers loses at most what will be asked again: no pin is ever another one', async () => {
    const place = createPlace({steps: one});
    const module = fileURLToPath(new URL('../../src/adapters/known-targets.ts', import.meta.url));
    const writer = (name: string): string => `
      const {knownTargetFile} = await import(${JSON.stringify(module)});
      const file = knownTargetFile();
      for (let nth = 0; nth < 15; nth += 1) file.remember({runbook: '${name}-' + nth, environment: 'staging',
        systemIdentifier: '${name}' + nth, database: 'd', user: 'u', serverMajor: 15, address: 'a', pinnedAt: '2026-11-24T00:00:00.000Z',
        by: {name: '${name}', host: 'h'}});`;
    const env = {
      ...process.env,
      HOME: join(place.folder, 'home'),
      XDG_CONFIG_HOME: join(place.folder, 'home', '.config'),
    };
    const write = (name: string) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', writer(name)], {env});
    await Promise.all([write('a'), write('b')]);
    const kept = Object.values(
      JSON.parse(readFileSync(known(place), 'utf8')) as Record<string, {runbook: string; systemIdentifier: string}>,
    );
    expect(kept.length).toBeGreaterThanOrEqual(15);
    for (const {runbook, systemIdentifier} of kept) expect(runbook.replace('-', '')).toBe(systemIdentifier);
    expect((await place.command(['targets'])).code).toBe(0);
  });
});
