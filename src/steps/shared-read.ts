// How do several smoke checks become one statement that reads once what they share?
//
// Each file stays a statement of its own that `psql -f` runs. Those of a shared read begin with the same WITH queries;
// PostgreSQL (12 and later) works a WITH query out once when a statement names it more than once, and folds it into the
// one place that names it otherwise. So the shared statement reads the object once, and a file alone computes only what
// it asks for.

import type {SharedRead, SmokeCheck, SmokeStep} from '../core/definition.ts';
import {tokenize, type Token} from '../core/sql-tokens.ts';

/** A statement's WITH queries by their offsets. */
export type Leading = Readonly<{
  start: number;
  /** `end` is behind the closing parenthesis, `next` where the next query or the statement proper begins. */
  queries: readonly Readonly<{name: string; end: number; next: number}>[];
  /** Where the statement ends, without its semicolon. */
  end: number;
}>;

const isSymbol = (token: Token | undefined, text: string): boolean => token?.kind === 'symbol' && token.text === text;
const isWord = (token: Token | undefined, text: string): boolean => token?.kind === 'word' && token.text === text;

/** Behind the parenthesis that closes the one at `open`. */
const behind = (tokens: readonly Token[], open: number): number => {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (isSymbol(tokens[at], '(')) depth += 1;
    if (isSymbol(tokens[at], ')')) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
};

/** Undefined where the text does not begin with WITH, or with WITH RECURSIVE, whose queries mean more than their text. */
export const leadingQueries = (sql: string): Leading | undefined => {
  const {tokens} = tokenize(sql);
  const [first, second] = tokens;
  if (first === undefined || !isWord(first, 'with') || isWord(second, 'recursive')) return undefined;
  const queries: {name: string; end: number; next: number}[] = [];
  // WITH before the first query, a comma before each other one.
  for (let before = 0; before === 0 || isSymbol(tokens[before], ','); ) {
    let at = before + 2;
    if (isSymbol(tokens[at], '(')) at = behind(tokens, at);
    while (at < tokens.length && !isSymbol(tokens[at], '(')) at += 1;
    const after = behind(tokens, at);
    const next = tokens[isSymbol(tokens[after], ',') ? after + 1 : after]?.offset ?? sql.length;
    queries.push({name: tokens[before + 1]?.text ?? '', end: (tokens[after - 1]?.offset ?? 0) + 1, next});
    before = after;
  }
  const last = tokens.at(-1);
  return {start: first.offset, queries, end: last !== undefined && isSymbol(last, ';') ? last.offset : sql.length};
};

type Parts = Readonly<{head: string; shared: string; own: string}>;

/** A file's text in three: what stands above the statement, what it shares, and its own part as a statement. */
export const sharedParts = (sql: string, names: readonly string[]): Parts | undefined => {
  const leading = leadingQueries(sql);
  const last = leading?.queries[names.length - 1];
  if (leading === undefined || last === undefined) return undefined;
  if (names.some((name, at) => leading.queries[at]?.name !== name)) return undefined;
  const own = sql.slice(last.next, leading.end).trim();
  return {
    head: sql.slice(0, leading.start).trim(),
    shared: sql.slice(leading.start, last.end),
    own: leading.queries.length > names.length ? `WITH ${own}` : own,
  };
};

/** One statement with a row a check: its id, and what its file answers. Undefined when the files share no such text. */
export const composed = (
  read: SharedRead,
  checks: readonly SmokeCheck[],
  sql: (file: string) => string,
): string | undefined => {
  const parts = checks.flatMap((check) => {
    const found = sharedParts(sql(check.sql), read.with);
    return found === undefined ? [] : [{...found, check}];
  });
  const shared = parts[0]?.shared;
  if (shared === undefined || parts.length < checks.length || parts.some((part) => part.shared !== shared)) {
    return undefined;
  }
  const answers = parts.map(({check: {id, sql: file}, head, own}) =>
    [
      `-- ${file}`,
      ...(head === '' ? [] : [head]),
      `SELECT '${id}' AS id, c.ok, c.rows, c.observed FROM (`,
      own,
      ') AS c',
    ].join('\n'),
  );
  const said = `-- ${checks.length} checks in one statement. If the server refuses it, each file runs alone.`;
  return `${said}\n${shared}\n${answers.join('\n\nUNION ALL\n\n')}`;
};

/** What a smoke step sends, in order: a check alone, or all that share a read where the first of them stands. */
export type Sent =
  | Readonly<{how: 'alone'; check: SmokeCheck}>
  | Readonly<{how: 'together'; read: SharedRead; checks: readonly SmokeCheck[]}>;

export const sentBy = ({checks, shared}: SmokeStep): readonly Sent[] =>
  checks.flatMap((check): readonly Sent[] => {
    const read = shared?.find(({id}) => id === check.shares);
    const sharing = read === undefined ? [] : checks.filter(({shares}) => shares === read.id);
    if (read === undefined || sharing.length < 2) return [{how: 'alone', check}];
    return sharing[0] === check ? [{how: 'together', read, checks: sharing}] : [];
  });
