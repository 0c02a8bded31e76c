// Which catalog query finds everything that must be there before a relation can be created, down to the schemas?

/** One step from `need` to what it cannot do without; the parts of a relation that its CREATE statement spells out. */
const HOP = `
  SELECT d.refclassid, d.refobjid FROM pg_depend d WHERE d.classid = need.classid AND d.objid = need.objid AND d.refclassid <> 0
  UNION ALL
  SELECT 'pg_rewrite'::regclass, r.oid FROM pg_rewrite r
  WHERE need.classid = 'pg_class'::regclass AND r.ev_class = need.objid AND r.rulename = '_RETURN'
  UNION ALL
  SELECT 'pg_attrdef'::regclass, a.oid FROM pg_attrdef a WHERE need.classid = 'pg_class'::regclass AND a.adrelid = need.objid
  UNION ALL
  SELECT 'pg_constraint'::regclass, c.oid FROM pg_constraint c
  WHERE c.contype = 'c' AND (need.classid = 'pg_class'::regclass AND c.conrelid = need.objid
                             OR need.classid = 'pg_type'::regclass AND c.contypid = need.objid)`;

/**
 * Catalog and oid, as a dump's table of contents has them, of these relations, of their own indexes, rules and triggers,
 * and of all that they need. `index` names their indexes, whose comments stand in a dump by name alone; `schema` the schemas.
 * Parameter 1: a JSON array of qualified names; what does not exist is left out.
 */
export const NEEDS_SQL = `
WITH RECURSIVE root AS (
  SELECT to_regclass(name)::oid AS oid FROM json_array_elements_text($1::json) AS declared(name)
  WHERE to_regclass(name) IS NOT NULL
), need(classid, objid) AS (
  SELECT own.classid, own.objid FROM root CROSS JOIN LATERAL (
    SELECT 'pg_class'::regclass::oid, root.oid
    UNION ALL SELECT 'pg_class'::regclass, i.indexrelid FROM pg_index i WHERE i.indrelid = root.oid
    UNION ALL SELECT 'pg_rewrite'::regclass, r.oid FROM pg_rewrite r WHERE r.ev_class = root.oid
    UNION ALL SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger t WHERE t.tgrelid = root.oid AND NOT t.tgisinternal
    UNION ALL SELECT 'pg_policy'::regclass, p.oid FROM pg_policy p WHERE p.polrelid = root.oid
  ) AS own(classid, objid)
  UNION
  SELECT hop.classid, hop.objid FROM need CROSS JOIN LATERAL (${HOP}) AS hop(classid, objid)
)
SELECT n.classid::text || ' ' || n.objid AS key,
       (SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
        WHERE n.classid = 'pg_class'::regclass AND i.indexrelid = n.objid AND i.indrelid IN (SELECT oid FROM root)) AS index,
       (SELECT s.nspname FROM pg_namespace s WHERE n.classid = 'pg_namespace'::regclass AND s.oid = n.objid) AS schema
FROM need n ORDER BY 1`;
