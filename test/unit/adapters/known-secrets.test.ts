// Which passwords does the tool know of before a child could print one?

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {knownSecrets, learnedCount} from '../../../src/adapters/postgres/known-secrets.ts';
import {completed, resolveSource} from '../../../src/adapters/postgres/source.ts';
import {lastWords} from '../../../src/cli/last-words.ts';
import {secret} from '../../../src/core/secret.ts';

const home = (files: Readonly<Record<string, string>>): string => {
  const path = mkdtempSync(join(tmpdir(), 'known-'));
  onTestFinished(() => rmSync(path, {recursive: true}));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
};

const settings = completed({host: 'db', user: 'deploy', database: 'shop', password: secret('from the source')}, {});

it('knows the password of the source, of every URL in the environment, and of variables that say so', () => {
  const env = {
    HOME: home({}),
    PGPASSWORD: 'pg',
    STAGING_URL: 'postgresql+psycopg://deploy:st%40ging@db/shop',
    OTHER_URL: 'postgresql://db/shop?password=in-the-query',
    GITHUB_TOKEN: 'ghx_12345678',
    TOKEN: 'true',
    PGPASSFILE: '/nowhere/pgpass',
    PATH: '/usr/bin',
  };
  expect(knownSecrets([settings], env)).toEqual(
    expect.arrayContaining(['from the source', 'pg', 'st%40ging', 'st@ging', 'in-the-query', 'ghx_12345678']),
  );
  expect(knownSecrets([settings], env)).not.toContain('true');
  expect(knownSecrets([settings], env)).not.toContain('/nowhere/pgpass');
});

it('knows every password of the password file and of the service file', () => {
  const path = home({
    '.pgpass': '# a comment:x:y:z:no\ndb:5432:shop:deploy:with\\:colon and \\\\\n*:*:*:*:other\nbroken line\n',
    '.pg_service.conf': '[shop]\nhost=db\npassword=of the service\n',
  });
  // What this process has connected with before stays known.
  const known = ['from the source', 'with:colon and \\', 'other', 'of the service'];
  expect(knownSecrets([], {HOME: path})).toEqual(known);
  const elsewhere = {
    HOME: '/nowhere',
    PGPASSFILE: join(path, '.pgpass'),
    PGSERVICEFILE: join(path, '.pg_service.conf'),
  };
  expect(knownSecrets([], elsewhere)).toEqual(known);
  expect(knownSecrets([{...settings, passfile: join(path, '.pgpass')}], {HOME: '/nowhere'})).toContain('other');
});

it('does not take for a secret what everybody may know: the name of the user, the database or the host', () => {
  const env = {HOME: '/nowhere', URL: 'postgresql://postgres:postgres@db/shop', PGPASSWORD: 'shop'};
  expect(knownSecrets([settings], env)).toEqual(['from the source']);
});

it('knows the password of a file that a source named, from the moment on that it was read, for whoever speaks', () => {
  const path = join(home({'url.txt': 'postgresql+psycopg://deploy:of%20the%20file@db/shop\n'}), 'url.txt');
  const before = learnedCount();
  const env = {HOME: '/nowhere'};
  const resolved = resolveSource(`file:${path}`, env);
  if (!resolved.ok) throw new Error(resolved.problem.code);
  completed(resolved.settings, env);
  expect(learnedCount()).toBe(before + 1);
  expect(knownSecrets([], env)).toContain('of the file');
  expect(lastWords(new Error("it said 'of the file', or of%20the%20file"), env)).not.toMatch(/of(%20| )the/);
});
