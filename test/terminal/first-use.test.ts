// Does the screen open a real database only when its name was typed, and take one over only by the name of a run?

import {expect, test} from 'vitest';
import {createTestDatabase} from '../support/postgres.ts';
import {createPlace, onlySteps, openTerminal} from '../support/terminal.ts';

test('the first use wants the name, Enter alone goes back, and another operator takes over by the name of the run', async () => {
  await using database = await createTestDatabase();
  await using place = createPlace({alter: onlySteps('snapshot', 'backup', 'apply-v1')});
  const start = {
    place,
    args: ['run', '--env', 'staging', '--url', 'env:STAGING_URL', '--lang', 'en'],
    env: {STAGING_URL: database.url},
  };
  await using first = openTerminal(start);
  const asked = 'First use of staging: is this its database?';
  await first.screen.shows(asked, database.name, 'system identifier', 'sslmode socket');
  first.press('Enter');
  await first.screen.lacks(asked);
  expect(place.runNames()).toEqual([]);
  // From here it goes on as if it had been chosen on the first screen.
  first.press('ArrowDown');
  await first.screen.shows('▸ Start staging');
  first.press('Enter');
  await first.screen.shows('Source: env:STAGING_URL');
  first.press('Enter');
  await first.screen.shows(asked);
  first.type('staging');
  first.press('Enter');
  await first.screen.shows('That is not its name.');
  first.type(database.name);
  first.press('Enter');
  await first.screen.shows('Enter start');
  const [run = ''] = place.runNames();
  expect(place.journal(run)[0]).toMatchObject({type: 'RunOpened', trust: 'first-use'});

  await using second = openTerminal(start);
  await second.screen.shows('Somebody else has it', `run ${run}`, `Take over (${run}):`);
  second.type(run);
  second.press('Enter');
  await second.screen.lacks('Somebody else has it');
  await second.screen.shows('Enter start');
  const other = place.runNames().find((name) => name !== run) ?? '';
  expect(place.journal(other)).toMatchObject([
    {type: 'RunOpened', trust: 'known'},
    {type: 'HandedOver', what: 'target', from: {run}, to: other, by: {name: 'oncall'}},
  ]);

  first.press('Enter');
  await first.screen.shows('was lost', other);
  expect(place.journal(run)).toHaveLength(1);
});
