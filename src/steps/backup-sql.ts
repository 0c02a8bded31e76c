// What a backup asks the database before it starts: which state it will be of, and how many rows the declared tables have.

import {quoteQualified} from '../catalog/names.ts';
import type {TableDefinition} from '../core/definition.ts';
import type {TableCount} from '../core/facts.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';

export const countRows = async (
  session: DatabaseSession,
  tables: readonly TableDefinition[],
): Promise<Result<readonly TableCount[]>> => {
  const counts: TableCount[] = [];
  for (const {name} of tables) {
    const answer = await session.query(`SELECT count(*)::text AS rows FROM ${quoteQualified(name)}`);
    if (!answer.ok) return answer;
    counts.push({table: name, rows: Number(answer.value.rows[0]?.['rows'] ?? '0')});
  }
  return success(counts);
};

/** Names the state that pg_dump will see, so that the rows counted here are exactly the rows in the dump. */
export const exportSnapshot = async (session: DatabaseSession): Promise<Result<string>> => {
  const begun = await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  if (!begun.ok) return begun;
  const answer = await session.query('SELECT pg_export_snapshot() AS snapshot');
  return answer.ok ? success(answer.value.rows[0]?.['snapshot'] ?? '') : answer;
};
