// The evidence tab as a person uses it: what is listed, what is said of it, what is read, and what is added.

import {afterEach, describe, expect, test} from 'vitest';
import {keepEverything, keptFiles} from './support/evidence-story.ts';
import {createFakeSession} from './support/fake-session.ts';
import {expectGolden, expectWidth} from './support/golden.ts';
import {advanceTo} from './support/story.ts';
import {closeTerminals, keysOf, openTerminal, type TerminalOptions} from './support/terminal.ts';

afterEach(closeTerminals);

const {enter, esc, down, up, left} = keysOf;

const atEvidence = async (options: TerminalOptions = {}) => {
  const fake = createFakeSession({files: keptFiles});
  advanceTo(fake, 'apply');
  keepEverything(fake);
  const t = openTerminal({session: fake.session, ...options});
  await t.waitFor('3.1');
  // The step above the current one: the list of steps, up, then its evidence.
  await t.pressUntil(`${left}${up}e`, /snapshot\.json/);
  return {fake, t};
};

describe.each(['en', 'ko'] as const)('in %s', (locale) => {
  test.each([
    {name: 'evidence-list', columns: 80, rows: 24, keys: down.repeat(3), until: /line 1 of/},
    {name: 'evidence-wide', columns: 120, rows: 40, keys: down, until: /"public\.attempt"/},
    {name: 'evidence-attachment', columns: 80, rows: 24, keys: down.repeat(9), until: /grants before the change/},
    {name: 'evidence-item', columns: 80, rows: 24, keys: `${down}${enter}`, until: /owned/},
    {name: 'evidence-run', columns: 80, rows: 24, keys: 'u', until: /columns\.1\.cast/},
    {name: 'evidence-compared', columns: 80, rows: 24, keys: `h`, until: /✓.*snapshot\.json/},
    {name: 'attach', columns: 80, rows: 24, keys: 'a', until: /(File|파일):/},
    {name: 'attach-note', columns: 80, rows: 24, keys: `a/tmp/스모크.png${enter}`, until: /(Note|메모):/},
  ])('$name', async ({name, columns, rows, keys, until}) => {
    const {t} = await atEvidence({
      locale,
      columns,
      rows,
      paths: {resolve: (typed) => typed, complete: async (typed) => typed},
    });
    await t.pressUntil(keys, until);
    const frame = await t.settled();
    expectWidth(frame, columns);
    expectGolden(`${name}.${locale}`, frame);
  });
});

describe('the evidence tab', () => {
  test('shows both ends of a long text and reads no more of it', async () => {
    const {fake, t} = await atEvidence({rows: 40});
    const asked: number[] = [];
    const {piece} = fake.session.evidence;
    Object.assign(fake.session.evidence, {
      piece: (path: string, from: number, most: number) => {
        if (path.endsWith('.log')) asked.push(most);
        return piece(path, from, most);
      },
    });
    await t.pressUntil(down.repeat(2) + enter, 'line 1 of');
    await t.pressUntil('G', 'line 9000 of');
    expect(asked).toEqual([65_536, 65_536]);
    await t.pressUntil('g', 'line 1 of');
    await t.pressUntil(esc, '[Evidence]');
  });

  test('tells a recording as what was said, and a session as what was done', async () => {
    const {t} = await atEvidence({rows: 40});
    await t.pressUntil('u', 'columns.1.cast');
    await t.pressUntil(down.repeat(2), '=> preflight/010_columns.sql');
    await t.pressUntil('G' + up, /12\.4 s {2}m StartStep/);
    expect(t.frame()).not.toContain('STAGING\\');
  });

  test('shows neither a picture nor a dump, and says why', async () => {
    const {t} = await atEvidence({rows: 40});
    await t.pressUntil(down.repeat(5), 'It holds the data itself');
    await t.pressUntil(down, 'A picture is not shown');
  });

  test('claims nothing of a file before it was read again, and then says which differs', async () => {
    const {t} = await atEvidence({rows: 40, columns: 120});
    await t.pressUntil(down, 'Not read again here');
    expect(t.frame()).not.toContain('✓ output');
    await t.pressUntil('h', '1 of 9 files are NOT what was sealed');
    expect(t.frame()).toMatch(/✗ test report +changed\.xml/);
    expect(t.frame()).toMatch(/✓ snapshot +snapshot\.json/);
    expect(t.frame()).toContain('equal to its seal');
  });

  test('adds a file with a note, and keeps what was typed when it is refused', async () => {
    const {fake, t} = await atEvidence();
    await t.pressUntil('a', 'It is added to: 2.1');
    await t.pressUntil(`/tmp/missing.png${enter}`, 'What does /tmp/missing.png show?');
    await t.pressUntil(enter, 'A note is required');
    await t.pressUntil(`five of five${enter}`, 'There is no file /tmp/missing.png');
    await t.waitFor('File: /tmp/missing.png');
    expect(fake.state().attachments).toHaveLength(1);
    await t.pressUntil(`${keysOf.backspace.repeat(11)}smoke.png${enter}`, 'What does /tmp/smoke.png show?');
    await t.pressUntil(`five of five${enter}`, 'The file was copied, sealed');
    expect(fake.state().attachments?.[1]).toMatchObject({
      step: 'snapshot',
      note: 'five of five',
      fileName: 'smoke.png',
    });
  });

  test('completes a path with Tab', async () => {
    const {t} = await atEvidence({
      paths: {resolve: (typed) => typed, complete: async (typed) => (typed === '/tm' ? '/tmp/' : typed)},
    });
    await t.pressUntil('a', 'File:');
    await t.pressUntil('/tm', 'File: /tm');
    await t.pressUntil('\t', 'File: /tmp/');
  });

  test('opens all of a text in the pager, control characters made visible', async () => {
    const paged: string[] = [];
    const {t} = await atEvidence({
      openPager: async (pieces) => {
        if (typeof pieces !== 'string') for await (const piece of pieces) paged.push(piece);
      },
    });
    await t.pressUntil(down, 'snapshot.json');
    t.press('o');
    await t.waitUntil(() => paged.length > 0, 'the pager');
    expect(paged.join('')).toContain('"title":"\\u001b]0;owned\\u0007"');
  });

  test('of a closed run says why nothing can be attached', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'end');
    const t = openTerminal({session: fake.session, columns: 120});
    await t.waitFor('The run is completed');
    await t.pressUntil('e', 'file of the whole run');
    await t.pressUntil('a', 'not possible: the run is closed');
  });
});
