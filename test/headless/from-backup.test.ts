// Does a rehearsal on a backup file happen on what the file holds, and is a file that cannot be built on refused?

import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Client} from 'pg';
import {beforeAll, expect} from 'vitest';
import type {EmbeddedRecord} from '../../src/adapters/embedded/server.ts';
import {hashFile, sha256} from '../../src/adapters/files.ts';
import {findClientTool} from '../../src/adapters/pg-tools.ts';
import {scratchPrefix} from '../../src/core/scratch-name.ts';
import {snapshotText} from '../../src/catalog/snapshot.ts';
import {createPlace, ensureBuilt, type Place} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {catalogOf} from '../support/run.ts';

const {describe, test} = needs('pg_dump');

beforeAll(ensureBuilt);

const few = ['source-table', 'snapshot', 'backup'];

const dump = async (database: TestDatabase, place: Place, format: 'custom' | 'directory'): Promise<string> => {
  const tool = await findClientTool('pg_dump', process.env);
  if (tool === undefined) throw new Error('no pg_dump');
  const file = join(place.folder, `prod.${format}`);
  execFileSync(tool.path, [`--format=${format}`, `--file=${file}`, database.url]);
  return file;
};

/** Replaces bytes by as many others, as often as they occur. */
const patch = (file: string, from: string, to: string): void => {
  const text = readFileSync(file, 'latin1');
  if (!text.includes(from) || from.length !== to.length) throw new Error(`${from} cannot become ${to}`);
  writeFileSync(file, text.replaceAll(from, to), 'latin1');
};

/** Databases on the shared test server that belong to this run and are still there. */
const madeFor = async (database: TestDatabase, run: string): Promise<readonly string[]> => {
  const client = await database.connect();
  const {rows} = await client.query<{name: string}>(
    'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
    [scratchPrefix(run)],
  );
  await client.end();
  return rows.map(({name}) => name);
};

describe('a rehearsal on a backup', () => {
  test('is one on the same catalog and rows, says of which file, and can be continued', async () => {
    const place = createPlace({steps: few});
    await using database = await createTestDatabase();
    const client = await database.connect();
    // A role that only this database knows; quotes and policies are what restores stumble over.
    const role = `Only "${database.name}"`.slice(0, 60);
    const quoted = `"${role.replaceAll('"', '""')}"`;
    await client.query(`CREATE ROLE ${quoted} NOLOGIN`);
    await client.query(`GRANT SELECT ON public.attempt TO ${quoted}`);
    await client.query('DELETE FROM exam_results WHERE id IN (SELECT id FROM exam_results LIMIT 7)');
    const rows = (await client.query<{n: string}>('SELECT count(*) AS n FROM exam_results')).rows[0]?.n;
    const digest = sha256(snapshotText(await catalogOf(database)));
    const file = await dump(database, place, 'custom');
    await client.query(`DROP OWNED BY ${quoted}`);
    await client.query(`DROP ROLE ${quoted}`);

    const begun = await place.cli(['rehearse', '--from-backup', file, '--until', 'snapshot', '--keep']);
    expect(begun.code, begun.all).toBe(0);

    const [opened] = place.journal();
    expect(opened).toMatchObject({
      type: 'RunOpened',
      environment: 'rehearsal',
      target: {database: database.name},
      copyOf: {file: 'prod.custom', database: database.name, ...(await hashFile(file))},
    });
    const facts = place.journal().flatMap((event) => (event.type === 'StepSucceeded' ? [event.facts] : []));
    expect(facts.find(({kind}) => kind === 'snapshot')).toMatchObject({digest});
    const note = JSON.parse(readFileSync(place.path('connection.json'), 'utf8')) as {embedded: EmbeddedRecord};
    const {socketDirectory: host, port, user} = note.embedded;
    const copy = new Client({host, port, user, database: database.name});
    await copy.connect();
    expect((await copy.query<{n: string}>('SELECT count(*) AS n FROM exam_results')).rows).toEqual([{n: rows}]);
    await copy.end();
    const status = await place.command(['status']);
    expect(status.stdout).toContain('a copy of prod.custom');

    expect((await place.cli(['resume', '--until', 'snapshot'])).code).toBe(0);
    expect(place.leftovers()).toEqual([]);
  });

  test('in a database that it makes is one on the same catalog and rows, says of which file, and goes on there', async () => {
    const place = createPlace({steps: few});
    await using database = await createTestDatabase();
    const client = await database.connect();
    await client.query('DELETE FROM exam_results WHERE id IN (SELECT id FROM exam_results LIMIT 7)');
    const rows = (await client.query<{n: string}>('SELECT count(*) AS n FROM exam_results')).rows;
    const digest = sha256(snapshotText(await catalogOf(database)));
    const file = await dump(database, place, 'custom');
    const env = {SCRATCH_HERE: database.url};
    const rehearse = ['rehearse', '--scratch-url', 'env:SCRATCH_HERE', '--from-backup', file];
    const begun = await place.command([...rehearse, '--until', 'snapshot', '--keep'], {env});
    expect(begun.code, begun.all).toBe(0);
    const [opened] = place.journal();
    expect(opened).toMatchObject({
      type: 'RunOpened',
      environment: 'rehearsal',
      copyOf: {file: 'prod.custom', database: database.name, ...(await hashFile(file))},
    });
    const facts = place.journal().flatMap((event) => (event.type === 'StepSucceeded' ? [event.facts] : []));
    expect(facts.find(({kind}) => kind === 'snapshot')).toMatchObject({digest});
    const [made] = await madeFor(database, place.run());
    const copy = new Client({connectionString: database.url.replace(database.name, made ?? 'nothing')});
    await copy.connect();
    expect((await copy.query<{n: string}>('SELECT count(*) AS n FROM exam_results')).rows).toEqual(rows);
    await copy.end();
    expect((await place.command(['status'])).stdout).toContain('a copy of prod.custom');
    expect((await place.command(['resume', '--until', 'snapshot'], {env})).code).toBe(0);
    expect(await madeFor(database, place.run())).toEqual([]);
  });

  test('works from a directory as well', async () => {
    const place = createPlace({steps: few});
    await using database = await createTestDatabase();
    const file = await dump(database, place, 'directory');
    const {code, all} = await place.command(
      ['rehearse', '--scratch-url', 'env:SCRATCH_HERE', '--from-backup', file, '--until', 'snapshot'],
      {env: {SCRATCH_HERE: database.url}},
    );
    expect(code, all).toBe(0);
    expect(place.leftovers()).toEqual([]);
  });
});

describe('a rehearsal in a database that it makes on a named server', () => {
  test('of a backup in a directory is killed, goes on in the same database, and drops it at the end', async () => {
    const place = createPlace({steps: few});
    await using database = await createTestDatabase();
    const file = await dump(database, place, 'directory');
    const env = {SCRATCH_HERE: database.url};
    const killed = await place.cli(['rehearse', '--scratch-url', 'env:SCRATCH_HERE', '--from-backup', file], {
      env,
      signal: {name: 'SIGKILL', when: (printed) => printed.includes('pg_dump')},
    });
    expect(killed.signal, killed.all).toBe('SIGKILL');
    const run = place.run();
    const [made] = await madeFor(database, run);
    expect(place.journal()[0]).toMatchObject({target: {database: made}, copyOf: {database: database.name}});
    expect(place.leftovers()).toEqual([]);
    expect(readFileSync(place.path('connection.json'), 'utf8')).not.toContain(database.url);

    const resumed = await place.command(['resume', '--until', 'snapshot', '--keep'], {env});
    expect(resumed.code, resumed.all).toBe(0);
    expect(await madeFor(database, run)).toEqual([made]);
    const last = await place.command(['resume', '--until', 'snapshot'], {env});
    expect(last.code, last.all).toBe(0);
    expect(await madeFor(database, run)).toEqual([]);
    // What the operator named is as it was.
    expect(await catalogOf(database)).toMatchObject({missing: []});
  });

  test('is killed while it restores: the next one clears away what it left, and stumbles over no stray file', async () => {
    const place = createPlace({steps: few});
    await using database = await createTestDatabase();
    const file = await dump(database, place, 'custom');
    const rehearse = ['rehearse', '--scratch-url', 'env:SCRATCH_HERE', '--from-backup', file, '--until', 'snapshot'];
    const env = {SCRATCH_HERE: database.url};
    const killed = await place.cli(rehearse, {
      env,
      signal: {name: 'SIGKILL', when: (printed) => printed.includes('Restoring')},
    });
    expect(killed.signal, killed.all).toBe('SIGKILL');
    expect(place.leftovers()).toEqual([]);
    const run = place.run();
    const passfile = place.path('pgpass.1.1');
    const connection = place.path('connection.json');
    writeFileSync(passfile, '*:*:*:deploy:secret\n');
    writeFileSync(join(place.runs, 'r-notes'), 'not a run');
    const note = JSON.parse(readFileSync(connection, 'utf8')) as {made: {process: object; host: string}};
    const because = {
      'on another host': {...note.made, host: 'elsewhere'},
      'in another container': {...note.made, process: {...note.made.process, scope: 'pid:[1]'}},
      'whose note says neither': {...note.made, process: undefined},
    };
    // A rehearsal each.
    const cases = Object.entries(because).slice(process.env['LONG'] === '1' ? 0 : -1);
    for (const [why, made] of cases) {
      writeFileSync(connection, JSON.stringify({...note, made}));
      expect((await place.command(rehearse, {env})).code).toBe(0);
      expect(existsSync(passfile), why).toBe(true);
      expect(await madeFor(database, run), why).toHaveLength(1);
    }
    // The number of a process that lives now, and began at another time.
    const process_ = {...note.made.process, pid: process.pid};
    writeFileSync(connection, JSON.stringify({...note, made: {...note.made, process: process_}}));
    expect((await place.command(rehearse, {env})).code).toBe(0);
    expect(existsSync(passfile)).toBe(false);
    expect(readdirSync(place.runs)).not.toContain(run);
    expect(await madeFor(database, run)).toEqual([]);
  });

  test('that cannot be dropped is named with its server, keeps its mark, and is dropped by the next one', async () => {
    const place = createPlace({steps: few});
    await using database = await createTestDatabase();
    const schema = place.sql('sample/010_schema.sql');
    const results = place.sql('sample/030_results.sql');
    const [schemaBefore, resultsBefore] = [readFileSync(schema, 'utf8'), readFileSync(results, 'utf8')];
    // Nothing drops a database that is a template.
    const pin = `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE true', current_database()); END $$;`;
    writeFileSync(schema, `${schemaBefore}\n${pin}\n`);
    writeFileSync(results, 'SELECT 1/0;\n');
    const rehearse = ['rehearse', '--scratch-url', 'env:SCRATCH_HERE', '--until', 'snapshot'];
    const env = {SCRATCH_HERE: database.url};
    const ended = await place.cli(rehearse, {env});
    expect(ended.code, ended.all).not.toBe(0);
    // The sample had begun: that no statement was sent would be false.
    expect(ended.stderr).toContain("Statements were sent only for the rehearsal's own database.");
    const run = place.run();
    const [made = 'nothing'] = await madeFor(database, run);
    expect(ended.stderr).toMatch(new RegExp(`Could not be dropped on \\S+:\\d+: ${made}`));

    const client = await database.connect();
    await client.query(`ALTER DATABASE ${made} IS_TEMPLATE false`);
    writeFileSync(schema, schemaBefore);
    writeFileSync(results, resultsBefore);
    expect((await place.command(rehearse, {env})).code).toBe(0);
    expect(await madeFor(database, run)).toEqual([]);
    expect(readdirSync(place.runs)).not.toContain(run);
  });

  test('is refused a URL, and leaves nothing of a copy whose roles are missing', async () => {
    const place = createPlace({steps: few});
    await using database = await createTestDatabase();
    const client = await database.connect();
    const role = `only_${database.name}`.slice(0, 60);
    await client.query(`CREATE ROLE ${role} NOLOGIN`);
    await client.query(`GRANT SELECT ON public.attempt TO ${role}`);
    const file = await dump(database, place, 'custom');
    await client.query(`DROP OWNED BY ${role}`);
    await client.query(`DROP ROLE ${role}`);
    expect((await place.command(['rehearse', '--scratch-url', database.url])).code).toBe(64);
    const refused = await place.command(['rehearse', '--scratch-url', 'env:SCRATCH_HERE', '--from-backup', file], {
      env: {SCRATCH_HERE: database.url},
    });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(role);
    expect(readdirSync(place.runs)).toEqual([]);
    const {rows} = await client.query(
      "SELECT datname FROM pg_database WHERE datname LIKE 'ar\\_scratch\\_%\\_target\\_1'",
    );
    expect(rows).toEqual([]);
  });
});

describe('a backup that cannot be built on', () => {
  const refused = async (database: TestDatabase, place: Place, file: string): Promise<string> => {
    const {code, stdout, stderr} = await place.command(
      ['rehearse', '--scratch-url', 'env:SCRATCH_HERE', '--from-backup', file],
      {env: {SCRATCH_HERE: database.url}},
    );
    expect(code).toBe(file.includes('nowhere') ? 64 : 2);
    expect(stdout).toBe('');
    expect(place.leftovers()).toEqual([]);
    // No run was opened for it.
    expect(existsSync(place.runs) ? readdirSync(place.runs) : []).toEqual([]);
    return stderr;
  };

  test('is refused before a run is opened, with its reason', async () => {
    const place = createPlace({steps: few});
    await using database = await createTestDatabase();
    const client = await database.connect();
    const {rows} = await client.query<{name: string}>(
      "SELECT name FROM pg_available_extensions WHERE name IN ('pg_trgm', 'pgcrypto', 'citext') LIMIT 1",
    );
    const extension = rows[0]?.name;
    if (extension === undefined) throw new Error('the test server has no extension to miss');
    await client.query(`CREATE EXTENSION ${extension}`);
    const whole = await dump(database, place, 'custom');
    const bytes = readFileSync(whole);
    const changed = (name: string, change: (file: string) => void): string => {
      const file = join(place.folder, name);
      writeFileSync(file, bytes);
      change(file);
      return file;
    };
    const missing = `z${extension.slice(1)}`;

    expect(await refused(database, place, join(place.folder, 'nowhere'))).toContain('ENOENT');
    expect(
      await refused(
        database,
        place,
        changed('cut', (file) => writeFileSync(file, bytes.subarray(0, -9000))),
      ),
    ).toContain('cannot be read to its end');
    expect(
      await refused(
        database,
        place,
        changed('format', (file) => patch(file, 'PGDMP\u0001', 'PGDMP\u0009')),
      ),
    ).toContain('newer than what is installed here');
    expect(
      await refused(
        database,
        place,
        changed('server', (file) => patch(file, '15.', '98.')),
      ),
    ).toContain('made by PostgreSQL 98');
    expect(
      await refused(
        database,
        place,
        changed('extension', (file) => patch(file, extension, missing)),
      ),
    ).toContain(missing);
    expect(
      await refused(
        database,
        place,
        changed('text', (file) => writeFileSync(file, `--\n-- PostgreSQL database dump\n--\n\n`)),
      ),
    ).toMatch(/SQL text|valid archive/);
  });
});
