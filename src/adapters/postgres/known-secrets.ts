// Which values on this machine are secrets, as far as the tool can know: what libpq would use, and what the environment
// calls one. A child of ours may print any of them, also one of another target.

import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {reveal} from '../../core/secret.ts';
import type {CompleteSettings} from './source.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What this process has resolved a source to: its password, which may have stood in a file, is known from then on. */
const resolved: CompleteSettings[] = [];

/** For the life of the process: what a connection was made with may be said by anybody until it ends. */
export const learned = (settings: CompleteSettings): CompleteSettings => {
  resolved.push(settings);
  return settings;
};

/** Changes whenever more is known; what was compiled before is then too little. */
export const learnedCount = (): number => resolved.length;

/** 8: shorter values of a variable that is only called a token (`TOKEN=true`) are words. */
const SHORTEST_BY_NAME = 8;
const NAMED = /PASS(?:WORD|WD|PHRASE)|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL/i;

const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    // Not there, or not ours to read: then nobody gets a password from it.
    return [];
  }
};

/** The fifth field of each line of a password file, whichever server it is for; `\` escapes a sign. */
const passwordsOf = (path: string): readonly string[] =>
  linesOf(path)
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => /^(?:(?:[^:\\]|\\.)*:){4}((?:[^\\]|\\.)*)$/.exec(line)?.[1] ?? [])
    .map((field) => field.replaceAll(/\\(.)/g, '$1'));

const servicePasswordsOf = (path: string): readonly string[] =>
  linesOf(path).flatMap((line) => /^\s*password\s*=\s*(.*?)\s*$/.exec(line)?.[1] ?? []);

const decoded = (text: string): readonly string[] => {
  try {
    return [text, decodeURIComponent(text)];
  } catch {
    // A bare % sign: then it is no percent-encoding.
    return [text];
  }
};

type FromUrl = Readonly<{secrets: readonly string[]; names: readonly string[]}>;

const fromUrl = (value: string): FromUrl => {
  const match = /^[a-z][\w+.-]*:\/\/([^:@/\s]*):(.+)@([^@/:\s]*)[^@]*$/is.exec(value.trim());
  const inQuery = /[?&]password=([^&\s]+)/.exec(value)?.[1];
  return {
    secrets: [
      ...(match?.[2] === undefined ? [] : decoded(match[2])),
      ...(inQuery === undefined ? [] : decoded(inQuery)),
    ],
    names: [match?.[1] ?? '', match?.[3] ?? ''],
  };
};

/**
 * A password that is also the name of the user, the database or the host stays readable where it is that name: masking it
 * everywhere would tell everybody what it is. Where it stands as a password, the rules find it.
 */
export const knownSecrets = (more: readonly CompleteSettings[], env: Environment): readonly string[] => {
  const settings = [...resolved, ...more];
  const home = env['HOME'] ?? homedir();
  const variables = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [{name, value}]));
  const urls = variables.map(({value}) => fromUrl(value));
  const passfiles = [...settings.flatMap(({passfile}) => passfile ?? []), env['PGPASSFILE'] ?? join(home, '.pgpass')];
  const services = [
    env['PGSERVICEFILE'] ?? join(home, '.pg_service.conf'),
    ...(env['PGSYSCONFDIR'] === undefined ? [] : [join(env['PGSYSCONFDIR'], 'pg_service.conf')]),
  ];
  const found = [
    ...settings.flatMap(({password}) => (password === undefined ? [] : [reveal(password)])),
    ...urls.flatMap(({secrets}) => secrets),
    ...variables
      // A path, as in PGPASSFILE, says where a secret is.
      .filter(({name, value}) => NAMED.test(name) && value.length >= SHORTEST_BY_NAME && !/^[./~]/.test(value))
      .map(({value}) => value),
    ...(env['PGPASSWORD'] === undefined ? [] : [env['PGPASSWORD']]),
    ...passfiles.flatMap(passwordsOf),
    ...services.flatMap(servicePasswordsOf),
  ];
  const names = new Set([
    ...settings.flatMap(({user, database, host}) => [user, database, host]),
    ...urls.flatMap(({names: of}) => of),
  ]);
  return [...new Set(found)].filter((secret) => secret !== '' && !names.has(secret));
};
