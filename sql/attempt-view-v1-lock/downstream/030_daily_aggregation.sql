-- Which student was busy with which topic on which day? The daily aggregation asks it for the last two days.
SELECT DISTINCT a.student_id, a.topic_id, (a.completed_at AT TIME ZONE 'UTC')::date AS day
FROM public.attempt AS a
WHERE a.completed_at >= current_date - 2
ORDER BY day, a.student_id, a.topic_id;
