-- What does IRT calibration read? Every answer of the last thirty days in the order in which it was given.
SELECT a.student_id, a.item_id, a.correct, a.completed_at
FROM public.attempt AS a
WHERE a.completed_at >= now() - interval '30 days'
ORDER BY a.completed_at;
