// What of a frame may be recorded: what others run is shown, and is in no record of the run, neither as a cast nor as a picture.

import {screenText} from '../text/screen.ts';
import type {Locale} from '../../core/text.ts';
import type {Frame} from './frame.ts';
import {blank, line} from './line.ts';
import type {RunViewState} from './view-state.ts';

/** Rows of the head stay: which database, which run. */
const HEAD_ROWS = 2;

export const recordable = (frame: Frame, {overlay}: RunViewState, locale: Locale): Frame => {
  if (overlay.kind !== 'queries' || overlay.at.status === 'asking') return frame;
  const {title, warning} = screenText(locale).queries;
  const said = [blank, line(` ${title}`, 'strong'), line(` ${warning}`)];
  return {lines: frame.lines.map((row, at) => (at < HEAD_ROWS ? row : (said[at - HEAD_ROWS] ?? blank)))};
};
