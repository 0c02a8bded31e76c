-- Would the student index build? One bad user_id makes CREATE INDEX fail half-way, or later makes a write fail.
-- No rows when every user_id that the view would cast is a uuid; results without questions count here too.
SELECT
  'user_id looks like a uuid and is none'::text AS rule,
  count(*) AS rows,
  string_agg(bad.id::text, ', ' ORDER BY bad.id) FILTER (WHERE bad.place <= 3) AS sample
FROM (
  SELECT er.id, row_number() OVER () AS place
  FROM public.exam_results AS er
  WHERE length(er.user_id) = 36
    AND er.user_id ~ '^[0-9a-fA-F-]+$'
    AND er.user_id !~ '^[0-9a-fA-F]{4}(-?[0-9a-fA-F]{4}){7}$'
) AS bad
HAVING count(*) > 0;
