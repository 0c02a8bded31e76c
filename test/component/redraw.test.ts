// Is what stands on the screen after many partial updates what a fresh drawing puts there?

import {afterAll, expect, test} from 'vitest';
import {createFakeSession} from './support/fake-session.ts';
import {advanceTo, queryFacts, startApply} from './support/story.ts';
import {closeTerminals, keysOf, openTerminal} from './support/terminal.ts';

afterAll(closeTerminals);

/** A small generator with a seed, so that a failure can be repeated. */
const dice = (seed: number) => {
  let state = seed;
  return (sides: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x7fff_ffff) * sides) % sides;
  };
};

const presses = [
  keysOf.up,
  keysOf.down,
  keysOf.left,
  keysOf.right,
  keysOf.tab,
  keysOf.esc,
  keysOf.pageDown,
  'l',
  's',
  'p',
  '?',
  'b',
  'w',
  'e',
];

// Beside each other: most of their time they wait for a screen that stands still.
test.concurrent.each([1, 2, 3])(
  'after forty keys and much output, seed %i',
  async (seed) => {
    const roll = dice(seed);
    const fake = createFakeSession();
    if (seed === 1) {
      advanceTo(fake, 'columns');
    } else {
      advanceTo(fake, 'apply');
      startApply(fake);
    }
    const t = openTerminal({session: fake.session});
    await t.waitFor('seedtest');
    if (seed === 1) {
      await t.pressUntil(keysOf.enter, 'running');
      fake.succeed(queryFacts);
    }
    for (let at = 0; at < 40; at += 1) {
      t.press(presses[roll(presses.length)] ?? 'l');
      if (seed !== 1) fake.output(`row ${at} 가나다 ${'x'.repeat(roll(90))}\n`.repeat(roll(5)));
      if (at % 4 !== 3) continue;
      const partial = await t.settled();
      t.resize(100, 30);
      await t.waitUntil(() => t.frame() !== partial, 'the larger frame');
      await t.settled();
      t.resize(80, 24);
      await t.waitUntil(() => t.frame().split('\n').length === 24, 'the smaller frame');
      expect(await t.settled()).toBe(partial);
    }
    await t.close();
  },
  60_000,
);
