-- Is attempt_no what the lock says? Counted here by lining up each student's results by time and id and taking the
-- place in the line, not with a window. For the students of the newest 200 results, over all that they ever answered.
WITH result AS NOT MATERIALIZED (
  SELECT
    er.id,
    er.session_id,
    er.result_json -> 'questions' AS questions,
    COALESCE(er.updated_at, er.created_at) AS completed_at,
    CASE
      WHEN length(er.user_id) = 36 AND translate(er.user_id, '0123456789abcdefABCDEF-', '') = ''
        THEN lower(replace(er.user_id, '-', ''))
      ELSE md5(er.user_id)
    END AS student
  FROM public.exam_results AS er
  WHERE er.user_id IS NOT NULL
), chosen AS (
  SELECT DISTINCT n.student
  FROM (SELECT r.student FROM result AS r ORDER BY r.completed_at DESC, r.id LIMIT 200) AS n
), line AS (
  SELECT
    (e.question ->> 'question_id')::numeric AS item_id,
    array_agg(r.session_id ORDER BY r.completed_at, r.id) AS sessions
  FROM result AS r
  CROSS JOIN LATERAL jsonb_array_elements(
    CASE jsonb_typeof(r.questions) WHEN 'array' THEN r.questions ELSE '[]' END
  ) AS e (question)
  WHERE r.student = ANY (ARRAY(SELECT c.student FROM chosen AS c)) AND e.question ->> 'question_id' <> ''
  GROUP BY r.student, (e.question ->> 'question_id')::numeric
), expected AS (
  SELECT place.session_id, l.item_id, place.number AS value
  FROM line AS l
  CROSS JOIN LATERAL unnest(l.sessions) WITH ORDINALITY AS place (session_id, number)
), actual AS (
  SELECT a.session_id, a.item_id::numeric AS item_id, a.attempt_no::bigint AS value
  FROM public.attempt AS a
  WHERE a.student_id = ANY (ARRAY(SELECT c.student::uuid FROM chosen AS c))
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
    (SELECT count(*) FROM actual) || ' rows of ' || (SELECT count(*) FROM chosen) || ' students',
    'highest ' || (SELECT max(a.value) FROM actual AS a),
    (SELECT count(*) FROM difference) || ' differences',
    (
      SELECT concat_ws(' ', d.kind || ':', d.session_id, d.item_id, d.value)
      FROM difference AS d
      ORDER BY d.session_id, d.item_id, d.kind
      LIMIT 1
    )
  ) AS observed;
