// What the target is at the very state that pg_dump will see: what a restored copy is compared with.

import {captureSnapshot} from '../catalog/capture.ts';
import {NEEDS_SQL} from '../catalog/needs-sql.ts';
import {quoteQualified} from '../catalog/names.ts';
import {ROW_SECURITY_SQL} from '../catalog/row-security-sql.ts';
import type {Snapshot} from '../catalog/snapshot.ts';
import type {TableCount} from '../core/facts.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession, RoleNeed} from '../core/ports.ts';
import type {Scope} from './backup-scope.ts';
import {countRows} from './backup-sql.ts';

export type AtSnapshot = Readonly<{
  tables: readonly TableCount[];
  catalog: Snapshot;
  /** Every role that an owner, a grant, a policy or a default privilege of this database names. */
  roles: readonly RoleNeed[];
  extensions: readonly string[];
  /** What the declared objects, or the tables of the backup, need to be created. */
  needs: Needs;
  /** Foreign keys that lead out of a backup of tables, as keys of its table of contents. */
  foreignKeys: ReadonlySet<string>;
  /** Materialised views that pg_restore fills only with --enable-row-security. */
  rowSecurity: readonly string[];
}>;

/** As keys of a dump's table of contents. */
export type Needs = Readonly<{keys: ReadonlySet<string>; indexes: readonly string[]; schemas: readonly string[]}>;

// The first superuser is in no list of dependencies: the server counts on it always being there.
const ROLES_SQL = `
SELECT rolname::text AS name, rolsuper::text AS superuser FROM pg_roles
WHERE NOT starts_with(rolname, 'pg_')
  AND (oid = 10 OR oid IN (SELECT refobjid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass
                           AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())))
ORDER BY 1`;

const FOREIGN_KEYS_SQL = `
WITH inside AS (SELECT to_regclass(name)::oid AS oid FROM json_array_elements_text($1::json) AS declared(name))
SELECT 'pg_constraint'::regclass::oid || ' ' || c.oid AS key FROM pg_constraint c
WHERE c.contype = 'f' AND c.conrelid IN (SELECT oid FROM inside) AND c.confrelid NOT IN (SELECT oid FROM inside WHERE oid IS NOT NULL)`;

const leadingOut = async (
  session: DatabaseSession,
  tables: readonly string[],
): Promise<Result<ReadonlySet<string>>> => {
  const answer = await session.query(FOREIGN_KEYS_SQL, {values: [JSON.stringify(tables.map(quoteQualified))]});
  return answer.ok ? success(new Set(answer.value.rows.map((row) => row['key'] ?? ''))) : answer;
};

const needsOf = async (session: DatabaseSession, names: readonly string[]): Promise<Result<Needs>> => {
  const answer = await session.query(NEEDS_SQL, {values: [JSON.stringify(names.map(quoteQualified))]});
  if (!answer.ok) return answer;
  const {rows} = answer.value;
  const named = (column: string): readonly string[] =>
    rows.flatMap((row) => (typeof row[column] === 'string' ? [row[column]] : []));
  return success({
    keys: new Set(rows.map((row) => row['key'] ?? '')),
    indexes: named('index'),
    schemas: named('schema'),
  });
};

/** Those in the backup that a restore fills; one of the schema alone fills none. */
const limitedByPolicies = async (session: DatabaseSession, scope: Scope): Promise<Result<readonly string[]>> => {
  if (scope.kind === 'schema-only') return success([]);
  const answer = await session.query(ROW_SECURITY_SQL);
  if (!answer.ok) return answer;
  const names = answer.value.rows.map((row) => row['name'] ?? '');
  return success(scope.kind === 'tables' ? names.filter((name) => scope.listed.includes(name)) : names);
};

/** Inside the transaction whose snapshot pg_dump gets. Catalog functions look at the newest catalog all the same. */
export const lookAtSnapshot = async (session: DatabaseSession, scope: Scope): Promise<Result<AtSnapshot>> => {
  const tables = await countRows(session, scope.tables);
  if (!tables.ok) return tables;
  const catalog = await captureSnapshot(session, scope.objects);
  if (!catalog.ok) return catalog;
  const roles = await session.query(ROLES_SQL);
  if (!roles.ok) return roles;
  const extensions = await session.query('SELECT extname::text AS name FROM pg_extension ORDER BY 1');
  if (!extensions.ok) return extensions;
  const needs = await needsOf(session, scope.kind === 'tables' ? scope.listed : scope.objects);
  if (!needs.ok) return needs;
  const foreignKeys = await leadingOut(session, scope.kind === 'tables' ? scope.listed : []);
  if (!foreignKeys.ok) return foreignKeys;
  const rowSecurity = await limitedByPolicies(session, scope);
  if (!rowSecurity.ok) return rowSecurity;
  return success({
    tables: tables.value,
    catalog: catalog.value,
    roles: roles.value.rows.map((row) => ({
      name: row['name'] ?? '',
      ...(row['superuser'] === 'true' ? {superuser: true} : {}),
    })),
    extensions: extensions.value.rows.map((row) => row['name'] ?? ''),
    needs: needs.value,
    foreignKeys: foreignKeys.value,
    rowSecurity: rowSecurity.value,
  });
};
