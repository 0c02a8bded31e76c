// Which roles does a dump's SQL name, and what does the head of its table of contents say?

import {expect, test} from 'vitest';
import {readContents, rolesIn} from '../../../src/adapters/dump-file.ts';

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
  expect(rolesIn(line).toSorted()).toEqual(roles.toSorted());
});

test('the head of a table of contents says which database, when, by what, and which extensions', () => {
  const toc = `;
; Archive created at 2026-11-24 15:04:38 KST
;     dbname: seed:test
;     TOC Entries: 45
;     Dumped from database version: 15.18 (Debian 15.18-0+deb12u1)
;     Dumped by pg_dump version: 16.4
;
2; 3079 16388 EXTENSION - pg_trgm${' '}
3421; 0 0 COMMENT - EXTENSION pg_trgm${' '}
3; 3079 16400 EXTENSION - uuid-ossp 
`;
  expect(readContents(toc)).toEqual({
    database: 'seed:test',
    dumpedAt: '2026-11-24 15:04:38',
    serverVersion: '15.18',
    clientMajor: 16,
    extensions: ['pg_trgm', 'uuid-ossp'],
  });
});
