// Is what a killed process, or a server that refused, has left behind found again, and is the operator told of the rest?

import {existsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createTestDatabase} from '../support/postgres.ts';
import {openTestRun, resumeTestRun} from '../support/run.ts';

test('the password file of a killed child goes when the run is closed, and when it is resumed', async () => {
  await using database = await createTestDatabase();
  const run = await openTestRun(database);
  const passfile = join(run.path, 'pgpass.1.1');
  writeFileSync(passfile, '*:*:*:deploy:secret\n');
  await run.close();
  expect(existsSync(passfile)).toBe(false);

  writeFileSync(passfile, '*:*:*:deploy:secret\n');
  const resumed = await resumeTestRun(database, run.runsDirectory, run.id);
  expect(existsSync(passfile)).toBe(false);
  await resumed.close();
});
