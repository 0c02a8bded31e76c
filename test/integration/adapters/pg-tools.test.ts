// Do we run the client program that suits the server, and name the right command when there is none?
import {chmod, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {findClientTool, installHint, pathDirectories, readProgramVersion} from '../../../src/adapters/pg-tools.ts';

// Majors no real PostgreSQL has, so that what this machine has installed never decides a test.
let root: string;
const at = (...names: readonly string[]): string => join(root, ...names);
const path = (...names: readonly string[]): {readonly PATH: string} => ({
  PATH: names.map((name) => at(name)).join(':'),
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pg-tools-'));
  for (const [name, output] of [
    ['97', 'pg_dump (PostgreSQL) 97.2 (Debian 97.2-1.pgdg12+1)'],
    ['96', 'pg_dump (PostgreSQL) 96.11'],
    ['98beta', 'pg_dump (PostgreSQL) 98beta1'],
    ['broken', 'error while loading shared libraries'],
  ] as const) {
    await writeProgram(at(name, 'pg_dump'), output);
  }
  await writeProgram(at('wrapped', 'pg_wrapper'), 'pg_dump (PostgreSQL) 99.1');
  await symlink('pg_wrapper', at('wrapped', 'pg_dump'));
});

afterAll(() => rm(root, {recursive: true, force: true}));

describe('the client program', () => {
  test('is the first on PATH when no server is known', async () => {
    expect(await findClientTool('pg_dump', path('97', '96'))).toEqual({
      path: at('97', 'pg_dump'),
      version: '97.2',
      major: 97,
    });
    expect(await findClientTool('pg_dump', path('96', '97'))).toMatchObject({version: '96.11'});
  });

  test('is the smallest major that is not older than the server', async () => {
    expect(await findClientTool('pg_dump', path('98beta', '97', '96'), 96)).toMatchObject({major: 96});
    expect(await findClientTool('pg_dump', path('98beta', '96', '97'), 97)).toMatchObject({major: 97});
  });

  test('is the newest there is when all are older than the server', async () => {
    expect(await findClientTool('pg_dump', path('96', '98beta', '97'), 120)).toEqual({
      path: at('98beta', 'pg_dump'),
      version: '98beta1',
      major: 98,
    });
  });

  test('is never one that does not start', async () => {
    expect(await findClientTool('pg_dump', path('broken', '96'))).toMatchObject({major: 96});
  });

  test("is never Debian's wrapper, whose version depends on how it is called", async () => {
    expect(await findClientTool('pg_dump', path('wrapped', '96'))).toMatchObject({major: 96});
  });

  test('is never looked for in a relative PATH entry, where the working directory would choose it', () => {
    expect(pathDirectories({PATH: `.:bin:${at('97')}::../bin`})).toEqual([at('97')]);
    expect(pathDirectories({})).toEqual([]);
  });
});

test('the version of a missing program is undefined', async () => {
  expect(await readProgramVersion(at('nowhere', 'pg_dump'))).toBeUndefined();
});

test.each([
  ['linux', 'ID=debian\n', 'apt-get install postgresql-client'],
  ['linux', 'NAME="Pop"\nID=pop\nID_LIKE="ubuntu debian"\n', 'apt-get install postgresql-client'],
  ['linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'dnf install postgresql'],
  ['linux', 'ID=alpine\n', 'apk add postgresql-client'],
  ['linux', 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'zypper install postgresql'],
  ['darwin', '', 'brew install libpq'],
  ['linux', '', 'https://www.postgresql.org/download/'],
])('on %s with %j the client is installed by %s', (platform, osRelease, command) => {
  expect(installHint(platform, osRelease)).toBe(command);
});

async function writeProgram(file: string, output: string): Promise<void> {
  await mkdir(dirname(file), {recursive: true});
  await writeFile(file, `#!/bin/sh\necho '${output}'\n`);
  await chmod(file, 0o755);
}
