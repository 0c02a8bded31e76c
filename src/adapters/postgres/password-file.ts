// Which password libpq would take from a password file: the first line that fits, and none from a file that others can read.

import {readFileSync, statSync} from 'node:fs';
import {secret, type Secret} from '../../core/secret.ts';

export type Wanted = Readonly<{host: string; port: number; database: string; user: string}>;

/** `ignored`: others may read the file, so libpq takes nothing from it, and neither do we. */
export type FilePassword = Readonly<{password?: Secret; ignored?: true}>;

/** The folder that libpq was built with: a connection through it is called localhost in the file. */
const DEFAULT_SOCKETS: readonly string[] = ['/var/run/postgresql', '/run/postgresql', '/tmp'];

/** Fields between colons; `\` takes the next sign as it is. */
const fieldsOf = (line: string): readonly Readonly<{text: string; isAny: boolean}>[] =>
  [...line.matchAll(/(?:^|:)((?:[^:\\]|\\.?)*)/g)].map(([, raw = '']) => ({
    text: raw.replaceAll(/\\(.?)/g, '$1'),
    isAny: raw === '*',
  }));

const fits = (line: string, {host, port, database, user}: Wanted): string | undefined => {
  const fields = fieldsOf(line);
  const names = DEFAULT_SOCKETS.includes(host) ? [host, 'localhost'] : [host];
  const wanted = [names, [`${port}`], [database], [user]];
  const isMatch = wanted.every((texts, at) => {
    const field = fields[at];
    return field !== undefined && (field.isAny || texts.includes(field.text));
  });
  return isMatch ? fields[4]?.text : undefined;
};

export const passwordFrom = (path: string, wanted: Wanted): FilePassword => {
  let text: string;
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return {};
    if ((stat.mode & 0o077) !== 0) return {ignored: true};
    text = readFileSync(path, 'utf8');
  } catch {
    // Not there, or not ours to read: then it has no password for us, as for libpq.
    return {};
  }
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    const found = fits(line, wanted);
    if (found !== undefined) return found === '' ? {} : {password: secret(found)};
  }
  return {};
};
