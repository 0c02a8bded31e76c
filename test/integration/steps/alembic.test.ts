// Does a project's own Alembic make the change, is every loss named before, and does all of it come back?

import {expect, test} from 'vitest';
import {takenBy} from '../../../src/steps/alembic-put-back.ts';
import {alembicProject, from, revision} from '../../support/alembic.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun} from '../../support/run.ts';

/** What DROP ... CASCADE takes of the sample, none of which Alembic says a word about. */
const losses = [
  'public.attempt owner',
  'public.attempt options',
  'public.attempt comment',
  'public.attempt grants',
  'public.attempt column grants',
  'public.attempt column comments',
  'public.attempt row type grants',
  'public.attempt_topic existence',
  'public.attempt_weekly existence',
];

const versionsOf = async (database: TestDatabase): Promise<readonly string[]> => {
  const admin = await database.connect();
  const {rows} = await admin.query<{version_num: string}>('SELECT version_num FROM public.alembic_version ORDER BY 1');
  return rows.map(({version_num: version}) => version);
};

needs('alembic').describe('an Alembic migration', () => {
  test.runIf(process.env['LONG'] === '1')(
    'whose downgrade leaves nothing has not been taken back, and every other way back stays open',
    async () => {
      await using database = await createTestDatabase();
      const admin = await database.connect();
      // Without them the downgrade of the revision goes through, and the view is gone.
      await admin.query('DROP VIEW public.attempt_weekly, public.attempt_topic');
      const before = await catalogOf(database);
      const run = await openTestRun(database, {runbook: alembicProject().runbook, steps: ['snapshot', 'upgrade']});
      factsFrom(await run.start('upgrade'), 'migration');

      expect(failureFrom(await run.rollback('downgrade'), 'way-back-missed').missing).toEqual(['public.attempt']);
      expect(await catalogOf(database)).toMatchObject({objects: []});
      expect(run.session.view().state.closed).toBeUndefined();
      const told = await run.session.rollbackOptions();
      expect(told.ok && told.options[0]).toMatchObject({option: {id: 'restore-objects'}, advice: 'recommended'});
      factsFrom(await run.rollback('restore-objects'), 'restore-objects');
      expect(await versionsOf(database)).toEqual([from]);
      expect(await catalogOf(database)).toEqual(before);
    },
  );

  // The headless walk does the same in `npm test`; here the database itself is looked at between the steps.
  test.runIf(process.env['LONG'] === '1')(
    'names its losses on a copy, makes the change, puts them back, and is taken back whole',
    async () => {
      await using database = await createTestDatabase();
      const before = await catalogOf(database);
      const run = await openTestRun(database, {runbook: alembicProject().runbook});
      const check = factsFrom(await run.start('history'), 'alembic-check');
      expect(check).toMatchObject({
        current: [from],
        heads: [revision],
        pending: [revision],
        offline: 'crashed',
        warnings: [],
      });
      const {parts} = factsFrom(await run.start('rehearse'), 'rehearse');
      expect(parts.map(({step, verdict, digestEqual}) => ({step, verdict, digestEqual}))).toEqual([
        {step: 'upgrade', verdict: 'pass', digestEqual: undefined},
        {step: 'smoke', verdict: 'pass', digestEqual: undefined},
        {step: 'rollback/restore-objects', verdict: 'pass', digestEqual: true},
        // The revision's own downgrade drops the view, and what hangs on it is in the way.
        {step: 'rollback/downgrade', verdict: 'fail', digestEqual: false},
        {step: 'rollback/restore-backup', verdict: 'pass', digestEqual: true},
      ]);
      const {impact, parts: shown} = await run.session.preview('upgrade');
      expect(impact?.alembic?.taken?.map(({object, aspect}) => `${object} ${aspect}`)).toEqual(losses);
      expect(shown[0]).toMatchObject({
        language: 'argv',
        text: `/usr/bin/alembic -c alembic.ini upgrade ${revision}`,
      });
      expect(shown.at(-1)?.text).toMatch(
        /^SELECT to_regclass.*;\n\nDROP VIEW IF EXISTS attempt CASCADE;\n\nCREATE VIEW attempt AS/s,
      );
      expect(await catalogOf(database)).toEqual(before);
      const facts = factsFrom(await run.start('upgrade'), 'migration');
      expect(facts.alembic?.taken).toEqual(impact?.alembic?.taken);
      expect(facts.putBack).toMatchObject({dependants: ['public.attempt_topic', 'public.attempt_weekly'], owners: 3});
      const after = await catalogOf(database);
      expect(takenBy(['public.attempt'], before, after)).toEqual([]);
      expect(await versionsOf(database)).toEqual([revision]);
      factsFrom(await run.start('smoke'), 'smoke');
      factsFrom(await run.rollback('restore-objects'), 'restore-objects');
      expect(await versionsOf(database)).toEqual([from]);
      expect(await catalogOf(database)).toEqual(before);
    },
  );
});
