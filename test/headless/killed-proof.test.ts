// Does a killed tool take the server with it on which it proved a backup or rehearsed, with the copy of the target's data?

import {join} from 'node:path';
import {beforeAll, expect, onTestFinished} from 'vitest';
import {removeServer} from '../../src/adapters/embedded/server.ts';
import {allAnswers, createPlace, ensureBuilt} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {processesOf} from '../support/nothing-left.ts';
import {createTestDatabase} from '../support/postgres.ts';

const {test} = needs('pg_dump');

beforeAll(ensureBuilt);

test.each([
  ['while it makes the server', /initdb|scratch|ar_scratch_/],
  ['while it restores into it', /restoring the backup into/],
] as const)('killed %s, nothing runs and nothing lies there a moment later', async (_, said) => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  // A check that takes an hour in any other database than this one.
  await admin.query(`
    CREATE FUNCTION public.slow(int) RETURNS boolean LANGUAGE sql AS $$ SELECT current_database() = '${database.name}' OR pg_sleep(3600) IS NULL $$;
    CREATE TABLE public.patient (n int CHECK (public.slow(n)));
    INSERT INTO public.patient VALUES (1)`);
  const place = createPlace({steps: ['snapshot', 'backup']});
  const answers = place.answers(allAnswers(place.definition(), 'staging', database.name));
  let beside: readonly string[] = [];
  const killed = await place.cli(['run', '--env', 'staging', '--url', 'env:TARGET', '--answers', answers], {
    env: {TARGET: database.url},
    signal: {
      name: 'SIGKILL',
      when: (printed) => {
        beside = place.leftovers();
        return said.test(printed) && beside.length > 0;
      },
    },
  });
  onTestFinished(async () => {
    for (const name of place.leftovers()) await removeServer(join(place.temporary, name));
  });
  expect(killed.signal, killed.all).toBe('SIGKILL');
  expect(beside).toHaveLength(1);
  await expect.poll(() => [place.leftovers(), processesOf(place.temporary)], {timeout: 15_000}).toEqual([[], []]);
});
