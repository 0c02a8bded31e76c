// Which catalog query finds the declared objects, everything that a drop of them would meet, and the state of each?

import {quoteLiteral, quoteQualified} from './names.ts';
import {PART_STATES, RELATION_STATES} from './state-sql.ts';

/** One step along pg_depend, from `reach` to what depends on it. */
const HOP = `
  SELECT d.classid, d.objid, d.objsubid
  FROM pg_depend d
  WHERE d.refclassid = reach.classid AND d.refobjid = reach.objid
    AND (reach.objsubid = 0 OR d.refobjsubid = reach.objsubid)
    AND d.deptype IN ('n', 'a', 'i', 'P', 'S')
    AND NOT (d.classid = reach.classid AND d.objid = reach.objid)
    -- A relation's own indexes, rules, triggers and defaults belong to its state; they count when something else leads to them.
    AND NOT (reach.classid = 'pg_class'::regclass AND CASE d.classid
      WHEN 'pg_class'::regclass THEN EXISTS (SELECT FROM pg_index o WHERE o.indexrelid = d.objid AND o.indrelid = reach.objid)
      WHEN 'pg_rewrite'::regclass THEN EXISTS (SELECT FROM pg_rewrite o WHERE o.oid = d.objid AND o.ev_class = reach.objid)
      WHEN 'pg_trigger'::regclass THEN EXISTS (SELECT FROM pg_trigger o WHERE o.oid = d.objid AND o.tgrelid = reach.objid)
      WHEN 'pg_attrdef'::regclass THEN EXISTS (SELECT FROM pg_attrdef o WHERE o.oid = d.objid AND o.adrelid = reach.objid)
      WHEN 'pg_class'::regclass THEN EXISTS (SELECT FROM pg_index o WHERE o.indexrelid = d.objid AND o.indrelid = reach.objid)
      ELSE false END)
  UNION ALL
  -- From the rule that is a view's query to the view.
  SELECT 'pg_class'::regclass::oid, r.ev_class, 0
  FROM pg_rewrite r
  WHERE reach.classid = 'pg_rewrite'::regclass AND r.oid = reach.objid AND r.rulename = '_RETURN'
  UNION ALL
  -- From an index to its materialised view, which falls with it and comes back with it.
  SELECT 'pg_class'::regclass::oid, i.indrelid, 0
  FROM pg_index i JOIN pg_class m ON m.oid = i.indrelid AND m.relkind = 'm'
  WHERE reach.classid = 'pg_class'::regclass AND i.indexrelid = reach.objid`;

/**
 * Every dependency between the declared objects and what hangs on them, what each dependant is, and the state of those
 * that can be made again. It takes no lock. `part` says what becomes of a dependant: a relation or a part is dropped and
 * created again, 'inside' comes and goes with the object it is in, 'other' stops the change.
 * @param names an SQL expression: a JSON array of qualified names.
 */
export const catalogText = (names: string): string => `
WITH RECURSIVE declared AS (
  SELECT d.position, to_regclass(d.name)::oid AS oid
  FROM json_array_elements_text(${names}::json) WITH ORDINALITY AS d(name, position)
), root AS (
  SELECT oid FROM declared
), reach(fromclass, fromobj, classid, objid, objsubid) AS (
  SELECT 0::oid, 0::oid, 'pg_class'::regclass::oid, oid, 0 FROM root WHERE oid IS NOT NULL
  UNION
  SELECT reach.classid, reach.objid, hop.classid, hop.objid, hop.objsubid
  FROM reach CROSS JOIN LATERAL (${HOP}) AS hop
), node AS (
  SELECT DISTINCT classid, objid, objsubid FROM reach
), captured AS (
  SELECT c.oid, c.reltype FROM pg_class c
  WHERE c.oid IN (SELECT oid FROM root)
     OR (c.relkind IN ('v', 'm') AND c.relpersistence <> 't'
         AND c.oid IN (SELECT objid FROM node WHERE classid = 'pg_class'::regclass AND objsubid = 0))
), sorted AS (
  SELECT n.classid, n.objid, n.objsubid, CASE n.classid
    WHEN 'pg_class'::regclass THEN CASE
      WHEN n.objid IN (SELECT oid FROM root) THEN 'inside'
      WHEN n.objid IN (SELECT oid FROM captured) THEN CASE n.objsubid WHEN 0 THEN 'relation' ELSE 'inside' END
      WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid WHERE i.indexrelid = n.objid
                   AND (t.relkind = 't' OR t.oid IN (SELECT oid FROM captured))) THEN 'inside'
      WHEN (SELECT relkind FROM pg_class WHERE oid = n.objid) = 't' THEN 'inside'
      ELSE 'other' END
    WHEN 'pg_type'::regclass THEN CASE
      WHEN (SELECT CASE WHEN t.typlen = -1 AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
            FROM pg_type t WHERE t.oid = n.objid) IN (SELECT reltype FROM captured) THEN 'inside' ELSE 'other' END
    WHEN 'pg_rewrite'::regclass THEN
      (SELECT CASE WHEN r.rulename <> '_RETURN' THEN 'part'
                   WHEN r.ev_class IN (SELECT oid FROM captured) THEN 'inside' ELSE 'other' END
       FROM pg_rewrite r WHERE r.oid = n.objid)
    WHEN 'pg_trigger'::regclass THEN
      (SELECT CASE WHEN t.tgisinternal OR t.tgparentid <> 0 THEN 'other' ELSE 'part' END
       FROM pg_trigger t WHERE t.oid = n.objid)
    WHEN 'pg_attrdef'::regclass THEN
      -- Without its expression a generated column would be a plain one, and its values would have to be made again.
      (SELECT CASE WHEN a.attgenerated = '' THEN 'part' ELSE 'other' END FROM pg_attrdef d
       JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.oid = n.objid)
    WHEN 'pg_proc'::regclass THEN
      (SELECT CASE WHEN p.prokind IN ('f', 'p', 'w') THEN 'part' ELSE 'other' END FROM pg_proc p WHERE p.oid = n.objid)
    WHEN 'pg_policy'::regclass THEN 'part'
    WHEN 'pg_statistic_ext'::regclass THEN
      (SELECT CASE WHEN s.stxrelid IN (SELECT oid FROM captured) THEN 'part' ELSE 'other' END
       FROM pg_statistic_ext s WHERE s.oid = n.objid)
    ELSE 'other' END AS part
  FROM node n
), wanted AS (
  SELECT DISTINCT classid, objid FROM sorted WHERE part = 'part'
), inner_edge AS (
  SELECT DISTINCT fromclass, fromobj, classid, objid FROM reach WHERE fromclass <> 0
  UNION
  -- A rule or trigger of a relation that falls too is made after it.
  SELECT 'pg_class'::regclass::oid, owner.relid, n.classid, n.objid
  FROM node n JOIN (
    SELECT 'pg_rewrite'::regclass::oid AS classid, oid, ev_class AS relid FROM pg_rewrite
    UNION ALL SELECT 'pg_trigger'::regclass, oid, tgrelid FROM pg_trigger
    UNION ALL SELECT 'pg_attrdef'::regclass, oid, adrelid FROM pg_attrdef
  ) AS owner ON owner.classid = n.classid AND owner.oid = n.objid
  WHERE owner.relid IN (SELECT oid FROM captured)
    AND NOT (n.classid = 'pg_rewrite'::regclass
             AND (SELECT rulename FROM pg_rewrite WHERE oid = n.objid) = '_RETURN')
)
SELECT 'declared' AS row, d.position::text AS part, 'pg_class ' || d.oid AS key, NULL AS leads, c.relkind::text AS type,
       NULL AS identity, NULL AS state
FROM declared d LEFT JOIN pg_class c ON c.oid = d.oid
UNION ALL
SELECT 'edge', NULL, fromclass::regclass::text || ' ' || fromobj, classid::regclass::text || ' ' || objid, NULL, NULL, NULL
FROM inner_edge
UNION ALL
-- Which columns of a declared table something hangs on.
SELECT DISTINCT 'reads', a.attname::text, 'pg_class ' || d.refobjid, d.classid::regclass::text || ' ' || d.objid, NULL, NULL, NULL
FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
JOIN pg_class t ON t.oid = d.refobjid AND t.relkind NOT IN ('v', 'm')
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid IN (SELECT oid FROM root) AND d.refobjsubid > 0
UNION ALL
SELECT DISTINCT 'node', s.part, s.classid::regclass::text || ' ' || s.objid, NULL, o.type, o.identity, NULL
FROM sorted s LEFT JOIN LATERAL pg_identify_object(s.classid, s.objid, s.objsubid) AS o ON s.part <> 'inside'
UNION ALL
-- What the tool cannot give back to an object that it creates anew.
SELECT 'node', 'other', NULL, s.classid::regclass::text || ' ' || s.objid, x.type, x.identity, NULL
FROM sorted s CROSS JOIN LATERAL (
  SELECT 'security label of ' || o.type, o.identity
  FROM pg_seclabel l CROSS JOIN pg_identify_object(s.classid, s.objid, 0) AS o
  WHERE l.classoid = s.classid AND l.objoid = s.objid
  UNION ALL
  SELECT 'extension member ' || o.type, o.identity
  FROM pg_depend d CROSS JOIN pg_identify_object(s.classid, s.objid, 0) AS o
  WHERE d.classid = s.classid AND d.objid = s.objid AND d.deptype = 'e'
  UNION ALL
  SELECT 'disabled trigger', t.tgname || ' on ' || o.identity
  FROM pg_trigger t CROSS JOIN pg_identify_object(s.classid, s.objid, 0) AS o
  WHERE s.classid = 'pg_class'::regclass AND t.tgrelid = s.objid AND NOT t.tgisinternal AND t.tgenabled <> 'O'
    AND s.objid IN (SELECT c.oid FROM captured c)
  UNION ALL
  SELECT 'access method of ' || o.type, o.identity
  FROM pg_class m JOIN pg_am am ON am.oid = m.relam CROSS JOIN pg_identify_object(s.classid, s.objid, 0) AS o
  WHERE s.classid = 'pg_class'::regclass AND m.oid = s.objid AND m.relkind = 'm' AND am.amname <> 'heap'
) AS x(type, identity)
WHERE s.part <> 'other' AND s.objsubid = 0
UNION ALL
SELECT 'state', NULL, relation.key, NULL, NULL, NULL, relation.state FROM (${RELATION_STATES}) AS relation
UNION ALL
SELECT 'state', NULL, part.key, NULL, NULL, NULL, part.state FROM (${PART_STATES}) AS part
ORDER BY 1, 2, 3, 4, 5, 6`;

/**
 * The same with the names in its text: a prepared statement without parameters keeps its plan, and planning this takes
 * ten times as long as running it. Under our lock that is time that readers wait.
 * @param declared names as `schema.name`.
 */
export const catalogSql = (declared: readonly string[]): string =>
  catalogText(quoteLiteral(JSON.stringify(declared.map(quoteQualified))));
