// Did somebody else change a row of the catalog that our transaction is about to make vanish?

import type {CatalogChange} from '../core/failure.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession, Rows} from '../core/ports.ts';
import type {CatalogAddress} from './capture.ts';
import {quoteLiteral} from './names.ts';

/** For each object and aspect, which version of which rows there is. Equal texts: nobody has written to them. */
export type Testimony = readonly Readonly<{object: string; aspect: string; state: string}>[];

/**
 * GRANT takes no lock on the object, so none of ours keeps it out: what is granted between our last look and our DROP
 * goes with the old rows. Row versions show it. Columns are read from the tables themselves, by oid: the functions
 * that spell definitions out would wait for our own lock.
 * The addresses are in its text, so that a prepared one keeps its plan.
 */
export const testimonySql = (addresses: readonly CatalogAddress[]): string => `
WITH wanted AS (
  SELECT (w.item ->> 'class')::regclass::oid AS classid, (w.item ->> 'oid')::oid AS oid
  FROM json_array_elements(${quoteLiteral(JSON.stringify(addresses))}::json) AS w(item)
), inner_part(classid, oid, whole) AS (
  SELECT classid, oid, oid FROM wanted
  UNION SELECT 'pg_class'::regclass, i.indexrelid, w.oid FROM wanted w JOIN pg_index i ON i.indrelid = w.oid
  UNION SELECT 'pg_rewrite'::regclass, r.oid, w.oid FROM wanted w JOIN pg_rewrite r ON r.ev_class = w.oid
  UNION SELECT 'pg_trigger'::regclass, t.oid, w.oid FROM wanted w JOIN pg_trigger t ON t.tgrelid = w.oid
  UNION SELECT 'pg_attrdef'::regclass, d.oid, w.oid FROM wanted w JOIN pg_attrdef d ON d.adrelid = w.oid
  UNION SELECT 'pg_type'::regclass, t.oid, w.oid FROM wanted w JOIN pg_type t ON t.typrelid = w.oid
  UNION SELECT 'pg_type'::regclass, t.typarray, w.oid FROM wanted w JOIN pg_type t ON t.typrelid = w.oid
), version(whole, aspect, state) AS (
  SELECT p.whole, 'grants', c.relacl::text FROM inner_part p JOIN pg_class c ON c.oid = p.oid AND p.oid = p.whole
    WHERE p.classid = 'pg_class'::regclass
  UNION ALL SELECT p.whole, 'grants', f.proacl::text FROM inner_part p JOIN pg_proc f ON f.oid = p.oid
    WHERE p.classid = 'pg_proc'::regclass
  UNION ALL SELECT p.whole, 'column grants', a.attname || ': ' || a.attacl::text
    FROM inner_part p JOIN pg_attribute a ON a.attrelid = p.oid WHERE p.classid = 'pg_class'::regclass AND a.attacl IS NOT NULL
  UNION ALL SELECT p.whole, 'row versions', p.classid || '/' || p.oid || ' ' || x.xmin FROM inner_part p JOIN LATERAL (
      SELECT c.xmin FROM pg_class c WHERE p.classid = 'pg_class'::regclass AND c.oid = p.oid
      UNION ALL SELECT a.xmin FROM pg_attribute a WHERE p.classid = 'pg_class'::regclass AND a.attrelid = p.oid
      UNION ALL SELECT i.xmin FROM pg_index i WHERE p.classid = 'pg_class'::regclass AND i.indexrelid = p.oid
      UNION ALL SELECT y.xmin FROM pg_type y WHERE p.classid = 'pg_type'::regclass AND y.oid = p.oid
      UNION ALL SELECT d.xmin FROM pg_depend d WHERE d.classid = p.classid AND d.objid = p.oid AND d.deptype IN ('e', 'x')
      UNION ALL SELECT f.xmin FROM pg_proc f WHERE p.classid = 'pg_proc'::regclass AND f.oid = p.oid
      UNION ALL SELECT r.xmin FROM pg_rewrite r WHERE p.classid = 'pg_rewrite'::regclass AND r.oid = p.oid
      UNION ALL SELECT t.xmin FROM pg_trigger t WHERE p.classid = 'pg_trigger'::regclass AND t.oid = p.oid
      UNION ALL SELECT d.xmin FROM pg_attrdef d WHERE p.classid = 'pg_attrdef'::regclass AND d.oid = p.oid
      UNION ALL SELECT l.xmin FROM pg_policy l WHERE p.classid = 'pg_policy'::regclass AND l.oid = p.oid
      UNION ALL SELECT s.xmin FROM pg_statistic_ext s WHERE p.classid = 'pg_statistic_ext'::regclass AND s.oid = p.oid
      UNION ALL SELECT d.xmin FROM pg_description d WHERE d.classoid = p.classid AND d.objoid = p.oid
      UNION ALL SELECT l.xmin FROM pg_seclabel l WHERE l.classoid = p.classid AND l.objoid = p.oid
    ) AS x ON true
  UNION ALL SELECT p.whole, 'dependants', d.classid || '/' || d.objid || '/' || d.objsubid
    FROM inner_part p JOIN pg_depend d ON d.refclassid = p.classid AND d.refobjid = p.oid
)
SELECT coalesce(f.oid::regprocedure::text, v.whole::regclass::text) AS object, v.aspect,
       string_agg(v.state, ', ' ORDER BY v.state COLLATE "C") AS state
FROM version v LEFT JOIN pg_proc f ON f.oid = v.whole AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = v.whole)
GROUP BY 1, 2 ORDER BY 1, 2`;

export const testimonyFrom = ({rows}: Rows): Testimony =>
  rows.map((row) => ({object: row['object'] ?? '', aspect: row['aspect'] ?? '', state: row['state'] ?? ''}));

/**
 * What a session sees now. Outside our transaction it sees the old rows for as long as we have not committed.
 * @param sql `testimonySql`, or what executes it where it is prepared.
 */
export const testify = async (session: DatabaseSession, sql: string): Promise<Result<Testimony>> => {
  const answer = await session.query(sql);
  return answer.ok ? success(testimonyFrom(answer.value)) : answer;
};

/**
 * What the capture spells out of views by the names of other things, which row versions of the views say nothing of. Only
 * for whoever holds them, or before anybody does: it would wait for the lock.
 */
export const spelledSql = (addresses: readonly CatalogAddress[]): string => `
SELECT c.oid::text AS oid, n.nspname || ' ' || pg_get_userbyid(c.relowner) || ' ' || (
    SELECT string_agg(format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS around,
  pg_get_viewdef(c.oid) AS definition
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid IN (${addresses.map(({oid}) => oid).join(', ')}) ORDER BY c.oid`;

/** Where two testimonies contradict each other. */
export const contradictions = (before: Testimony, after: Testimony): readonly CatalogChange[] => {
  const key = ({object, aspect}: Testimony[number]): string => `${object} ${aspect}`;
  const [was, is] = [before, after].map((all) => new Map(all.map((one) => [key(one), one.state])));
  const all = new Map([...before, ...after].map((one) => [key(one), one]));
  return [...all.values()].flatMap((one) => {
    const [from, to] = [was?.get(key(one)) ?? '', is?.get(key(one)) ?? ''];
    return from === to ? [] : [{object: one.object, aspect: one.aspect, before: from, after: to}];
  });
};
