// How a path that somebody types, or drops into the terminal, is understood and completed.

import {readdir} from 'node:fs/promises';
import {homedir} from 'node:os';
import {basename, dirname, join, resolve} from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** A terminal quotes what is dropped into it as a shell would want it. */
const unquoted = (typed: string): string => {
  const quoted = /^'(.*)'$|^"(.*)"$/.exec(typed);
  if (quoted !== null) return (quoted[1] ?? quoted[2] ?? '').replaceAll("'\\''", "'");
  return typed.replaceAll(/\\(.)/g, '$1');
};

const atHome = (path: string, env: Environment): string =>
  path === '~' || path.startsWith('~/') ? join(env['HOME'] ?? homedir(), path.slice(1)) : path;

const commonStart = (names: readonly string[]): string => {
  const [first = '', ...rest] = names;
  let end = first.length;
  for (const name of rest) while (!name.startsWith(first.slice(0, end))) end -= 1;
  return first.slice(0, end);
};

/** The path with as much more of it as all names that begin like it have in common; a directory ends with a slash. */
const complete = async (typed: string, env: Environment): Promise<string> => {
  const isFolder = typed === '' || typed.endsWith('/');
  const path = atHome(typed, env);
  const start = isFolder ? '' : basename(path);
  try {
    const entries = await readdir(resolve(isFolder ? path : dirname(path)), {withFileTypes: true});
    // Hidden names only for those who ask for them.
    const found = entries.filter(({name}) => name.startsWith(start) && (start !== '' || !name.startsWith('.')));
    const more = commonStart(found.map(({name}) => name)).slice(start.length);
    const only = found.length === 1 ? found[0] : undefined;
    return `${typed}${more}${only?.isDirectory() === true ? '/' : ''}`;
  } catch {
    // No such folder: there is nothing to complete, and the path is judged when it is handed over.
    return typed;
  }
};

export const operatorPaths = (
  env: Environment,
): Readonly<{resolve: (typed: string) => string; complete: (typed: string) => Promise<string>}> => ({
  resolve: (typed) => resolve(atHome(unquoted(typed.trim()), env)),
  complete: (typed) => complete(typed, env),
});
