-- Which stored answers would make V1 fail, or give two rows the same id? No rows when there are none. One pass, one
-- group of answers at a time, and no text is cast before a pattern and a length have shown that the cast cannot fail.
-- The sample names exam_results.id and, after '#', the position of the first such answer in its questions.
WITH dialect AS (
  -- From 16 on the server also reads 0x1A and 1_000 as numbers, and no longer a blank before an exponent.
  SELECT
    CASE
      WHEN current_setting('server_version_num')::integer >= 160000 THEN
        '^[ \t\n\v\f\r]*[-+]?([0-9](_?[0-9])*|0[xX](_?[0-9a-fA-F])+|0[oO](_?[0-7])+|0[bB](_?[01])+)[ \t\n\v\f\r]*$'
      ELSE '^[ \t\n\v\f\r]*[-+]?[0-9]+[ \t\n\v\f\r]*$'
    END AS whole,
    CASE
      WHEN current_setting('server_version_num')::integer >= 160000 THEN
        '^[ \t\n\v\f\r]*[-+]?('
        || '([0-9](_?[0-9])*(\.([0-9](_?[0-9])*)?)?|\.[0-9](_?[0-9])*)([eE][-+]?[0-9](_?[0-9])*)?'
        || '|0[xX](_?[0-9a-fA-F])+|0[oO](_?[0-7])+|0[bB](_?[01])+)[ \t\n\v\f\r]*$'
      ELSE '^[ \t\n\v\f\r]*[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][ \t\n\v\f\r]*[-+]?[0-9]+)?[ \t\n\v\f\r]*$'
    END AS decimal,
    -- the greatest exponent that it reads at all, as in 0e1073741822
    CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 1073741823 ELSE 1073741822 END AS exponent
), result AS (
  SELECT
    er.id,
    COALESCE(er.updated_at, er.created_at) AS completed_at,
    er.result_json -> 'questions' AS questions,
    -- What passes the view's loose pattern; a uuid may be written with its four hyphens after any groups of four. The
    -- view does not cast the user of a result without answers: only the student index would, see 060_index_ready.sql.
    CASE
      WHEN length(er.user_id) = 36 AND er.user_id ~ '^[0-9a-fA-F-]+$'
        AND er.user_id !~ '^[0-9a-fA-F]{4}(-?[0-9a-fA-F]{4}){7}$'
        THEN COALESCE(
          jsonb_path_exists(
            er.result_json -> 'questions',
            '$[*] ? (@.question_id.type() != "null" && (@.question_id.type() != "string" || @.question_id != ""))'
          ),
          FALSE
        )
      ELSE FALSE
    END AS bad_user_id
  FROM public.exam_results AS er
), judged AS (
  SELECT
    r.id,
    r.bad_user_id,
    COALESCE(jsonb_typeof(r.questions) <> 'array', FALSE) AS bad_questions,
    answer.*
  FROM result AS r
  CROSS JOIN dialect AS d
  CROSS JOIN LATERAL (
    SELECT
      array_agg(f.position) FILTER (WHERE NOT f.is_whole_id) AS bad_question_id,
      array_agg(f.position) FILTER (WHERE NOT f.is_boolean) AS bad_correct,
      array_agg(f.position) FILTER (WHERE NOT f.is_whole_hints) AS bad_hints,
      array_agg(f.position) FILTER (WHERE NOT f.is_time) AS bad_time,
      array_agg(f.position) FILTER (WHERE f.is_time AND f.is_before_time OR f.is_after_time) AS bad_start,
      count(f.question_id) - count(DISTINCT f.question_id) AS repeated
    FROM (
      SELECT
        t.position,
        t.question_id,
        -- Any number of zeros may lead. What is left of a number that fits has 64 digits at most, and the cast is safe.
        CASE
          WHEN t.question_id ~ '^[0-9]{1,18}$' THEN TRUE
          WHEN t.question_id !~ d.whole OR length(regexp_replace(p.id, '^[-+]?(0[xXoObB])?0*', '')) > 64 THEN FALSE
          ELSE p.id::numeric BETWEEN -9223372036854775808 AND 9223372036854775807
        END AS is_whole_id,
        CASE
          WHEN t.hints IS NULL OR t.hints ~ '^[0-9]{1,9}$' THEN TRUE
          WHEN t.hints !~ d.whole OR length(regexp_replace(p.hints, '^[-+]?(0[xXoObB])?0*', '')) > 64 THEN FALSE
          ELSE p.hints::numeric BETWEEN -2147483648 AND 2147483647
        END AS is_whole_hints,
        -- `correct` is only read where `is_correct` says nothing.
        CASE
          WHEN COALESCE(t.is_correct, t.correct) IS NULL OR COALESCE(t.is_correct, t.correct) IN ('true', 'false')
            THEN TRUE
          ELSE lower(btrim(COALESCE(t.is_correct, t.correct), E' \t\n\x0b\f\r') COLLATE "C") IN (
            't', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1',
            'f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0'
          )
        END AS is_boolean,
        s.seconds IS NOT NULL AS is_time,
        CASE
          WHEN s.seconds > 0 AND isfinite(r.completed_at) AND r.completed_at < '4712-01-01 00:00:00+00 BC'
            -- the first instant of the calendar; extract(epoch) is not exact at its ends
            THEN r.completed_at < '4714-11-24 00:00:00+00 BC'::timestamptz
              + make_interval(secs => round(s.seconds)::double precision)
          ELSE FALSE
        END AS is_before_time,
        CASE
          WHEN s.seconds < 0 AND isfinite(r.completed_at) AND r.completed_at > '294276-01-01 00:00:00+00'
            THEN r.completed_at > '294276-12-31 23:59:59.999999+00'::timestamptz
              + make_interval(secs => round(s.seconds)::double precision)
          ELSE FALSE
        END AS is_after_time
      FROM (
        SELECT
          e.position,
          NULLIF(e.question ->> 'question_id', '') AS question_id,
          e.question ->> 'is_correct' AS is_correct,
          e.question ->> 'correct' AS correct,
          NULLIF(e.question ->> 'time_spent_sec', '') AS seconds_text,
          e.question ->> 'used_hints' AS hints
        FROM jsonb_array_elements(
          CASE WHEN jsonb_typeof(r.questions) = 'array' THEN r.questions ELSE '[]'::jsonb END
        ) WITH ORDINALITY AS e (question, position)
        WHERE NULLIF(e.question ->> 'question_id', '') IS NOT NULL
        OFFSET 0 -- each text is taken out of the json once
      ) AS t
      CROSS JOIN LATERAL (
        -- Numbers without what may stand around and between their digits.
        SELECT
          translate(btrim(t.question_id, E' \t\n\x0b\f\r'), '_', '') AS id,
          translate(btrim(t.hints, E' \t\n\x0b\f\r'), '_', '') AS hints
      ) AS p
      CROSS JOIN LATERAL (
        -- The number of seconds, or NULL when the view could not turn it into milliseconds that fit an integer.
        SELECT CASE
          WHEN t.seconds_text IS NULL THEN 0
          WHEN t.seconds_text ~ '^[0-9]{1,6}(\.[0-9]{1,9})?$' THEN t.seconds_text::numeric
          WHEN t.seconds_text ~ d.decimal THEN (
            -- A numeric has room for 16,383 places after the point; milliseconds in an integer leave 7 before it.
            SELECT CASE WHEN round(v.value * 1000) BETWEEN -2147483648 AND 2147483647 THEN v.value END
            FROM (
              SELECT CASE
                WHEN n.part IS NULL THEN
                  CASE WHEN length(regexp_replace(n.text, '^[-+]?0.0*', '')) <= 22 THEN n.text::numeric END
                WHEN length(n.part[4]) <= 10 THEN (
                  SELECT CASE
                    WHEN abs(e.exponent) <= d.exponent AND length(n.part[2]) - e.exponent <= 16383 AND CASE
                      WHEN n.part[1] <> '' THEN length(n.part[1]) + e.exponent <= 7
                      WHEN ltrim(n.part[2], '0') <> '' THEN
                        length(ltrim(n.part[2], '0')) - length(n.part[2]) + e.exponent <= 7
                      ELSE TRUE
                    END
                      THEN n.text::numeric
                  END
                  FROM (SELECT (n.part[3] || '0' || n.part[4])::bigint AS exponent OFFSET 0) AS e
                )
              END AS value
              FROM (
                -- digits before the point, after it, the exponent's sign, its digits; NULL for 0x1A and its like
                SELECT x.text, regexp_match(x.text, '^[-+]?0*([0-9]*)\.?([0-9]*)(?:[eE])?([-+]?)0*([0-9]*)$') AS part
                FROM (SELECT translate(t.seconds_text, E'_ \t\n\x0b\f\r', '') AS text OFFSET 0) AS x
                OFFSET 0
              ) AS n
              OFFSET 0
            ) AS v
          )
        END AS seconds
        OFFSET 0
      ) AS s
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
      ('questions is not an array', j.bad_questions::integer::bigint, NULL::bigint),
      ('user_id looks like a uuid and is none', j.bad_user_id::integer, NULL),
      ('question_id is not a bigint', cardinality(j.bad_question_id), j.bad_question_id[1]),
      ('is_correct or correct is not a boolean', cardinality(j.bad_correct), j.bad_correct[1]),
      ('used_hints is not an integer', cardinality(j.bad_hints), j.bad_hints[1]),
      ('time_spent_sec is not a number of milliseconds that fits an integer', cardinality(j.bad_time), j.bad_time[1]),
      ('started_at would lie outside the calendar', cardinality(j.bad_start), j.bad_start[1]),
      ('question_id stands twice in one result, so two rows get one id', j.repeated, NULL)
  ) AS rule (text, hits, position)
  WHERE (
    j.bad_questions OR j.bad_user_id OR j.bad_question_id IS NOT NULL OR j.bad_correct IS NOT NULL
    OR j.bad_hints IS NOT NULL OR j.bad_time IS NOT NULL OR j.bad_start IS NOT NULL OR j.repeated > 0
  ) AND rule.hits > 0
)
SELECT
  f.rule::text AS rule,
  sum(f.hits)::bigint AS rows,
  string_agg(f.example, ', ' ORDER BY f.example) FILTER (WHERE f.place <= 3) AS sample
FROM finding AS f
GROUP BY f.rule
ORDER BY f.rule;
