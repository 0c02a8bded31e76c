-- Are the keys there that downstream joins on? id, item_id, completed_at and session_id are never NULL; student_id is
-- NULL exactly where exam_results.user_id is NULL, so those rows are counted from the table and compared.
WITH counted AS (
  SELECT
    count(*) AS rows,
    count(*) FILTER (
      WHERE a.id IS NULL OR a.item_id IS NULL OR a.completed_at IS NULL OR a.session_id IS NULL
    ) AS without_key,
    count(*) FILTER (WHERE a.student_id IS NULL) AS without_student
  FROM public.attempt AS a
), expected AS (
  SELECT count(*) AS without_student
  FROM public.exam_results AS er
  CROSS JOIN LATERAL jsonb_array_elements(
    CASE WHEN jsonb_typeof(er.result_json -> 'questions') = 'array' THEN er.result_json -> 'questions' ELSE '[]' END
  ) AS e (question)
  WHERE er.user_id IS NULL AND e.question ->> 'question_id' <> ''
)
SELECT
  c.without_key = 0 AND c.without_student = x.without_student AS ok,
  c.rows,
  concat_ws(
    ', ',
    c.rows || ' rows',
    c.without_key || ' without a key',
    c.without_student || ' without a student (' || x.without_student || ' without user_id)'
  ) AS observed
FROM counted AS c
CROSS JOIN expected AS x;
