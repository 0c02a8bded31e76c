// Which entry of the key table a press stands for.

import {latinKeys} from './hangul.ts';
import type {KeyPress} from './key-press.ts';
import {keys, type KeyEntry} from './keys.ts';

/** The entry of the key table that this press stands for, with the character in Latin letters. */
export const entryOf = (press: KeyPress): Readonly<{entry: KeyEntry; character: string}> | undefined => {
  if (press.kind === 'key') {
    const entry = keys.find(({names}) => names.includes(press.key));
    return entry === undefined ? undefined : {entry, character: ''};
  }
  const character = latinKeys(press.text);
  // Only N and G mean something else than n and g: with Caps Lock on, every other letter means what it says.
  const entry =
    keys.find(({characters}) => characters.includes(character)) ??
    keys.find(({characters}) => characters.includes(character.toLowerCase()));
  return entry === undefined ? undefined : {entry, character};
};

/** Ink's Hangul may bring two keys in one syllable; each of them is a press. */
export const commandPresses = (press: KeyPress): readonly KeyPress[] =>
  press.kind === 'key' ? [press] : [...latinKeys(press.text)].map((text) => ({kind: 'text', text}));
