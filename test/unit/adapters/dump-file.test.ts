// What does the head of its table of contents say?

import {expect, test} from 'vitest';
import {readContents} from '../../../src/adapters/dump-file.ts';

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
