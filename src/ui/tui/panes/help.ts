// Which keys there are and what each does: made from the one key table.

import type {Locale} from '../../../core/text.ts';
import type {ScreenText} from '../../text/screen.ts';
import type {Availability} from '../availability.ts';
import {keys, type KeyEntry} from '../keys.ts';
import {blank, fit, line, paragraph, span, toned, type Line} from '../line.ts';
import {cut} from '../../text/width.ts';

const keyWidth = 11;

export type HelpOptions = Readonly<{
  text: ScreenText;
  locale: Locale;
  availabilityOf: (entry: KeyEntry) => Availability;
}>;

/** One row a key, so that the cursor can stand on it; the words that do not fit are cut. */
const helpLines = ({text, locale, availabilityOf}: HelpOptions, cursor: number, columns: number): readonly Line[] =>
  keys.map((entry, at): Line => {
    const availability = availabilityOf(entry);
    const isHere = at === cursor;
    const because = availability.acts
      ? ''
      : ` (${availability.because === undefined ? text.help.inactive : text.because[availability.because]})`;
    const row: Line = [
      span(isHere ? '▸ ' : '  ', 'strong'),
      ...fit(line(entry.shown, availability.acts ? 'strong' : 'dim'), keyWidth),
      span(cut(`${entry.help[locale]}${because}`, columns - keyWidth - 2), availability.acts ? 'plain' : 'dim'),
    ];
    return isHere ? toned(row, 'strong') : row;
  });

/** The list around the cursor, and under it the whole text of the line on which the cursor stands. */
export const helpPage = (options: HelpOptions, cursor: number, columns: number, rows: number): readonly Line[] => {
  const detailRows = 3;
  const room = rows - detailRows - 1;
  const first = Math.max(0, Math.min(cursor - Math.floor(room / 2), keys.length - room));
  const list = helpLines(options, cursor, columns).slice(first, first + room);
  const filler = Array.from({length: room - list.length}, () => blank);
  const chosen = keys[cursor];
  const detail = chosen === undefined ? [] : paragraph(chosen.help[options.locale], columns, 'strong');
  const more =
    list.length < keys.length
      ? line(`  ${options.text.more(first + 1, first + list.length, keys.length)}`, 'dim')
      : blank;
  return [...list, ...filler, more, ...detail.slice(0, detailRows)];
};
