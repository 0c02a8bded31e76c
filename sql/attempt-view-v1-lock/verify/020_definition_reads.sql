-- Can the view be planned and opened by name and by column? Reading no row still checks every privilege that the view's
-- owner needs on the tables below. It never returns rows: trouble here is an error.
SELECT 'public.attempt'::text AS rule, 'readable'::text AS expected, a.id::text AS actual
FROM (
  SELECT
    id, student_id, item_id, correct, response_time_ms, hint_used, attempt_no, started_at, completed_at, session_id,
    topic_id
  FROM public.attempt
  LIMIT 0
) AS a;
