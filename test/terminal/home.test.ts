// Does the first screen come up in a real terminal, speak both languages, explain its keys and leave nothing behind?

import {expect, test} from 'vitest';
import {createPlace, openTerminal} from '../support/terminal.ts';

test('the first screen offers what is possible, and says of the rest why it is not', async () => {
  await using place = createPlace();
  await using terminal = openTerminal({place, columns: 80, rows: 24});
  const {screen} = terminal;
  await screen.shows('attempt VIEW V1 schema lock', '▸ Rehearse on', /Start production +no finished staging run yet/);
  expect(screen.isAlternate()).toBe(true);

  terminal.press('l');
  await screen.shows('▸ 예행 연습', '운영 시작', 'Enter 열기');

  terminal.press('?');
  await screen.shows('┌ 키 ─', 'Shift+Tab');
  terminal.press('Esc');
  await screen.lacks('┌ 키 ─');

  terminal.press('q');
  expect(await terminal.ends()).toEqual({exitCode: 0});
  expect(screen.isAlternate()).toBe(false);
  expect(screen.cursor().isShown).toBe(true);
  expect(terminal.isCooked()).toBe(true);
});

test('the language that was chosen is there again the next time', async () => {
  await using place = createPlace();
  {
    await using terminal = openTerminal({place});
    await terminal.screen.shows('▸ Rehearse on');
    terminal.press('l');
    await terminal.screen.shows('▸ 예행 연습');
    terminal.press('q');
    await terminal.ends();
  }
  await using again = openTerminal({place});
  await again.screen.shows('▸ 예행 연습');
});

test('a URL that is typed where its source is asked for does not stay on the screen', async () => {
  await using place = createPlace();
  await using terminal = openTerminal({place, columns: 80, rows: 24});
  const {screen} = terminal;
  await screen.shows('▸ Rehearse on');
  terminal.press('ArrowDown');
  await screen.shows('▸ Start staging');
  terminal.press('Enter');
  await screen.shows('Where is the connection URL');
  terminal.type('postgresql://seed:s3cret@10.0.0.1/seedtest');
  await screen.lacks('postgresql:');
  // What came behind the part that gave it away is still there; no part of the password may be.
  expect(terminal.written()).not.toContain('postgresql://seed:s3cret');
});
