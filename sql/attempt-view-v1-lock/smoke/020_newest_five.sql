-- Can the five newest attempts be read with all their columns? It is the operators' own look at the view; turning the
-- whole row into text makes the server compute every column. Sorted with attempt_no in it the whole view would be
-- numbered for five rows, so first their students are found, and then these students' rows are read. What is wrong with
-- other rows is found by 010.
WITH newest AS (
  SELECT er.id, er.session_id, er.user_id, er.created_at, er.updated_at, er.result_json
  FROM public.exam_results AS er
  ORDER BY COALESCE(er.updated_at, er.created_at) DESC, er.id
  LIMIT 2000
), answer AS (
  SELECT
    n.id, n.session_id, n.user_id, n.created_at, n.updated_at,
    n.result_json #> ARRAY['questions', position::text] AS question
  FROM newest AS n
  CROSS JOIN LATERAL (
    SELECT CASE jsonb_typeof(n.result_json -> 'questions') WHEN 'array' THEN n.result_json -> 'questions' END AS list
  ) AS q
  CROSS JOIN LATERAL generate_series(0, jsonb_array_length(q.list) - 1) AS position
), seen AS (
  SELECT
    a.id, a.student_id, a.item_id, a.correct, a.response_time_ms, a.hint_used, a.started_at, a.completed_at,
    a.session_id, a.topic_id
  FROM public.attempt AS a
  WHERE a.session_id IN (SELECT n.session_id FROM newest AS n)
    AND a.completed_at >= (SELECT min(COALESCE(n.updated_at, n.created_at)) FROM newest AS n)
), latest AS (
  SELECT s.student_id
  FROM seen AS s
  ORDER BY s.completed_at DESC
  LIMIT 5
), five AS (
  SELECT
    a.id, a.student_id, a.item_id, a.correct, a.response_time_ms, a.hint_used, a.attempt_no, a.started_at,
    a.completed_at, a.session_id, a.topic_id
  FROM public.attempt AS a
  WHERE a.student_id = ANY (ARRAY(SELECT l.student_id FROM latest AS l))
    OR (a.student_id IS NULL AND EXISTS (SELECT FROM latest AS l WHERE l.student_id IS NULL))
  ORDER BY a.completed_at DESC
  LIMIT 5
)
SELECT
  count(*) = count(*) FILTER (WHERE f.id IS NOT NULL AND length(f::text) > 0) AS ok,
  count(*) AS rows,
  concat_ws(', ', count(*) || ' rows', 'newest ' || max(f.completed_at), 'session ' || max(f.session_id)) AS observed
FROM five AS f;
