// Which catalog query finds the materialised views whose owner row-level security limits while they are filled?

/**
 * `schema.name` of each populated one that reads, directly or through views, a table with policies that bind the role whose
 * rights count there: the owner of the view that reads it, or with security_invoker the owner of the materialised view.
 * pg_restore says `SET row_security = off`, and then such a REFRESH is refused unless it is told --enable-row-security.
 */
export const ROW_SECURITY_SQL = `
WITH RECURSIVE source(of, reads) AS (
  SELECT DISTINCT r.ev_class, d.refobjid FROM pg_rewrite r
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
  WHERE r.rulename = '_RETURN'
), reach(filled, reader, oid) AS (
  SELECT m.oid, m.oid, s.reads FROM pg_class m JOIN source s ON s.of = m.oid WHERE m.relkind = 'm' AND m.relispopulated
  UNION
  SELECT reach.filled, v.oid, s.reads FROM reach
  JOIN pg_class v ON v.oid = reach.oid AND v.relkind = 'v' JOIN source s ON s.of = v.oid
)
SELECT DISTINCT n.nspname || '.' || m.relname AS name
FROM reach JOIN pg_class m ON m.oid = reach.filled JOIN pg_namespace n ON n.oid = m.relnamespace
JOIN pg_class v ON v.oid = reach.reader JOIN pg_class t ON t.oid = reach.oid AND t.relrowsecurity
JOIN pg_roles o ON o.oid IN (m.relowner, v.relowner)
WHERE NOT o.rolsuper AND NOT o.rolbypassrls
  AND (t.relforcerowsecurity OR NOT pg_has_role(o.oid, t.relowner, 'USAGE'))
ORDER BY 1`;
