// What the doctor found, on a screen: worst first, the row under the cursor with all its words and the command that mends it.

import type {Locale} from '../../../core/text.ts';
import {doctorRows, doctorSummary, type DoctorRow} from '../../text/doctor.ts';
import type {ScreenText} from '../../text/screen.ts';
import {visibleLine} from '../../text/visible.ts';
import {cut, displayWidth} from '../../text/width.ts';
import type {HomeOverlay} from '../home-state.ts';
import {blank, fit, line, paragraph, span, toned, type Line, type Tone} from '../line.ts';

export type DoctorScene = Readonly<{
  text: ScreenText;
  locale: Locale;
  overlay: Extract<HomeOverlay, {kind: 'doctor'}>;
  columns: number;
  rows: number;
}>;

const TONES: Readonly<Record<DoctorRow['level'], Tone>> = {red: 'bad', amber: 'warn', green: 'good', dim: 'dim'};

/** So many lines under the list are for the row under the cursor: what was found in full, and the command. */
const DETAIL_ROWS = 3;

const rowLine = (
  row: DoctorRow,
  isHere: boolean,
  widths: Readonly<{word: number; label: number}>,
  columns: number,
): Line => {
  const tone = row.level === 'dim' ? 'dim' : 'plain';
  const before = widths.word + widths.label + 8;
  const drawn: Line = [
    span(isHere ? '▸ ' : '  ', 'strong'),
    span(`${row.sign} `, TONES[row.level]),
    ...fit(line(row.word, TONES[row.level]), widths.word + 2),
    ...fit(line(row.label, tone), widths.label + 2),
    span(cut(visibleLine(row.found), Math.max(0, columns - before)), tone),
  ];
  return isHere ? toned(drawn, 'strong') : drawn;
};

export const doctorPage = ({text, locale, overlay, columns, rows}: DoctorScene): readonly Line[] => {
  const {checks, cursor} = overlay;
  if (checks === undefined) return [line(text.home.examining)];
  const found = doctorRows(checks, locale);
  const widths = {
    word: Math.max(...found.map(({word}) => displayWidth(word))),
    label: Math.max(...found.map(({label}) => displayWidth(label))),
  };
  const summary = paragraph(doctorSummary(checks, locale), columns, 'strong');
  const room = Math.max(1, rows - summary.length - DETAIL_ROWS - 1);
  const first = Math.max(0, Math.min(cursor - Math.floor(room / 2), found.length - room));
  const list = found.slice(first, first + room).map((row, at) => rowLine(row, first + at === cursor, widths, columns));
  const chosen = found[cursor];
  const fix = chosen?.fix === undefined ? [] : paragraph(`$ ${visibleLine(chosen.fix)}`, columns, 'strong', 2);
  const words = chosen === undefined ? [] : paragraph(visibleLine(`${chosen.label}: ${chosen.found}`), columns);
  const more =
    found.length > room ? line(`  ${text.more(first + 1, first + list.length, found.length)}`, 'dim') : blank;
  return [...summary, ...list, more, ...words.slice(0, Math.max(1, DETAIL_ROWS - fix.length)), ...fix];
};
