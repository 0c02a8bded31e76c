// Is a script run by psql from its approved file, unable to write unless the runbook says so, and judged by what it prints?

import {expect} from 'vitest';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import type {PsqlStep} from '../../../src/core/tools.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun, type TestRun} from '../../support/run.ts';

const {describe, test} = needs('psql');

const file = 'downstream/010_irt_calibration.sql';

const open = (database: TestDatabase, sql: string, step: Partial<PsqlStep> = {}): Promise<TestRun> =>
  openTestRun(database, {
    sql: {[file]: sql},
    alter: (runbook: RunbookDefinition): RunbookDefinition => ({
      ...runbook,
      phases: [{id: 'p', title: {en: 'p', ko: 'p'}}],
      steps: [
        {
          id: 'script',
          phase: 'p',
          title: {en: 'Script', ko: '스크립트'},
          kind: 'psql',
          sql: file,
          expect: 'rows',
          ...step,
        },
      ],
    }),
  });

describe('a script by psql', () => {
  test('runs the approved file with psql itself, and its output is kept', async () => {
    await using database = await createTestDatabase();
    const run = await open(database, 'SELECT pg_sleep(0.2);\nSELECT count(*) FROM public.exam_results;\n', {
      expect: 'report',
    });
    const state = await run.start('script');
    expect(state).toMatchObject({verdict: 'pass'});
    expect(factsFrom(state, 'psql').findings).toEqual([{code: 'output-as-expected', lines: 1}]);
    const transcript = await run.session.transcript('script', 1);
    expect(transcript).toMatch(/psql -X -q -A -t -w -v ON_ERROR_STOP=1 -f \S+\/plan\/sql\/downstream/);
    expect(transcript).toContain('400');
  });

  test('that prints nothing, or something, is judged by what was expected', async () => {
    await using database = await createTestDatabase();
    const run = await open(database, 'SELECT 1 WHERE false;\n');
    expect(failureFrom(await run.start('script'), 'tool-findings').findings).toContainEqual({
      code: 'output-unexpected',
      lines: 0,
      expected: 'rows',
    });
    await run.close();
    const none = await open(database, "SELECT 'a finding';\n", {expect: 'no-rows'});
    expect(failureFrom(await none.start('script'), 'tool-findings').findings).toContainEqual({
      code: 'output-unexpected',
      lines: 1,
      expected: 'no-rows',
    });
  });

  test('stops at its first error, and cannot write; one that may is confirmed by the target’s name', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const writes = 'CREATE TABLE public.left_behind ();\nSELECT 1;\n';
    const run = await open(database, writes);
    const {lastLines} = failureFrom(await run.start('script'), 'process-failed');
    expect(lastLines.join('\n')).toContain('read-only transaction');
    await run.close();
    const free = await open(database, writes, {writes: true});
    await free.walkTo('script');
    expect(await free.submit({type: 'StartStep', step: 'script'})).toMatchObject({code: 'confirmation-missing'});
    factsFrom(await free.start('script'), 'psql');
    expect((await admin.query("SELECT to_regclass('public.left_behind')::text AS t")).rows).toEqual([
      {t: 'left_behind'},
    ]);
  });

  test('is stopped by its limit', async () => {
    await using database = await createTestDatabase();
    const run = await open(database, 'SELECT pg_sleep(600);\n', {timeoutMs: 1000});
    // The server's own limit is the same; whichever comes first ends it.
    const state = await run.start('script');
    expect(state).toMatchObject({status: 'failed'});
    expect(JSON.stringify(state)).toMatch(/timed-out|statement timeout/);
  });
});
