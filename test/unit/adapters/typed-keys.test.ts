// Is every key that a terminal has sent found, once and in its order, wherever its reads were cut or joined?

import {describe, expect, it} from 'vitest';
import {ESC_ALONE, isPasteBegun, keysWithoutEnd, typedKeys} from '../../../src/adapters/typed-keys.ts';

/** What the terminal sends for a key, and what it is read as. */
const longKeys = {
  up: '\u001b[A',
  'Ctrl+left': '\u001b[1;5D',
  'page down': '\u001b[6~',
  'F1 of a Linux console': '\u001b[[A',
  'Shift+delete of rxvt': '\u001b[3$',
  'keypad home': '\u001bOH',
  'Shift+F1': '\u001bO2P',
  'a paste': '\u001b[200~two\r\u001b[words\u001b[201~',
};
const shortKeys = {'?': '?', Enter: '\r', Tab: '\t', Backspace: '\u007f', 'Ctrl+C': '\u0003', Hangul: '글'};

/** All that came, where nothing comes behind it. */
const read = (...reads: readonly string[]): string => {
  let keys = '';
  let rest = '';
  for (const chunk of reads) {
    const typed = typedKeys(rest + chunk);
    keys += typed.keys;
    rest = typed.rest;
  }
  return keys + (rest === '' ? '' : keysWithoutEnd(rest));
};

describe('Esc and the key behind it in one read', () => {
  it.each(Object.entries({...longKeys, ...shortKeys}))('are Esc and then %s', (_, key) => {
    expect(read(`\u001b${key}`)).toBe(ESC_ALONE + key);
    expect(read(`a\u001b${key}\u001b${key}`)).toBe(`a${ESC_ALONE}${key}${ESC_ALONE}${key}`);
  });

  it('are as many of them as were pressed', () => {
    expect(read('\u001b\u001b\u001b')).toBe(ESC_ALONE.repeat(3));
    expect(read('\u001b\u001b\u001b?')).toBe(`${ESC_ALONE.repeat(3)}?`);
  });

  it('are Esc and a bracket where no longer key comes of it', () => {
    expect(read('\u001b[')).toBe(`${ESC_ALONE}[`);
    expect(read('\u001b[\r')).toBe(`${ESC_ALONE}[\r`);
    expect(read('\u001b[글')).toBe(`${ESC_ALONE}[글`);
    expect(read('\u001b[[글')).toBe(`${ESC_ALONE}[[글`);
    expect(read('\u001bO')).toBe(`${ESC_ALONE}O`);
    expect(read('\u001b[\u001b[A')).toBe(`${ESC_ALONE}[\u001b[A`);
  });
});

describe('keys that were read in pieces', () => {
  const sent = [...Object.values(longKeys), '\u001b?', ...Object.values(shortKeys), '\u001b\u001b'].join('');
  const whole = read(sent);

  it('are the same wherever the reads were cut', () => {
    expect(whole).toContain(longKeys['a paste']);
    for (let first = 0; first <= sent.length; first += 1) {
      for (let second = first; second <= sent.length; second += 1) {
        expect(read(sent.slice(0, first), sent.slice(first, second), sent.slice(second))).toBe(whole);
      }
    }
  });

  it('wait for their rest, and a paste for its end', () => {
    expect(typedKeys('a\u001b[1;')).toEqual({keys: 'a', rest: '\u001b[1;'});
    expect(isPasteBegun('\u001b[1;')).toBe(false);
    expect(typedKeys('\u001b[200~half')).toEqual({keys: '', rest: '\u001b[200~half'});
    expect(isPasteBegun('\u001b[200~half')).toBe(true);
  });
});

it('what the terminal says of itself is not typed', () => {
  expect(read('a\u001b]11;rgb:0000/0000/0000\u0007b\u001bP1$r0m\u001b\\c')).toBe('abc');
});
