// A password that stands in a file goes through the built tool, in lines, as JSON, on a screen and into a bundle: does any
// of them say it, in any spelling, and does any process show it to its neighbours?

import {execFile} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect, inject, test} from 'vitest';
import {ensureBuilt} from '../support/headless.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {createPlace, onlySteps, openTerminal} from '../support/terminal.ts';
import {unpack} from '../support/unpack.ts';

beforeAll(ensureBuilt);

const CANARY = `Kanarie/vogel'77"x?&`;
const utf16 = Buffer.from(CANARY, 'utf16le');

/** What is the secret's own of base64 at an offset: the signs at both ends hold bits of their neighbours. */
const base64 = (bytes: Buffer, offset: number): string =>
  Buffer.concat([Buffer.alloc(offset, 'x'), bytes])
    .toString('base64')
    .slice(offset === 0 ? 0 : offset + 1, -4)
    .slice(0, 20);

const spellings: readonly string[] = [
  CANARY,
  encodeURIComponent(CANARY),
  encodeURIComponent(CANARY).replaceAll("'", '%27'),
  JSON.stringify(CANARY).slice(1, -1),
  CANARY.replaceAll("'", "''"),
  CANARY.replaceAll("'", "\\'"),
  CANARY.replaceAll('&', '&amp;'),
  CANARY.replaceAll('"', '&quot;').replaceAll('&', '&amp;'),
  ...[0, 1, 2].flatMap((offset) => [base64(Buffer.from(CANARY), offset), base64(utf16, offset)]),
  Buffer.from(CANARY).toString('hex').slice(0, 20),
  [...CANARY].join('\u0000'),
];

/** Lines are joined: what a program wrapped is read by whoever unwraps it. */
const found = (bytes: Buffer | string): readonly string[] => {
  const texts = typeof bytes === 'string' ? [bytes] : [bytes.toString('utf8'), bytes.toString('utf16le')];
  const joined = texts.flatMap((text) => [text, text.replaceAll(/\s+|\\r|\\n/g, '')]);
  return spellings.filter((spelling) => joined.some((text) => text.includes(spelling)));
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const traceback = existsSync('/usr/lib/python3/dist-packages/sqlalchemy');

test(`a password from a file is said by nobody${traceback ? '' : ' (needs python3-sqlalchemy for its traceback)'}`, async () => {
  await using database = await createTestDatabase();
  const inner = (folder: string): string =>
    [
      `secret=$(cat ${folder}/secret)`,
      `cat ${folder}/url; echo`,
      `printf '%s' "$secret" | base64 -w 11; printf 'x%s' "$secret" | base64 -w 7; printf 'xx%s' "$secret" | base64`,
      `printf '%s' "$secret" | od -An -v -tx1 | tr -d ' '`,
      `node_iconv() { printf '%s' "$secret" | iconv -f UTF-8 -t UTF-16LE; }; node_iconv; echo; node_iconv | base64 -w 20`,
      `for ((i = 1; i < \${#secret}; i++)); do printf '%s' "\${secret:0:i}"; echo late >&2; printf '%s\\n' "\${secret:i}"; done`,
      // What its neighbours can see of the tool and of everything that it has started.
      `for p in $(ps -o pid= --ppid $PPID) $PPID; do tr '\\0' '\\n' < /proc/$p/cmdline; tr '\\0' '\\n' < /proc/$p/environ; done > ${folder}/neighbours 2>/dev/null || true`,
      ...(traceback ? [`/usr/bin/python3 ${folder}/env.py`] : ['exit 3']),
    ].join('\n');
  let script = '';
  await using place = createPlace({
    alter: (yaml) => {
      const step = `\n  - id: leak\n    phase: preflight\n    kind: command\n    optional: true\n    title:\n      en: Leak\n      ko: 누출\n    run: ${JSON.stringify('bash "$LEAK"')}\n`;
      return onlySteps('ci-green')(yaml).replace(/\nsteps:\n/, `\nsteps:${step}`);
    },
  });
  const outside = join(place.folder, 'outside');
  mkdirSync(outside);
  script = join(outside, 'leak.sh');
  writeFileSync(script, inner(outside));
  chmodSync(script, 0o755);
  writeFileSync(join(outside, 'secret'), CANARY);
  const url = database.url.replace(`${database.user}@`, `${database.user}:${encodeURIComponent(CANARY)}@`);
  writeFileSync(join(outside, 'url'), url);
  writeFileSync(
    join(outside, 'env.py'),
    `import sqlalchemy\nsecret = open(${JSON.stringify(join(outside, 'secret'))}).read()\nurl = 'postgresql+psycopg2://deploy:' + secret + '@'\nsqlalchemy.create_engine(url + 'nowhere.invalid:port/db').connect()\n`,
  );
  const folders = ['--runs-dir', place.runs, '--runbook-dir', place.runbooks, '--lang', 'en'];
  const launcher = join(import.meta.dirname, '../../src/cli/launcher.js');
  const said: string[] = [];
  const cli = (...args: readonly string[]): Promise<void> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [launcher, ...args, ...folders],
        {env: {...place.env, LEAK: script}, cwd: place.folder},
        (_error, out, err) => {
          said.push(out, err);
          resolve();
        },
      );
    });
  const answers = join(place.folder, 'answers.json');
  writeFileSync(answers, JSON.stringify({format: 'attempt-runbook-answers/1', steps: {leak: {start: true}}}));
  const target = [
    '--env',
    'staging',
    '--url',
    `file:${join(outside, 'url')}`,
    '--scratch',
    `file:${join(outside, 'url')}`,
  ];
  const pin = ['--pin', inject('cluster').systemIdentifier];

  await cli('run', ...target, ...pin, '--plain', '--answers', answers);
  const [run = ''] = place.runNames();
  await cli('resume', run, '--json', '--answers', answers);
  await cli('resume', run, '--plain', '--url', url);
  await cli('show', run);
  {
    await using terminal = openTerminal({
      place,
      args: ['resume', run, '--lang', 'en'],
      columns: 100,
      rows: 30,
      env: {LEAK: script},
    });
    const {screen} = terminal;
    await screen.shows('1.1 Leak');
    terminal.press('r');
    await screen.shows(/failed at .*attempt 3/);
    terminal.press('Tab');
    await screen.shows('[Output]');
    terminal.press('S');
    await screen.shows('artifacts/screens/leak.');
    terminal.press('q');
    await screen.shows('Leave this run?');
    terminal.press('Enter');
    await terminal.ends();
    said.push(terminal.written());
  }
  const archive = join(place.folder, 'evidence.zip');
  await cli('export', run, '-o', archive);
  await cli('verify', archive);
  await unpack(archive, join(place.folder, 'unpacked'));

  const leaks = filesBelow(place.folder)
    .filter((path) => !path.startsWith(`${outside}/`) || path.endsWith('/neighbours'))
    .flatMap((path) => found(readFileSync(path)).map((spelling) => `${path}: ${spelling}`));
  expect(leaks).toEqual([]);
  expect(found(said.join('\n'))).toEqual([]);
  // All of it was there to be said.
  const all = said.join('\n');
  expect(all).toContain('[redacted]');
  expect(all).toContain('late');
  if (traceback) expect(all).toContain('Traceback');
  expect(readFileSync(join(outside, 'neighbours'), 'utf8')).toContain(place.runs);
  const recorded = filesBelow(join(place.runs, run)).filter((path) =>
    /(?:session\.1\.cast|leak\.\d+\.\d+\.svg)$/.test(path),
  );
  expect(recorded).toHaveLength(2);
}, 120_000);
