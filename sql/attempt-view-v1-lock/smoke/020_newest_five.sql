-- Can the five newest attempts be read with all their columns? It is the operators' own look at the view; turning the
-- whole row into text makes the server compute every column.
WITH newest AS (
  SELECT
    a.id, a.student_id, a.item_id, a.correct, a.response_time_ms, a.hint_used, a.attempt_no, a.started_at,
    a.completed_at, a.session_id, a.topic_id
  FROM public.attempt AS a
  ORDER BY a.completed_at DESC
  LIMIT 5
)
SELECT
  count(*) = count(*) FILTER (WHERE n.id IS NOT NULL AND length(n::text) > 0) AS ok,
  count(*) AS rows,
  concat_ws(', ', count(*) || ' rows', 'newest ' || max(n.completed_at), 'session ' || max(n.session_id)) AS observed
FROM newest AS n;
