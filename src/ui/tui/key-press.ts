// What was pressed, in our own words: one key or one character at a time, whatever chunk the terminal delivered.

import type {Key} from 'ink';

export type KeyName =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'esc'
  | 'tab'
  | 'back-tab'
  | 'backspace'
  | 'delete'
  | 'clear'
  | 'ctrl-c';

export type KeyPress = Readonly<{kind: 'key'; key: KeyName}> | Readonly<{kind: 'text'; text: string}>;

const pressed = (key: KeyName): readonly KeyPress[] => [{kind: 'key', key}];

const named = (input: string, key: Key): KeyName | undefined => {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'page-up';
  if (key.pageDown) return 'page-down';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'esc';
  if (key.tab) return key.shift ? 'back-tab' : 'tab';
  if (key.backspace) return 'backspace';
  if (key.delete) return 'delete';
  if (key.ctrl && input === 'c') return 'ctrl-c';
  if (key.ctrl && input === 'u') return 'clear';
  return undefined;
};

const characters: Readonly<Record<string, KeyName>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u001b': 'esc',
  '\u0003': 'ctrl-c',
  '\u0008': 'backspace',
  '\u0015': 'clear',
  '\u007f': 'backspace',
};

/** Fast typing arrives as one string: `abc` is three presses, and a `\r` at its end is Enter. */
export const keyPresses = (input: string, key: Key): readonly KeyPress[] => {
  if (key.eventType === 'release') return [];
  const name = named(input, key);
  if (name !== undefined) return pressed(name);
  if (key.ctrl || key.meta || key.super || key.hyper) return [];
  return [...input].flatMap((text): readonly KeyPress[] => {
    const control = characters[text];
    if (control !== undefined) return pressed(control);
    return /\p{Cc}/u.test(text) ? [] : [{kind: 'text', text}];
  });
};
