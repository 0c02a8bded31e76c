// Which passwords does the tool know of before a child could print one?

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {knownSecrets} from '../../../src/adapters/postgres/known-secrets.ts';
import {completed} from '../../../src/adapters/postgres/source.ts';
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
  expect(knownSecrets([], {HOME: path})).toEqual(['with:colon and \\', 'other', 'of the service']);
  const elsewhere = {
    HOME: '/nowhere',
    PGPASSFILE: join(path, '.pgpass'),
    PGSERVICEFILE: join(path, '.pg_service.conf'),
  };
  expect(knownSecrets([], elsewhere)).toEqual(['with:colon and \\', 'other', 'of the service']);
  expect(knownSecrets([{...settings, passfile: join(path, '.pgpass')}], {HOME: '/nowhere'})).toContain('other');
});

it('does not take for a secret what everybody may know: the name of the user, the database or the host', () => {
  const env = {HOME: '/nowhere', URL: 'postgresql://postgres:postgres@db/shop', PGPASSWORD: 'shop'};
  expect(knownSecrets([settings], env)).toEqual(['from the source']);
});
