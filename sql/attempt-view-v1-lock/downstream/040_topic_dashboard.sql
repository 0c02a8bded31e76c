-- What does the dashboard show per topic? Accuracy and response time over all attempts, with the mean ability estimate.
WITH topic AS (
  SELECT
    a.topic_id,
    count(*) AS attempts,
    round(avg(a.correct::integer), 3) AS accuracy,
    round(avg(a.response_time_ms)) AS avg_time_ms
  FROM public.attempt AS a
  GROUP BY a.topic_id
), ability AS (
  SELECT s.topic_id, round(avg(s.theta), 3) AS theta FROM public.student_topic_theta AS s GROUP BY s.topic_id
)
SELECT t.topic_id, t.attempts, t.accuracy, t.avg_time_ms, b.theta
FROM topic AS t
LEFT JOIN ability AS b ON b.topic_id = t.topic_id
ORDER BY t.topic_id;
