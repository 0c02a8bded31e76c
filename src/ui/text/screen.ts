// Which words the full-screen front says, in both languages: no word stands in a component.

import type {Locale} from '../../core/text.ts';
import {screenEn} from './screen-en.ts';
import {screenKo} from './screen-ko.ts';

/** A literal is any string to the other language; a function keeps its parameters. */
type Worded<T> = T extends string
  ? string
  : T extends (...parameters: infer P) => string
    ? (...parameters: P) => string
    : T extends readonly string[]
      ? readonly string[]
      : {readonly [K in keyof T]: Worded<T[K]>};

export type ScreenText = Worded<typeof screenEn>;

const catalogue = {en: screenEn, ko: screenKo} satisfies Readonly<Record<Locale, ScreenText>>;

export const screenText = (locale: Locale): ScreenText => catalogue[locale];
