// What does a version table hold, how wide is it, and how does it come back to what it held?

import {quoteLiteral, quoteQualified} from '../catalog/names.ts';
import {versionTableOf, type VersionRows} from '../core/alembic.ts';
import type {RunbookDefinition} from '../core/definition.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';

/** The rows, by name; undefined where there is no such table. */
export const versionRows = async (
  session: DatabaseSession,
  table: string,
): Promise<Result<readonly string[] | undefined>> => {
  const there = await session.query('SELECT to_regclass($1)::text AS name', {values: [quoteQualified(table)]});
  if (!there.ok) return there;
  if (there.value.rows[0]?.['name'] === null) return success(undefined);
  const answer = await session.query(
    `SELECT version_num FROM ${quoteQualified(table)} ORDER BY version_num COLLATE "C"`,
  );
  return answer.ok ? success(answer.value.rows.map((row) => row['version_num'] ?? '')) : answer;
};

/** How many characters fit; undefined where there is no limit, or no table yet. */
export const versionWidth = async (session: DatabaseSession, table: string): Promise<Result<number | undefined>> => {
  const answer = await session.query(
    `SELECT (atttypmod - 4)::text AS width FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attname = 'version_num' AND NOT attisdropped AND atttypmod > 4`,
    {values: [quoteQualified(table)]},
  );
  if (!answer.ok) return answer;
  const width = answer.value.rows[0]?.['width'];
  return success(typeof width === 'string' ? Number(width) : undefined);
};

const tablesOf = ({steps}: RunbookDefinition): readonly string[] => [
  ...new Set(
    steps.flatMap((step) =>
      step.kind === 'migration' && step.migrator === 'alembic' ? [versionTableOf(step.alembic)] : [],
    ),
  ),
];

/** Of every version table that the runbook's migrations move, as far as it is there. */
export const capturedVersions = async (
  session: DatabaseSession,
  runbook: RunbookDefinition,
): Promise<Result<readonly VersionRows[]>> => {
  const captured: VersionRows[] = [];
  for (const table of tablesOf(runbook)) {
    const rows = await versionRows(session, table);
    if (!rows.ok) return rows;
    if (rows.value !== undefined) captured.push({table, rows: rows.value});
  }
  return success(captured);
};

/**
 * A way back that brings the objects back and leaves the version table where it was would make the next `upgrade` skip the
 * change: both come back together. In a transaction that has the objects locked already.
 */
export const versionStatements = (versions: readonly VersionRows[] = []): readonly string[] =>
  versions.flatMap(({table, rows}) => {
    const name = quoteQualified(table);
    const list = rows.map(quoteLiteral).join(', ');
    return [
      rows.length === 0 ? `DELETE FROM ${name}` : `DELETE FROM ${name} WHERE version_num NOT IN (${list})`,
      ...rows.map(
        (row) =>
          `INSERT INTO ${name} (version_num) SELECT ${quoteLiteral(row)} WHERE NOT EXISTS (SELECT FROM ${name} WHERE version_num = ${quoteLiteral(row)})`,
      ),
    ];
  });

export const sameVersions = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));
