// Does the tool drop what it made, all of it, and never anything else?

import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {execa} from 'execa';
import {beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {identifyTarget} from '../../../src/adapters/postgres/identity.ts';
import {processesOf} from '../../../src/adapters/processes.ts';
import {runDirectory} from '../../../src/adapters/run-directory.ts';
import {scratchPlace, type OwnedScratchPlace, type ScratchParts} from '../../../src/adapters/scratch.ts';
import {embeddedSettings} from '../../../src/cli/embedded-settings.ts';
import {success, type Result} from '../../../src/core/failure.ts';
import {scratchName} from '../../../src/core/scratch-name.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {openTestRun, resumeTestRun, settingsOf, temporaryFolder} from '../../support/run.ts';

const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
};

/** Whose server it is; nothing is done in it. */
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({template: 'empty'});
  return database.drop;
});

/** Each test has a run of its own: the databases of a cluster are everybody's. */
const newRun = (): string => `r-${Math.random().toString(36).slice(2, 7).padEnd(5, '2')}`;

const directoryOf = (run: string) => {
  const directory = runDirectory(temporaryFolder(), run);
  mkdirSync(directory.path);
  return directory;
};

const placeIn = async (
  database: TestDatabase,
  directory: ReturnType<typeof directoryOf>,
  kind: 'target-server' | 'declared' | 'embedded' = 'target-server',
): Promise<OwnedScratchPlace> => {
  const settings = settingsOf(database);
  const where: ScratchParts['place'] =
    kind === 'embedded'
      ? {kind, settingsOf: ({record}) => embeddedSettings(record)}
      : {kind, settings: () => success(settings)};
  const place = scratchPlace({
    directory,
    run: directory.run,
    target: value(await identifyTarget(settings)),
    place: where,
    processes: () =>
      processesOf({
        env: {},
        secrets: () => [],
        target: () => ({variables: {}, through: () => ({}), dispose: () => undefined}),
      }),
  });
  onTestFinished(async () => void (await place.close()));
  return place;
};

const open = (place: OwnedScratchPlace, name: string) => place.open(name, 'test/scratch', new AbortController().signal);

const databases = async (database: TestDatabase, run: string): Promise<readonly string[]> => {
  const admin = await database.connect();
  const {rows} = await admin.query<{datname: string}>(
    'SELECT datname FROM pg_database WHERE datname LIKE $1 ORDER BY 1',
    [`ar\\_scratch\\_${run.replace('-', '\\_')}\\_%`],
  );
  await admin.end();
  return rows.map(({datname}) => datname);
};

const runSql = async (database: TestDatabase, sql: string): Promise<void> => {
  const admin = await database.connect();
  await admin.query(sql);
  await admin.end();
};

describe('a scratch database', () => {
  test('is marked while it is there, empty, and gone after it was dropped', async () => {
    const run = newRun();
    const place = await placeIn(database, directoryOf(run));
    const name = scratchName(run, 'backup', 1);

    const scratch = value(await open(place, name));

    expect(scratch).toMatchObject({name, where: 'target-server', target: {database: name}});
    const admin = await database.connect();
    const {rows} = await admin.query(
      `SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = '${name}'`,
    );
    expect(rows[0]).toEqual({mark: expect.stringMatching(new RegExp(`run ${run}, mark [0-9a-f]{32};`))});
    value(await scratch.drop());
    value(await scratch.drop());
    expect(await databases(database, run)).toEqual([]);
  });

  test.each([
    ['without a comment', undefined],
    ['with a comment of a human', 'keep'],
    [
      'with the mark of the same run and another token',
      `scratch database of attempt-runbook, run RUN, mark ${'0'.repeat(32)}; that run drops it`,
    ],
  ])('that has the name already %s is never dropped, nor used', async (_, comment) => {
    const run = newRun();
    const place = await placeIn(database, directoryOf(run));
    const name = scratchName(run, 'backup', 1);
    await runSql(database, `CREATE DATABASE ${name}`);
    if (comment !== undefined) {
      await runSql(database, `COMMENT ON DATABASE ${name} IS '${comment.replace('RUN', run)}'`);
    }

    expect(await open(place, name)).toEqual({ok: false, failure: {code: 'scratch-not-ours', name}});
    expect(value(await place.sweep())).toEqual([]);
    expect(await databases(database, run)).toEqual([name]);
    await runSql(database, `DROP DATABASE ${name}`);
  });

  test('whose mark was taken away meanwhile is not dropped', async () => {
    const run = newRun();
    const place = await placeIn(database, directoryOf(run));
    const name = scratchName(run, 'backup', 1);
    const scratch = value(await open(place, name));
    await runSql(database, `COMMENT ON DATABASE ${name} IS 'mine now'`);
    expect(await scratch.drop()).toEqual({ok: false, failure: {code: 'scratch-not-ours', name}});
    expect(await databases(database, run)).toEqual([name]);
    await runSql(database, `DROP DATABASE ${name}`);
  });

  test('that could not be dropped is tried once more when the run is closed, and named when it stays', async () => {
    const run = newRun();
    const place = await placeIn(database, directoryOf(run), 'declared');
    const name = scratchName(run, 'backup', 1);
    const scratch = value(await open(place, name));
    // Nothing drops a database that is a template.
    await runSql(database, `ALTER DATABASE ${name} IS_TEMPLATE true`);
    expect((await scratch.drop()).ok).toBe(false);
    const {host, port} = settingsOf(database);
    expect(await place.close()).toMatchObject({names: [name], server: `${host}:${port}`});
    expect(await databases(database, run)).toEqual([name]);

    await runSql(database, `ALTER DATABASE ${name} IS_TEMPLATE false`);
    expect(await place.close()).toBeUndefined();
    expect(await databases(database, run)).toEqual([]);
  });

  test('on the server that the run named before is dropped when it is resumed with another', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database);
    const directory = runDirectory(run.runsDirectory, run.id);
    value(await open(await placeIn(database, directory, 'declared'), scratchName(run.id, 'backup', 1)));
    await run.close();
    expect(await databases(database, run.id)).toHaveLength(1);
    const elsewhere = join(temporaryFolder(), 'url');
    writeFileSync(elsewhere, 'postgresql://nobody@127.0.0.1:1/nothing', {mode: 0o600});
    const resumed = await resumeTestRun(database, run.runsDirectory, run.id, {scratch: `file:${elsewhere}`});
    expect(await databases(database, run.id)).toEqual([]);
    await resumed.close();
  });

  test('of a process that was killed is dropped by the next one, even when it has no comment yet', async () => {
    const run = newRun();
    const directory = directoryOf(run);
    const first = await placeIn(database, directory);
    const [whole, half] = [scratchName(run, 'backup', 1), scratchName(run, 'backup', 1, 'alone')];
    value(await open(first, whole));
    value(await open(first, half));
    // As it is between CREATE DATABASE and COMMENT.
    await runSql(database, `COMMENT ON DATABASE ${half} IS NULL`);
    await runSql(database, `CREATE DATABASE ${scratchName(run, 'other', 1)}`);

    const next = await placeIn(database, directory);
    expect(value(await next.sweep())).toEqual([whole, half]);
    expect(await databases(database, run)).toEqual([scratchName(run, 'other', 1)]);
    await runSql(database, `DROP DATABASE ${scratchName(run, 'other', 1)}`);
  });

  test('of another run is not the concern of this one', async () => {
    const [mine, other] = [newRun(), newRun()];
    const name = scratchName(other, 'backup', 1);
    const scratch = value(await open(await placeIn(database, directoryOf(other)), name));
    const place = await placeIn(database, directoryOf(mine));
    value(await (await open(place, scratchName(mine, 'backup', 1)).then(value)).drop());
    expect(value(await place.sweep())).toEqual([]);
    expect(await open(place, name)).toEqual({ok: false, failure: {code: 'scratch-not-ours', name}});
    expect(await databases(database, other)).toEqual([name]);
    value(await scratch.drop());
  });

  test('on a server that the operator named gets no roles: they would outlive it', async () => {
    const run = newRun();
    const scratch = value(
      await open(await placeIn(database, directoryOf(run), 'declared'), scratchName(run, 'backup', 1)),
    );
    const role = `nobody_has_this_${run.replace('-', '_')}`;
    expect(value(await scratch.ensureRoles([{name: database.user}, {name: role}]))).toEqual([role]);
    expect(value(await scratch.ensureRoles([{name: role}]))).toEqual([role]);
    value(await scratch.drop());
  });
});

describe('a scratch server of this machine', () => {
  test('is started for the first database, makes roles that nobody can log in with, and goes with the last', async () => {
    const run = newRun();
    const directory = directoryOf(run);
    const place = await placeIn(database, directory, 'embedded');
    const one = value(await open(place, scratchName(run, 'backup', 1)));
    const two = value(await open(place, scratchName(run, 'backup', 1, 'alone')));
    const at = one.target.address;
    expect(one.where).toBe('embedded');
    const here = value(await identifyTarget(settingsOf(database)));
    expect(Math.floor(one.target.serverVersionNum / 10_000)).toBe(Math.floor(here.serverVersionNum / 10_000));
    expect(two.target.address).toBe(at);
    expect(existsSync(at)).toBe(true);

    expect(value(await one.ensureRoles([{name: 'Reader "x"'}, {name: 'boss', superuser: true}]))).toEqual([]);
    const session = value(await one.database.connect({readOnly: true, statementTimeoutMs: 5000, lockTimeoutMs: 5000}));
    const roles = value(
      await session.query(
        `SELECT rolname, rolcanlogin, rolsuper FROM pg_roles WHERE rolname IN ('Reader "x"', 'boss') ORDER BY 1`,
      ),
    );
    await session.close();
    expect(roles.rows).toEqual([
      {rolname: 'Reader "x"', rolcanlogin: 'f', rolsuper: 'f'},
      {rolname: 'boss', rolcanlogin: 'f', rolsuper: 't'},
    ]);

    value(await one.drop());
    expect(existsSync(at)).toBe(true);
    value(await two.drop());
    expect(existsSync(at)).toBe(false);
  });

  test('of a process that was killed is removed by the next one', async () => {
    const run = newRun();
    const directory = directoryOf(run);
    const scratch = value(await open(await placeIn(database, directory, 'embedded'), scratchName(run, 'backup', 1)));
    const server = join(scratch.target.address, '..');
    // As if its owner, this process, had died: another number's identity, which no process has.
    const dead = execa('true');
    await dead;
    const owner = JSON.parse(readFileSync(join(server, 'owner.json'), 'utf8')) as {owner: Record<string, unknown>};
    writeFileSync(join(server, 'owner.json'), JSON.stringify({...owner, owner: {...owner.owner, pid: dead.pid}}));

    const next = await placeIn(database, directory, 'embedded');
    expect(value(await next.sweep())).toEqual([]);
    expect(existsSync(server)).toBe(false);
  });

  test('that does not suit the dump is said to be missing', async () => {
    const run = newRun();
    const directory = directoryOf(run);
    const target = {
      ...value(await identifyTarget(settingsOf(database))),
      serverVersionNum: 990_001,
      serverVersion: '99.1',
    };
    const place = scratchPlace({
      directory,
      run,
      target,
      place: {kind: 'embedded', settingsOf: ({record}) => embeddedSettings(record)},
      processes: () =>
        processesOf({
          env: {},
          secrets: () => [],
          target: () => ({variables: {}, through: () => ({}), dispose: () => undefined}),
        }),
    });
    expect(await open(place, scratchName(run, 'backup', 1))).toEqual({
      ok: false,
      failure: {code: 'scratch-unavailable', problem: 'no-server-programs', message: '99.1'},
    });
  });
});
