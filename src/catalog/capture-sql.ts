// The catalog queries behind a snapshot. They take no lock on the objects they look at.

/**
 * Everything reachable from the declared objects through pg_depend: from a view to the rules that read it, from a rule
 * to the view it belongs to, from a view to its row type and whatever uses that. Depth is the longest path, so that
 * ordering by it is an order in which dropped views can be created again.
 * Parameter 1: a JSON array of qualified names.
 */
export const DEPENDANTS_SQL = `
WITH RECURSIVE root AS (
  SELECT to_regclass(name)::oid AS oid FROM json_array_elements_text($1::json) AS declared(name)
), reach(classid, objid, objsubid, depth) AS (
  SELECT 'pg_class'::regclass::oid, oid, 0, 0 FROM root WHERE oid IS NOT NULL
  UNION
  SELECT hop.classid, hop.objid, hop.objsubid, reach.depth + 1
  FROM reach CROSS JOIN LATERAL (
    SELECT d.classid, d.objid, d.objsubid
    FROM pg_depend d
    WHERE d.refclassid = reach.classid AND d.refobjid = reach.objid
      AND (reach.objsubid = 0 OR d.refobjsubid = reach.objsubid)
      AND (d.deptype IN ('n', 'a') OR (d.deptype = 'i' AND d.classid = 'pg_type'::regclass))
    UNION ALL
    SELECT 'pg_class'::regclass::oid, r.ev_class, 0
    FROM pg_rewrite r
    WHERE reach.classid = 'pg_rewrite'::regclass AND r.oid = reach.objid
      AND r.ev_class NOT IN (SELECT oid FROM root WHERE oid IS NOT NULL)
  ) AS hop
  WHERE reach.depth < 40
    AND NOT (hop.classid = 'pg_rewrite'::regclass AND EXISTS (
      SELECT 1 FROM pg_rewrite own WHERE own.oid = hop.objid AND own.ev_class = reach.objid))
), deepest AS (
  SELECT classid, objid, objsubid, max(depth) AS depth FROM reach WHERE depth > 0 GROUP BY classid, objid, objsubid
), relations AS (
  SELECT c.oid, c.relkind, d.depth FROM deepest d JOIN pg_class c ON c.oid = d.objid
  WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0
), captured AS (
  SELECT oid FROM relations WHERE relkind IN ('v', 'm') UNION SELECT oid FROM root
)
SELECT 'relation' AS part, r.oid::text AS oid, NULL AS type, NULL AS identity, r.depth::text AS depth
FROM relations r WHERE r.relkind IN ('v', 'm')
UNION ALL
SELECT DISTINCT 'other', NULL, o.type, o.identity, NULL
FROM deepest d CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) AS o
WHERE NOT (d.classid = 'pg_class'::regclass AND d.objsubid = 0
           AND d.objid IN (SELECT oid FROM relations WHERE relkind IN ('v', 'm', 'i', 't')))
  AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN (SELECT oid FROM captured))
  AND d.classid NOT IN ('pg_type'::regclass)
  AND NOT (d.classid = 'pg_rewrite'::regclass
           AND (SELECT ev_class FROM pg_rewrite WHERE oid = d.objid) IN (SELECT oid FROM captured))
  AND NOT (d.classid = 'pg_trigger'::regclass
           AND (SELECT tgrelid FROM pg_trigger WHERE oid = d.objid) IN (SELECT oid FROM captured))
  AND NOT (d.classid = 'pg_attrdef'::regclass
           AND (SELECT adrelid FROM pg_attrdef WHERE oid = d.objid) IN (SELECT oid FROM captured))
ORDER BY 1, 5, 2, 4`;

const GRANTS = (acl: string, kind: string): string => `
  (SELECT coalesce(json_agg(json_build_object(
     'grantee', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,
     'grantor', pg_get_userbyid(a.grantor), 'privilege', a.privilege_type, 'grantable', a.is_grantable)
     ORDER BY CASE a.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(a.grantee)::text END COLLATE "C",
              a.privilege_type COLLATE "C", pg_get_userbyid(a.grantor)::text COLLATE "C"), '[]'::json)
   FROM aclexplode(coalesce(${acl}, acldefault('${kind}', c.relowner))) AS a)`;

/**
 * The state of relations, one JSON document a row, in the order of the oids asked for.
 * Parameter 1: a JSON array of oids as text.
 */
export const STATE_SQL = `
SELECT json_build_object(
  'schema', n.nspname, 'name', c.relname,
  'kind', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE c.relkind::text END,
  'owner', pg_get_userbyid(c.relowner),
  'options', (SELECT coalesce(json_agg(o ORDER BY o COLLATE "C"), '[]'::json) FROM unnest(c.reloptions) AS o),
  'definition', pg_get_viewdef(c.oid),
  'columns', (SELECT coalesce(json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'default', (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
                  WHERE d.adrelid = c.oid AND d.adnum = a.attnum),
      'comment', col_description(c.oid, a.attnum),
      'grants', ${GRANTS('a.attacl', 'c')}) ORDER BY a.attnum), '[]'::json)
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'comment', obj_description(c.oid, 'pg_class'),
  'grants', ${GRANTS('c.relacl', 'r')},
  'rules', (SELECT coalesce(json_agg(pg_get_ruledef(r.oid) ORDER BY r.rulename), '[]'::json)
            FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'),
  'triggers', (SELECT coalesce(json_agg(pg_get_triggerdef(t.oid) ORDER BY t.tgname), '[]'::json)
               FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
  'indexes', (SELECT coalesce(json_agg(pg_get_indexdef(i.indexrelid) ORDER BY pg_get_indexdef(i.indexrelid)), '[]'::json)
              FROM pg_index i WHERE i.indrelid = c.oid),
  'populated', c.relispopulated)::text AS state
FROM json_array_elements_text($1::json) WITH ORDINALITY AS wanted(oid, position)
JOIN pg_class c ON c.oid = wanted.oid::oid
JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY wanted.position`;

/** Which declared names exist, and as what. Parameter 1: a JSON array of qualified names. */
export const DECLARED_SQL = `
SELECT declared.name, to_regclass(declared.name)::oid::text AS oid,
       (SELECT relkind::text FROM pg_class WHERE oid = to_regclass(declared.name)) AS relkind
FROM json_array_elements_text($1::json) WITH ORDINALITY AS declared(name, position)
ORDER BY declared.position`;
