-- Does attempt_no count 1, 2, 3 … for each student and item, without a gap or a repeat? A group that starts at 1,
-- ends at its size and holds that many different numbers can only be that sequence.
WITH pair AS (
  SELECT
    a.student_id,
    count(*) AS rows,
    sum(num_nulls(
      a.id, a.item_id, a.correct, a.response_time_ms, a.hint_used, a.attempt_no, a.started_at, a.completed_at,
      a.session_id
    )) AS nulls,
    count(*) FILTER (WHERE num_nulls(a.id, a.item_id, a.completed_at, a.session_id) > 0) AS without_key,
    count(*) FILTER (WHERE a.topic_id IS NULL) AS without_topic,
    count(DISTINCT a.attempt_no) AS numbers,
    min(a.attempt_no) AS first,
    max(a.attempt_no) AS last
  FROM public.attempt AS a
  GROUP BY a.student_id, a.item_id
), whole AS (
  SELECT
    COALESCE(sum(p.rows), 0)::bigint AS rows,
    COALESCE(sum(p.nulls), 0)::bigint AS nulls,
    COALESCE(sum(p.without_key), 0)::bigint AS without_key,
    COALESCE(sum(p.without_topic), 0)::bigint AS without_topic,
    COALESCE(sum(p.rows) FILTER (WHERE p.student_id IS NULL), 0)::bigint AS without_student,
    count(*) AS pairs,
    count(*) FILTER (WHERE NOT (p.first = 1 AND p.last = p.rows AND p.numbers = p.rows)) AS broken,
    max(p.last) AS longest
  FROM pair AS p
), expected AS (
  SELECT count(*) AS rows, count(*) FILTER (WHERE er.user_id IS NULL) AS without_user
  FROM public.exam_results AS er
  CROSS JOIN LATERAL jsonb_array_elements(
    CASE WHEN jsonb_typeof(er.result_json -> 'questions') = 'array' THEN er.result_json -> 'questions' ELSE '[]' END
  ) AS e (question)
  WHERE e.question ->> 'question_id' <> ''
)
SELECT
  w.broken = 0 AS ok,
  w.rows,
  concat_ws(
    ', ',
    w.rows || ' rows',
    w.pairs || ' pairs of student and item',
    'longest ' || w.longest,
    w.broken || ' broken'
  ) AS observed
FROM whole AS w;
