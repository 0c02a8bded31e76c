// Does every key count that is pressed while the tool is too busy to look at its terminal?

import {expect, test} from 'vitest';
import {createPlace, openTerminal, type Terminal} from '../support/terminal.ts';

/** All of it lies in the terminal when the tool looks again, and one read brings it. */
const pressedMeanwhile = (terminal: Terminal, ...keys: readonly string[]): void => {
  terminal.kill('SIGSTOP');
  for (const key of keys) terminal.press(key);
  terminal.kill('SIGCONT');
};

test('Esc and the keys behind it are all pressed, in their order', async () => {
  await using place = createPlace();
  await using terminal = openTerminal({place, args: ['--lang', 'en']});
  const {screen} = terminal;
  await screen.shows('▸ Rehearse on');
  terminal.press('?');
  await screen.shows('┌ Keys ─');
  pressedMeanwhile(terminal, 'Esc', 'l');
  await screen.shows('▸ 예행 연습');
  await screen.lacks('┌');
  pressedMeanwhile(terminal, '?', 'Esc', 'ArrowDown', '?', 'Esc', 'Esc', 'l');
  await screen.shows(/▸ (?!Rehearse)/, ' Rehearse on');
  await screen.lacks('┌');
  // Alone it is decided after a moment.
  terminal.press('?');
  await screen.shows('┌ Keys ─');
  terminal.press('Esc');
  await screen.lacks('┌ Keys ─');
  terminal.press('q');
  expect(await terminal.ends()).toEqual({exitCode: 0});
});
