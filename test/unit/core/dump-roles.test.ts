// Which roles does a dump's SQL name, and which of them must be superusers?

import {expect, test} from 'vitest';
import {rolesIn, rolesOf} from '../../../src/core/dump-roles.ts';

test.each([
  ['ALTER TABLE public.exam_results OWNER TO seedtest_owner;', ['seedtest_owner']],
  ['ALTER FUNCTION public.f(a "my OWNER TO", b integer) OWNER TO "Sales Owner";', ['Sales Owner']],
  ['GRANT SELECT ON TABLE public.attempt TO app_etl WITH GRANT OPTION;', ['app_etl']],
  ['GRANT ALL ON SCHEMA public TO "say ""hi""";', ['say "hi"']],
  ['REVOKE ALL ON TABLE public.attempt FROM seedtest_owner;', ['seedtest_owner']],
  ['GRANT USAGE ON SCHEMA public TO PUBLIC;', []],
  ['GRANT SELECT ON TABLE public.attempt TO pg_read_all_data;', []],
  ['SET SESSION AUTHORIZATION app_etl;', ['app_etl']],
  [
    'ALTER DEFAULT PRIVILEGES FOR ROLE seedtest_owner IN SCHEMA public GRANT SELECT ON TABLES  TO app_reader;',
    ['app_reader', 'seedtest_owner'],
  ],
  ['CREATE POLICY own ON public.t FOR SELECT TO app_reader, "Etl" USING ((a = 1));', ['app_reader', 'Etl']],
  ['CREATE POLICY own ON public.t USING ((a = 1));', []],
  ["COMMENT ON TABLE public.t IS 'OWNER TO nobody';", []],
])('%s names %j', (line, roles) => {
  expect(
    rolesIn(line)
      .map(({name}) => name)
      .toSorted(),
  ).toEqual(roles.toSorted());
});

test('a role is wanted once, as a superuser where any line wants that', () => {
  const lines = [
    'ALTER TABLE public.t OWNER TO boss;',
    'ALTER EVENT TRIGGER noted OWNER TO boss;',
    'GRANT SELECT ON TABLE public.t TO app_reader;',
    'ALTER VIEW public.v OWNER TO boss;',
  ];
  expect(rolesOf(lines)).toEqual([{name: 'app_reader'}, {name: 'boss', superuser: true}]);
});
