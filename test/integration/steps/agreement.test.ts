// Does the data contract find exactly those stored results that V1 cannot read, whatever somebody has written?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {agreement} from '../../support/agreement.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {shippedFolder} from '../../support/run.ts';

const shipped = (path: string): string =>
  readFileSync(join(shippedFolder, '../sql/attempt-view-v1-lock', path), 'utf8');

/** SEED=n repeats one; 12,000 results with LONG=1, 500 otherwise. */
const seeds = process.env['SEED'] !== undefined ? [Number(process.env['SEED'])] : process.env['LONG'] ? [1, 2, 3] : [4];
const each = process.env['LONG'] === undefined ? 500 : 4000;

test.each(seeds)(`the data contract and V1 agree on every one of ${each} malformed results (seed %i)`, async (seed) => {
  await using database = await createTestDatabase();
  const client = await database.connect();
  await client.query(`DROP VIEW public.attempt_weekly, public.attempt_topic; ${shipped('apply/010_attempt_v1.sql')}`);

  const said = await agreement(client, shipped('preflight/010_data_contract.sql'), seed, each);

  process.stdout.write(
    `seed ${seed}: ${said.stored} results, V1 reads ${said.stored - said.failing}, fails on ${said.failing}\n`,
  );
  expect(said.missed.slice(0, 5)).toEqual([]);
  expect(said.wronglyFound.slice(0, 5)).toEqual([]);
  // The generator must not have become tame, nor so wild that nothing can be read.
  expect(said.stored).toBeGreaterThan(each * 0.95);
  expect(said.failing).toBeGreaterThan(said.stored * 0.3);
  expect(said.stored - said.failing).toBeGreaterThan(said.stored * 0.3);
  expect(said.repeated).toBeGreaterThan(0);
});
