// What a key does to the text of a one-line prompt.

import {graphemes} from '../text/width.ts';
import type {KeyPress} from './key-press.ts';

/** Text before and after the cursor. */
export type TextEdit = Readonly<{before: string; after: string}>;

export const emptyText: TextEdit = {before: '', after: ''};
export const textFrom = (text: string): TextEdit => ({before: text, after: ''});
// A pasted line break would otherwise end up in the middle of a reason or a name.
const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/\p{Cc}/gu, '');

/** NFC: Hangul that arrives decomposed looks the same and compares as different. */
export const valueOf = ({before, after}: TextEdit): string => (before + after).normalize('NFC');

const inserted = ({before, after}: TextEdit, text: string): TextEdit => ({
  before: before + oneLine(text),
  after,
});

const last = (text: string): string => graphemes(text).at(-1) ?? '';
const first = (text: string): string => graphemes(text)[0] ?? '';

/** The text after the key, or undefined when the key does not edit. */
export const edited = (edit: TextEdit, press: KeyPress): TextEdit | undefined => {
  const {before, after} = edit;
  if (press.kind === 'text') return inserted(edit, press.text);
  switch (press.key) {
    case 'backspace':
      return {before: before.slice(0, before.length - last(before).length), after};
    case 'delete':
      return {before, after: after.slice(first(after).length)};
    case 'left':
      return {before: before.slice(0, before.length - last(before).length), after: last(before) + after};
    case 'right':
      return {before: before + first(after), after: after.slice(first(after).length)};
    case 'home':
      return {before: '', after: before + after};
    case 'end':
      return {before: before + after, after: ''};
    case 'clear':
      return {before: '', after};
    default:
      return undefined;
  }
};
