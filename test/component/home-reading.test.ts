// What does the first screen show and obey while the runbook and its runs are still being read?

import {afterEach, describe, expect, test} from 'vitest';
import type {HomeModel, Opened} from '../../src/ui/tui/home-model.ts';
import type {OpeningStage} from '../../src/ui/text/opening.ts';
import type {Behind} from '../../src/ui/tui/options.ts';
import {createFakeHome} from './support/fake-home.ts';
import {closeTerminals, keysOf, openTerminal, type TerminalOptions} from './support/terminal.ts';

afterEach(closeTerminals);

/** A screen whose reading ends when the test says so. */
const openUnread = (options: TerminalOptions = {}) => {
  const home = createFakeHome();
  const reading = Promise.withResolvers<Behind | undefined>();
  const t = openTerminal({...options, behind: () => reading.promise});
  return {t, home, arrive: () => reading.resolve({home: home.model})};
};

describe('before the runbook is read', () => {
  test.each([
    [
      'en',
      'Rehearse on an embedded PostgreSQL server',
      'reading ...',
      'Reading the runbook and its runs ...',
      'Past runs',
    ],
    ['ko', '예행 연습: 내장 PostgreSQL 서버', '읽는 중 ...', '런북과 그 실행 기록을 읽는 중 ...', '지난 실행'],
  ] as const)('the screen stands, and says so of every choice (%s)', async (locale, choice, reading, title, past) => {
    const {t, arrive} = openUnread({locale});
    const before = await t.waitFor(choice);
    expect(before).toContain(title);
    expect(before.split('\n').filter((row) => row.endsWith(`  ${reading}`))).toHaveLength(6);
    // Not counted is not none.
    expect(before).not.toContain(`${past} (`);
    arrive();
    const after = await t.waitFor(`${past} (2)`);
    expect(after).not.toContain(reading);
    expect(after).toContain('r-0412');
  });

  test('keys wait for what they are about', async () => {
    const {t, home, arrive} = openUnread();
    await t.waitFor('reading ...');
    t.press(keysOf.down);
    t.press(keysOf.enter);
    // An answer to a key that was pressed after them: they have been read, and nothing has obeyed.
    await t.settled();
    expect(home.openings).toEqual([]);
    arrive();
    await t.waitUntil(() => home.openings.length > 0, 'an opening');
    expect(home.openings).toEqual([{kind: 'resume', run: 'r-0412'}]);
  });

  test('the language and leaving wait for nothing', async () => {
    const {t} = openUnread();
    await t.waitFor('reading ...');
    t.press('l');
    await t.waitFor('읽는 중 ...');
    t.press('q');
    expect(await t.exit).toMatchObject({reason: 'quit', locale: 'ko'});
  });

  test('Ctrl+C leaves, whatever waits', async () => {
    const {t, home} = openUnread();
    await t.waitFor('reading ...');
    t.press(keysOf.enter);
    t.press('q');
    await t.settled();
    t.press('\u0003');
    expect(await t.exit).toMatchObject({reason: 'quit'});
    expect(home.openings).toEqual([]);
  });
});

test.each([
  ['en', 'Opening ...', 'Starting a PostgreSQL server ...', 'Filling the sample ...'],
  ['ko', '여는 중 ...', 'PostgreSQL 서버를 시작하는 중 ...', '표본 데이터를 채우는 중 ...'],
] as const)('what is done until a run is open is said in words (%s)', async (locale, opening, server, sample) => {
  const {model, fake} = createFakeHome();
  const opened = Promise.withResolvers<Opened>();
  let tell: ((stage: OpeningStage) => void) | undefined;
  const open: HomeModel['open'] = (_, told) => {
    tell = told;
    return opened.promise;
  };
  const t = openTerminal({locale, home: {...model, open}});
  await t.waitFor('r-0412');
  t.press(keysOf.enter);
  await t.waitFor(opening);
  tell?.('server');
  expect(await t.waitFor(server)).not.toContain(opening);
  tell?.('sample');
  expect(await t.waitFor(sample)).not.toContain(server);
  opened.resolve({ok: true, session: fake.session});
  await t.waitUntil(() => !t.frame().includes(sample), 'the run');
});

test.each([
  ['en', 'going back, stopped 12 min', 'step 4 of 17'],
  ['ko', '원복 중, 12분', '17단계 중 4단계'],
] as const)('a run that goes back is at no step of the way there (%s)', async (locale, back, step) => {
  const {model} = createFakeHome();
  const entries: HomeModel['entries'] = () =>
    model.entries().map((entry) => (entry.kind === 'resume' ? {...entry, goesBack: true} : entry));
  const t = openTerminal({locale, home: {...model, entries}});
  await t.waitFor('r-0412');
  expect(await t.waitFor(back)).not.toContain(step);
});
