-- Is the student index there, whole and used for writes? No rows when it is; a broken CREATE INDEX CONCURRENTLY leaves
-- one that is not valid, which costs every write and serves no read.
SELECT
  'index public.ix_exam_results_student_id'::text AS rule,
  'on public.exam_results, valid, ready'::text AS expected,
  CASE
    WHEN i.indexrelid IS NULL THEN 'missing'
    ELSE concat_ws(
      ', ',
      'on ' || pg_catalog.format('%I.%I', tn.nspname, t.relname),
      CASE WHEN i.indisvalid THEN 'valid' ELSE 'not valid' END,
      CASE WHEN i.indisready THEN 'ready' ELSE 'not ready' END
    )
  END AS actual
FROM (SELECT pg_catalog.to_regclass('public.ix_exam_results_student_id')::oid AS oid) AS wanted
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = wanted.oid
LEFT JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
LEFT JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
WHERE i.indexrelid IS NULL
  OR NOT i.indisvalid
  OR NOT i.indisready
  OR t.oid IS DISTINCT FROM pg_catalog.to_regclass('public.exam_results')::oid;
