// How a picture of the screen becomes evidence: an SVG always, a PNG where fonts with every sign of it are at hand.

import {errorMessage, isFileTrouble} from '../adapters/files.ts';
import {fontFolders} from '../adapters/font-folders.ts';
import {createPictureDrawer, type PictureDrawer} from '../adapters/picture-drawer.ts';
import {freeScreenName, writeScreen} from '../adapters/screen-files.ts';
import {actionOf} from '../core/outline.ts';
import type {Artifact} from '../core/facts.ts';
import type {Locale} from '../core/text.ts';
import type {SessionMessage} from '../engine/session.ts';
import {maskedIn, pictureSvg, signsOf, type Ground, type Picture} from '../evidence/picture.ts';
import {redactText} from '../evidence/redaction.ts';
import {pictureTitle, type PictureTaken} from '../ui/text/picture.ts';
import {stepPicture, type Camera, type ScreenPicture} from '../ui/tui/picture.ts';
import type {CliContext} from './context.ts';
import {knownRedaction} from './known-redaction.ts';
import type {OpenRun} from './open-run.ts';

/** `15;0`, as rxvt, Konsole and others tell it: the second is the ground, of which 7 and 9 to 15 are light. */
const groundOf = (env: CliContext['env']): Ground => {
  const ground = Number(/;(\d+)$/.exec(env['COLORFGBG'] ?? '')?.[1] ?? '0');
  return ground === 7 || ground > 8 ? 'light' : 'dark';
};

const kept = async (
  context: CliContext,
  run: OpenRun,
  drawer: PictureDrawer,
  of: ScreenPicture,
): Promise<PictureTaken> => {
  const {step, attempt, columns, rows, locale} = of;
  const title = pictureTitle(run.run, step, attempt, locale);
  const picture: Picture = {columns, rows, ground: groundOf(context.env), title, lang: locale};
  const root = run.directory.path;
  const name = freeScreenName(root, step, attempt);
  const masked = maskedIn(picture);
  const seal = async (artifact: Artifact): Promise<void> => {
    await run.session.seal(step, attempt, masked === 0 ? artifact : {...artifact, redactions: {'on-screen': masked}});
  };
  try {
    const svg = pictureSvg(picture);
    await seal(writeScreen(root, `${name}.svg`, svg, 'image/svg+xml'));
    const folders = fontFolders(context.env);
    const drawing = await drawer.draw({svg, signs: [...signsOf(picture)], folders});
    switch (drawing.kind) {
      case 'signs-missing':
        return {kind: 'without-png', path: `${name}.svg`, missing: drawing.missing};
      case 'not-drawn':
        return {...drawing, path: `${name}.svg`};
      case 'drawn':
        await seal(writeScreen(root, `${name}.png`, drawing.png, 'image/png'));
        return {kind: 'taken', path: `${name}.png`};
    }
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return {kind: 'not-kept', path: `${name}.svg`, message: errorMessage(error)};
  }
};

export type PictureTaker = Camera &
  Readonly<{
    /** No longer takes pictures by itself; resolves when those that are being taken are kept. */
    close: () => Promise<void>;
    /** The same without waiting for what is being drawn: its SVG is kept already. */
    leave: () => Promise<void>;
  }>;

/**
 * Takes a picture of every smoke step at its end, whichever front shows it.
 * @param told what became of such a picture.
 */
export const watchPictures = (
  context: CliContext,
  run: OpenRun,
  locale: () => Locale,
  told: (taken: PictureTaken) => void,
): PictureTaker => {
  const known = knownRedaction(context.env);
  const redact = (text: string): string => redactText(text, known()).text;
  const theme = {ascii: context.options.ascii === true, colour: true};
  const drawer = createPictureDrawer();
  let taking: Promise<unknown> = Promise.resolve();
  const take = (picture: ScreenPicture): Promise<PictureTaken> => {
    const taken = kept(context, run, drawer, picture);
    taking = Promise.allSettled([taking, taken]);
    return taken;
  };
  const heard = (message: SessionMessage): void => {
    if (message.type !== 'event') return;
    const {event} = message;
    if (event.type !== 'StepSucceeded' && event.type !== 'StepFailed') return;
    const view = run.session.view();
    if (actionOf(view.runbook, event.step)?.kind !== 'smoke') return;
    const {timeZone} = context;
    const at = {view, step: event.step, locale: locale(), timeZone, nowMs: Date.parse(event.at), theme};
    // A picture that could not be taken is no reason to stop anything.
    void take(stepPicture(at, redact)).then(told, () => undefined);
  };
  const unsubscribe = run.session.subscribe(heard);
  return {
    take,
    redact,
    close: async () => {
      unsubscribe();
      drawer.hold();
      await taking;
    },
    leave: async () => {
      unsubscribe();
      drawer.leave();
      await taking;
    },
  };
};
