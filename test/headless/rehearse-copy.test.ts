// Does a rehearsal on a copy that is killed leave a marked database, and does the run go on without it?

import {beforeAll, expect} from 'vitest';
import {scratchPrefix} from '../../src/core/scratch-name.ts';
import {allAnswers, createPlace, ensureBuilt} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {catalogOf} from '../support/run.ts';

const {test} = needs('pg_dump');

beforeAll(ensureBuilt);

const scratches = async (database: TestDatabase, run: string): Promise<number> => {
  const client = await database.connect();
  const found = await client.query('SELECT FROM pg_database WHERE starts_with(datname, $1)', [scratchPrefix(run)]);
  await client.end();
  return found.rowCount ?? 0;
};

test('killed in the middle, it had no effect on the target, and resuming drops what it left and tries again', async () => {
  const place = createPlace({steps: ['snapshot', 'backup', 'rehearse-copy', 'apply-v1']});
  await using database = await createTestDatabase();
  const before = await catalogOf(database);
  const env = {TARGET: database.url};
  const answers = place.answers(
    allAnswers(place.definition(), 'staging', database.name, {'rehearse-copy': {start: true}}),
  );
  const run = ['run', '--env', 'staging', '--url', 'env:TARGET', '--scratch', 'env:TARGET'];
  const killed = await place.cli([...run, '--answers', answers, '--until', 'rehearse-copy'], {
    env,
    // The first part has been done on the copy; the ways back are still to come.
    signal: {name: 'SIGKILL', when: (printed) => /PASS +apply-v1 /.test(printed)},
  });
  expect(killed.signal, killed.all).toBe('SIGKILL');
  const id = place.run();
  expect(await scratches(database, id)).toBe(1);
  expect(await catalogOf(database)).toEqual(before);

  const resumed = await place.command(['resume', '--answers', answers, '--until', 'rehearse-copy'], {env});
  expect(resumed.code, resumed.all).toBe(0);
  const ours = place.journal().filter((event) => 'step' in event && event.step === 'rehearse-copy');
  expect(ours.filter(({type}) => type !== 'ArtifactSealed').map(({type}) => type)).toEqual([
    'StepStarted',
    'StepInterrupted',
    'StepReconciled',
    'StepStarted',
    'StepSucceeded',
  ]);
  expect(ours.find(({type}) => type === 'StepReconciled')).toMatchObject({verdict: 'had-no-effect', by: 'probe'});
  expect(await scratches(database, id)).toBe(0);
  expect(await catalogOf(database)).toEqual(before);
  const status = await place.command(['status']);
  expect(status.stdout).toMatch(/Apply the V1 view .*rehearsed [\d.]+ m?s, lock held/);
  // What was rehearsed on is gone, and nothing names it as if it were there.
  expect(status.stdout).not.toContain('ar_scratch_');
});
