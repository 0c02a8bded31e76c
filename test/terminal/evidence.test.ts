// Is a file attached, the evidence compared, exported and verified by keys alone, in a real terminal, and a forged bundle named?

import {existsSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createTestDatabase} from '../support/postgres.ts';
import {createPlace, onlySteps, onStaging, openTerminal} from '../support/terminal.ts';

test('attach, compare, export and verify by keys; from the first screen a forged bundle is named', async () => {
  await using place = createPlace({alter: onlySteps('source-table', 'data-contract')});
  await using database = await createTestDatabase();
  const picture = join(place.folder, 'smoke.png');
  writeFileSync(picture, Buffer.from('89504e470d0a1a0a', 'hex'));
  {
    await using terminal = openTerminal({place, ...onStaging(database, 'en'), columns: 100, rows: 30});
    const {screen} = terminal;
    await screen.shows('1.1 ', 'Enter start');
    terminal.press('Enter');
    await screen.shows(/done in/);
    terminal.press('e');
    await screen.shows('[Evidence]', 'source-table.1.cast');
    terminal.press('a');
    await screen.shows('File:');
    terminal.type(`${place.folder}/smo`);
    await screen.shows('/smo');
    terminal.press('Tab');
    await screen.shows('/smoke.png');
    terminal.press('Enter');
    await screen.shows('Note:');
    terminal.type('five of five');
    terminal.press('Enter');
    await screen.shows('The file was copied, sealed', /! attachment +smoke\.png/);
    terminal.press('h');
    await screen.shows(/(\d+) of \1 files are equal to their seals/, /✓ attachment +smoke\.png/);
    terminal.press('x');
    await screen.shows('✓ The evidence bundle is written.', 'not complete');
    terminal.press('Enter');
    await screen.shows('✓ The bundle is what it says.');
    terminal.press('Esc');
    await screen.lacks('The bundle is what it says');
    terminal.press('q');
    await screen.shows('Leave this run?');
    terminal.press('ArrowDown');
    terminal.press('ArrowDown');
    terminal.press('Enter');
    await screen.shows('Reason:');
    terminal.type('seen enough');
    terminal.press('Enter');
    await screen.shows('The run was abandoned');
    terminal.press('e');
    await screen.shows('[Evidence]');
    terminal.press('a');
    await screen.shows('not possible: the run is closed');
    terminal.press('q');
    await terminal.ends();
  }
  const [run = ''] = place.runNames();
  const archive = join(place.folder, `${run}-evidence.zip`);
  expect(existsSync(archive)).toBe(true);
  expect(readdirSync(place.folder).filter((name) => name.includes('partial'))).toEqual([]);
  expect(place.journal(run)).toContainEqual(expect.objectContaining({type: 'EvidenceAttached', note: 'five of five'}));

  await using terminal = openTerminal({place, columns: 80, rows: 24});
  const {screen} = terminal;
  await screen.shows('Verify a bundle');
  // The run is closed now: the bundle is written anew, from the list of past runs, and is whole.
  terminal.press('x');
  await screen.shows('┌ Past runs', run);
  terminal.press('x');
  await screen.shows('✓ The evidence bundle is written.');
  expect(screen.text()).not.toContain('not complete');
  terminal.press('Esc');
  await screen.lacks('The evidence bundle is written');
  const file = join(archive.slice(0, -'.zip'.length), 'data/transcripts/source-table.1.cast');
  writeFileSync(file, `${readFileSync(file, 'utf8')} `);
  terminal.press('v');
  await screen.shows('Bundle:');
  terminal.type(archive.slice(0, -'.zip'.length));
  terminal.press('Enter');
  await screen.shows('✗ The bundle is NOT what it says.', 'source-table.1.cast');
  terminal.press('Esc');
  await screen.lacks('NOT what it says');
  terminal.press('q');
  expect(await terminal.ends()).toEqual({exitCode: 0});
});
