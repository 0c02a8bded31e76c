// Does the run screen stay whole: in both languages, at every size, without colours, and in every cell of its borders?

import {expect, test} from 'vitest';
import {needs} from '../support/needs.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {createPlace, onlySteps, onStaging, openTerminal, type Screen, type Terminal} from '../support/terminal.ts';
import {advance, walkTo, type Walk} from '../support/terminal-walk.ts';

/** What is wrong with the cells of a screen: a row that is too wide, a wide character cut in two, a border out of line. */
const faultsOf = (screen: Screen): readonly string[] => {
  const faults: string[] = [];
  const columns = screen.columns();
  const rows = Array.from({length: screen.rows()}, (_, row) => screen.cells(row));
  rows.forEach((cells, row) => {
    const last = cells.at(-1);
    if (last?.width === 2) faults.push(`row ${row}: a wide character in the last column`);
    cells.forEach(({chars}, column) => {
      if (!'┌┐└┘│'.includes(chars) || chars === '') return;
      const above = rows[row - 1]?.[column]?.chars ?? '';
      const below = rows[row + 1]?.[column]?.chars ?? '';
      // Every piece of a border has another piece above and below it, where it is open.
      if ('└┘│'.includes(chars) && !'┌┐│'.includes(above || ' '))
        faults.push(`row ${row}, column ${column}: ${chars} hangs below '${above}'`);
      if ('┌┐│'.includes(chars) && !'└┘│'.includes(below || ' '))
        faults.push(`row ${row}, column ${column}: ${chars} ends above '${below}'`);
    });
    const isFramed = cells[0]?.chars === '│' || cells[0]?.chars === '┌' || cells[0]?.chars === '└';
    if (isFramed && !'│┐┘'.includes(last?.chars || ' '))
      faults.push(`row ${row}: the frame is open at column ${columns - 1}`);
  });
  return faults;
};

const opened = async (terminal: Terminal, first: string): Promise<void> => {
  await terminal.screen.shows(first, 'Enter');
};

needs('pg_dump').test.each(['en', 'ko'] as const)(
  'at 80 x 24 every border closes on every screen of a run (%s)',
  async (locale) => {
    await using place = createPlace({
      alter: onlySteps('ci-green', 'data-contract', 'snapshot', 'backup', 'apply-v1', 'smoke', 'approve'),
    });
    await using database = await createTestDatabase();
    await using terminal = openTerminal({place, ...onStaging(database, locale), columns: 80, rows: 24});
    const {screen} = terminal;
    const seen: string[] = [];
    const look = async (what: string): Promise<void> => {
      // A frame may arrive in two pieces; what is wrong with a whole one stays.
      await screen
        .becomes(() => faultsOf(screen).length === 0, `${what} to be whole`)
        .catch((error: unknown) => {
          throw new Error(faultsOf(screen).join('\n'), {cause: error});
        });
      seen.push(what);
    };
    const walk: Walk = {terminal, locale, target: database.name, visit: look};
    await opened(terminal, '1.1');
    for (const [key, what] of [
      ['?', 'help'],
      ['p', 'plan'],
    ] as const) {
      const before = screen.text();
      terminal.press(key);
      await screen.becomes((text) => text.split('\n')[2] !== before.split('\n')[2], what);
      await look(what);
      terminal.press('Esc');
      await screen.shows(before.split('\n')[2] ?? '');
    }
    while (await advance(walk));
    for (const tab of ['output', 'evidence']) {
      const before = screen.text();
      terminal.press('Tab');
      await screen.becomes((text) => text !== before, tab);
      await look(tab);
    }
    terminal.press('b');
    await screen.shows(/▸ 1 /);
    await look('way back');
    expect(seen).toEqual(
      expect.arrayContaining([
        'tick',
        'start',
        'confirm',
        'confirm-open',
        'note-open',
        'to-current',
        'leave',
        'way back',
      ]),
    );
  },
);

test('the language changes at any time, also in the middle of a prompt; a window that is too small says so in both, and the screen comes back as it was', async () => {
  await using place = createPlace({alter: onlySteps('ci-green', 'snapshot', 'backup', 'apply-v1')});
  await using database = await createTestDatabase();
  await using terminal = openTerminal({place, ...onStaging(database, 'en'), columns: 80, rows: 24});
  const {screen} = terminal;
  await screen.shows('▸ [ ] 1 Code Quality Check passed');
  terminal.press('Enter');
  await screen.shows('[✓] 1 Code Quality Check passed', '▸ [ ] 2 Unit Tests passed');
  terminal.press('l');
  await screen.shows('[✓] 1 Code Quality Check 통과', '▸ [ ] 2 Unit Tests 통과');
  terminal.press('q');
  await screen.shows('이 실행에서 나가시겠습니까?');
  terminal.press('l');
  await screen.shows('Leave this run?');
  // With a Hangul input method on, the key of l arrives as this jamo.
  terminal.press('ㅣ');
  await screen.shows('이 실행에서 나가시겠습니까?');
  terminal.press('l');
  await screen.shows('Leave this run?');
  terminal.press('Esc');
  await screen.shows('▸ [ ] 2 Unit Tests passed', 'q pause');

  terminal.resize(79, 20);
  await screen.shows('This window has 79 x 20; at least 80 x 24 is needed.', '현재 창 크기는 79 x 20입니다.');
  await screen.lacks('Code Quality Check');
  terminal.resize(100, 30);
  await screen.shows('▸ [ ] 2 Unit Tests passed', 'q pause');
  await screen.becomes(() => faultsOf(screen).length === 0, 'borders that close at the new size');
  expect(screen.line(2).length).toBe(100);
});

test('NO_COLOR leaves no colour, and what was said in colour is still said', async () => {
  await using place = createPlace({alter: onlySteps('pr-merged', 'snapshot', 'backup', 'apply-v1')});
  await using database = await createTestDatabase();
  const staging = onStaging(database, 'en');
  for (const [args, more, isColoured] of [
    [staging.args, {}, true],
    // The same run goes on, and shows the same.
    [['resume', '--lang', 'en'], {NO_COLOR: '1'}, false],
  ] as const) {
    await using terminal = openTerminal({place, args, env: {...staging.env, ...more}});
    const {screen} = terminal;
    const walk: Walk = {terminal, locale: 'en', target: database.name};
    await screen.shows(isColoured ? '┌ 1.1 ' : '┌ 2.1 ', 'q pause');
    await walkTo(walk, '2.1 ');
    await screen.shows('✓ 1 Preflight');
    // 30-37, 40-47, 90-97, 100-107, 38 and 48: every way in which SGR sets a colour.
    const colours = terminal.written().match(/\u001B\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m/g) ?? [];
    expect(colours.length > 0, `${colours.length} colours with ${JSON.stringify(more)}`).toBe(isColoured);
  }
});
