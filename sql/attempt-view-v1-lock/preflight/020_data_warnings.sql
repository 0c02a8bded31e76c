-- Which stored answers will V1 take, but not as their writer may have meant? Rows here are amber: read them, then
-- decide. One pass, a group of answers at a time; it casts nothing, so the bad rows of 010 cannot stop it.
-- The sample names exam_results.id and, after '#', the position of the first such answer in its questions.
WITH result AS (
  SELECT
    er.id,
    er.user_id,
    er.result_json -> 'questions' AS questions,
    COALESCE(er.updated_at, er.created_at) AS completed_at
  FROM public.exam_results AS er
), judged AS (
  SELECT
    r.id,
    r.user_id IS NULL AS no_user,
    r.user_id = '' AS empty_user,
    r.questions IS NULL AS no_questions,
    r.completed_at IS NULL OR NOT isfinite(r.completed_at) AS no_time,
    -- A uuid in braces, among spaces, without hyphens or with a prefix is hashed like any other name.
    CASE
      WHEN r.user_id IS NULL OR length(r.user_id) NOT BETWEEN 32 AND 60 OR r.user_id ~ '^[0-9a-fA-F-]{36}$' THEN FALSE
      ELSE regexp_replace(lower(r.user_id), '[[:space:]{}"''()-]|urn:|uuid:', '', 'g') ~ '^[0-9a-f]{32}$'
    END AS dressed_user,
    answer.*
  FROM result AS r
  CROSS JOIN LATERAL (
    SELECT
      array_agg(f.position) FILTER (WHERE f.kind IS DISTINCT FROM 'object') AS no_object,
      array_agg(f.position) FILTER (WHERE f.kind = 'object' AND f.question_id IS NULL) AS no_question_id,
      array_agg(f.position) FILTER (WHERE f.seconds ~ '^[[:space:]]*-[^1-9]*[1-9]') AS negative,
      array_agg(f.position) FILTER (WHERE f.topic ~ '[\u0001-\u001f\u007f-\u009f]') AS control_topic,
      array_agg(f.position) FILTER (WHERE f.question_id <> f.number) AS other_spelling,
      count(f.number) FILTER (WHERE f.question_id IS NOT NULL) - count(DISTINCT f.number)
        - (count(f.question_id) - count(DISTINCT f.question_id)) AS same_item
    FROM (
      SELECT
        e.position,
        e.kind,
        e.question_id,
        e.seconds,
        e.topic,
        -- The number as the server would print it, for what reads like a whole number.
        CASE
          WHEN e.question_id ~ '^(0|-?[1-9][0-9]*)$' THEN e.question_id
          WHEN e.question_id ~ '^[ \t\n\v\f\r]*[-+]?[0-9]+[ \t\n\v\f\r]*$' THEN
            regexp_replace(
              regexp_replace(e.question_id, '[ \t\n\v\f\r+]', '', 'g'), '^(-?)0+(?=[0-9])|^-(?=0+$)', '\1'
            )
        END AS number
      FROM (
        SELECT
          a.position,
          jsonb_typeof(a.question) AS kind,
          NULLIF(a.question ->> 'question_id', '') AS question_id,
          a.question ->> 'time_spent_sec' AS seconds,
          a.question ->> 'topic' AS topic
        FROM jsonb_array_elements(
          CASE WHEN jsonb_typeof(r.questions) = 'array' THEN r.questions ELSE '[]'::jsonb END
        ) WITH ORDINALITY AS a (question, position)
        OFFSET 0 -- each text is taken out of the json once
      ) AS e
      OFFSET 0
    ) AS f
  ) AS answer
), finding AS (
  SELECT
    rule.text AS rule,
    rule.hits,
    j.id::text || COALESCE('#' || rule.position, '') AS example,
    row_number() OVER (PARTITION BY rule.text) AS place
  FROM judged AS j
  CROSS JOIN LATERAL (
    VALUES
      ('user_id is NULL: student_id is NULL, and all such rows count as one student',
        j.no_user::integer::bigint, NULL::bigint),
      ('user_id is empty: all such rows count as one student', j.empty_user::integer, NULL),
      ('user_id is a uuid in other clothes: it becomes another student', j.dressed_user::integer, NULL),
      ('questions is missing: the result has no rows', j.no_questions::integer, NULL),
      ('completed_at is NULL or infinite', j.no_time::integer, NULL),
      ('an element of questions is no object: no row', cardinality(j.no_object), j.no_object[1]),
      ('question_id is missing or empty: no row', cardinality(j.no_question_id), j.no_question_id[1]),
      ('question_id is written in another way (01, +1): same item_id, another id',
        cardinality(j.other_spelling), j.other_spelling[1]),
      ('one item stands twice in one result, written in two ways: their attempt_no may change places',
        j.same_item, NULL),
      ('time_spent_sec is negative: started_at is after completed_at', cardinality(j.negative), j.negative[1]),
      ('topic holds control characters', cardinality(j.control_topic), j.control_topic[1])
  ) AS rule (text, hits, position)
  WHERE rule.hits > 0
)
SELECT
  f.rule::text AS rule,
  sum(f.hits)::bigint AS rows,
  string_agg(f.example, ', ' ORDER BY f.example) FILTER (WHERE f.place <= 3) AS sample
FROM finding AS f
GROUP BY f.rule
ORDER BY f.rule;
