// As whom do the files of a script act: as the login, or as a role that one of them has taken on?

import {tokenize, type Token} from '../../core/sql-tokens.ts';

/** A role by its name; undefined is the login itself. */
export type Acting = string | undefined;

const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'word' && words.includes(token.text);

/** `'name'`, `"Name"` or `name`; undefined for NONE and DEFAULT. */
const roleNamed = (token: Token | undefined): Acting => {
  switch (token?.kind) {
    case 'word':
      return isWord(token, 'none', 'default') ? undefined : token.text;
    case 'identifier':
      return token.text.slice(1, -1).replaceAll('""', '"');
    case 'string':
      return token.text.slice(1, -1).replaceAll("''", "'");
    default:
      return undefined;
  }
};

type Turn = Readonly<{to: Acting}>;

/** `SET [SESSION | LOCAL] ROLE x`, `SET ROLE TO x`, `SET SESSION AUTHORIZATION x`, `RESET ROLE`: each in its turn. */
const turnsIn = (sql: string): readonly Turn[] => {
  const {tokens} = tokenize(sql);
  return tokens.flatMap((token, at): readonly Turn[] => {
    if (isWord(token, 'reset')) return isWord(tokens[at + 1], 'role', 'session', 'all') ? [{to: undefined}] : [];
    if (!isWord(token, 'set')) return [];
    let next = at + 1;
    const isSession = isWord(tokens[next], 'session');
    if (isSession && isWord(tokens[next + 1], 'authorization')) return [{to: roleNamed(tokens[next + 2])}];
    if (isSession || isWord(tokens[next], 'local')) next += 1;
    if (!isWord(tokens[next], 'role')) return [];
    next += 1;
    if (isWord(tokens[next], 'to') || tokens[next]?.text === '=') next += 1;
    return [{to: roleNamed(tokens[next])}];
  });
};

/**
 * Of each file, in the order in which one session runs them, everybody as whom something in it may be done: the one that it
 * begins as, and each that it takes on.
 */
export const actingRoles = (scripts: readonly string[]): readonly (readonly Acting[])[] => {
  let now: Acting;
  return scripts.map((sql) => {
    const turns = turnsIn(sql).map(({to}) => to);
    const all = [...new Set([now, ...turns])];
    if (turns.length > 0) now = turns.at(-1);
    return all;
  });
};
