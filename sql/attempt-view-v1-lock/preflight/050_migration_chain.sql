-- Can Alembic go from here to V1 and back? No rows when it can, or when Alembic is not used here (no version table).
-- The table is read by way of query_to_xml, because a plain FROM would fail where it does not exist.
WITH version_num AS (
  SELECT a.atttypid, a.atttypmod, pg_catalog.has_table_privilege(a.attrelid, 'SELECT') AS readable
  FROM pg_catalog.pg_attribute AS a
  WHERE a.attrelid = pg_catalog.to_regclass('public.alembic_version') AND a.attname = 'version_num' AND a.attnum > 0
    AND NOT a.attisdropped
), expected (revision) AS (
  VALUES ('20251031_2120_features_kpi_cols'), ('20251101_0900_attempt_view_lock')
), revision AS (
  SELECT found.part[1] AS name
  FROM pg_catalog.regexp_matches(
    pg_catalog.query_to_xml(
      CASE
        WHEN (SELECT v.readable FROM version_num AS v) THEN 'SELECT version_num::text AS v FROM public.alembic_version'
        ELSE 'SELECT NULL::text AS v WHERE false'
      END,
      FALSE, TRUE, ''
    )::text,
    '<v>([^<]*)</v>', 'g'
  ) AS found (part)
)
SELECT finding.rule, finding.rows, finding.sample
FROM (
  SELECT
    1 AS place,
    'alembic_version has no column version_num'::text AS rule,
    1::bigint AS rows,
    'public.alembic_version'::text AS sample
  WHERE pg_catalog.to_regclass('public.alembic_version') IS NOT NULL AND NOT EXISTS (SELECT FROM version_num)
  UNION ALL
  SELECT 2, 'alembic_version cannot be read by ' || current_user, 1, 'public.alembic_version'
  FROM version_num AS v
  WHERE NOT v.readable
  UNION ALL
  SELECT 3, 'alembic_version is empty', 1, 'public.alembic_version'
  FROM version_num AS v
  WHERE v.readable AND NOT EXISTS (SELECT FROM revision)
  UNION ALL
  SELECT 4, 'alembic_version has several rows: the history has several heads', count(*), (
    SELECT string_agg(three.name, ', ' ORDER BY three.name)
    FROM (SELECT r.name FROM revision AS r ORDER BY r.name LIMIT 3) AS three
  )
  FROM revision
  HAVING count(*) > 1
  UNION ALL
  SELECT 5, 'the current revision is neither the one before V1 nor V1', 1, r.name
  FROM revision AS r
  WHERE r.name NOT IN (SELECT e.revision FROM expected AS e)
  UNION ALL
  SELECT 6, 'version_num is too narrow for the revision ids', 1, pg_catalog.format_type(v.atttypid, v.atttypmod)
  FROM version_num AS v
  WHERE v.atttypmod > 4 AND v.atttypmod - 4 < (SELECT max(length(e.revision)) FROM expected AS e)
) AS finding
ORDER BY finding.place, finding.sample;
