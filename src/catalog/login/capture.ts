// Asks a target what its login may do there that no dump of the database tells: roles, memberships, rights on the database.

import {success, type Result} from '../../core/failure.ts';
import type {LoginRights} from '../../core/login-rights.ts';
import type {DatabaseSession} from '../../core/ports.ts';

/**
 * $1: the role of the application, or ''. The roles that own or are granted something in this database are those of
 * pg_shdepend; the first superuser is in no such list, since the server counts on it always being there.
 */
const LOGIN_SQL = `
WITH RECURSIVE this AS (
  SELECT oid, datdba, datacl FROM pg_database WHERE datname = current_database()
), known(oid) AS (
  SELECT oid FROM pg_roles WHERE oid = 10 OR rolname IN (session_user, $1)
  UNION SELECT datdba FROM this
  UNION SELECT a.grantee FROM this CROSS JOIN LATERAL aclexplode(this.datacl) AS a WHERE a.grantee <> 0
  UNION SELECT d.refobjid FROM pg_shdepend d JOIN this ON d.dbid = this.oid WHERE d.refclassid = 'pg_authid'::regclass
), role(oid) AS (
  SELECT oid FROM known
  UNION
  SELECT m.roleid FROM pg_auth_members m JOIN role ON m.member = role.oid
), membership AS (
  SELECT g.rolname AS role, u.rolname AS member, bool_or(m.admin_option) AS admin,
         bool_or(coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, u.rolinherit)) AS inherits,
         bool_or(coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)) AS sets
  FROM pg_auth_members m JOIN role ON m.member = role.oid
  JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
  GROUP BY 1, 2
)
SELECT jsonb_strip_nulls(jsonb_build_object(
  'login', session_user,
  'owner', (SELECT pg_get_userbyid(datdba) FROM this),
  'beginsAs', (
    SELECT substr(setting, length('role=') + 1)
    FROM pg_db_role_setting s CROSS JOIN this CROSS JOIN LATERAL unnest(s.setconfig) AS setting
    WHERE starts_with(setting, 'role=') AND s.setdatabase IN (0, this.oid)
      AND s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
    ORDER BY s.setrole = 0, s.setdatabase = 0 LIMIT 1),
  'roles', (
    SELECT jsonb_agg(jsonb_build_object('name', r.rolname, 'isSuperuser', r.rolsuper, 'inherits', r.rolinherit,
             'createsRoles', r.rolcreaterole, 'createsDatabases', r.rolcreatedb, 'replicates', r.rolreplication,
             'bypassesPolicies', r.rolbypassrls) ORDER BY r.rolname)
    FROM role JOIN pg_roles r ON r.oid = role.oid WHERE NOT starts_with(r.rolname, 'pg_')),
  'memberships', (
    SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY m.role, m.member), '[]') FROM membership m),
  'onDatabase', (
    SELECT jsonb_agg(jsonb_build_object('grantee', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,
             'privilege', a.privilege_type, 'grantable', a.is_grantable))
    FROM this CROSS JOIN LATERAL aclexplode(this.datacl) AS a)
))::text AS told`;

/** $1: the names of the roles. */
const PARAMETERS_SQL = `
SELECT coalesce(jsonb_agg(jsonb_build_object('parameter', p.parname, 'privilege', a.privilege_type,
         'grantee', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END, 'grantable', a.is_grantable)
         ORDER BY p.parname), '[]')::text AS told
FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) AS a
WHERE a.grantee = 0 OR pg_get_userbyid(a.grantee) IN (SELECT json_array_elements_text($1::json))`;

/** PostgreSQL 15 has the first rights on parameters. */
const FIRST_WITH_PARAMETERS = 150_000;

/** Reads the catalog only, on a session of the login itself. Nobody's password is in what it reads. */
export const captureLogin = async (
  session: DatabaseSession,
  serverVersionNum: number,
  applicationRole = '',
): Promise<Result<LoginRights>> => {
  const answer = await session.query(LOGIN_SQL, {values: [applicationRole]});
  if (!answer.ok) return answer;
  // The shape is that of the statement above.
  const told = JSON.parse(answer.value.rows[0]?.['told'] ?? '') as Omit<LoginRights, 'onParameters'>;
  if (serverVersionNum < FIRST_WITH_PARAMETERS) return success({...told, onParameters: []});
  const names = JSON.stringify(told.roles.map(({name}) => name));
  const parameters = await session.query(PARAMETERS_SQL, {values: [names]});
  if (!parameters.ok) return parameters;
  const onParameters = JSON.parse(parameters.value.rows[0]?.['told'] ?? '[]') as LoginRights['onParameters'];
  return success({...told, onParameters});
};
