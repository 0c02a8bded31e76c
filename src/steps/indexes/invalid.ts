// Which indexes that a script names does PostgreSQL have and not use, since a build of them was broken off?

import {tokenize} from '../../core/sql-tokens.ts';
import {success, type Result} from '../../core/failure.ts';
import type {DatabaseSession} from '../../core/ports.ts';

/** Of a partitioned table an index is invalid until each partition has its own: that is meant, and is left out. */
const INVALID_SQL = `
SELECT c.relname::text AS name, format('%I.%I', n.nspname, c.relname) AS index
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND c.relkind = 'i'
ORDER BY 2`;

/** Every name that the text could mean, folded as the server folds it. */
const namesIn = (sql: string): readonly string[] =>
  tokenize(sql).tokens.flatMap(({kind, text}) => {
    if (kind === 'word') return [text];
    return kind === 'identifier' ? [text.slice(1, -1).replaceAll('""', '"')] : [];
  });

/** As `schema.index`, sorted; asked of the server whatever it has answered to the script. */
export const invalidIndexes = async (
  session: DatabaseSession,
  scripts: readonly string[],
): Promise<Result<readonly string[]>> => {
  const names = new Set(scripts.flatMap(namesIn));
  const answer = await session.query(INVALID_SQL);
  if (!answer.ok) return answer;
  return success(answer.value.rows.flatMap(({name, index}) => (names.has(`${name}`) ? [`${index}`] : [])));
};
