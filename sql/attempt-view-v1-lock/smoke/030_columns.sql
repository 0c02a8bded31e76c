-- Does the view show the eleven locked columns, each with its type? Read from the catalog; the evidence is the columns
-- themselves, so this check says something on an empty table too.
WITH locked (name, type) AS (
  VALUES
    ('id', 'bigint'), ('student_id', 'uuid'), ('item_id', 'bigint'), ('correct', 'boolean'),
    ('response_time_ms', 'integer'), ('hint_used', 'boolean'), ('attempt_no', 'integer'),
    ('started_at', 'timestamp with time zone'), ('completed_at', 'timestamp with time zone'),
    ('session_id', 'text'), ('topic_id', 'text')
), present AS (
  SELECT a.attname::text AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
  FROM pg_catalog.pg_attribute AS a
  WHERE a.attrelid = pg_catalog.to_regclass('public.attempt') AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT
  count(*) = 11 AND count(*) FILTER (WHERE p.type = l.type) = 11 AS ok,
  count(p.name) AS rows,
  concat_ws(
    '; ',
    count(*) FILTER (WHERE p.type = l.type) || ' of 11 columns as locked',
    string_agg(
      CASE
        WHEN p.name IS NULL THEN l.name || ' is missing'
        WHEN l.name IS NULL THEN p.name || ' is additional'
        WHEN p.type <> l.type THEN p.name || ' is ' || p.type
      END,
      ', ' ORDER BY COALESCE(l.name, p.name)
    )
  ) AS observed
FROM locked AS l
FULL JOIN present AS p ON p.name = l.name;
