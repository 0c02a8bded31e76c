-- What is an attempt from now on? The locked V1 definition: one row for every element of exam_results.result_json's
-- questions that has a question_id. It is laid out in steps so that each value is worked out once: what belongs to the
-- result once a result, what belongs to the answer once an answer. ORDER BY NULL sorts nothing: it keeps the planner
-- from folding a step into the next one, which would work out its values again wherever they are mentioned. Unlike
-- OFFSET 0 it lets a condition on student_id through to exam_results, where an index on that expression can serve it.
-- RESTRICT on purpose: what reads the view is taken and put back by name, not swept away.
DROP VIEW IF EXISTS public.attempt RESTRICT;

CREATE VIEW public.attempt AS
WITH result AS (
  SELECT
    er.id,
    er.session_id,
    -- Digit for digit the expression of the index in 030_student_index.sql.
    CASE WHEN er.user_id ~* '^[0-9a-fA-F-]{36}$' THEN er.user_id::uuid ELSE md5(er.user_id)::uuid END AS student_id,
    COALESCE(er.updated_at, er.created_at) AS completed_at,
    er.result_json -> 'questions' AS questions
  FROM public.exam_results AS er
  -- A result without an answer gives no row; left out here, a malformed user_id in one cannot stop the whole view.
  -- Questions that are no array go through, so that unnesting reports them. In a path, a number compared with "" is
  -- unknown, not different: hence type().
  WHERE jsonb_path_exists(
      er.result_json -> 'questions',
      '$[*] ? (@.question_id.type() != "null" && (@.question_id.type() != "string" || @.question_id != ""))'
    )
    OR jsonb_typeof(er.result_json -> 'questions') <> 'array'
  ORDER BY NULL::integer
), element AS (
  SELECT r.id, r.session_id, r.student_id, r.completed_at, jsonb_array_elements(r.questions) AS question
  FROM result AS r
), answer AS (
  SELECT e.*, NULLIF(e.question ->> 'question_id', '') AS question_id
  FROM element AS e
  ORDER BY NULL::integer
), numbered AS (
  SELECT
    a.id AS exam_result_id,
    ('x' || substr(md5(a.id::text || '-' || a.question_id), 1, 16))::bit(64)::bigint AS id,
    a.student_id,
    a.question_id::bigint AS item_id,
    COALESCE((a.question ->> 'is_correct')::boolean, (a.question ->> 'correct')::boolean, FALSE) AS correct,
    NULLIF(a.question ->> 'time_spent_sec', '')::numeric AS seconds,
    COALESCE((a.question ->> 'used_hints')::integer, 0) > 0 AS hint_used,
    a.completed_at,
    a.session_id,
    NULLIF(a.question ->> 'topic', '') AS topic_id
  FROM answer AS a
  WHERE a.question_id IS NOT NULL
  ORDER BY NULL::integer
)
SELECT
  n.id,
  n.student_id,
  n.item_id,
  n.correct,
  COALESCE(round(n.seconds * 1000.0)::integer, 0) AS response_time_ms,
  n.hint_used,
  n.completed_at,
  n.completed_at - make_interval(secs => COALESCE(round(n.seconds)::integer, 0)) AS started_at,
  row_number() OVER (
    PARTITION BY n.student_id, n.item_id ORDER BY n.completed_at, n.exam_result_id
  )::integer AS attempt_no,
  n.session_id,
  n.topic_id
FROM numbered AS n;
