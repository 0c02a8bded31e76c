// Does the first screen open only what was confirmed by typing, and go back on Enter alone?

import {expect, test} from 'vitest';
import type {Opening} from '../../src/ui/tui/home-model.ts';
import {asking, homeStateOf, respondAtHome, type HomeEffect, type HomeState} from '../../src/ui/tui/home-state.ts';
import type {KeyPress} from '../../src/ui/tui/key-press.ts';
import {createFakeHome} from './support/fake-home.ts';

const start: Opening = {kind: 'start', environment: 'production', source: 'env:PRODUCTION_URL'};
const enter: KeyPress = {kind: 'key', key: 'enter'};

const asked = async (opening: Opening): Promise<HomeState> => {
  const {model} = createFakeHome();
  const answer = await model.open(opening);
  if (answer.ok || !('ask' in answer)) throw new Error('nothing was asked');
  return {...homeStateOf(model.entries()), overlay: asking(opening, answer.ask)};
};

/** The effects of the last key; every key before it only changes what is shown. */
const typed = (state: HomeState, text: string, last: KeyPress = enter): readonly HomeEffect[] => {
  let shown = state;
  for (const letter of text) {
    const [effect] = respondAtHome(shown, {kind: 'text', text: letter}, () => 0);
    if (effect?.do !== 'show') throw new Error(`a letter did ${effect?.do ?? 'nothing'}`);
    shown = effect.state;
  }
  return respondAtHome(shown, last, () => 0);
};

const closes = (effects: readonly HomeEffect[]): boolean =>
  effects[0]?.do === 'show' && effects[0].state.overlay.kind === 'none';

test('a database is confirmed by its name, and by nothing less', async () => {
  const state = await asked(start);
  expect(closes(typed(state, ''))).toBe(true);
  expect(closes(typed(state, 'seedtest', {kind: 'key', key: 'esc'}))).toBe(true);
  for (const wrong of ['seed', 'SEEDTEST', 'y', 'yes']) {
    expect(typed(state, wrong)).toMatchObject([{do: 'show', state: {overlay: {kind: 'confirm', isRefused: true}}}]);
  }
  expect(typed(state, ' seedtest ')).toEqual([{do: 'open', opening: {...start, pin: '7412000000000009021'}}]);
});

test('a target is taken over by the name of the run that has it, and what was confirmed before stays confirmed', async () => {
  const pinned = {...start, pin: '7412000000000009021'};
  const state = await asked(pinned);
  expect(closes(typed(state, ''))).toBe(true);
  expect(typed(state, 'seedtest')).toMatchObject([{do: 'show', state: {overlay: {isRefused: true}}}]);
  expect(typed(state, 'r-2abcd')).toEqual([{do: 'open', opening: {...pinned, takeOver: 'r-2abcd'}}]);
});
