// What may the login not do that a change and its ways back have to do? One query, asked before anything is changed.

import {success, type Result} from '../core/failure.ts';
import type {MissingRight, RightNeed} from '../core/rights.ts';
import type {DatabaseSession, Row} from '../core/ports.ts';
import type {CatalogAddress} from './capture.ts';
import {quoteQualified} from './names.ts';

/** `by`: as whom it may be done, the last one first in what is said of it; '' is the login. */
export type TableUse = Readonly<{name: string; use: 'index' | 'alter'; by: readonly string[]}>;

export type RightsNeeded = Readonly<{
  /** Declared objects and their dependants. */
  captured: readonly CatalogAddress[];
  /** Of these, by name, what the change locks: what it speaks of, what falls for it, and is put back. */
  touched: ReadonlySet<string>;
  /** As which later steps read. */
  applicationRole?: string | undefined;
  /** On which an index is built, and what a script alters of tables. */
  tables: readonly TableUse[];
  /** Where Alembic keeps its revision, and what is done to it. */
  versionTables: readonly string[];
  versionPrivileges: readonly ('UPDATE' | 'INSERT' | 'DELETE')[];
}>;

/** Before 16 a member could always SET ROLE; since then that is a right of its own. */
const SET = `CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END`;

const ON_TABLE = (kind: string, catalog: string, table: string): string => `
  SELECT f.classid, f.oid, '${kind} ' || (pg_identify_object(f.classid, f.oid, 0)).identity, c.relowner, c.relnamespace, false,
         format('TABLE %I.%I', n.nspname, c.relname)
  FROM fallen f JOIN ${catalog} x ON f.classid = '${catalog}'::regclass AND x.oid = f.oid
  JOIN pg_class c ON c.oid = x.${table} JOIN pg_namespace n ON n.oid = c.relnamespace`;

/**
 * The server asks for these rights when it executes what the tool sends: ALTER .. SET SCHEMA, which is how an object is
 * locked, needs the owner's rights and CREATE; ALTER .. OWNER TO needs SET ROLE to the owner and CREATE for that owner; a
 * grant is given again under SET ROLE to whoever gave it. SET ROLE asks for the rights of the session's own user.
 */
const RIGHTS_SQL = `
WITH fallen AS (
  SELECT DISTINCT (i ->> 'class')::regclass::oid AS classid, (i ->> 'oid')::oid AS oid
  FROM json_array_elements($1::json) AS i
), object(classid, oid, name, owner, schema, moves, address) AS (
  SELECT f.classid, f.oid, n.nspname || '.' || c.relname, c.relowner, c.relnamespace, true,
         format('TABLE %I.%I', n.nspname, c.relname)
  FROM fallen f JOIN pg_class c ON f.classid = 'pg_class'::regclass AND c.oid = f.oid JOIN pg_namespace n ON n.oid = c.relnamespace
  UNION ALL
  SELECT f.classid, f.oid, CASE p.prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END
           || (pg_identify_object(f.classid, f.oid, 0)).identity, p.proowner, p.pronamespace, true,
         'ROUTINE ' || p.oid::regprocedure
  FROM fallen f JOIN pg_proc p ON f.classid = 'pg_proc'::regclass AND p.oid = f.oid
  UNION ALL
  SELECT f.classid, f.oid, 'statistics object ' || (pg_identify_object(f.classid, f.oid, 0)).identity, s.stxowner,
         s.stxnamespace, true, 'STATISTICS ' || (pg_identify_object(f.classid, f.oid, 0)).identity
  FROM fallen f JOIN pg_statistic_ext s ON f.classid = 'pg_statistic_ext'::regclass AND s.oid = f.oid
  UNION ALL ${ON_TABLE('policy', 'pg_policy', 'polrelid')}
  UNION ALL ${ON_TABLE('rule', 'pg_rewrite', 'ev_class')}
  UNION ALL ${ON_TABLE('trigger', 'pg_trigger', 'tgrelid')}
  UNION ALL ${ON_TABLE('column default', 'pg_attrdef', 'adrelid')}
), given(name, owner, grantor) AS (
  SELECT o.name, o.owner, a.grantor FROM object o JOIN pg_class c ON o.classid = 'pg_class'::regclass AND c.oid = o.oid
  CROSS JOIN LATERAL aclexplode(c.relacl) AS a
  UNION
  SELECT o.name, o.owner, a.grantor FROM object o JOIN pg_attribute t ON o.classid = 'pg_class'::regclass AND t.attrelid = o.oid
  CROSS JOIN LATERAL aclexplode(t.attacl) AS a
  UNION
  SELECT o.name, o.owner, a.grantor FROM object o JOIN pg_proc p ON o.classid = 'pg_proc'::regclass AND p.oid = o.oid
  CROSS JOIN LATERAL aclexplode(p.proacl) AS a
), used AS (
  SELECT c.relowner AS owner, c.relnamespace AS schema, n.nspname || '.' || c.relname AS name,
         format('TABLE %I.%I', n.nspname, c.relname) AS address, t ->> 'use' AS use,
         ARRAY(SELECT r.rolname FROM json_array_elements_text(t -> 'by') AS b(name)
               JOIN pg_roles r ON r.rolname = CASE b.name WHEN '' THEN current_user ELSE b.name END
                 AND (b.name = '' OR pg_has_role(session_user, r.oid, ${SET}))) AS actors
  FROM json_array_elements($3::json) AS t JOIN pg_class c ON c.oid = to_regclass(t ->> 'name')
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE t ->> 'use' = 'index' OR c.relkind IN ('r', 'p', 'f')
), lacking(need, who, role, what, object, address) AS (
  SELECT 'application-role', session_user, r.oid, w.name, NULL, NULL
  FROM (SELECT $2::text AS name WHERE $2::text <> '') AS w LEFT JOIN pg_roles r ON r.rolname = w.name
  WHERE r.oid IS NULL OR NOT pg_has_role(session_user, r.oid, ${SET})
  UNION ALL
  SELECT 'owner', current_user, o.owner, pg_get_userbyid(o.owner), o.name, o.address FROM object o
  WHERE NOT pg_has_role(o.owner, 'USAGE') OR (o.moves AND NOT pg_has_role(o.owner, ${SET}))
  UNION ALL
  SELECT 'grantor', session_user, g.grantor, pg_get_userbyid(g.grantor), g.name, NULL FROM given g
  WHERE g.grantor <> g.owner AND NOT pg_has_role(session_user, g.grantor, ${SET})
  UNION ALL
  SELECT 'create', current_user, NULL, n.nspname, o.name, NULL
  FROM (SELECT name, schema, ARRAY[current_user] AS actors FROM object WHERE moves
        UNION ALL SELECT name, schema, actors FROM used WHERE use = 'index') AS o
  JOIN pg_namespace n ON n.oid = o.schema
  WHERE cardinality(o.actors) > 0
    AND NOT EXISTS (SELECT FROM unnest(o.actors) AS a(name) WHERE has_schema_privilege(a.name, o.schema, 'CREATE'))
  UNION ALL
  SELECT 'create', pg_get_userbyid(o.owner), NULL, n.nspname, o.name, NULL FROM object o JOIN pg_namespace n ON n.oid = o.schema
  WHERE o.moves AND pg_get_userbyid(o.owner) <> current_user AND NOT has_schema_privilege(o.owner, o.schema, 'CREATE')
    AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
  UNION ALL
  SELECT CASE u.use WHEN 'index' THEN 'table' ELSE 'alter' END, coalesce(u.actors[cardinality(u.actors)], current_user),
         u.owner, pg_get_userbyid(u.owner), u.name, u.address FROM used u
  WHERE NOT EXISTS (SELECT FROM unnest(u.actors) AS a(name) WHERE pg_has_role(a.name, u.owner, 'USAGE'))
  UNION ALL
  SELECT 'version-table', current_user, NULL, p.privilege, n.nspname || '.' || c.relname, format('%I.%I', n.nspname, c.relname)
  FROM json_array_elements_text($4::json) AS t(name) JOIN pg_class c ON c.oid = to_regclass(t.name)
  JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN json_array_elements_text($5::json) AS p(privilege)
  WHERE NOT has_table_privilege(c.oid, p.privilege)
)
SELECT l.need, l.who, quote_ident(l.who) AS "quotedWho", l.what, quote_ident(l.what) AS "quotedWhat", l.object, l.address, (l.need = 'application-role' AND l.role IS NULL)::text AS absent,
       coalesce(pg_has_role(l.who, l.role, 'MEMBER'), false)::text AS member,
       coalesce((SELECT r.rolsuper FROM pg_roles r WHERE r.oid = l.role), false)::text AS super,
       (SELECT r.rolinherit FROM pg_roles r WHERE r.rolname = l.who)::text AS inherits,
       (current_setting('server_version_num')::int >= 160000)::text AS explicit
FROM lacking l
ORDER BY array_position(ARRAY['owner', 'create', 'grantor', 'alter', 'table', 'version-table', 'application-role'], l.need), l.what, l.object`;

const is = (row: Row, column: string): boolean => row[column] === 'true';

/** Membership that also lets the login use the role's rights, however the server and the login are set up. */
const membership = (row: Row): string => {
  const [role, login] = [row['quotedWhat'] ?? '', row['quotedWho'] ?? ''];
  const isPlain = is(row, 'inherits') && !is(row, 'member');
  if (isPlain) return `GRANT ${role} TO ${login}`;
  if (is(row, 'explicit')) return `GRANT ${role} TO ${login} WITH INHERIT TRUE, SET TRUE`;
  return `${is(row, 'member') ? '' : `GRANT ${role} TO ${login}; `}ALTER ROLE ${login} INHERIT`;
};

const cureOf = (need: RightNeed, rows: readonly Row[]): string | undefined => {
  const [row = {}] = rows;
  const who = row['quotedWho'] ?? '';
  switch (need) {
    case 'create':
      return `GRANT CREATE ON SCHEMA ${row['quotedWhat'] ?? ''} TO ${who}`;
    case 'version-table':
      return rows.map((of) => `GRANT ${of['what'] ?? ''} ON ${of['address'] ?? ''} TO ${who}`).join('; ');
    case 'application-role':
    case 'grantor':
      // Who may act for a superuser is one: nobody is told to become that for the sake of a view.
      return is(row, 'absent') || is(row, 'super') ? undefined : membership(row);
    case 'owner':
    case 'alter':
    case 'table':
      return is(row, 'super')
        ? [...new Set(rows.map((of) => `ALTER ${of['address'] ?? ''} OWNER TO ${who}`))].join('; ')
        : membership(row);
  }
};

/** One for each role or schema, with everything that it is needed for. */
const grouped = (rows: readonly Row[]): readonly MissingRight[] => {
  const groups = new Map<string, readonly Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row['need'], row['who'], row['what']]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((of) => {
    const [row = {}] = of;
    const need = row['need'] as RightNeed;
    const cure = cureOf(need, of);
    return {
      need,
      who: row['who'] ?? '',
      what: row['what'] ?? '',
      ...(is(row, 'absent') ? {isAbsent: true as const} : {}),
      objects: [...new Set(of.flatMap(({object}) => (typeof object === 'string' ? [object] : [])))],
      ...(cure === undefined ? {} : {cure}),
    };
  });
};

/**
 * What is missing of it, the worst first, once it is known what is touched. Takes no lock, and reads nothing but the
 * catalog.
 */
export const rightsLacking = async (
  session: DatabaseSession,
  {captured, applicationRole = '', tables, versionTables, versionPrivileges}: Omit<RightsNeeded, 'touched'>,
): Promise<Result<(touched: ReadonlySet<string>) => readonly MissingRight[]>> => {
  const quoted = (names: readonly string[]): string => JSON.stringify(names.map(quoteQualified));
  const answer = await session.query(RIGHTS_SQL, {
    values: [
      JSON.stringify(captured),
      applicationRole,
      JSON.stringify(tables.map((one) => ({...one, name: quoteQualified(one.name)}))),
      quoted(versionTables),
      JSON.stringify(versionPrivileges),
    ],
  });
  if (!answer.ok) return answer;
  const {rows} = answer.value;
  return success((touched) =>
    grouped(
      rows.filter(
        ({object}) =>
          typeof object !== 'string' ||
          touched.has(object) ||
          [...tables.map(({name}) => name), ...versionTables].includes(object),
      ),
    ),
  );
};
