// What the target is at the very state that pg_dump will see: what a restored copy is compared with.

import {captureSnapshot} from '../catalog/capture.ts';
import {NEEDS_SQL} from '../catalog/needs-sql.ts';
import {quoteQualified} from '../catalog/names.ts';
import type {Snapshot} from '../catalog/snapshot.ts';
import type {TableDefinition} from '../core/definition.ts';
import type {TableCount} from '../core/facts.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession, RoleNeed} from '../core/ports.ts';
import {countRows} from './backup-sql.ts';

export type AtSnapshot = Readonly<{
  tables: readonly TableCount[];
  catalog: Snapshot;
  /** Every role that an owner, a grant, a policy or a default privilege of this database names. */
  roles: readonly RoleNeed[];
  extensions: readonly string[];
  needs: Needs;
}>;

/** What the declared objects need to be created, as keys of a dump's table of contents. */
export type Needs = Readonly<{keys: ReadonlySet<string>; indexes: readonly string[]}>;

// The first superuser is in no list of dependencies: the server counts on it always being there.
const ROLES_SQL = `
SELECT rolname::text AS name, rolsuper::text AS superuser FROM pg_roles
WHERE NOT starts_with(rolname, 'pg_')
  AND (oid = 10 OR oid IN (SELECT refobjid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass
                           AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())))
ORDER BY 1`;

export const needsOf = async (session: DatabaseSession, names: readonly string[]): Promise<Result<Needs>> => {
  const answer = await session.query(NEEDS_SQL, {values: [JSON.stringify(names.map(quoteQualified))]});
  if (!answer.ok) return answer;
  const {rows} = answer.value;
  return success({
    keys: new Set(rows.map((row) => row['key'] ?? '')),
    indexes: rows.flatMap((row) => (typeof row['index'] === 'string' ? [row['index']] : [])),
  });
};

/** Inside the transaction whose snapshot pg_dump gets. Catalog functions look at the newest catalog all the same. */
export const lookAtSnapshot = async (
  session: DatabaseSession,
  declared: Readonly<{tables: readonly TableDefinition[]; objects: readonly string[]}>,
): Promise<Result<AtSnapshot>> => {
  const tables = await countRows(session, declared.tables);
  if (!tables.ok) return tables;
  const catalog = await captureSnapshot(session, declared.objects);
  if (!catalog.ok) return catalog;
  const roles = await session.query(ROLES_SQL);
  if (!roles.ok) return roles;
  const extensions = await session.query('SELECT extname::text AS name FROM pg_extension ORDER BY 1');
  if (!extensions.ok) return extensions;
  const needs = await needsOf(session, declared.objects);
  if (!needs.ok) return needs;
  return success({
    tables: tables.value,
    catalog: catalog.value,
    roles: roles.value.rows.map((row) => ({
      name: row['name'] ?? '',
      ...(row['superuser'] === 'true' ? {superuser: true} : {}),
    })),
    extensions: extensions.value.rows.map((row) => row['name'] ?? ''),
    needs: needs.value,
  });
};
