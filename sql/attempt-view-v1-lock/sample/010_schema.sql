-- What does the database look like before the change? The tables that the view reads and that downstream jobs read,
-- with their roles. Roles belong to the cluster, and several sample databases may be made at the same moment, so a role
-- that somebody else has just created is no error.
DO $roles$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['app_etl', 'app_reader', 'seedtest_owner'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = wanted) THEN
      BEGIN
        EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN
          NULL; -- created by a neighbour between the look and the act
      END;
    END IF;
  END LOOP;
END
$roles$;

GRANT USAGE, CREATE ON SCHEMA public TO seedtest_owner;
GRANT USAGE ON SCHEMA public TO app_reader, app_etl;

CREATE TABLE public.exam_results (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  session_id text NOT NULL UNIQUE,
  user_id text,
  exam_id integer,
  status text NOT NULL DEFAULT 'ready',
  result_json jsonb NOT NULL,
  score_raw numeric,
  score_scaled numeric,
  standard_error numeric,
  percentile numeric,
  org_id integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_exam_results_result_json ON public.exam_results USING gin (result_json);
CREATE INDEX ix_exam_results_user_exam ON public.exam_results (user_id, exam_id);
CREATE INDEX ix_exam_results_org ON public.exam_results (org_id);

CREATE TABLE public.question (
  id bigint PRIMARY KEY,
  content text NOT NULL,
  difficulty numeric,
  topic_id text,
  meta jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE public.features_topic_daily (
  user_id text NOT NULL,
  topic_id text NOT NULL,
  date date NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  correct integer NOT NULL DEFAULT 0,
  avg_time_ms integer,
  rt_median integer,
  hints integer,
  theta_estimate numeric(6, 3),
  theta_sd numeric(6, 3),
  improvement numeric(6, 3),
  last_seen_at timestamptz,
  computed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, topic_id, date)
);

CREATE TABLE public.student_topic_theta (
  user_id text NOT NULL,
  topic_id text NOT NULL,
  theta numeric(6, 3) NOT NULL,
  standard_error numeric(6, 3),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, topic_id)
);

CREATE TABLE public.weekly_kpi (
  user_id text NOT NULL,
  week_start date NOT NULL,
  kpis jsonb NOT NULL,
  PRIMARY KEY (user_id, week_start)
);

CREATE TABLE public.alembic_version (
  version_num varchar(32) NOT NULL,
  CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO public.alembic_version (version_num) VALUES ('20251031_2120_features_kpi_cols');

ALTER TABLE public.exam_results OWNER TO seedtest_owner;
ALTER TABLE public.question OWNER TO seedtest_owner;
ALTER TABLE public.features_topic_daily OWNER TO seedtest_owner;
ALTER TABLE public.student_topic_theta OWNER TO seedtest_owner;
ALTER TABLE public.weekly_kpi OWNER TO seedtest_owner;
ALTER TABLE public.alembic_version OWNER TO seedtest_owner;

GRANT SELECT ON public.exam_results, public.question, public.features_topic_daily, public.student_topic_theta,
  public.weekly_kpi, public.alembic_version TO app_reader;
GRANT SELECT ON public.exam_results, public.question TO app_etl;
GRANT SELECT, INSERT, UPDATE ON public.features_topic_daily, public.weekly_kpi TO app_etl;
