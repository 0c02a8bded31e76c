// What the small parts of the screen do: output ring, visible text, widths, Hangul keys, the table of keys.

import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {readFileSync, readdirSync} from 'node:fs';
import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import {latinKeys} from '../../src/ui/tui/hangul.ts';
import {sourceOf} from '../../src/ui/tui/home-state.ts';
import {keys, keyTableMarkdown} from '../../src/ui/tui/keys.ts';
import {createOutputStore} from '../../src/ui/tui/output-store.ts';
import {visible} from '../../src/ui/text/visible.ts';
import {cut, displayWidth, fitted, tail, wrapped} from '../../src/ui/text/width.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** After what nobody holds any more is gone. */
const bytesInUse = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

describe('output store', () => {
  test('100,000 lines stay bounded, and the last ones are right', () => {
    const store = createOutputStore();
    for (let at = 0; at < 100_000; at += 1) store.push('stdout', `line ${at}\n`);
    const shot = store.snapshot();
    expect(shot.total).toBe(100_000);
    expect(shot.dropped).toBe(95_000);
    expect(shot.slice(0, 100_000)).toHaveLength(5000);
    expect(shot.slice(94_999, 95_001).map(({text}) => text)).toEqual(['line 95000']);
    expect(shot.slice(99_999, 100_000)[0]?.text).toBe('line 99999');
    expect(shot.matches('LINE 9999')).toEqual([
      99_990, 99_991, 99_992, 99_993, 99_994, 99_995, 99_996, 99_997, 99_998, 99_999,
    ]);
  });

  test('joins chunks of a line, keeps streams apart, and drops the carriage return', () => {
    const store = createOutputStore();
    store.push('stdout', 'ab');
    store.push('stderr', 'err');
    store.push('stdout', 'c\r\nnext');
    expect(store.snapshot().slice(0, 9)).toEqual([
      {stream: 'stdout', text: 'abc'},
      {stream: 'stdout', text: 'next'},
      {stream: 'stderr', text: 'err'},
    ]);
  });

  test('an escape sequence that was cut in two is made visible', () => {
    const store = createOutputStore();
    store.push('stdout', '\u001b');
    store.push('stdout', '[31mred\n');
    expect(store.snapshot().slice(0, 1)[0]?.text).toBe('\\x1b[31mred');
  });

  test('a line without an end stays bounded', () => {
    const store = createOutputStore();
    for (let at = 0; at < 1000; at += 1) store.push('stdout', 'x'.repeat(1000));
    expect(store.snapshot().slice(0, 1)[0]?.text.length).toBe(4000);
  });

  test('what is cut out of long lines does not keep the rest of them in the memory', () => {
    const line = Buffer.alloc(60_000, 'x');
    const before = bytesInUse();
    const store = createOutputStore();
    for (let at = 0; at < 5000; at += 1) {
      line.write(`${at} `);
      store.push('stdout', `${line.toString('latin1')}\n`);
    }
    const keptMb = (bytesInUse() - before) / 1e6;
    expect(store.snapshot().slice(4999, 5000)[0]?.text).toMatch(/^4999 x{3995}$/);
    // 5,000 lines of 4,000 characters; what came were 300 MB.
    expect(keptMb).toBeLessThan(30);
  });

  test('a flood in pieces is the same lines as one that comes line by line', () => {
    const said = Array.from(
      {length: 7000},
      (_, at) =>
        `${at} ${'한É\u001b\t'.repeat(at % 7)}${at % 500 === 0 ? 'x'.repeat(2 * at) : ''}${'\r'.repeat(at % 3)}`,
    );
    const expected = said.map((line) => visible((line.endsWith('\r') ? line.slice(0, -1) : line).slice(0, 4000)));
    const all = said.map((line) => `${line}\n`).join('');
    for (const length of [1, 6007, 70_001]) {
      const store = createOutputStore();
      if (length === 1) for (const line of said) store.push('stdout', `${line}\n`);
      else for (let from = 0; from < all.length; from += length) store.push('stdout', all.slice(from, from + length));
      const shot = store.snapshot();
      expect([shot.total, shot.dropped]).toEqual([7000, 2000]);
      expect(shot.slice(0, 7000).map(({text}) => text)).toEqual(expected.slice(2000));
      expect(shot.slice(1990, 2345).map(({text}) => text)).toEqual(expected.slice(2000, 2345));
      for (const search of ['699', 'É\\X1B', 'x', '\\x0D', '6999 ', '2000', 'none of it']) {
        const found = expected.flatMap((text, at) =>
          at >= 2000 && text.toLowerCase().includes(search.toLowerCase()) ? [at] : [],
        );
        expect(shot.matches(search), search).toEqual(found);
      }
    }
  });

  test('the snapshot is the same object until something was pushed', () => {
    const store = createOutputStore();
    store.push('note', 'a\n');
    const shot = store.snapshot();
    expect(store.snapshot()).toBe(shot);
    store.push('note', 'b\n');
    expect(store.snapshot()).not.toBe(shot);
  });
});

describe('visible text', () => {
  test.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['\u009b31m', '\\x9b31m'],
    ['bell\u0007 del\u007f', 'bell\\x07 del\\x7f'],
    ['a\tb', 'a    b'],
    ['a\nb', 'a\nb'],
    ['a\rb', 'a\\x0db'],
    ['evil\u202etxt', 'evil\\u202etxt'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['lone \ud800 half', 'lone \\ud800 half'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
    ['filler \u3164', 'filler \\u3164'],
    ['한국어 ✓ é 😀', '한국어 ✓ é 😀'],
  ])('%j', (text, expected) => {
    expect(visible(text)).toBe(expected);
    expect(visible(visible(text))).toBe(expected);
  });

  test('no character that acts is left, whatever it is', () => {
    for (let code = 0; code < 0x3000; code += 1) {
      const shown = visible(String.fromCodePoint(code));
      expect(/[\p{Cc}\p{Cf}\p{Cs}]/u.test(shown.replaceAll('\n', ''))).toBe(false);
    }
  });
});

describe('widths', () => {
  test('cuts, pads and wraps by columns', () => {
    expect(cut('가나다라', 8)).toBe('가나다라');
    expect(cut('가나다라', 7)).toBe('가나..');
    expect(displayWidth(fitted('가나다라', 7))).toBe(7);
    expect(tail('가나다abc', 5)).toBe('다abc');
    expect(wrapped('  a bb ccc', 5)).toEqual(['  a', 'bb', 'ccc']);
    expect(wrapped('가나다라마', 4)).toEqual(['가나', '다라', '마']);
    for (const width of [1, 2, 3, 7, 20]) {
      for (const row of wrapped(
        '대상 DB의 이름을 입력해야 start a_very_long_word_without_spaces',
        Math.max(2, width),
      )) {
        expect(displayWidth(row)).toBeLessThanOrEqual(Math.max(2, width));
      }
    }
  });
});

describe('keys', () => {
  test('Hangul is the Latin key at the same place', () => {
    expect(latinKeys('ㅛ')).toBe('y');
    expect(latinKeys('ㅂ')).toBe('q');
    expect(latinKeys('ㅣ')).toBe('l');
    expect(latinKeys('니')).toBe('sl');
    expect(latinKeys('뷁')).toBe('qnpfr');
    expect(latinKeys('q/?')).toBe('q/?');
  });

  test('no key has two meanings', () => {
    const all = keys.flatMap(({names, characters}) => [...names, ...characters]);
    expect(new Set(all).size).toBe(all.length);
  });

  test('the table has a row for each key in each language', () => {
    for (const locale of ['en', 'ko'] as const) {
      expect(keyTableMarkdown(locale).split('\n')).toHaveLength(keys.length + 2);
    }
  });
});

test('a source is a place, never a URL', () => {
  expect(sourceOf('env:STAGING_URL')).toBe('env:STAGING_URL');
  expect(sourceOf('service:staging')).toBe('service:staging');
  expect(sourceOf('file:/run/secrets/url')).toBe('file:/run/secrets/url');
  expect(sourceOf('postgresql://app:s3cret@db/seed')).toBeUndefined();
  expect(sourceOf('env:postgresql://app:s3cret@db/seed')).toBeUndefined();
  expect(sourceOf('')).toBeUndefined();
});

test('no sign on any kept frame is of ambiguous width, box drawing apart', () => {
  const folder = new URL('../golden/frames/', import.meta.url);
  for (const name of readdirSync(folder)) {
    const text = readFileSync(new URL(name, folder), 'utf8').replace(/[\u2500-\u257f]/g, '');
    for (const line of text.split('\n')) {
      expect(stringWidth(line, {ambiguousIsNarrow: false}), `${name}: ${line}`).toBe(stringWidth(line));
    }
  }
});
