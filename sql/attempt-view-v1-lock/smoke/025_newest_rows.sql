-- The five newest attempts themselves, as the guide's approvers ask to see them; the step declares them as evidence.
SELECT
  a.id, a.student_id, a.item_id, a.correct, a.response_time_ms, a.hint_used, a.attempt_no, a.started_at,
  a.completed_at, a.session_id, a.topic_id
FROM public.attempt AS a
ORDER BY a.completed_at DESC
LIMIT 5;
