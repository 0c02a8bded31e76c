// How does a test go through a run by the keys that the foot of the screen names, in either language?

import type {Locale} from '../../src/core/text.ts';
import {approvalScreen} from '../../src/ui/text/approval-screen.ts';
import {screenText} from '../../src/ui/text/screen.ts';
import type {Terminal} from './terminal.ts';

export type Walk = Readonly<{
  terminal: Terminal;
  locale: Locale;
  /** The target's name, for everything that changes it. */
  target: string;
  /** Told before anything is pressed on a screen that stands still. */
  visit?: (what: Usual | 'confirm-open' | 'note-open') => Promise<void>;
}>;

/** What Enter does now, as the foot says it. */
export type Usual = keyof ReturnType<typeof screenText>['usual'] | 'attest';

const footRows = 2;
const headRows = 2;

const foot = ({screen}: Terminal): string => screen.text().split('\n').slice(-footRows).join('\n');

/** Without the head, whose clock runs, and without the foot. */
const body = (text: string): string => text.split('\n').slice(headRows, -footRows).join('\n');

export const usualOf = ({terminal, locale}: Pick<Walk, 'terminal' | 'locale'>): Usual | undefined => {
  const said = foot(terminal);
  const {attest} = approvalScreen[locale].usual;
  const known = Object.entries({...screenText(locale).usual, attest}) as readonly (readonly [Usual, string])[];
  // The longest first: '시작' also begins '시작(대상 DB 이름을 묻습니다)'.
  return known
    .toSorted(([, a], [, b]) => b.length - a.length)
    .find(([, label]) => said.includes(` Enter ${label}`))?.[0];
};

const isWriting = (text: string, locale: Locale): boolean => text.includes(screenText(locale).notice.submitting);

/** What a step will run is read in the background: a screen that still gets it would take that for an answer to a key. */
const isReading = (text: string, locale: Locale): boolean => text.includes(screenText(locale).preview.loading);

/** Presses Enter on a screen that stands still, and waits until it has changed and nothing is being written down. */
export const enter = async ({terminal, locale}: Pick<Walk, 'terminal' | 'locale'>): Promise<void> => {
  await terminal.screen.becomes(
    (text) => !isReading(text, locale) && !isWriting(text, locale),
    'a screen that stands still',
  );
  const before = body(terminal.screen.text());
  terminal.press('Enter');
  await terminal.screen.becomes((text) => body(text) !== before && !isWriting(text, locale), 'an answer to Enter');
};

/** A panel with this title: the words alone may stand elsewhere as well. */
export const titled = (title: string): string => `┌ ${title} ─`;

/** Types into the prompt with this title, and hands it over. */
export const answer = async ({terminal}: Pick<Walk, 'terminal'>, title: string, words: string): Promise<void> => {
  await terminal.screen.shows(titled(title));
  terminal.type(words);
  // Behind the prompt's label: the same word may stand in the head as well.
  await terminal.screen.shows(`: ${words}`);
  terminal.press('Enter');
  await terminal.screen.lacks(titled(title));
};

/** Does the one thing that Enter stands for now, with what it asks for. False when that is to leave. */
export const advance = async (walk: Walk): Promise<boolean> => {
  const {terminal, locale, target, visit} = walk;
  const {screen} = terminal;
  const words = screenText(locale).ask;
  await screen.becomes(
    (text) => usualOf(walk) !== undefined && !isWriting(text, locale) && !isReading(text, locale),
    'the foot to say what Enter does',
  );
  const usual = usualOf(walk);
  await visit?.(usual ?? 'nothing');
  switch (usual) {
    case 'leave':
      return false;
    case 'tick':
    case 'start':
      await enter(walk);
      return true;
    case 'to-current':
      terminal.press('Enter');
      // What was found may still change on the screen: pressed again for that, Enter would answer what comes next.
      await screen.becomes(() => usualOf(walk) !== usual, 'the current step');
      return true;
    case 'note':
      terminal.press('Enter');
      await screen.shows(titled(words.noteTitle));
      await visit?.('note-open');
      await answer(walk, words.noteTitle, 'OPS-1');
      return true;
    case 'attest':
      terminal.press('Enter');
      await answer(walk, approvalScreen[locale].choice.attest, 'lee');
      return true;
    case 'confirm':
      terminal.press('Enter');
      await screen.shows(titled(words.confirmTitle));
      await visit?.('confirm-open');
      await answer(walk, words.confirmTitle, target);
      return true;
    case 'wait':
    case 'keep-trying':
      await screen.becomes(() => usualOf(walk) !== usual, 'the running step to end');
      return true;
    default:
      throw new Error(`a walk does not know how to go on: ${usual}\n${screen.text()}`);
  }
};

/** Goes on until the step with this number and title is the one that Enter is about. */
export const walkTo = async (walk: Walk, step: string): Promise<void> => {
  const {screen} = walk.terminal;
  const isThere = (text: string): boolean =>
    text.includes(`┌ ${step}`) && ['start', 'confirm', 'tick', 'note'].includes(usualOf(walk) ?? '');
  while (!isThere(screen.text())) {
    if (!(await advance(walk))) throw new Error(`the walk has ended before ${step}\n${screen.text()}`);
  }
};

/** Goes on until Enter would leave. */
export const walkToEnd = async (walk: Walk): Promise<void> => {
  while (await advance(walk));
};
