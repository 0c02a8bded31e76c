// Does the recording of a session show what the operator saw, name the keys that led to commands, and nothing he typed?

import xterm from '@xterm/headless';
import {afterEach, expect, it} from 'vitest';
import type {Recording} from '../../src/ui/tui/recorder.ts';
import {createFakeSession} from './support/fake-session.ts';
import {advanceTo, lockTimeout, startApply} from './support/story.ts';
import {closeTerminals, keysOf, openTerminal} from './support/terminal.ts';

afterEach(closeTerminals);

const recorded = () => {
  const events: (readonly [string, string])[] = [];
  let clockMs = 0;
  const recording: Recording = {
    begin: ({columns, rows}) => void events.push(['begin', `${columns}x${rows}`]),
    event: (code, text) => void events.push([code, text]),
    // Each look is a second after the one before it, so that every frame is taken.
    nowMs: () => (clockMs += 1000),
    redact: (text) => text.replaceAll('hunter2', '[redacted]'),
  };
  return {events, recording};
};

const played = async (events: readonly (readonly [string, string])[]): Promise<string> => {
  const terminal = new xterm.Terminal({cols: 80, rows: 24, allowProposedApi: true, scrollback: 0});
  for (const [code, text] of events) if (code === 'o') await new Promise<void>((done) => terminal.write(text, done));
  return Array.from(
    {length: 24},
    (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true).trimEnd() ?? '',
  ).join('\n');
};

it('plays what was on the screen, and marks each command with its key', async () => {
  const {events, recording} = recorded();
  const t = openTerminal({session: createFakeSession().session, record: recording});
  await t.waitFor('[ ] 1');
  await t.pressUntil(keysOf.enter, '[✓] 1');
  await t.pressUntil(keysOf.down, '▸ [ ] 3');
  const shown = await t.settled();
  expect(events[0]).toEqual(['begin', '80x24']);
  expect(await played(events)).toBe(shown);
  expect(events.filter(([code]) => code === 'k' || code === 'm')).toEqual([
    ['k', 'enter'],
    ['m', 'CheckItem'],
  ]);
});

it('has the frame that a key was pressed on, however short it was to be seen', async () => {
  const {events, recording} = recorded();
  const t = openTerminal({session: createFakeSession().session, record: {...recording, nowMs: () => 0}});
  await t.waitFor('[ ] 1');
  await t.pressUntil('q', 'Leave this run?');
  t.press(keysOf.enter);
  await t.exit;
  const at = events.findIndex(([code]) => code === 'k');
  expect(events.slice(at)).toEqual([
    ['k', 'enter'],
    ['m', 'leave'],
  ]);
  expect(await played(events.slice(0, at))).toContain('Leave this run?');
});

it('has a pasted secret neither as keys nor on a frame', async () => {
  const {events, recording} = recorded();
  const t = openTerminal({session: createFakeSession().session, record: recording});
  await t.waitFor('[ ] 1');
  await t.pressUntil(keysOf.enter, '[✓] 1');
  await t.pressUntil(' ', 'A note is required');
  await t.pressUntil(keysOf.enter, 'it goes into the evidence');
  t.paste('see hunter2');
  await t.waitFor('Note: see hunter2');
  await t.pressUntil(keysOf.enter, '[✓] 2');
  expect(JSON.stringify(events)).toContain('Note: see [redacted]');
  expect(JSON.stringify(events)).not.toContain('hunter2');
  expect(events.filter(([code]) => code === 'k').map(([, key]) => key)).toEqual(['enter', 'enter']);
});

it('has nothing of what others run, which the screen promises to keep in no record; nor has a picture', async () => {
  const {events, recording} = recorded();
  const fake = createFakeSession();
  advanceTo(fake, 'apply');
  startApply(fake);
  fake.fail(lockTimeout);
  const pictures: string[] = [];
  const t = openTerminal({
    session: fake.session,
    record: recording,
    camera: {
      redact: (text) => text,
      take: async (picture) => {
        pictures.push(JSON.stringify(picture));
        return {kind: 'taken', path: 'kept.png'};
      },
    },
  });
  await t.waitFor('pid 4802');
  await t.pressUntil('t', 'FROM student');
  await t.settled();
  t.press(keysOf.esc);
  await t.waitUntil(() => !t.frame().includes('FROM student'), 'the list to close');
  await t.pressUntil('S', 'kept.png');
  await t.settled();
  const shown = JSON.stringify(events);
  expect(shown).toContain('What they run');
  expect(shown).not.toContain('FROM student');
  expect(pictures).toHaveLength(1);
});
