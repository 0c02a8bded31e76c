// Does the doctor say what is red on this machine and end accordingly, and only of what it has looked at?

import {chmodSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {beforeAll, expect, onTestFinished, test} from 'vitest';
import type {DoctorCheck} from '../../src/core/doctor.ts';
import {createPlace, ensureBuilt, type Place} from '../support/headless.ts';
import {deployLogin} from '../support/login.ts';
import {needs} from '../support/needs.ts';
import {startPooler} from '../support/pooler.ts';
import {createTestDatabase} from '../support/postgres.ts';

beforeAll(ensureBuilt);

type Report = Readonly<{code: number | null; of: (subject: string) => DoctorCheck | undefined; ms: number}>;

const report = async (
  place: Place,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Report> => {
  const began = performance.now();
  const {code, stdout} = await place.command(['doctor', '--json', ...args], {env});
  const {checks} = JSON.parse(stdout) as Readonly<{checks: readonly DoctorCheck[]}>;
  return {code, of: (subject) => checks.find((check) => check.subject === subject), ms: performance.now() - began};
};

needs('pg_dump').test(
  'a machine that fits the target ends with 0, and nothing is claimed of what was not asked',
  async () => {
    await using database = await createTestDatabase();
    const place = createPlace();
    const {code, of} = await report(place, ['--url', 'env:TARGET'], {TARGET: database.url});
    expect(code).toBe(0);
    expect(of('target')).toMatchObject({level: 'green', value: expect.stringContaining(database.name)});
    expect(of('pg_dump')).toMatchObject({level: 'green', value: expect.stringMatching(/^\d+\.\d+ {2}\//)});
    expect(of('aws')).toMatchObject({level: 'dim'});
    expect((await report(place)).of('target')).toEqual({subject: 'target', level: 'dim', note: {code: 'not-asked'}});
  },
);

test('the rights of the login are asked before the night: what is missing is red with its GRANT, what is hidden amber', async () => {
  await using database = await createTestDatabase();
  const login = await deployLogin(database);
  const admin = await database.connect();
  const place = createPlace();
  const asked = () => place.command(['doctor', '--url', 'env:TARGET'], {env: {TARGET: login.url}});

  const before = await asked();
  expect(before.code).toBe(2);
  expect(before.stdout).toContain(`app_reader: ${login.role} may not take on this role`);
  expect(before.stdout).toContain(`$ psql -d ${database.name} -c 'GRANT app_reader TO ${login.role}'`);
  expect(before.stdout).toMatch(/! amber .*not visible to .* \(needs pg_read_all_stats\)/);

  await admin.query(`GRANT app_reader, pg_read_all_stats TO ${login.role}`);
  const after = await asked();
  expect(after.stdout).toContain(
    `${login.role}  may drop and put back public.attempt and 2 on it; may take on app_reader`,
  );
  expect(after.stdout).not.toContain('pg_read_all_stats');
});

test('a transaction pooler that nobody else uses is red, and nobody is asked to confirm it as a target', async () => {
  await using database = await createTestDatabase();
  const pooler = await startPooler(`${database.host}/.s.PGSQL.${database.port}`, {isIdle: true});
  onTestFinished(pooler.close);
  const place = createPlace();
  const TARGET = `postgresql://${database.user}@${pooler.host}:${pooler.port}/${database.name}?sslmode=disable`;
  const {code, of} = await report(place, ['--url', 'env:TARGET'], {TARGET});
  expect(code).toBe(2);
  expect(of('target')).toMatchObject({level: 'red', note: {text: {en: expect.stringContaining('connection pooler')}}});

  const run = await place.command(['run', '--env', 'staging', '--url', 'env:TARGET'], {env: {TARGET}, pinned: false});
  expect(run.code).toBe(69);
  expect(run.stderr).toContain('connection pooler');
  expect(run.stderr).not.toContain('--pin');
});

test('each red line has what is wrong and what mends it, and ends with 2', async () => {
  const place = createPlace({
    alter: (yaml) =>
      yaml.replace(
        '\nsteps:\n',
        `\nsteps:\n  - {id: asks, phase: preflight, kind: command, in: [rehearsal], run: 'gh pr checks 73; kubectl version', title: {en: x, ko: x}}\n  - {id: may, phase: preflight, kind: command, in: [rehearsal], optional: true, run: gcloud version, title: {en: x, ko: x}}\n`,
      ),
  });
  const bin = join(place.folder, 'bin');
  mkdirSync(bin);
  // A gh that is there and is asked; its answer takes longer than anybody waits.
  writeFileSync(join(bin, 'gh'), '#!/bin/sh\n[ "$1" = auth ] && exec sleep 600\necho gh version 2.40.0\n', {
    mode: 0o755,
  });
  const passfile = join(place.folder, 'home', '.pgpass');
  writeFileSync(passfile, '*:*:*:*:x\n');
  chmodSync(passfile, 0o644);
  // No kubectl and no gcloud: one is needed, the other may be left out.
  const PATH = `${bin}:/usr/sbin:/sbin:${dirname(process.execPath)}`;
  for (const name of ['bash', 'sh', 'sleep', 'ssh-keygen']) symlinkSync(`/usr/bin/${name}`, join(bin, name));
  const {code, of, ms} = await report(place, ['--url', 'env:TARGET'], {PATH, TARGET: 'postgresql://x@127.0.0.1:1/x'});
  expect(code).toBe(2);
  expect(of('target')).toMatchObject({level: 'red', note: {code: 'said'}});
  expect(of('pgpass')).toMatchObject({level: 'red', fix: `chmod 600 ${passfile}`});
  expect(of('gh')).toMatchObject({level: 'amber', value: `2.40.0  ${join(bin, 'gh')}`, note: {code: 'no-answer'}});
  expect(of('kubectl')).toMatchObject({level: 'red', note: {code: 'missing'}});
  expect(of('gcloud')).toMatchObject({level: 'amber', note: {code: 'missing'}});
  expect(ms).toBeLessThan(20_000);
  const korean = await place.command(['doctor', '--lang', 'ko']);
  expect(korean.stdout).toMatch(/✗ 해결 필요 {2}암호 파일 .*\n +\$ chmod 600 /);
});
