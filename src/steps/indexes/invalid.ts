// Which of the indexes that a script builds concurrently does PostgreSQL have and not use, since a build was broken off?

import {tokenize, type Token} from '../../core/sql-tokens.ts';
import {success, type Result} from '../../core/failure.ts';
import type {DatabaseSession} from '../../core/ports.ts';

/**
 * Of a partitioned table an index is invalid until each partition has its own: that is meant. One that somebody is
 * building now is not broken.
 */
const INVALID_SQL = `
SELECT c.relname::text AS name, t.relname::text AS table, tn.nspname::text AS schema,
       format('%I.%I', n.nspname, c.relname) AS index
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE NOT i.indisvalid AND c.relkind = 'i'
  AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
ORDER BY 4`;

/** 63 bytes: NAMEDATALEN - 1. */
const MOST_BYTES = 63;

type Built = Readonly<{index: string | undefined; schema: string | undefined; table: string}>;

/** A name as the server reads it: unquoted, ASCII letters made small, cut to its length without splitting a character. */
const nameOf = (sql: string, token: Token | undefined): string | undefined => {
  if (token === undefined) return undefined;
  if (token.kind === 'identifier') return cut(token.text.slice(1, -1).replaceAll('""', '"'));
  if (token.kind !== 'word') return undefined;
  const written = sql.slice(token.offset, token.offset + token.text.length);
  return cut(written.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
};

const cut = (name: string): string => {
  let kept = name;
  while (Buffer.byteLength(kept) > MOST_BYTES) kept = [...kept].slice(0, -1).join('');
  return kept;
};

const isWord = (token: Token | undefined, word: string): boolean => token?.kind === 'word' && token.text === word;

/** `CREATE [UNIQUE] INDEX CONCURRENTLY [IF NOT EXISTS] [name] ON [ONLY] [schema.]table`: what a file of one statement builds. */
const builtBy = (sql: string): readonly Built[] => {
  const {tokens} = tokenize(sql);
  let at = 0;
  const skip = (word: string): boolean => {
    const found = isWord(tokens[at], word);
    if (found) at += 1;
    return found;
  };
  if (!skip('create')) return [];
  skip('unique');
  if (!skip('index') || !skip('concurrently')) return [];
  if (skip('if')) at += 2;
  const index = isWord(tokens[at], 'on') ? undefined : nameOf(sql, tokens[at]);
  if (index !== undefined) at += 1;
  if (!skip('on')) return [];
  skip('only');
  const first = nameOf(sql, tokens[at]);
  const isQualified = tokens[at + 1]?.kind === 'symbol' && tokens[at + 1]?.text === '.';
  const table = isQualified ? nameOf(sql, tokens[at + 2]) : first;
  return table === undefined ? [] : [{index, schema: isQualified ? first : undefined, table}];
};

/** The tables of the indexes that such files build, as far as they are named with their schema. */
export const indexedTables = (scripts: readonly string[]): readonly string[] => [
  ...new Set(
    scripts.flatMap(builtBy).flatMap(({schema, table}) => (schema === undefined ? [] : [`${schema}.${table}`])),
  ),
];

type Row = Readonly<Record<string, string | null>>;

/** One without a name of its own is called after its table: `orders_note_idx`, `orders_note_idx1`. */
const isBuilt = ({index, schema, table}: Built, row: Row): boolean =>
  row['table'] === table &&
  (schema === undefined || row['schema'] === schema) &&
  (index === undefined ? /_idx\d*$/.test(row['name'] ?? '') : row['name'] === index);

/** As `schema.index`, sorted; asked of the server whatever it has answered to the script. Asks nothing when none is built. */
export const invalidIndexes = async (
  session: DatabaseSession,
  scripts: readonly string[],
): Promise<Result<readonly string[]>> => {
  const built = scripts.flatMap(builtBy);
  if (built.length === 0) return success([]);
  const answer = await session.query(INVALID_SQL);
  if (!answer.ok) return answer;
  const broken = answer.value.rows.filter((row) => built.some((of) => isBuilt(of, row)));
  return success(broken.map((row) => row['index'] ?? ''));
};
