// Is a picture of the screen what the terminal showed, sign by sign, and is no sign of it ever an empty box?

import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, it, onTestFinished} from 'vitest';
import {fontFolders} from '../../src/adapters/font-folders.ts';
import {fontsFor} from '../../src/adapters/picture-fonts.ts';
import {pngOf} from '../../src/adapters/picture-png.ts';
import {pictureSvg, signsOf, type Picture} from '../../src/evidence/picture.ts';
import type {Locale} from '../../src/core/text.ts';
import {MASK} from '../../src/evidence/redaction.ts';
import type {ScreenPicture} from '../../src/ui/tui/picture.ts';
import {linkFonts, monospaced} from '../support/fonts.ts';
import {createFakeSession} from './support/fake-session.ts';
import {closeTerminals, keysOf, openTerminal} from './support/terminal.ts';

afterEach(closeTerminals);

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'fonts-'));
  onTestFinished(() => rmSync(path, {recursive: true}));
  return path;
};

const svgOf = ({columns, rows}: ScreenPicture, locale: Locale): string =>
  pictureSvg({columns, rows, ground: 'dark', title: 'a <title>', lang: locale});

const plain = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/** The signs of an SVG, each put into the cell that it is drawn in; a wide one takes two. */
const gridOf = (svg: string): string => {
  const rows = [...svg.matchAll(/<g>(.*?)<\/g>/gs)].map(([, of = '']) => {
    let line = '';
    let at = 0;
    for (const [, x = '', length = '', text = ''] of of.matchAll(
      /<text x="(\d+)" [^>]*textLength="(\d+)"[^>]*>([^<]*)</g,
    )) {
      const column = (Number(x) - 8) / 9;
      expect(Number.isInteger(column)).toBe(true);
      line += ' '.repeat(column - at) + plain(text);
      at = column + Number(length) / 9;
    }
    return line;
  });
  return rows.join('\n');
};

describe.each(['en', 'ko'] as const)('a picture of the screen in %s', (locale) => {
  it('has every sign in the cell in which the terminal had it', async () => {
    const taken: ScreenPicture[] = [];
    const t = openTerminal({
      session: createFakeSession().session,
      locale,
      columns: 100,
      rows: 30,
      camera: {
        redact: (text) => text,
        take: async (picture) => {
          taken.push(picture);
          return {kind: 'taken', path: 'artifacts/screens/answers.1.1.png'};
        },
      },
    });
    await t.waitFor('[ ] 1');
    const shown = await t.settled();
    await t.pressUntil('S', 'artifacts/screens/answers.1.1.png');
    const [picture] = taken;
    if (picture === undefined) throw new Error('no picture was taken');
    expect(picture.columns).toBe(100);
    const svg = svgOf(picture, locale);
    expect(gridOf(svg)).toBe(shown);
    expect(svg).toContain('<title>a &lt;title&gt;</title>');
  });

  it('has nothing that must not be stored', async () => {
    const taken: ScreenPicture[] = [];
    const t = openTerminal({
      session: createFakeSession().session,
      locale,
      camera: {
        redact: (text) => text.replace('seedtest', MASK),
        take: async (picture) => {
          taken.push(picture);
          return {kind: 'taken', path: 'a.png'};
        },
      },
    });
    await t.waitFor('seedtest');
    await t.pressUntil('S', 'a.png');
    const text = gridOf(svgOf(taken[0] as ScreenPicture, locale));
    expect(text).toContain(MASK);
    expect(text.split('\n').filter((row) => row.includes(MASK) && row.includes('seedtest'))).toEqual([]);
  });
});

it('is not offered where a past run is only looked at', async () => {
  const t = openTerminal({session: createFakeSession().session});
  await t.waitFor('[ ] 1');
  const before = await t.settled();
  t.press('S');
  expect(await t.settled()).toBe(before);
  t.press(keysOf.esc);
});

const cells = (text: string): Picture['rows'][number] => [...text].map((sign) => ({text: sign, width: 1, look: {}}));
const picture = (text: string): Picture => ({
  columns: 80,
  rows: [cells(text)],
  ground: 'light',
  title: 't',
  lang: 'en',
});

describe('fonts', () => {
  it('are not enough when there are none: every sign is named, and nothing is drawn', () => {
    expect(fontsFor(signsOf(picture('ab 가')), [folder()])).toEqual({ok: false, missing: ['a', 'b', '가']});
  });

  it('are only those that have the signs: what is no font, or is cut off, has none', () => {
    const path = folder();
    writeFileSync(join(path, 'DejaVuSansMono.ttf'), 'no font at all, whatever its name says');
    writeFileSync(join(path, 'NanumGothicCoding.ttf'), Buffer.from('00010000000100800003001063', 'hex'));
    expect(fontsFor(new Set(['a']), [path])).toEqual({ok: false, missing: ['a']});
  });

  it('have Latin letters and no Hangul in DejaVu Sans Mono', () => {
    const path = folder();
    writeFileSync(join(path, 'DejaVuSansMono.ttf'), readFileSync(monospaced));
    expect(fontsFor(new Set('aZ─│┌✓▸◦✗'), [path]).ok).toBe(true);
    expect(fontsFor(new Set('a가'), [path])).toEqual({ok: false, missing: ['가']});
  });

  it("are found among the operator's own, and draw a PNG twice as large as the picture", async () => {
    const home = folder();
    linkFonts(join(home, '.local', 'share', 'fonts'));
    const fonts = fontsFor(signsOf(picture('│ ✓ 한국어')), fontFolders({HOME: home}));
    if (!fonts.ok) throw new Error(fonts.missing.join(' '));
    const png = Buffer.from(await pngOf(pictureSvg(picture('│ ✓ PASS')), fonts.fonts));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * (80 * 9 + 16), 2 * (18 + 16)]);
  });
});
