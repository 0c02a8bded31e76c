-- Does the view give one row for every answered question, and can every column of every row be computed? count(*) alone
-- computes next to nothing, so each of the eleven columns is counted; bad data anywhere makes this check fail.
WITH counted AS (
  SELECT
    count(*) AS rows,
    count(a.id) AS id,
    count(a.student_id) AS student_id,
    count(a.item_id) AS item_id,
    count(a.correct) AS correct,
    count(a.response_time_ms) AS response_time_ms,
    count(a.hint_used) AS hint_used,
    count(a.attempt_no) AS attempt_no,
    count(a.started_at) AS started_at,
    count(a.completed_at) AS completed_at,
    count(a.session_id) AS session_id,
    count(a.topic_id) AS topic_id
  FROM public.attempt AS a
), expected AS (
  SELECT count(*) AS rows, count(er.user_id) AS with_user
  FROM public.exam_results AS er
  CROSS JOIN LATERAL jsonb_array_elements(
    CASE WHEN jsonb_typeof(er.result_json -> 'questions') = 'array' THEN er.result_json -> 'questions' ELSE '[]' END
  ) AS e (question)
  WHERE e.question ->> 'question_id' <> ''
)
SELECT
  c.rows = x.rows AND c.student_id = x.with_user AND c.topic_id <= c.rows AND c.rows = ALL (ARRAY[
    c.id, c.item_id, c.correct, c.response_time_ms, c.hint_used, c.attempt_no, c.started_at, c.completed_at,
    c.session_id
  ]) AS ok,
  c.rows,
  concat_ws(
    ', ',
    c.rows || ' rows',
    CASE WHEN c.rows <> x.rows THEN x.rows || ' expected' END,
    '11 columns',
    CASE WHEN c.student_id < c.rows THEN c.rows - c.student_id || ' without student' END,
    CASE WHEN c.topic_id < c.rows THEN c.rows - c.topic_id || ' without topic' END
  ) AS observed
FROM counted AS c
CROSS JOIN expected AS x;
