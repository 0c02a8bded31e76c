// Does every key count that was typed before the screen was ready for it, for what it was meant for and nothing else?

import {afterEach, describe, expect, test} from 'vitest';
import {createHomeDesk} from '../../src/ui/tui/home-desk.ts';
import type {KeyPress} from '../../src/ui/tui/key-press.ts';
import {createFakeHome} from './support/fake-home.ts';
import {createFakeSession} from './support/fake-session.ts';
import {advanceTo} from './support/story.ts';
import {closeTerminals, keysOf, openTerminal} from './support/terminal.ts';

afterEach(closeTerminals);

const {enter, esc, down} = keysOf;

describe('Esc and the next key in one read', () => {
  const atPrompt = async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    const t = openTerminal({session: fake.session});
    await t.waitFor('drop view');
    await t.pressUntil(enter, "Type the target's name:");
    return {fake, t};
  };

  test('are both pressed: the prompt is closed, and what the key opens is open', async () => {
    const {t} = await atPrompt();
    await t.pressUntil(`${esc}?`, '┌ Keys ─');
    expect(t.frame()).not.toContain("Type the target's name:");
    await t.pressUntil(`${esc}l`, 'l English');
    expect(t.frame()).not.toContain('┌ Keys ─');
  });

  test('are not an answer: Enter after Esc does not hand over the name', async () => {
    const {fake, t} = await atPrompt();
    await t.pressUntil('seedtest', "Type the target's name: seedtest");
    // Behind Esc, Enter asks anew, for a name that is not typed yet.
    await t.pressUntil(`${esc}${enter}`, /Type the target's name: +│/);
    expect(fake.commands).toEqual([]);
  });

  test('are both pressed when the next key is a long one or Esc itself', async () => {
    const {t} = await atPrompt();
    await t.pressUntil(`${esc}${esc}`, '┌ Keys ─');
    await t.pressUntil(`${esc}?${down}`, '┌ Keys ─');
  });
});

test('a line is cleared and corrected in the middle of one read', async () => {
  const fake = createFakeSession();
  advanceTo(fake, 'apply');
  const t = openTerminal({session: fake.session});
  await t.waitFor('drop view');
  await t.pressUntil(`${enter}wrong\u0015seedtesz\u0008t`, "Type the target's name: seedtest");
});

test('a prompt that was opened while a command was written down stays, with what was typed', async () => {
  const fake = createFakeSession();
  const written = Promise.withResolvers<void>();
  const session = {
    ...fake.session,
    submit: async (command: Parameters<typeof fake.session.submit>[0]) => {
      await written.promise;
      return fake.session.submit(command);
    },
  };
  const t = openTerminal({session});
  await t.waitFor('[ ] 1');
  await t.pressUntil('e', 'what was written down');
  await t.pressUntil(enter, 'Writing');
  await t.pressUntil('asmoke', 'File: smoke');
  written.resolve();
  await t.waitUntil(() => fake.state().seq > 1, 'the tick');
  await t.waitUntil(() => !t.frame().includes('Writing'), 'the end of the writing');
  await t.pressUntil('.png', 'File: smoke.png');
});

test('what is typed while a target is opened is for its question, and Enter is not', async () => {
  const {model, openings} = createFakeHome();
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const desk = createHomeDesk({
    behind: {
      home: {
        ...model,
        open: async (opening) => {
          await reached.promise;
          return model.open(opening);
        },
      },
    },
    enter: () => undefined,
    switchLanguage: () => undefined,
    quit: () => undefined,
    now: () => 0,
  });
  const press = (...presses: readonly KeyPress[]): void => presses.forEach((one) => desk.press(one, () => 0));
  const type = (text: string): void => press(...[...text].map((letter) => ({kind: 'text', text: letter}) as const));
  press(
    {kind: 'key', key: 'down'},
    {kind: 'key', key: 'down'},
    {kind: 'key', key: 'enter'},
    {kind: 'key', key: 'enter'},
  );
  expect(desk.store.get().overlay).toMatchObject({kind: 'opening'});
  type('seedlll');
  press({kind: 'key', key: 'backspace'}, {kind: 'key', key: 'backspace'}, {kind: 'key', key: 'backspace'});
  type('test');
  press({kind: 'key', key: 'enter'}, {kind: 'key', key: 'enter'}, {kind: 'key', key: 'esc'});
  desk.store.subscribe(() => opened.resolve());
  reached.resolve();
  await opened.promise;
  expect(desk.store.get().overlay).toMatchObject({kind: 'confirm', ask: {kind: 'pin'}, text: {before: 'seedtest'}});
  expect(openings).toHaveLength(1);
});
