// Does no byte get lost on its way through text, however the stream is cut?

import {expect, it} from 'vitest';
import {rawBytes, rawDecoder} from '../../../src/adapters/raw-text.ts';

/** A generator with a seed, so that what fails can be seen again. */
const random = (seed: number) => (): number => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296;
  return seed / 4_294_967_296;
};

const characters = ['a', '\n', 'é', '한', '\u{1f642}', '\u{1f480}', '\u2028'];

it('gives back every byte of a stream of characters and rubbish, wherever it is cut', () => {
  const next = random(7);
  for (let round = 0; round < 2000; round += 1) {
    const bytes = Buffer.concat(
      Array.from({length: Math.floor(next() * 30)}, () =>
        next() < 0.6
          ? Buffer.from(characters[Math.floor(next() * characters.length)] ?? '')
          : Buffer.of(Math.floor(next() * 256)),
      ),
    );
    const cut = Math.floor(next() * bytes.length);
    const decoder = rawDecoder();
    const text = decoder.push(bytes.subarray(0, cut)) + decoder.push(bytes.subarray(cut)) + decoder.end();
    expect(rawBytes(text).equals(bytes), bytes.toString('hex')).toBe(true);
  }
});

it('leaves text that is UTF-8 as it is, also when a character comes in pieces', () => {
  const text = characters.join('').repeat(50);
  const decoder = rawDecoder();
  let out = '';
  for (const byte of Buffer.from(text)) out += decoder.push(Buffer.of(byte));
  expect(out + decoder.end()).toBe(text);
});
