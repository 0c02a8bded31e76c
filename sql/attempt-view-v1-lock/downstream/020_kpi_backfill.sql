-- What does the KPI backfill write into features_topic_daily? Counts, times and hints per student, topic and day of the
-- last seven days, beside the number of attempts that is stored there now.
WITH day AS (
  SELECT
    a.student_id,
    a.topic_id,
    (a.completed_at AT TIME ZONE 'UTC')::date AS date,
    count(*) AS attempts,
    count(*) FILTER (WHERE a.correct) AS correct,
    avg(a.response_time_ms)::integer AS avg_time_ms,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY a.response_time_ms)::integer AS rt_median,
    count(*) FILTER (WHERE a.hint_used) AS hints,
    max(a.completed_at) AS last_seen_at
  FROM public.attempt AS a
  WHERE a.completed_at >= now() - interval '7 days' AND a.topic_id IS NOT NULL
  GROUP BY a.student_id, a.topic_id, (a.completed_at AT TIME ZONE 'UTC')::date
)
SELECT d.*, f.attempts AS stored_attempts
FROM day AS d
LEFT JOIN public.features_topic_daily AS f
  ON f.user_id = d.student_id::text AND f.topic_id = d.topic_id AND f.date = d.date
ORDER BY d.date, d.student_id, d.topic_id;
