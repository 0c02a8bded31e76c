// Does a new runbook lint and rehearse as it was written, from the folder of its project, and is nothing ever overwritten?

import {spawnSync} from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {beforeAll, expect, test} from 'vitest';
import {linkFonts} from '../support/fonts.ts';
import {ensureBuilt, inThisProcess} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {temporaryFolder} from '../support/run.ts';

beforeAll(ensureBuilt);

const fixture = fileURLToPath(new URL('../fixtures/alembic/apps/seedtest_api', import.meta.url));
/** A rehearsal takes five seconds, one with Alembic fifteen. */
const LONG = process.env['LONG'] === '1';
const launcher = fileURLToPath(new URL('../../src/cli/launcher.js', import.meta.url));

type Ended = Readonly<{code: number | null | undefined; stdout: string; stderr: string}>;
type Cli = (args: readonly string[], cwd?: string) => Promise<Ended>;

/** As an operator types it, in a folder of his own. */
const inside = (folder: string) => {
  // All that a test gives; nothing of its own environment.
  const home = join(folder, 'home');
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    LANG: 'C.UTF-8',
    TMPDIR: join(folder, 't'),
  };
  const cli: Cli = async (args, cwd = folder) => {
    const options = {cwd, env, extendEnv: false, reject: false, stdin: 'ignore'} as const;
    const ran = await execa(process.execPath, [launcher, ...args], options);
    return {code: ran.exitCode, stdout: ran.stdout, stderr: ran.stderr};
  };
  const here: Cli = async (args, cwd = folder) => {
    const {code, stdout, stderr} = await inThisProcess(args, env, cwd);
    return {code, stdout: stdout.replace(/\n$/, ''), stderr: stderr.replace(/\n$/, '')};
  };
  return {cli, here};
};

/** @returns `command` the same in this process, which is a second cheaper; under LONG=1 a process as well. */
const project = (): Readonly<{folder: string; cli: Cli; command: Cli}> => {
  const folder = temporaryFolder();
  // As root a rehearsal's server runs as nobody, who has to be able to pass through.
  chmodSync(folder, 0o755);
  for (const name of ['t', 'home', '.git']) mkdirSync(join(folder, name), {mode: 0o755});
  linkFonts(join(folder, 'home', '.local', 'share', 'fonts'));
  const {cli, here} = inside(folder);
  return {folder, cli, command: LONG ? cli : here};
};

const everyFile = (folder: string): readonly string[] =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((name) => statSync(join(folder, name)).isFile())
    .toSorted();

test('a view, a function and a table: each lints clean and rehearses, there and back (the view in a database; LONG: each on a server of its own)', {
  timeout: 300_000,
}, async () => {
  await using database = await createTestDatabase();
  const {folder, command} = project();
  const source = join(folder, 'home', 'scratch');
  writeFileSync(source, `${database.url}\n`, {mode: 0o600});
  const runs = join(folder, 'runs');
  const kinds = ['view', 'function', 'table'] as const;
  for (const change of kinds) {
    const role = change === 'view' ? ['--application-role', 'shop_reader'] : [];
    const object = change === 'table' ? 'public.orders' : 'shop.orders';
    expect(await command(['init', '--object', object, '--change', change, ...role])).toMatchObject({
      code: 0,
      stderr: '',
    });
  }
  // Found from anywhere in the project.
  expect(await command(['lint'], join(folder, 'sql'))).toMatchObject({
    code: 0,
    stdout: 'orders-table: ok\nshop-orders-function: ok\nshop-orders-view: ok',
  });
  const where = LONG ? [] : ['--scratch-url', `file:${source}`];
  const rehearsed = await Promise.all(
    (LONG ? ['shop-orders-view', 'shop-orders-function', 'orders-table'] : ['shop-orders-view']).map((id) =>
      command(['rehearse', id, '--runs-dir', join(runs, id), ...where]),
    ),
  );
  for (const {code, stdout, stderr} of rehearsed) {
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(stdout).toContain('The way back was carried out and checked.');
  }
});

test('names of any spelling rehearse as they are: mixed case, Hangul, quotes, a word that SQL keeps for itself (LONG: each kind)', {
  timeout: 300_000,
}, async () => {
  await using database = await createTestDatabase();
  const {folder, command} = project();
  const source = join(folder, 'home', 'scratch');
  writeFileSync(source, `${database.url}\n`, {mode: 0o600});
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['쇼핑."주문" 뷰', 'view', 'one', ['--application-role', 'shop_reader']],
    ['user.Orders', 'table', 'two', []],
    ["Shop.it's \\ one", 'function', 'three', []],
  ];
  for (const [object, change, id, more] of cases) {
    const written = await command(['init', '--object', object, '--change', change, '--id', id, ...more]);
    expect(written).toMatchObject({code: 0, stderr: ''});
  }
  for (const [, , id] of LONG ? cases : cases.slice(0, 1)) {
    const runs = join(folder, 'runs', id);
    const {code, stdout, stderr} = await command([
      'rehearse',
      id,
      '--runs-dir',
      runs,
      '--scratch-url',
      `file:${source}`,
    ]);
    expect({code, stderr}, stdout).toEqual({code: 0, stderr: ''});
    expect(stdout).toContain('The way back was carried out and checked.');
  }
});

test('says what is missing or wrong, all at once, and writes nothing', async () => {
  const {folder, command} = project();
  const {code, stderr} = await command([
    'init',
    '--object',
    'orders',
    '--migrator',
    'flyway',
    '--environments',
    'prod',
  ]);
  expect(code).toBe(64);
  for (const flag of ['--object:', '--change is missing', '--migrator:', '--environments:'])
    expect(stderr).toContain(flag);
  expect(await command(['init', '--object', '"Shop"."Orders"', '--change', 'table'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('without quotes'),
  });
  expect((await command(['init', '--lang', 'ko'])).stderr).toContain('--object 값이 없습니다');
  expect(readdirSync(folder).toSorted()).toEqual(['.git', 'home', 't']);
});

test('takes its answers from a file, and never writes over what is there', async () => {
  const {folder, command} = project();
  const answers = join(folder, 'home', 'answers.yaml');
  writeFileSync(
    answers,
    'object: shop.orders\nchange: view\nenvironments: [staging]\nid: mine\ntitle: {en: "Ours: #1", ko: 우리 것}\n',
  );
  const first = await command(['init', 'sub', '--answers', answers]);
  expect(first.code).toBe(0);
  expect(first.stdout).toContain('attempt-runbook rehearse mine --runbook-dir sub/runbook');
  const yaml = readFileSync(join(folder, 'sub/runbook/mine/runbook.yaml'), 'utf8');
  expect(yaml).toContain('title: {en: "Ours: #1", ko: "우리 것"}');
  expect(yaml).not.toContain('production');
  const before = everyFile(join(folder, 'sub'));
  expect(before).toHaveLength(9);
  writeFileSync(join(folder, 'sub/runbook/mine/runbook.yaml'), 'mine');
  expect(await command(['init', 'sub', '--answers', answers])).toMatchObject({code: 64});
  expect(everyFile(join(folder, 'sub'))).toEqual(before);
  expect(readFileSync(join(folder, 'sub/runbook/mine/runbook.yaml'), 'utf8')).toBe('mine');
  // SQL of that name without a runbook is somebody's as well.
  mkdirSync(join(folder, 'sql/mine'), {recursive: true});
  expect(await command(['init', '--answers', answers])).toMatchObject({code: 64});
  expect(existsSync(join(folder, 'runbook'))).toBe(false);
});

test('a runbook is found by its path, by its project, and else among those that come with the tool', async () => {
  const {folder, command} = project();
  await command(['init', 'elsewhere', '--object', 'a.b', '--change', 'view', '--id', 'far']);
  const far = join(folder, 'elsewhere/runbook/far');
  const digest = async (args: readonly string[], cwd?: string): Promise<unknown> => {
    const {stdout, code} = await command(['plan', '--json', ...args], cwd);
    expect(code).toBe(0);
    return (JSON.parse(stdout) as Readonly<{digest: string}>).digest;
  };
  const byPath = await digest(['--runbook', join(far, 'runbook.yaml')]);
  expect(await digest([], far)).toBe(byPath);
  expect(await digest(['attempt-view-v1-lock'])).not.toBe(byPath);
  // What lies above the repository is nobody's in particular.
  mkdirSync(join(folder, 'elsewhere/inner/.git'), {recursive: true});
  expect((await command(['plan', 'far'], join(folder, 'elsewhere/inner'))).code).toBe(64);
});

const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath];

/** A checkout below a home that is closed to others, as that of root is, cannot be run by somebody else. */
const canBeNobody = process.getuid?.() === 0 && spawnSync('setpriv', [...asNobody, '--check', launcher]).status === 0;

test.skipIf(!canBeNobody)(
  'leaves nothing where it may not write (needs root, setpriv, and a checkout that others may enter)',
  async () => {
    const {folder} = project();
    const out = join(folder, 'out');
    mkdirSync(out, {mode: 0o755});
    const ran = await execa('setpriv', [...asNobody, launcher, 'init', out, '--object', 'a.b', '--change', 'view'], {
      env: {HOME: '/nonexistent', PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8'},
      extendEnv: false,
      reject: false,
      cwd: '/',
    });
    expect(ran.exitCode).toBe(64);
    expect(ran.stderr).toContain('cannot be written: EACCES');
    expect(readdirSync(out)).toEqual([]);
  },
);

/** A project of two revisions, of which the second does what the template of a view expects. */
const alembicProject = (folder: string): void => {
  const at = join(folder, 'api/migrations/versions');
  mkdirSync(at, {recursive: true});
  cpSync(join(fixture, 'alembic.ini'), join(folder, 'api/alembic.ini'));
  cpSync(join(fixture, 'migrations/env.py'), join(folder, 'api/migrations/env.py'));
  const revision = (id: string, down: string, body: string): void =>
    writeFileSync(
      join(at, `${id}.py`),
      `from alembic import op\n\nrevision = "${id}"\ndown_revision = ${down}\n\n\ndef upgrade():\n    ${body}\n\n\ndef downgrade():\n    pass\n`,
    );
  revision('r1', 'None', 'pass');
  const select = 'SELECT id, label, upper(label) AS label_upper FROM shop.orders_source';
  revision('r2', '"r1"', `op.execute("CREATE OR REPLACE VIEW shop.orders AS ${select}")`);
};

test('a project that keeps its revisions elsewhere is found by its own ini, and nothing untried is promised', async () => {
  const {folder, command} = project();
  alembicProject(folder);
  renameSync(join(folder, 'api/migrations'), join(folder, 'api/db'));
  const ini = join(folder, 'api/alembic.ini');
  const text = readFileSync(ini, 'utf8').replace(/^script_location.*$/m, 'script_location = %(here)s/db');
  expect(text).toContain('%(here)s/db');
  writeFileSync(ini, text);
  const asked = ['init', '--object', 'shop.orders', '--change', 'view', '--migrator', 'alembic'];
  const pinned = ['--alembic-from', 'r1', '--alembic-revision', 'r2', '--alembic-directory', 'api'];
  const {code, stdout, stderr} = await command([...asked, ...pinned]);
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  expect(stdout).not.toContain('can be rehearsed as it is');
  expect(readFileSync(join(folder, 'runbook/shop-orders-view/runbook.yaml'), 'utf8')).toMatch(/scripts: "?db\b/);
  expect((await command(['lint'])).stdout).toBe('shop-orders-view: ok');
});

needs('alembic').test(
  'a change that a revision of Alembic makes: lints with its project, rehearses (LONG), and a project that is not there is refused',
  {timeout: 300_000},
  async () => {
    const {folder, command} = project();
    alembicProject(folder);
    const asked = ['init', '--object', 'shop.orders', '--change', 'view', '--migrator', 'alembic'];
    expect((await command(asked)).stderr).toContain('--alembic-from is missing');
    const pinned = [...asked, '--alembic-from', 'r1', '--alembic-revision'];
    expect((await command([...pinned, 'head', '--alembic-directory', 'api'])).stderr).toContain('--alembic-revision');
    expect(await command([...pinned, 'r2', '--alembic-directory', 'nowhere'])).toMatchObject({
      code: 64,
      stderr:
        "--alembic-directory: 'nowhere' cannot be taken: there is no nowhere/alembic.ini here. Nothing was written.",
    });
    expect(
      (await command([...pinned, 'r2', '--alembic-directory', 'api', '--alembic-scripts', 'elsewhere'])).stderr,
    ).toContain("--alembic-scripts: 'elsewhere'");
    expect(existsSync(join(folder, 'runbook'))).toBe(false);
    expect(await command([...pinned, 'r2', '--alembic-directory', 'api'])).toMatchObject({code: 0, stderr: ''});
    expect((await command(['lint'])).stdout).toBe('shop-orders-view: ok');
    const yaml = join(folder, 'runbook/shop-orders-view/runbook.yaml');
    // What its env.py does with the URL is read there; what the revision makes of the view nobody knows.
    expect(readFileSync(yaml, 'utf8')).toContain('urlPercentDoubled: true');
    const sql = join(folder, 'sql/shop-orders-view');
    const names = readdirSync(sql, {recursive: true, encoding: 'utf8'}).filter((name) => name.endsWith('.sql'));
    expect(names.filter((name) => /^(apply|revert)/.test(name))).toEqual([]);
    for (const name of names) expect(readFileSync(join(sql, name), 'utf8')).not.toContain('label_upper');
    if (!LONG) return;
    // As the fixture's env.py wants it; the operator's own says what his wants.
    writeFileSync(
      yaml,
      readFileSync(yaml, 'utf8').replace(
        '    alembic:\n',
        '    alembic:\n      argv: [/usr/bin/alembic]\n      urlDriver: postgresql+psycopg2\n',
      ),
    );
    const {code, stdout, stderr} = await command(['rehearse', '--runs-dir', join(folder, 'runs')]);
    expect({code, stderr}, stdout).toEqual({code: 0, stderr: ''});
    expect(stdout).toContain('The way back was carried out and checked.');
  },
);
