// What of a run screen goes into a picture: its cells, as they were shown or as they would be at a size of their own.

import type {StepId} from '../../core/ids.ts';
import {stepState} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import type {SessionView} from '../../engine/session.ts';
import {nowhereElse} from '../text/approvals/command.ts';
import type {PictureTaken} from '../text/picture.ts';
import {screenText} from '../text/screen.ts';
import {displayWidth, graphemes} from '../text/width.ts';
import {runFrame, type Frame} from './frame.ts';
import {bodyRowsOf, paneWidthOf} from './layout.ts';
import type {Line} from './line.ts';
import {createOutputStore} from './output-store.ts';
import {stepLines} from './panes/step.ts';
import {innerWidth} from './panel.ts';
import type {Scene, Size} from './scene.ts';
import {lookOf, signsFor, type Look, type Theme} from './theme.ts';
import {initialViewState} from './view-state.ts';

export type ScreenCell = Readonly<{text: string; width: number; look: Look}>;

/** What was on the screen, and at which attempt of which step. */
export type ScreenPicture = Readonly<{
  step: StepId;
  attempt: number;
  columns: number;
  rows: readonly (readonly ScreenCell[])[];
  locale: Locale;
}>;

/** Keeps pictures as evidence. */
export type Camera = Readonly<{
  take: (picture: ScreenPicture) => Promise<PictureTaken>;
  /** Masks what must not be in a picture. */
  redact: (text: string) => string;
}>;

type Redact = (text: string) => string;

const cellsOf = (of: Line, theme: Theme, redact: Redact): readonly ScreenCell[] => {
  const whole = of.map(({text}) => text).join('');
  const safe = redact(whole);
  // As in the recording: what was masked may go over several spans, and then the row has no looks.
  const spans: Line = safe === whole ? of : [{text: safe, tone: 'plain'}];
  return spans.flatMap(({text, tone}) => {
    const look = lookOf(tone, theme);
    return graphemes(signsFor(text, theme)).map((sign) => ({text: sign, width: displayWidth(sign), look}));
  });
};

export const screenPicture = (
  frame: Frame,
  {step, attempt, locale}: Pick<ScreenPicture, 'step' | 'attempt' | 'locale'>,
  {size, theme}: Readonly<{size: Size; theme: Theme}>,
  redact: Redact,
): ScreenPicture => ({
  step,
  attempt,
  locale,
  columns: size.columns,
  rows: frame.lines.map((line) => cellsOf(line, theme, redact)),
});

/** A step's own screen, which nobody may have been looking at: a run without a screen has one as well. */
export type StepScreen = Readonly<{
  view: SessionView;
  step: StepId;
  locale: Locale;
  timeZone: string;
  nowMs: number;
  theme: Theme;
}>;

/** As much as the guide's picture needs, and what a page of a document holds. */
export const PICTURE_SIZE: Size = {columns: 100, rows: 30};
/** 200 rows are four pages. */
const MOST_ROWS = 200;
/** A step's name that does not fit into the border takes up to two rows. */
const NAME_ROWS = 2;
const BORDER_ROWS = 2;

export const stepPicture = (of: StepScreen, redact: Redact): ScreenPicture => {
  const {view, step, locale, timeZone, nowMs, theme} = of;
  const sceneAt = (size: Size): Scene => ({
    view,
    locale,
    timeZone,
    nowMs,
    theme,
    size,
    ui: {...initialViewState, shown: {kind: 'step', step}},
    text: screenText(locale),
    output: createOutputStore(1).snapshot(),
    isReadOnly: false,
    bundlePlace: '',
    elsewhere: nowhereElse,
    can: {bundles: false, openPager: false},
  });
  // A list that is longer than the screen makes the picture longer.
  const scene = sceneAt(PICTURE_SIZE);
  const needed = stepLines(scene, innerWidth(paneWidthOf(PICTURE_SIZE)), MOST_ROWS).length + NAME_ROWS;
  const around = PICTURE_SIZE.rows - (bodyRowsOf(PICTURE_SIZE) - BORDER_ROWS);
  const size = {...PICTURE_SIZE, rows: Math.min(MOST_ROWS, Math.max(PICTURE_SIZE.rows, needed + around))};
  const {attempt} = stepState(view.state, step);
  return screenPicture(runFrame(sceneAt(size)), {step, attempt, locale}, {size, theme}, redact);
};
