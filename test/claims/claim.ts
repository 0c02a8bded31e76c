// What is an entry of the table: what a sentence says of the database, what proves it, and which test makes it false?

import type {Action} from '../../src/core/definition.ts';
import type {Failure} from '../../src/core/failure.ts';
import type {Locale} from '../../src/core/text.ts';
import {failureText} from '../../src/ui/text/failure.ts';

/** A file below `src` and what it exports. */
export type Probe = Readonly<{file: string; symbol: string}>;
/** A file below `test` and the title of a test in it, as it is written there. */
export type TestAt = Readonly<{file: string; title: string}>;
export type Said = (locale: Locale) => string;

export type Claim =
  | Readonly<{
      /** What the sentence says of the database, or of the server that has it. */
      claims: string;
      /** What found it out: without it nobody could say so. */
      probe: Probe;
      /** The sentence while it is so, and the one that is said when it is not. */
      said: readonly [Said, Said];
      /** Makes it false, and sees another sentence. */
      otherwise: TestAt;
    }>
  | Readonly<{claims: 'nothing'; because: string}>;

export const nothing = (because: string): Claim => ({claims: 'nothing', because});

export const at = (file: string, title: string): TestAt => ({file, title});
export const by = (file: string, symbol: string): Probe => ({file, symbol});

export const claim = (claims: string, probe: Probe, said: readonly [Said, Said], otherwise: TestAt): Claim => ({
  claims,
  probe,
  said,
  otherwise,
});

/** What a failure says of the database. */
export const database =
  (failure: Failure, action?: Action | 'none', isAfterChange = false): Said =>
  (locale) =>
    failureText(failure, locale, action, isAfterChange ? 'change' : 'nothing').database;

export const what =
  (failure: Failure, action?: Action | 'none'): Said =>
  (locale) =>
    failureText(failure, locale, action).what;
