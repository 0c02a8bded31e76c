-- Does attempt_no count 1, 2, 3 … for each student and item, without a gap or a repeat? A group that starts at 1,
-- ends at its size and holds that many different numbers can only be that sequence.
WITH series AS (
  SELECT
    count(*) AS attempts,
    count(DISTINCT a.attempt_no) AS numbers,
    min(a.attempt_no) AS first,
    max(a.attempt_no) AS last
  FROM public.attempt AS a
  GROUP BY a.student_id, a.item_id
)
SELECT
  COALESCE(bool_and(s.first = 1 AND s.last = s.attempts AND s.numbers = s.attempts), TRUE) AS ok,
  COALESCE(sum(s.attempts), 0)::bigint AS rows,
  concat_ws(
    ', ',
    COALESCE(sum(s.attempts), 0) || ' rows',
    count(*) || ' pairs of student and item',
    'longest ' || max(s.last),
    count(*) FILTER (WHERE NOT (s.first = 1 AND s.last = s.attempts AND s.numbers = s.attempts)) || ' broken'
  ) AS observed
FROM series AS s;
