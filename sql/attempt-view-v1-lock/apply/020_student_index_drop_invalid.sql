-- How does the optional student index begin on clean ground? A broken CREATE INDEX CONCURRENTLY leaves an invalid index
-- behind under its name; this removes it. One statement alone: CONCURRENTLY cannot run inside a transaction.
DROP INDEX CONCURRENTLY IF EXISTS public.ix_exam_results_student_id;
