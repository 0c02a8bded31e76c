// Which arguments do the dump programs get, and what does the way they ended mean?

import {describe, expect, test} from 'vitest';
import type {BackupStep} from '../../../src/core/definition.ts';
import type {ProcessEnd} from '../../../src/core/ports.ts';
import {dumpArguments, gaveUpOnLock, processFailure} from '../../../src/steps/dump.ts';
import {restoreArguments} from '../../../src/steps/restore-backup.ts';

const backup: BackupStep = {kind: 'backup', id: 'backup', phase: 'backup', title: {en: 'b', ko: 'b'}};
const ended = (more: Partial<ProcessEnd>): ProcessEnd => ({
  timedOut: false,
  cancelled: false,
  durationMs: 1,
  lastLines: [],
  ...more,
});

describe('pg_dump', () => {
  test('is asked for a compressed custom dump of one exported snapshot, and for no password', () => {
    expect(dumpArguments(backup, '/run/x.dump.partial', '00000003-1')).toEqual([
      '--format=custom',
      '--compress=6',
      '--lock-wait-timeout=60000',
      '--no-password',
      '--snapshot=00000003-1',
      '--file=/run/x.dump.partial',
    ]);
    expect(dumpArguments({...backup, compression: 1}, 'f', 's')).toContain('--compress=1');
  });

  test.each([
    [ended({exitCode: 0}), undefined],
    [ended({exitCode: 0, cancelled: true}), {code: 'cancelled'}],
    [ended({signal: 'SIGTERM', timedOut: true}), {code: 'timed-out', afterMs: 5000}],
    [
      ended({exitCode: 1, lastLines: ['pg_dump: error: No space left on device']}),
      {code: 'disk-full', path: 'pg_dump'},
    ],
    [
      ended({
        exitCode: 1,
        lastLines: ['pg_dump: error: permission denied for table x', 'pg_dump: detail: Query was: LOCK TABLE x'],
      }),
      {code: 'privilege-missing', sqlState: '42501', message: 'pg_dump: error: permission denied for table x'},
    ],
    [
      ended({
        exitCode: 1,
        lastLines: [
          'pg_dump: error: query failed: ERROR:  out of shared memory',
          'pg_dump: detail: Query was: LOCK TABLE x',
        ],
      }),
      {code: 'locks-too-few'},
    ],
    [
      ended({exitCode: 3, lastLines: ['a', 'b']}),
      {code: 'process-failed', program: 'pg_dump', exitCode: 3, lastLines: ['a', 'b']},
    ],
    [ended({signal: 'SIGKILL'}), {code: 'process-failed', program: 'pg_dump', signal: 'SIGKILL', lastLines: []}],
  ])('that ended so: %j', (end, failure) => {
    expect(processFailure('pg_dump', end, 5000)).toEqual(failure);
  });
});

test('a pg_dump that gave up on a lock is told from one that failed otherwise', () => {
  const failure = (lastLines: readonly string[]) => processFailure('pg_dump', ended({exitCode: 1, lastLines}), 5000);
  const lock = 'pg_dump: detail: Query was: LOCK TABLE public.question IN ACCESS SHARE MODE';
  const timeout = 'pg_dump: error: query failed: ERROR:  canceling statement due to statement timeout';
  expect(gaveUpOnLock(failure([timeout, lock]) ?? expect.fail())).toBe(true);
  expect(gaveUpOnLock(failure(['pg_dump: error: query failed: ERROR:  relation is gone', lock]) ?? expect.fail())).toBe(
    false,
  );
});

describe('pg_restore', () => {
  test('restores in one transaction and stops at the first error', () => {
    const args = restoreArguments('seedtest', '/run/x.dump');
    expect(args).toEqual(
      expect.arrayContaining(['--single-transaction', '--exit-on-error', '--clean', '--if-exists', '--no-password']),
    );
    expect(args.at(-1)).toBe('/run/x.dump');
  });

  test.each([
    ['seedtest', "--dbname=dbname='seedtest'"],
    ['host=elsewhere', "--dbname=dbname='host=elsewhere'"],
    ['postgresql://elsewhere/x', "--dbname=dbname='postgresql://elsewhere/x'"],
    ["o'brien", "--dbname=dbname='o\\'brien'"],
    ['back\\slash', "--dbname=dbname='back\\\\slash'"],
  ])('takes the name of a database for nothing but a name: %s', (database, argument) => {
    expect(restoreArguments(database, 'f')).toContain(argument);
  });
});
