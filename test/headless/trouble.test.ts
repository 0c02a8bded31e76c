// Does everything that can be wrong with a target end in a clear sentence, in both languages, with the right exit code?

import {writeFileSync, readFileSync, existsSync, readdirSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {Client} from 'pg';
import {beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {startEmbeddedServer} from '../../src/adapters/embedded/server.ts';
import {findServerToolchain} from '../../src/adapters/embedded/toolchain.ts';
import {allAnswers, createPlace, ensureBuilt, onlyChecks, type Ended, type Place} from '../support/headless.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {catalogOf} from '../support/run.ts';

beforeAll(ensureBuilt);

// Proven beside the target: a server of its own would cost each run two seconds.
const staging = ['run', '--env', 'staging', '--url', 'env:TARGET', '--scratch', 'env:TARGET'];
const isKorean = (text: string): boolean => /[가-힣]/.test(text);

/** Runs against staging with every answer given. */
const walk = (
  place: Place,
  database: TestDatabase,
  args: readonly string[] = [],
  changes: Readonly<Record<string, unknown>> = {},
) =>
  place.command(
    [
      ...staging,
      '--answers',
      place.answers(allAnswers(place.definition(), 'staging', database.name, changes)),
      ...args,
    ],
    {env: {TARGET: database.url}},
  );

/** The gates that look at the data before anything is done. */
const gates = ['source-table', 'data-contract'];

describe('a target that cannot be reached', () => {
  test.each(['en', 'ko'])('is named, and the run is not opened (%s)', async (lang) => {
    const place = createPlace();
    const listener = createServer();
    const port = await new Promise<number>((resolve) =>
      listener.listen(0, '127.0.0.1', () => {
        const address = listener.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      }),
    );
    // Nobody listens there any more.
    await new Promise((resolve) => listener.close(resolve));
    const {code, stdout, stderr} = await place.command([...staging, '--lang', lang], {
      env: {TARGET: `postgresql://op@127.0.0.1:${port}/x`},
    });
    expect({code, stdout}).toEqual({code: 69, stdout: ''});
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(isKorean(stderr)).toBe(lang === 'ko');
    expect(existsSync(place.runs) ? readdirSync(place.runs) : []).toEqual([]);
  });

  test.each(['en', 'ko'])('is told from one that was reached and has no such database (%s)', async (lang) => {
    await using database = await createTestDatabase({template: 'empty'});
    const TARGET = database.url.replace(`/${database.name}?`, '/nosuch?');
    const {code, stderr} = await createPlace().command([...staging, '--lang', lang], {env: {TARGET}});
    expect(code).toBe(69);
    expect(stderr).toContain('database "nosuch" does not exist (3D000)');
    expect(stderr).not.toMatch(/could not be reached|VPN|연결할 수 없/);
    // There is no step yet.
    expect(stderr).not.toMatch(/the step again|이 단계/);
    expect(isKorean(stderr)).toBe(lang === 'ko');
  });

  test('is a server that refuses the password (a server of its own that asks for one)', async () => {
    const toolchain = await findServerToolchain();
    if (toolchain === undefined) throw new Error('no server programs');
    const started = await startEmbeddedServer({toolchain});
    if (!started.ok) throw new Error(JSON.stringify(started.problem));
    const {server} = started;
    onTestFinished(() => server.stop());
    const {socketDirectory: host, port, user, database} = server.record;
    const admin = new Client({host, port, user, database});
    await admin.connect();
    await admin.query("CREATE ROLE night_shift LOGIN PASSWORD 'right-7Qz'");
    const {rows} = await admin.query<{hba_file: string; id: string}>(
      "SELECT current_setting('hba_file') AS hba_file, system_identifier::text AS id FROM pg_control_system()",
    );
    const {hba_file: hba = '', id = ''} = rows[0] ?? {};
    writeFileSync(hba, `local all night_shift scram-sha-256\n${readFileSync(hba, 'utf8')}`);
    await admin.query('SELECT pg_reload_conf()');
    await admin.end();
    const url = (password: string): string =>
      `postgresql://night_shift:${password}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;

    for (const lang of ['en', 'ko']) {
      const place = createPlace();
      const {code, stdout, stderr} = await place.command([...staging, '--lang', lang], {
        env: {TARGET: url('wrong-8Rx')},
      });
      expect({code, stdout}).toEqual({code: 69, stdout: ''});
      expect(stderr).toContain('night_shift');
      expect(stderr).not.toContain('wrong-8Rx');
      expect(stderr).not.toMatch(/the step again|이 단계/);
      expect(isKorean(stderr)).toBe(lang === 'ko');
    }
    const place = createPlace();
    const without = await place.command(staging, {env: {TARGET: url('').replace(':@', '@')}});
    expect(without.code).toBe(69);
    // With the right one it gets as far as the first question, and nowhere is the password.
    const right = await place.command([...staging, '--pin', id], {env: {TARGET: url('right-7Qz')}});
    expect(right.code).toBe(3);
    expect(right.all).not.toContain('right-7Qz');
    const files = readdirSync(place.runs, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
    expect(
      files.filter(({parentPath, name}) => readFileSync(`${parentPath}/${name}`, 'utf8').includes('right-7Qz')),
    ).toEqual([]);
  });
});

describe('a URL on the command line', () => {
  test.each(['en', 'ko'])('is refused and not repeated (%s)', async (lang) => {
    const url = 'postgresql://op:hunter-5Tk@db.example/seedtest';
    const {code, stdout, stderr} = await createPlace().cli(['run', '--env', 'staging', '--url', url, '--lang', lang]);
    expect({code, stdout}).toEqual({code: 64, stdout: ''});
    expect(stderr).not.toContain('hunter-5Tk');
    expect(stderr).toContain('env:');
    expect(isKorean(stderr)).toBe(lang === 'ko');
  });

  test.each([
    'postgresql+psycopg2://op:hunter-5Tk@db.example/seedtest',
    'jdbc:postgresql://op:hunter-5Tk@db.example/seedtest',
    'host=db.example user=op password=hunter-5Tk',
  ])('is refused in every dress, by every command: %s', async (url) => {
    const place = createPlace();
    for (const args of [
      ['plan', '--url', url],
      ['run', '--env', 'production', `--url=${url}`],
    ]) {
      const {code, all} = await place.command(args);
      expect({code, leaks: all.includes('hunter-5Tk')}).toEqual({code: 64, leaks: false});
    }
  });

  test('is refused for the scratch server as well, before anything is connected to', async () => {
    const place = createPlace();
    const env = {TARGET: 'postgresql://nobody@127.0.0.1:1/nothing'};
    const url = 'postgresql://user:hunter-5Tk@127.0.0.1/scratch';
    const {code, all} = await place.command(['run', '--env', 'staging', '--url', 'env:TARGET', '--scratch', url], {
      env,
    });
    expect({code, leaks: all.includes('hunter-5Tk')}).toEqual({code: 64, leaks: false});
  });

  test.each([
    ['env:NOT_SET', 'NOT_SET'],
    ['file:/no/such/file', '/no/such/file'],
    ['somewhere', 'somewhere'],
  ])('and a source that names nothing are different refusals: %s', async (source, named) => {
    const {code, stderr} = await createPlace().command(['run', '--env', 'staging', '--url', source]);
    expect(code).toBe(64);
    expect(stderr).toContain(named);
  });
});

describe('a target on which the run cannot go on', () => {
  test.each(['en', 'ko'])('lacks the table that V1 reads: the gate names it (%s)', async (lang) => {
    await using database = await createTestDatabase({template: 'empty'});
    const {code, stdout} = await walk(createPlace({steps: gates}), database, ['--lang', lang]);
    expect(code).toBe(2);
    expect(stdout).toContain('table public.exam_results is missing');
    expect(isKorean(stdout)).toBe(lang === 'ko');
  });

  test.each(['en', 'ko'])('does not let the role read it: the right is named (%s)', async (lang) => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const role = `reader_${database.name}`.slice(0, 40);
    await admin.query(`CREATE ROLE ${role} LOGIN`);
    try {
      const url = database.url.replace(`//${database.user}@`, `//${role}@`);
      const {code, all} = await walk(createPlace({steps: gates}), {...database, url}, ['--lang', lang]);
      expect(code).toBe(2);
      expect(all).toContain('permission denied for table exam_results');
      expect(all).toContain('preflight/010_data_contract.sql');
      expect(isKorean(all)).toBe(lang === 'ko');
    } finally {
      await admin.query(`DROP ROLE ${role}`);
    }
  });

  test('holds a row that V1 could not read: the gate shows the rule and the row', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const {rows} = await admin.query<{id: string}>(
      `INSERT INTO public.exam_results (session_id, result_json) VALUES ('bad', '{"questions": [{"question_id": "7a"}]}') RETURNING id`,
    );
    const before = await catalogOf(database);
    const {code, stdout} = await walk(createPlace({steps: gates}), database);
    expect(code).toBe(2);
    expect(stdout).toContain('question_id is not a bigint');
    expect(stdout).toContain(`${rows[0]?.id}#1`);
    expect(await catalogOf(database)).toEqual(before);
  });

  test('meets an error in a file of a gate: file, line, column, the line and a caret, in both languages', async () => {
    await using database = await createTestDatabase();
    const place = createPlace({steps: gates});
    const broken = "SELECT 'a rule' AS rule, 1 AS rows,\n    er.sesion_id AS sample\nFROM public.exam_results AS er;\n";
    writeFileSync(place.sql('preflight/030_source_table.sql'), broken);
    const again = ['resume', '--lang', 'ko', '--answers', join(place.folder, 'answers.yaml')];
    for (const lang of ['en', 'ko']) {
      const {code, stdout} =
        lang === 'en' ? await walk(place, database) : await place.command(again, {env: {TARGET: database.url}});
      expect(code).toBe(2);
      expect(stdout).toContain('preflight/030_source_table.sql:2:5');
      expect(stdout).toContain('42703');
      const lines = stdout.split('\n');
      const shown = lines.findIndex((line) => line.includes('er.sesion_id AS sample'));
      expect(lines[shown + 1]?.trimEnd().endsWith('^')).toBe(true);
      expect(lines[shown + 1]?.indexOf('^')).toBe(lines[shown]?.indexOf('er.sesion_id'));
      expect(isKorean(stdout)).toBe(lang === 'ko');
    }
  });

  test('meets an error in a file: file, line, column, the line and a caret below the place, in both languages', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const place = createPlace({steps: ['snapshot', 'backup', 'apply-v1']});
    const file = place.sql('apply/010_attempt_v1.sql');
    const broken = readFileSync(file, 'utf8').replace('    er.session_id,\n', '    er.sesion_id,\n');
    writeFileSync(file, broken);
    const lineAt = broken.split('\n').findIndex((line) => line.includes('er.sesion_id')) + 1;
    const expectSaid = ({code, stdout}: Ended, lang: string): void => {
      expect(code).toBe(2);
      expect(stdout).toContain(`apply/010_attempt_v1.sql:${lineAt}:5`);
      expect(stdout).toContain('42703');
      const lines = stdout.split('\n');
      const shown = lines.findIndex((line) => line.includes('er.sesion_id,') && !line.includes('column'));
      expect(lines[shown + 1]?.trimEnd().endsWith('^')).toBe(true);
      expect(lines[shown + 1]?.indexOf('^')).toBe(lines[shown]?.indexOf('er.sesion_id'));
      expect(isKorean(stdout)).toBe(lang === 'ko');
    };
    expectSaid(await walk(place, database), 'en');
    expect(await catalogOf(database)).toEqual(before);
    // The same once more, on the backup that is there.
    const again = ['resume', '--lang', 'ko', '--answers', join(place.folder, 'answers.yaml')];
    expectSaid(await place.command(again, {env: {TARGET: database.url}}), 'ko');
    expect(await catalogOf(database)).toEqual(before);
  });

  test('fails its smoke test: the checks are named, the run stops there', async () => {
    await using database = await createTestDatabase();
    const place = createPlace({steps: ['smoke', 'newest-rows'], alter: onlyChecks('columns', 'id')});
    writeFileSync(place.sql('smoke/110_id.sql'), "SELECT true AS ok, 5 AS rows, 'looks right' AS observed;\n");
    writeFileSync(place.sql('smoke/030_columns.sql'), "SELECT false AS ok, 5 AS rows, 'looks wrong' AS observed;\n");
    const {code, stdout} = await walk(place, database);
    expect(code).toBe(2);
    expect(stdout).toContain('columns');
    expect(stdout).toContain('looks wrong');
    expect(place.journal().findLast(({type}) => type.startsWith('Step'))).toMatchObject({
      type: 'StepFailed',
      step: 'smoke',
      failure: {code: 'checks-failed', failed: ['columns']},
    });
  });
});
