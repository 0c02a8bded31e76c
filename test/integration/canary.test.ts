// One secret goes through every door that a run has: is it anywhere afterwards, and did a program ever show it?

import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {lastWords} from '../../src/cli/last-words.ts';
import type {StepDefinition} from '../../src/core/definition.ts';
import type {SessionMessage} from '../../src/engine/session.ts';
import {MASK} from '../../src/evidence/redaction.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {openTestRun, temporaryFolder} from '../support/run.ts';

const {test} = needs('pg_dump');

/** Not a name of anything, with signs that formats quote. */
const CANARY = `Kanarie/vogel'77"x`;
const spellings = [
  CANARY,
  encodeURIComponent(CANARY),
  JSON.stringify(CANARY).slice(1, -1),
  CANARY.replaceAll("'", "''"),
  Buffer.from(CANARY).toString('base64').slice(0, -4),
  Buffer.from(CANARY).toString('hex'),
];

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const found = (text: string): readonly string[] => spellings.filter((spelling) => text.includes(spelling));

const title = {en: 'canary', ko: '카나리아'};
const steps: readonly StepDefinition[] = [
  {
    id: 'traceback',
    kind: 'command',
    phase: 'preflight',
    title,
    run: [
      `printf 'Traceback (most recent call last):\\n  File "env.py"\\nOperationalError: (psycopg.OperationalError) "postgresql://u:%s@h/db"\\n' "$PGPASSWORD" >&2`,
      `printf '%s' "$PGPASSWORD" | base64; printf '%s' "$PGPASSWORD" | od -An -v -tx1 | tr -d ' \\n'; echo`,
      `for ((i = 0; i <= \${#PGPASSWORD}; i++)); do printf '%s' "\${PGPASSWORD:0:i}"; printf '' >&2; printf '%s\\n' "\${PGPASSWORD:i}"; done`,
      `cat "$HOME/.pgpass" "$HOME/.pg_service.conf"; env; exit 3`,
    ].join('\n'),
  },
  {
    id: 'activity',
    kind: 'query',
    phase: 'preflight',
    title,
    sql: 'canary/activity.sql',
    expect: 'report',
    keepRows: true,
  },
  {id: 'findings', kind: 'query', phase: 'preflight', title, sql: 'canary/rows.sql', expect: 'no-rows'},
  {id: 'refused', kind: 'query', phase: 'preflight', title, sql: 'canary/refused.sql', expect: 'report'},
  {
    id: 'plans',
    kind: 'downstream',
    phase: 'preflight',
    title,
    samples: [{id: 'one', title, sql: 'canary/rows.sql', budgetMs: 1000}],
  },
  {id: 'checks', kind: 'smoke', phase: 'preflight', title, checks: [{id: 'one', title, sql: 'canary/smoke.sql'}]},
  {id: 'backup', kind: 'backup', phase: 'preflight', title},
];

test('a secret is in no file, on no screen and in no message, whatever door it came through', async () => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  const literal = `'${CANARY.replaceAll("'", "''")}'`;
  await admin.query(`CREATE TABLE public.canary AS SELECT ${literal}::text AS note`);
  await admin.query(`CREATE VIEW public.canary_view AS SELECT note FROM public.canary WHERE note = ${literal}`);
  const home = temporaryFolder();
  writeFileSync(join(home, '.pgpass'), `*:*:*:*:${CANARY}\n`, {mode: 0o600});
  writeFileSync(join(home, '.pg_service.conf'), `[shop]\npassword=${CANARY}\n`);
  // A pg_dump that shows what it was given, and fails; of two of the same version the first on PATH is used.
  const version = execFileSync('pg_dump', ['--version'], {encoding: 'utf8'}).trim();
  const bin = join(home, 'bin');
  mkdirSync(bin);
  const given = join(home, 'given');
  writeFileSync(
    join(bin, 'pg_dump'),
    `#!/usr/bin/env bash
if [ "$1" = --version ]; then echo '${version}'; exit 0; fi
{ tr '\\0' '\\n' < "/proc/$$/environ"; tr '\\0' '\\n' < "/proc/$$/cmdline"; } > ${given}
echo "pg_dump: error: password $(cut -d: -f5- "$PGPASSFILE") was refused" >&2
exit 1
`,
  );
  chmodSync(join(bin, 'pg_dump'), 0o755);
  const at = database.url.replace(`${database.user}@`, `${database.user}:${encodeURIComponent(CANARY)}@`);
  const run = await openTestRun(
    {...database, url: at},
    {
      alter: (runbook) => ({...runbook, objects: [], steps: steps.map((step) => ({...step, optional: true}))}),
      env: {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        HOME: home,
        PGPASSWORD: CANARY,
        STAGING_URL: `postgresql+psycopg://deploy:${encodeURIComponent(CANARY)}@db/shop`,
      },
      sql: {
        'canary/activity.sql': `SELECT query, note AS "password" FROM pg_stat_activity, public.canary WHERE query LIKE '%canary_view%' AND pid <> pg_backend_pid();`,
        'canary/rows.sql': 'SELECT note FROM public.canary_view;',
        'canary/refused.sql': 'SELECT note::integer FROM public.canary;',
        'canary/smoke.sql': "SELECT true AS ok, 1 AS rows, 'saw ' || note AS observed FROM public.canary;",
      },
    },
  );
  // What the other session did last is what pg_stat_activity shows of it.
  await admin.query(`SELECT ${literal} FROM public.canary_view`);
  const shown: string[] = [];
  run.session.subscribe((message: SessionMessage) => shown.push(JSON.stringify(message)));
  for (const step of steps) {
    await run.submit({type: 'StartStep', step: step.id});
    // Whatever failed is not the point: the next one is looked at as well.
    if (run.stateOf(step.id).status === 'failed') await run.submit({type: 'WaiveStep', step: step.id, reason: CANARY});
  }
  const statuses = steps.map(({id}) => `${id} ${run.stateOf(id).status}`);
  await run.close();

  const everywhere = new Map(filesBelow(run.path).map((path) => [path, readFileSync(path, 'utf8')]));
  const leaks = [...everywhere].flatMap(([path, text]) => found(text).map((spelling) => `${path}: ${spelling}`));
  expect(leaks).toEqual([]);
  expect(found(shown.join('\n'))).toEqual([]);
  expect(found(lastWords(new Error(`Command failed: psql ${at}`), {PGPASSWORD: CANARY}))).toEqual([]);
  // It went through all of them.
  const all = [...everywhere.values()].join('\n');
  expect(statuses).toEqual([
    'traceback waived',
    'activity succeeded',
    'findings waived',
    'refused waived',
    'plans succeeded',
    'checks succeeded',
    'backup waived',
  ]);
  for (const said of ['OperationalError', `saw ${MASK}`, `password ${MASK} was refused`, `${MASK}'::text`]) {
    expect(all).toContain(said);
  }
  expect(all).toContain('"redactions":{"known-secret"');
  // A program of libpq's gets a file, and neither its arguments nor its environment say more.
  const toldToPgDump = readFileSync(given, 'utf8');
  expect(toldToPgDump).toContain('PGPASSFILE=');
  expect(found(toldToPgDump)).toEqual([]);
});
