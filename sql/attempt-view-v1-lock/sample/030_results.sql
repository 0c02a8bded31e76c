-- What would real data look like? As many exam results as runbook.results says (20,000 unless set), about twelve
-- questions each, the same ones every time (only the dates move with now()), with every odd shape that is allowed. Each
-- result is written as text and parsed once: that is several times faster than building it from jsonb functions.
DROP INDEX public.ix_exam_results_result_json; -- made again below: filling it row by row takes twice as long

WITH setting AS (
  SELECT COALESCE(NULLIF(current_setting('runbook.results', true), ''), '20000')::integer AS results
), result AS (
  SELECT
    n,
    9 + (n * 11 % 7) AS questions,
    n * 7919::bigint % greatest(s.results / 20, 1) AS student,
    -- somewhere in the last 90 days
    date_trunc('second', now()) - interval '1 second' * (n * 48271::bigint % 7776000) AS finished_at
  FROM setting AS s
  CROSS JOIN LATERAL generate_series(1, s.results) AS n
), written AS (
  SELECT
    r.*,
    CASE
      WHEN r.n % 97 = 0 THEN '{"status": "abandoned"}'
      WHEN r.n % 101 = 0 THEN '{"questions": []}'
      ELSE '{"version": 2, "questions": [' || q.list || CASE r.n % 53
        WHEN 0 THEN ', null'
        WHEN 1 THEN ', 7, "note"'
        WHEN 2 THEN ', ["question_id", 5], {}'
        ELSE ''
      END || ']}'
    END AS result_text
  FROM result AS r
  CROSS JOIN LATERAL (
    SELECT string_agg(
      -- the id: a number, a text, a padded text; or dropped by the view: missing, null, empty
      CASE
        WHEN d.dice % 199 = 0 THEN '{'
        WHEN d.dice % 211 = 0 THEN '{"question_id": null, '
        WHEN d.dice % 227 = 0 THEN '{"question_id": "", '
        WHEN d.dice % 1009 = 0 THEN '{"question_id": "0' || d.item || '", '
        WHEN d.dice % 3 = 0 THEN '{"question_id": "' || d.item || '", '
        ELSE '{"question_id": ' || d.item || ', '
      END
      || CASE
        WHEN d.dice % 29 = 0 THEN '"correct": ' || d.is_right || ', '
        WHEN d.dice % 31 = 0 THEN '"is_correct": null, "correct": ' || d.is_right || ', '
        WHEN d.dice % 37 = 0 THEN '"is_correct": "' || d.is_right || '", '
        WHEN d.dice % 41 = 0 THEN '"is_correct": ' || d.is_right || ', "correct": "maybe", '
        WHEN d.dice % 43 = 0 THEN ''
        WHEN d.dice % 47 = 0 THEN '"is_correct": 1, '
        ELSE '"is_correct": ' || d.is_right || ', '
      END
      || CASE
        WHEN d.dice % 23 = 0 THEN '"time_spent_sec": "' || d.seconds || '.5", '
        WHEN d.dice % 59 = 0 THEN '"time_spent_sec": "", '
        WHEN d.dice % 61 = 0 THEN '"time_spent_sec": null, '
        WHEN d.dice % 67 = 0 THEN ''
        WHEN d.dice % 4001 = 0 THEN '"time_spent_sec": -' || d.seconds || ', '
        WHEN d.dice % 2 = 0 THEN '"time_spent_sec": ' || d.seconds || '.' || d.dice % 1000 || ', '
        ELSE '"time_spent_sec": ' || d.seconds || ', '
      END
      || CASE
        WHEN d.dice % 19 = 0 THEN '"used_hints": "2", '
        WHEN d.dice % 71 = 0 THEN '"used_hints": null, '
        WHEN d.dice % 17 = 0 THEN ''
        ELSE '"used_hints": ' || greatest(d.dice % 9 - 6, 0) || ', '
      END
      || CASE
        WHEN d.dice % 73 = 0 THEN '"topic": ""}'
        WHEN d.dice % 79 = 0 THEN '"topic": null}'
        WHEN d.dice % 83 = 0 THEN '"answered": true}'
        ELSE '"topic": "topic-' || d.item % 24 || '"}'
      END,
      ', '
    ) AS list
    FROM generate_series(1, r.questions) AS k
    CROSS JOIN LATERAL (
      SELECT
        -- steps of 17 through a student's own 60 of 480 items: never one twice in a result, and several times over all
        1 + (r.student * 40 + (r.n / 7 * 13 + r.n * 31 + k * 17) % 60) % 480 AS item,
        3 + (r.n * 13 + k * 29) % 140 AS seconds,
        (r.n * 1103515245::bigint + k * 12345 + 67) / 7 % 1000003 AS dice,
        CASE WHEN (r.student * 37 + k * 53 + r.n) % 100 < 62 THEN 'true' ELSE 'false' END AS is_right
      OFFSET 0 -- rolled once an element, not once a mention
    ) AS d
  ) AS q
)
INSERT INTO public.exam_results (
  id, session_id, user_id, exam_id, result_json, score_raw, score_scaled, standard_error, percentile, org_id,
  created_at, updated_at
)
SELECT
  md5('exam result ' || w.n)::uuid,
  'session-' || to_char(w.n, 'FM00000000'),
  CASE
    WHEN w.n % 211 = 0 THEN NULL
    WHEN w.n % 223 = 0 THEN ''
    WHEN w.n % 1013 = 0 THEN '{' || md5('student ' || w.student)::uuid || '}'
    WHEN w.student % 8 < 4 AND w.n % 5 = 0 THEN upper(md5('student ' || w.student)::uuid::text)
    WHEN w.student % 8 < 4 THEN md5('student ' || w.student)::uuid::text
    WHEN w.student % 8 < 7 THEN 'student-' || w.student
    ELSE 'pupil.' || w.student || '@school.example'
  END,
  1 + w.n % 40,
  w.result_text::jsonb,
  w.n * 17 % 101,
  200 + w.n * 17 % 601,
  0.300,
  w.n * 17 % 100,
  1 + w.n % 12,
  w.finished_at - interval '40 minutes',
  w.finished_at
FROM written AS w;

CREATE INDEX ix_exam_results_result_json ON public.exam_results USING gin (result_json);

INSERT INTO public.question (id, content, difficulty, topic_id, meta)
SELECT
  i,
  'Question ' || i,
  round((i % 61 - 30) / 10.0, 1),
  'topic-' || i % 24,
  jsonb_build_object(
    'irt', jsonb_build_object(
      'a', 0.6 + i % 15 / 10.0, 'b', (i % 61 - 30) / 10.0, 'c', 0.2, 'model', '3PL', 'version', 'sample'
    ),
    'tags', jsonb_build_array('topic-' || i % 24, CASE WHEN i % 2 = 0 THEN 'calculator' ELSE 'paper' END)
  )
FROM generate_series(1, 480) AS i;

-- Stored under the student ids of the old view, as production has them: after the change most of them match nobody.
INSERT INTO public.features_topic_daily (
  user_id, topic_id, date, attempts, correct, avg_time_ms, rt_median, hints, theta_estimate, theta_sd, improvement,
  last_seen_at
)
SELECT
  CASE
    WHEN s % 8 < 4 THEN md5('student ' || s)::uuid::text
    ELSE '00000000-0000-0000-0000-' || left(md5('student-' || s), 12)
  END,
  'topic-' || t,
  current_date - d,
  4,
  1 + (s + t + d) % 4,
  41000 + s * 100,
  39000 + s * 100,
  (s + d) % 3,
  round(((s * 7 + t) % 41 - 20) / 10.0, 3),
  0.350,
  0.010,
  date_trunc('second', now()) - make_interval(days => d)
FROM generate_series(0, 39) AS s
CROSS JOIN generate_series(0, 5) AS t
CROSS JOIN generate_series(1, 5) AS d;

INSERT INTO public.student_topic_theta (user_id, topic_id, theta, standard_error, updated_at)
SELECT f.user_id, f.topic_id, max(f.theta_estimate), 0.350, max(f.last_seen_at)
FROM public.features_topic_daily AS f
GROUP BY f.user_id, f.topic_id;

INSERT INTO public.weekly_kpi (user_id, week_start, kpis)
SELECT
  f.user_id,
  date_trunc('week', f.date)::date,
  jsonb_build_object('attempts', sum(f.attempts), 'accuracy', round(sum(f.correct)::numeric / sum(f.attempts), 3))
FROM public.features_topic_daily AS f
GROUP BY f.user_id, date_trunc('week', f.date);

ANALYZE public.exam_results;
ANALYZE public.question;
ANALYZE public.features_topic_daily;
ANALYZE public.student_topic_theta;
ANALYZE public.weekly_kpi;
