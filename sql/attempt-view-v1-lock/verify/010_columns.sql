-- Is the locked contract in force? The eleven columns by name and type, from the catalog: one row for each difference, and
-- one if the view itself is missing. Their order is not locked, but only two are known: that of the deployed revision, which
-- readers of SELECT * see where Alembic has been, and that of the guide's table. Any other is nobody's, and a difference.
WITH expected (deployed, guide, name, type) AS (
  VALUES
    (1, 1, 'id', 'bigint'),
    (2, 2, 'student_id', 'uuid'),
    (3, 3, 'item_id', 'bigint'),
    (4, 4, 'correct', 'boolean'),
    (5, 5, 'response_time_ms', 'integer'),
    (6, 6, 'hint_used', 'boolean'),
    (7, 9, 'completed_at', 'timestamp with time zone'),
    (8, 8, 'started_at', 'timestamp with time zone'),
    (9, 7, 'attempt_no', 'integer'),
    (10, 10, 'session_id', 'text'),
    (11, 11, 'topic_id', 'text')
), view AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('public.attempt')
), actual AS (
  SELECT
    row_number() OVER (ORDER BY a.attnum) AS place,
    a.attname::text AS name,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
  FROM view AS v
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = v.oid AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT difference.rule, difference.expected, difference.actual
FROM (
  SELECT 0 AS place, 'public.attempt'::text AS rule, 'view'::text AS expected, COALESCE((
    SELECT CASE v.relkind WHEN 'm' THEN 'materialized view' WHEN 'r' THEN 'table' ELSE v.relkind::text END
    FROM view AS v
  ), 'missing') AS actual
  WHERE NOT EXISTS (SELECT FROM view AS v WHERE v.relkind = 'v')
  UNION ALL
  SELECT
    COALESCE(e.deployed, 100 + a.place),
    'column ' || COALESCE(e.name, a.name),
    COALESCE(e.type, 'none'),
    COALESCE(a.type, 'missing')
  FROM expected AS e
  FULL JOIN actual AS a ON a.name = e.name
  WHERE EXISTS (SELECT FROM view) AND a.type IS DISTINCT FROM e.type
  UNION ALL
  SELECT 1000, 'order of columns', o.expected, o.actual
  FROM (
    SELECT
      (SELECT string_agg(e.name, ', ' ORDER BY e.deployed) FROM expected AS e) AS expected,
      (SELECT string_agg(e.name, ', ' ORDER BY e.guide) FROM expected AS e) AS guide,
      (SELECT string_agg(a.name, ', ' ORDER BY a.place) FROM actual AS a) AS actual
  ) AS o
  WHERE o.actual NOT IN (o.expected, o.guide)
    -- a missing or additional column has its own row already
    AND (SELECT count(*) FROM expected AS e JOIN actual AS a ON a.name = e.name) = 11
    AND (SELECT count(*) FROM actual) = 11
) AS difference
ORDER BY difference.place;
