-- Is the table there that V1 reads, with the columns and types it needs? One row for each that is missing or different.
-- It asks the catalog only, so a missing table is an answer and not an error.
SELECT
  CASE
    WHEN t.relid IS NULL THEN 'table public.exam_results is missing'
    WHEN c.relkind NOT IN ('r', 'p') THEN 'public.exam_results is no table'
    WHEN a.attname IS NULL THEN 'column ' || w.name || ' ' || w.type || ' is missing'
    ELSE 'column ' || w.name || ' is not ' || w.type
  END AS rule,
  1::bigint AS rows,
  CASE
    WHEN a.attname IS NOT NULL THEN w.name || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
    ELSE w.name
  END AS sample
FROM (SELECT pg_catalog.to_regclass('public.exam_results')::oid AS relid) AS t
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.relid
CROSS JOIN (
  VALUES
    (1, 'id', 'uuid'),
    (2, 'session_id', 'text'),
    (3, 'user_id', 'text'),
    (4, 'result_json', 'jsonb'),
    (5, 'created_at', 'timestamp with time zone'),
    (6, 'updated_at', 'timestamp with time zone')
) AS w (place, name, type)
LEFT JOIN pg_catalog.pg_attribute AS a
  ON a.attrelid = t.relid AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IS NULL
  OR c.relkind NOT IN ('r', 'p')
  OR pg_catalog.format_type(a.atttypid, a.atttypmod) IS DISTINCT FROM w.type
ORDER BY w.place;
