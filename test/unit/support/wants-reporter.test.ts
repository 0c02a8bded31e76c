// Does one line say what was not tested for want of which programs, and which command brings them all?

import {expect, test} from 'vitest';
import {wantsLine} from '../../support/wants-reporter.ts';

test('it counts the tests, each program by how many want it, and every package once', () => {
  expect(wantsLine([['pg_dump'], ['psql'], ['gh', 'openssl'], ['pg_dump']])).toBe(
    'skipped for want of programs: 4 tests (pg_dump 2, gh 1, openssl 1, psql 1); apt-get install gh openssl postgresql-client',
  );
  expect(wantsLine([['unzip']])).toBe('skipped for want of programs: 1 test (unzip 1); apt-get install unzip');
});

test('it says nothing where nothing was left out', () => expect(wantsLine([])).toBeUndefined());
