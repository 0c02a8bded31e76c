// Do child programs reach the target with the settings that guard it, and is one noticed that comes under no name?

import {chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {findClientTool} from '../../../src/adapters/pg-tools.ts';
import {childTarget} from '../../../src/adapters/postgres/child-environment.ts';
import {processesOf} from '../../../src/adapters/processes.ts';
import {secret} from '../../../src/core/secret.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {factsFrom, openTestRun, settingsOf, temporaryFolder, withProcesses} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const name = 'attempt-runbook/r-1/backup/1';

needs('psql').test('a child that sets nothing itself runs with its name and every timeout', async () => {
  await using database = await createTestDatabase({template: 'empty'});
  const psql = await findClientTool('psql', process.env);
  if (psql === undefined) throw new Error('no psql');
  const processes = processesOf({
    env: process.env,
    secrets: () => [],
    target: (limits) =>
      childTarget(settingsOf(database), name, temporaryFolder(), {serverVersionNum: 150_018, ...limits}),
  });
  let said = '';
  const ran = await processes.run({
    program: psql.path,
    args: [
      '-XAtc',
      `SELECT name || '=' || setting FROM pg_settings WHERE name IN ('application_name', 'lock_timeout',
       'statement_timeout', 'idle_in_transaction_session_timeout', 'client_connection_check_interval') ORDER BY name`,
    ],
    toTarget: true,
    lockTimeoutMs: 4000,
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    onOutput: (_stream, text) => (said += text),
  });
  expect(ran).toMatchObject({ok: true, value: {exitCode: 0}});
  expect(said.trim().split('\n')).toEqual([
    `application_name=${name}`,
    'client_connection_check_interval=500',
    'idle_in_transaction_session_timeout=300000',
    'lock_timeout=4000',
    'statement_timeout=20000',
  ]);
});

/** A pg_dump that forgets under which name it was to come. */
const namelessDump = (real: string): string => {
  const script = join(temporaryFolder(), 'pg_dump');
  writeFileSync(script, `#!/bin/sh\nunset PGAPPNAME\nexec ${real} "$@"\n`);
  chmodSync(script, 0o755);
  return script;
};

needs('pg_dump').test.each([false, true])(
  'pg_dump is seen in the target under the name of its attempt, or it is said: nameless %s',
  async (nameless) => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {
      steps: ['backup'],
      compose: (world) =>
        withProcesses((real) => ({
          ...real,
          find: async (tool, major) => {
            const found = await real.find(tool, major);
            return nameless && tool === 'pg_dump' && found !== undefined
              ? {...found, path: namelessDump(found.path)}
              : found;
          },
        }))(unproven(world)),
    });
    const facts = factsFrom(await run.start('backup'), 'backup');
    const transcript = await run.session.transcript('backup', 1);
    expect(facts.isUnseen).toBe(nameless ? true : undefined);
    expect(transcript.includes('no session named attempt-runbook/')).toBe(nameless);
  },
);

test('a URL for a program that uses libpq holds no password, and doubles its % where an ini reads it', () => {
  const folder = temporaryFolder();
  const settings = {
    host: '/run/pg sockets',
    port: 5433,
    user: 'kim@acme',
    database: 'a%b',
    password: secret('s3cret/p%ss'),
  };
  const urlFor = (more: Readonly<{password?: 'omitted'; percentDoubled?: boolean}>): string => {
    const child = childTarget(settings, name, folder, {
      serverVersionNum: 150_018,
      timeoutMs: 1000,
      url: {variable: 'DATABASE_URL', scheme: 'postgresql+psycopg2', ...more},
    });
    child.dispose();
    return child.variables['DATABASE_URL'] ?? '';
  };
  const plain = 'postgresql+psycopg2://kim%40acme@/a%25b?host=%2Frun%2Fpg%20sockets&port=5433';
  expect(urlFor({password: 'omitted'})).toBe(plain);
  expect(urlFor({password: 'omitted', percentDoubled: true})).toBe(plain.replaceAll('%', '%%'));
  expect(urlFor({})).toContain('kim%40acme:s3cret%2Fp%25ss@');
});
