-- Does alembic_version fit the view that stands here? One row: pass, amber where nobody could ask or judge, or fail. Which
-- view it is, attempt_no tells: integer in V1, bigint in V0. The table is read by way of query_to_xml, because a plain FROM
-- would fail where it does not exist.
WITH known (before, v1) AS (
  VALUES ('20251031_2120_features_kpi_cols', '20251101_0900_attempt_view_lock')
), here (view) AS (
  SELECT
    CASE
      WHEN pg_catalog.to_regclass('public.attempt') IS NULL THEN 'none'
      ELSE COALESCE(
        (
          SELECT
            CASE pg_catalog.format_type(a.atttypid, a.atttypmod)
              WHEN 'integer' THEN 'V1' WHEN 'bigint' THEN 'V0' ELSE 'other'
            END
          FROM pg_catalog.pg_attribute AS a
          WHERE a.attrelid = pg_catalog.to_regclass('public.attempt') AND a.attname = 'attempt_no' AND a.attnum > 0
            AND NOT a.attisdropped
        ),
        'other'
      )
    END
), version_num (readable) AS (
  SELECT pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
  FROM pg_catalog.pg_attribute AS a
  WHERE a.attrelid = pg_catalog.to_regclass('public.alembic_version') AND a.attname = 'version_num' AND a.attnum > 0
    AND NOT a.attisdropped
), found (name) AS (
  SELECT part.of[1]
  FROM pg_catalog.regexp_matches(
    pg_catalog.query_to_xml(
      CASE
        WHEN (SELECT v.readable FROM version_num AS v) THEN 'SELECT version_num::text AS v FROM public.alembic_version'
        ELSE 'SELECT NULL::text AS v WHERE false'
      END,
      FALSE, TRUE, ''
    )::text,
    '<v>([^<]*)</v>', 'g'
  ) AS part (of)
), revision (names, rows) AS (
  SELECT string_agg(f.name, ', ' ORDER BY f.name), count(*) FROM found AS f
), standing (is_there, readable, view, before, v1, names, rows) AS (
  SELECT
    pg_catalog.to_regclass('public.alembic_version') IS NOT NULL,
    (SELECT v.readable FROM version_num AS v), h.view, k.before, k.v1, r.names, r.rows
  FROM here AS h CROSS JOIN known AS k CROSS JOIN revision AS r
)
SELECT said.verdict, said.en, said.ko
FROM standing AS s
CROSS JOIN LATERAL (
  SELECT rule.verdict, rule.en, rule.ko
  FROM (
    VALUES
      (1, NOT s.is_there, 'amber',
        'not asked: there is no table public.alembic_version. If Alembic keeps its version elsewhere, look there.',
        '묻지 않음: public.alembic_version 테이블이 없습니다. Alembic이 버전을 다른 곳에 기록한다면 그곳을 확인합니다.'),
      (2, s.readable IS NULL, 'amber',
        'not asked: public.alembic_version has no column version_num.',
        '묻지 않음: public.alembic_version에 version_num 컬럼이 없습니다.'),
      (3, NOT s.readable, 'amber',
        'not asked: ' || current_user || ' may not read public.alembic_version. Somebody who may reads it now.',
        '묻지 않음: ' || current_user || ' 역할에는 public.alembic_version 조회 권한이 없습니다. 권한이 있는 사람이 확인합니다.'),
      (4, s.rows = 0, 'fail',
        'alembic_version is empty: the next ''alembic upgrade'' would begin with the oldest revision.',
        'alembic_version이 비어 있습니다. 다음 ''alembic upgrade''는 가장 오래된 리비전부터 실행합니다.'),
      (5, s.rows > 1, 'fail',
        'alembic_version has ' || s.rows || ' rows where one is expected: ' || s.names
          || '. Look at ''alembic heads'' before anybody upgrades.',
        'alembic_version에 1행이 아니라 ' || s.rows || '행이 있습니다: ' || s.names
          || '. 누구도 upgrade하기 전에 ''alembic heads''를 확인합니다.'),
      (6, s.names NOT IN (s.before, s.v1), 'fail',
        'alembic_version names ' || s.names || ', which is neither V1 nor the revision before it: what the next '
          || '''alembic upgrade'' does is not known here.',
        'alembic_version이 V1도 그 이전 리비전도 아닌 ' || s.names || '입니다. 다음 ''alembic upgrade''가 무엇을 할지 여기서는 알 수 없습니다.'),
      (7, s.view = 'other', 'amber',
        'not judged: public.attempt is neither V0 nor V1. alembic_version names ' || s.names || '.',
        '판정하지 않음: public.attempt가 V0도 V1도 아닙니다. alembic_version은 ' || s.names || '입니다.'),
      (8, s.view = 'V1' AND s.names = s.v1, 'pass',
        'alembic_version names ' || s.v1 || ', and V1 is in place: the next ''alembic upgrade'' does not run it again.',
        'alembic_version은 ' || s.v1 || '이고 V1이 적용되어 있습니다. 다음 ''alembic upgrade''는 이를 다시 실행하지 않습니다.'),
      (9, s.view = 'V1', 'fail',
        'alembic_version still names ' || s.before || ', but V1 is in place: the next ''alembic upgrade head'' would drop '
          || 'the view and all that depends on it, and create it again without its grants. Run in '
          || 'apps/seedtest_api: alembic stamp ' || s.v1,
        'V1이 적용되어 있으나 alembic_version은 아직 ' || s.before || '입니다. 다음 ''alembic upgrade head''가 뷰와 종속 객체를 '
          || '모두 삭제하고 권한 없이 다시 만듭니다. apps/seedtest_api에서 실행: alembic stamp ' || s.v1),
      (10, s.names = s.before, 'pass',
        'alembic_version names ' || s.before || ', and V1 is not in place: it fits. An ''alembic upgrade head'' from here '
          || 'would apply V1, and drop all that depends on the view.',
        'alembic_version은 ' || s.before || '이고 V1은 적용되어 있지 않으므로 서로 맞습니다. 여기서 ''alembic upgrade head''를 '
          || '실행하면 V1이 적용되고 뷰의 종속 객체가 삭제됩니다.'),
      (11, TRUE, 'fail',
        'alembic_version names ' || s.v1 || ', but V1 is not in place: the next ''alembic upgrade'' would take V1 for done '
          || 'and skip it. Run in apps/seedtest_api: alembic stamp ' || s.before,
        'V1이 적용되어 있지 않으나 alembic_version은 ' || s.v1 || '입니다. 다음 ''alembic upgrade''는 V1이 끝난 것으로 보고 '
          || '건너뜁니다. apps/seedtest_api에서 실행: alembic stamp ' || s.before)
  ) AS rule (place, holds, verdict, en, ko)
  WHERE rule.holds
  ORDER BY rule.place
  LIMIT 1
) AS said;
