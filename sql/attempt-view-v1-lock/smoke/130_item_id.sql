-- Is item_id what the lock says? Read here as a decimal number, so that a cut or a wrapped value shows.
-- Compared on the newest 2,000 results, whatever the size of the table.
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
), expected AS (
  SELECT
    w.session_id,
    (w.question ->> 'question_id')::numeric AS item_id,
    (w.question ->> 'question_id')::numeric AS value
  FROM answer AS w
  WHERE w.question ->> 'question_id' <> ''
), actual AS (
  SELECT a.session_id, a.item_id::numeric AS item_id, a.item_id::numeric AS value
  FROM seen AS a
), difference AS (
  (SELECT 'missing' AS kind, x.* FROM expected AS x EXCEPT ALL SELECT 'missing', a.* FROM actual AS a)
  UNION ALL
  (SELECT 'unexpected', a.* FROM actual AS a EXCEPT ALL SELECT 'unexpected', x.* FROM expected AS x)
)
SELECT
  NOT EXISTS (SELECT FROM difference) AS ok,
  (SELECT count(*) FROM actual) AS rows,
  concat_ws(
    ', ',
    (SELECT count(*) FROM actual) || ' rows of the newest ' || (SELECT count(*) FROM newest) || ' results',
    (SELECT count(*) FROM difference) || ' differences',
    (
      SELECT concat_ws(' ', d.kind || ':', d.session_id, d.item_id, COALESCE(d.value::text, 'NULL'))
      FROM difference AS d
      ORDER BY d.session_id, d.item_id, d.kind
      LIMIT 1
    )
  ) AS observed;
