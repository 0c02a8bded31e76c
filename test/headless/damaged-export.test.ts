// Is it said at the export, and not first by whoever verifies, that a sealed file was damaged or is missing?

import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import type {RunEvent} from '../../src/core/event.ts';
import {sha256Of} from '../../src/evidence/hashing.ts';
import {createPlace, ensureBuilt, type Place} from '../support/headless.ts';
import {keepRun, keptRun} from '../support/kept-run.ts';

beforeAll(ensureBuilt);

const junit = 'artifacts/smoke.1.junit.xml';
const log = 'transcripts/smoke.1.log';
const dump = 'artifacts/backup.1.dump';

const seal = (path: string, mediaType: string, text: string): RunEvent => {
  const bytes = new TextEncoder().encode(text);
  const artifact = {path, mediaType, bytes: bytes.byteLength, sha256: sha256Of(bytes)};
  return {type: 'ArtifactSealed', step: 'smoke', attempt: 1, artifact};
};

/** Closed; its records 2, 3 and 4 seal a report, a dump that is somewhere else by now, and a transcript. */
const sealedRun = (): Place => {
  const place = createPlace();
  const transcript = '0123456789abcdef'.repeat(4);
  keepRun(place.folder, transcript.length, true, [
    seal(junit, 'application/xml', '<testsuites/>\n'),
    seal(dump, 'application/x-pg-dump', 'PGDMP'),
    seal(log, 'text/plain', transcript),
  ]);
  return place;
};

const damage = (place: Place): void => {
  const bytes = readFileSync(place.path(log));
  bytes[7] = (bytes[7] ?? 0) ^ 1;
  writeFileSync(place.path(log), bytes);
  rmSync(place.path(junit));
};

const exported = (place: Place, ...more: readonly string[]) =>
  place.command(['export', keptRun, '-o', join(place.folder, 'e.zip'), ...more]);

describe('an export', () => {
  test('of a run that is as it was sealed ends 0 and names nothing, and no dump that stays behind', async () => {
    const place = sealedRun();
    expect(await exported(place)).toMatchObject({code: 0, stderr: ''});
    const {code, stdout} = await exported(place, '--json');
    expect({code, damaged: JSON.parse(stdout).damaged}).toEqual({code: 0, damaged: []});
    expect((await place.command(['verify', join(place.folder, 'e.zip')])).code).toBe(0);
  });

  test.each([
    {
      lang: 'en',
      says: [
        `${log}: is not what record 4 of the journal sealed`,
        `${junit}: is missing; record 2 of the journal sealed it`,
        'does not pass verify',
        'The database was neither asked nor changed',
        'Keep a copy of the run directory',
      ],
    },
    {
      lang: 'ko',
      says: [
        `${log}: 저널 4번째 기록이 봉인한 내용과 다름`,
        `${junit}: 없음, 저널 2번째 기록이 봉인한 파일`,
        '검증을 통과하지 못하며',
        '데이터베이스에는 접속하지 않았고',
        '실행 디렉터리를 복사해 보존하고',
      ],
    },
  ])('of a damaged run names each file and its record, writes the bundle and ends 65 ($lang)', async ({lang, says}) => {
    const place = sealedRun();
    damage(place);
    const {code, stdout, stderr} = await exported(place, '--lang', lang);
    expect(code).toBe(65);
    for (const words of says) expect(stderr).toContain(words);
    expect(stderr).not.toContain(dump);
    expect(stdout).toContain(join(place.folder, 'e.zip'));
    // Evidence is never withheld: the file is in the bundle as it is now.
    expect(readFileSync(join(place.folder, 'e/data', log))).toEqual(readFileSync(place.path(log)));
    expect(existsSync(join(place.folder, 'e/data/report.html'))).toBe(true);
    expect((await place.command(['verify', join(place.folder, 'e.zip')])).code).toBe(65);
  });

  test('of a damaged run has the files in its JSON', async () => {
    const place = sealedRun();
    damage(place);
    const {code, stdout} = await exported(place, '--json');
    expect(code).toBe(65);
    expect(JSON.parse(stdout)).toMatchObject({
      archive: join(place.folder, 'e.zip'),
      damaged: [
        {file: junit, record: 2, found: 'missing'},
        {file: log, record: 4, found: 'changed'},
      ],
    });
  });
});
