// Does a file that a person adds become evidence, whole, sealed and without secrets, and is everything else refused in words?

import {execFileSync} from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {sha256} from '../../src/adapters/files.ts';
import {lockRun} from '../../src/adapters/run-lock.ts';
import {MOST_ATTACHED_BYTES} from '../../src/core/attachment.ts';
import {createPlace, ensureBuilt, jsonLines, type Place} from '../support/headless.ts';
import {keepRun} from '../support/kept-run.ts';
import {createTestDatabase} from '../support/postgres.ts';

beforeAll(ensureBuilt);

const SECRET = 'tr0ub4dor-and-3';
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A staging run that waits at its first step. */
const openedPlace = async (url: string): Promise<Place> => {
  const place = createPlace({steps: ['ci-green', 'smoke']});
  const {code} = await place.command(['run', '--env', 'staging', '--url', 'env:TARGET'], {env: {TARGET: url}});
  expect(code).toBe(3);
  return place;
};

const fileIn = (place: Place, name: string, content: string | Uint8Array): string => {
  const path = join(place.folder, name);
  writeFileSync(path, content);
  return path;
};

const kept = (place: Place): readonly string[] => {
  const folder = place.path('artifacts/attachments');
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
};

test('a picture and a log are kept, sealed, exported and verified; only the log was looked through', async () => {
  await using database = await createTestDatabase();
  const place = await openedPlace(database.url);
  const env = {PGPASSWORD: SECRET};
  const image = fileIn(place, '스모크 5 of 5 ..png', picture);
  const log = fileIn(place, 'app.log', `ok\npassword is ${SECRET}\n`);
  const attach = (file: string, ...more: readonly string[]) =>
    place.command(['attach', place.run(), file, '--note', 'what it shows', ...more], {env});
  expect(await attach(image, '--step', 'smoke', '--lang', 'ko')).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('비밀 정보 검사 안 함') as unknown,
  });
  const second = await attach(log, '--json');
  expect(jsonLines(second.stdout)).toEqual([place.journal().at(-1)]);
  expect(place.journal().slice(-2)).toMatchObject([
    {
      type: 'EvidenceAttached',
      step: 'smoke',
      fileName: '스모크 5 of 5 ..png',
      scanned: false,
      note: 'what it shows',
      by: {name: 'tester'},
      artifact: {path: 'artifacts/attachments/001-5_of_5.png', sha256: sha256(picture), mediaType: 'image/png'},
    },
    {
      type: 'EvidenceAttached',
      fileName: 'app.log',
      scanned: true,
      artifact: {path: 'artifacts/attachments/002-app.log', redactions: {'known-secret': 1}},
    },
  ]);
  expect(readFileSync(place.path('artifacts/attachments/002-app.log'), 'utf8')).toBe('ok\npassword is [redacted]\n');
  expect(readFileSync(place.path('artifacts/attachments/001-5_of_5.png'))).toEqual(picture);
  expect(statSync(place.path('artifacts/attachments/001-5_of_5.png')).mode % 0o1000).toBe(0o600);
  expect(readFileSync(place.path('journal.ndjson'), 'utf8')).not.toContain(SECRET);

  const bundle = join(place.folder, 'evidence.zip');
  expect(await place.command(['export', place.run(), '-o', bundle])).toMatchObject({code: 0});
  expect(await place.command(['verify', bundle])).toMatchObject({code: 0});
  const folder = join(place.folder, 'evidence/data');
  expect(JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'))).toMatchObject({
    attachments: [{scanned: false}, {scanned: true}],
  });
  // The seal covers it: another picture under a list of hashes that was made again is noticed by the journal.
  const data = join(place.folder, 'evidence');
  appendFileSync(join(folder, 'artifacts/attachments/001-5_of_5.png'), 'x');
  execFileSync('sh', ['-c', `find data -type f | LC_ALL=C sort | xargs sha256sum > manifest-sha256.txt`], {cwd: data});
  execFileSync(
    'sh',
    [
      '-c',
      `sed -i "s/^Payload-Oxum: [0-9]*/Payload-Oxum: $(find data -type f -printf '%s\\n' | awk '{sum += $1} END {printf "%d", sum}')/" bag-info.txt; sha256sum bag-info.txt bagit.txt manifest-sha256.txt > tagmanifest-sha256.txt`,
    ],
    {cwd: data},
  );
  const forged = await place.command(['verify', data]);
  expect(forged.code).toBe(65);
  expect(forged.stderr).toContain('001-5_of_5.png');
});

test('a run that goes on after an attachment goes on where it stood', async () => {
  await using database = await createTestDatabase();
  const place = await openedPlace(database.url);
  const log = fileIn(place, 'a.txt', 'seen\n');
  expect((await place.command(['attach', place.run(), log, '--note', 'n'])).code).toBe(0);
  const {code} = await place.command(['resume', place.run(), '--url', 'env:TARGET'], {env: {TARGET: database.url}});
  expect(code).toBe(3);
  expect(place.journal().map(({type}) => type)).toEqual(['RunOpened', 'EvidenceAttached', 'RunResumed']);
});

test('what is no whole readable file of a bearable size is refused in both languages, and leaves nothing', async () => {
  await using database = await createTestDatabase();
  const place = await openedPlace(database.url);
  const inside = (name: string): string => join(place.folder, name);
  fileIn(place, 'real.txt', 'x');
  symlinkSync('real.txt', inside('link'));
  mkdirSync(inside('folder'));
  execFileSync('sh', ['-c', 'mkfifo pipe'], {cwd: place.folder});
  fileIn(place, 'empty', '');
  closeSync(openSync(inside('big'), 'w'));
  truncateSync(inside('big'), MOST_ATTACHED_BYTES + 1);
  const before = place.journal();
  const cases = [
    ['nowhere', /There is no file/],
    ['real.txt/below', /There is no file/],
    ['link', /symbolic link/],
    ['folder', /is a directory/],
    ['pipe', /a pipe, a socket or a device/],
    ['empty', /is empty/],
    ['big', /larger than/],
    // Opens, is a regular file to the system, and cannot be read.
    ...(existsSync('/proc/self/mem') ? ([['/proc/self/mem', /cannot be read/]] as const) : []),
  ] as const;
  for (const [name, words] of cases) {
    const args = ['attach', place.run(), name.startsWith('/') ? name : inside(name), '--note', 'n'];
    const english = await place.command(args);
    expect({name, code: english.code, stdout: english.stdout}).toEqual({name, code: 64, stdout: ''});
    expect(english.stderr).toMatch(words);
    expect(english.stderr).toContain('Nothing was added to the run.');
  }
  const korean = await place.command(['attach', place.run(), inside('link'), '--note', 'n', '--lang', 'ko']);
  expect(korean.stderr).toContain('심볼릭 링크');
  expect(korean.stderr).toContain('실행에 추가된 것은 없습니다.');
  const attach = (...args: readonly string[]) => place.command(['attach', place.run(), inside('real.txt'), ...args]);
  expect(await attach('--note', '  ')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('A note is required') as unknown,
  });
  const unknown = await attach('--note', 'n', '--step', 'no-step');
  expect(unknown).toMatchObject({code: 64, stderr: expect.stringContaining('smoke') as unknown});
  expect(await attach()).toMatchObject({code: 64});
  expect(kept(place)).toEqual([]);
  expect(place.journal()).toEqual(before);
});

test('a closed run, a torn journal and a run that another process has take nothing', async () => {
  await using database = await createTestDatabase();
  const place = await openedPlace(database.url);
  const log = fileIn(place, 'a.txt', 'seen\n');
  const attach = () => place.command(['attach', place.run(), log, '--note', 'n']);
  const locked = lockRun(place.path(), 'lee', new Date().toISOString());
  if (!locked.ok) throw new Error('nobody else has the run');
  expect(await attach()).toMatchObject({code: 75, stderr: expect.stringContaining('lee') as unknown});
  locked.lock.release();
  appendFileSync(place.path('journal.ndjson'), '{"v":1,"seq":2,"half');
  expect(await attach()).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('attempt-runbook resume') as unknown,
  });
  expect(kept(place)).toEqual([]);

  const ended = createPlace();
  keepRun(ended.folder);
  const end = ended.journal().at(-1);
  expect(end).toMatchObject({type: 'RunClosed'});
  const refused = await ended.command(['attach', ended.run(), log, '--note', 'n']);
  expect(refused).toMatchObject({code: 64, stderr: expect.stringContaining('This run is closed') as unknown});
  expect(ended.journal().at(-1)).toEqual(end);
});
