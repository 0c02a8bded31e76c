// What is shown while a bundle is written or checked, and where it lies or what is wrong with it afterwards.

import type {Locale} from '../../../core/text.ts';
import {bundleText} from '../../text/bundle.ts';
import {screenText} from '../../text/screen.ts';
import {visibleLine} from '../../text/visible.ts';
import type {VerifiedLine} from '../../text/verified.ts';
import {displayWidth} from '../../text/width.ts';
import type {BundleState} from '../bundle.ts';
import {blank, labelled, line, paragraph, span, type Line, type Tone} from '../line.ts';
import {signOf} from '../theme.ts';
import {typedLine} from '../typed.ts';

export type BundleLines = Readonly<{
  title: string;
  lines: readonly Line[];
  /** Where one types: its row, and the column of the cursor. */
  cursor?: Readonly<{row: number; column: number}>;
}>;

/** Signs of ASCII: block elements are two columns wide in some Korean terminals. */
const barOf = (done: number, total: number, columns: number): Line => {
  const share = total === 0 ? 0 : Math.min(1, done / total);
  const width = Math.max(10, columns - 8);
  const full = Math.floor(share * width);
  return line(`[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${`${Math.floor(share * 100)}`.padStart(3)} %`);
};

const LABEL = 12;

/** As many words on a row as it has room for; what does not fit beside them begins the next row. */
const gathered = (words: readonly string[], columns: number): string =>
  words.reduce((rows, word) => {
    const last = rows.slice(rows.lastIndexOf('\n') + 1);
    return displayWidth(`${last}  ${word}`) <= columns ? `${rows}  ${word}` : `${rows}\n${word}`;
  });

const toldLines = (said: VerifiedLine, columns: number, indent: number): readonly Line[] =>
  typeof said === 'string'
    ? paragraph(visibleLine(said), columns, 'plain', indent)
    : labelled(said.label, gathered(said.words.map(visibleLine), columns - LABEL), LABEL, columns);

const verdicts: Readonly<Record<'sound' | 'unsound' | 'unreadable', Readonly<{sign: string; tone: Tone}>>> = {
  sound: {sign: signOf('done'), tone: 'good'},
  unsound: {sign: signOf('failed'), tone: 'bad'},
  unreadable: {sign: signOf('failed'), tone: 'bad'},
};

export const bundleLines = (at: BundleState, locale: Locale, columns: number): BundleLines => {
  const words = bundleText(locale);
  const row = (label: string, said: string): readonly Line[] => labelled(label, visibleLine(said), LABEL, columns);
  switch (at.stage) {
    case 'ask': {
      const typed = typedLine(words.label, at.text, columns);
      const lines = [...paragraph(words.ask, columns), blank, typed.line];
      return {title: words.verifyTitle, lines, cursor: {row: lines.length - 1, column: typed.cursor}};
    }
    case 'exporting':
      return {
        title: words.title,
        lines: [
          line(words.phases[at.phase]),
          barOf(at.done, at.total, columns),
          line(words.amount(at.done, at.total), 'dim'),
        ],
      };
    case 'verifying':
      return {
        title: words.verifyTitle,
        lines: [
          ...paragraph(visibleLine(at.path), columns, 'dim'),
          line(words.verifying),
          barOf(at.done, at.total, columns),
          line(words.amount(at.done, at.total), 'dim'),
        ],
      };
    case 'exported':
      return {
        title: words.title,
        lines:
          at.status === 'stopped'
            ? paragraph(words.stopped, columns)
            : [
                at.damaged === undefined
                  ? [span(`${signOf('done')} `, 'good'), span(words.written, 'strong')]
                  : [span(`${signOf('failed')} `, 'bad'), span(words.writtenDamaged, 'strong')],
                ...row(words.archive, at.archive),
                ...row(words.directory, at.directory),
                ...row(words.files, words.count(at.files, at.bytes)),
                ...(at.isComplete ? [] : paragraph(`${signOf('amber')} ${words.incomplete}`, columns, 'warn', 2)),
                // What is not whole is not signed: `sign` verifies first, and refuses it.
                ...(at.damaged === undefined
                  ? paragraph(words.unsigned(visibleLine(at.archive)), columns, 'dim')
                  : [blank, ...at.damaged[locale].flatMap((said) => toldLines(said, columns, 4))]),
              ],
      };
    case 'failed':
      return {
        title: words.title,
        lines: [
          [span(`${signOf('failed')} `, 'bad'), span(words.failed, 'strong')],
          ...at.lines[locale].flatMap((said) => toldLines(said, columns, 0)),
        ],
      };
    case 'verified': {
      if (at.status === 'stopped') return {title: words.verifyTitle, lines: paragraph(words.checkStopped, columns)};
      const {sign, tone} = verdicts[at.status];
      return {
        title: words.verifyTitle,
        lines: [
          [span(`${sign} `, tone), span(words[at.status], 'strong')],
          ...paragraph(visibleLine(at.path), columns, 'dim'),
          blank,
          ...at.lines[locale].flatMap((said) => toldLines(said, columns, 4)),
        ],
      };
    }
  }
};

/** The furthest that a verdict, or what is damaged, is scrolled: its last row stands above the row that counts. */
export const lastOffset = (at: BundleState, locale: Locale, columns: number, rows: number): number => {
  const {length} = bundleLines(at, locale, columns).lines;
  const isScrolled = at.stage === 'verified' || at.stage === 'exported';
  return !isScrolled || length <= rows ? 0 : length - (rows - 1);
};

/** The part of it that is seen, and how many rows it takes; a verdict and what is damaged are scrolled, everything else is short. */
export const shownBundle = (at: BundleState, locale: Locale, columns: number, rows: number): BundleLines => {
  const whole = bundleLines(at, locale, columns);
  if (whole.lines.length <= rows) return whole;
  if (at.stage === 'ask')
    return {...whole, lines: whole.lines.slice(-rows), cursor: {row: rows - 1, column: whole.cursor?.column ?? 0}};
  const room = rows - 1;
  const scrolled = at.stage === 'verified' || at.stage === 'exported' ? (at.offset ?? 0) : 0;
  const offset = Math.min(scrolled, lastOffset(at, locale, columns, rows));
  const more = screenText(locale).more(offset + 1, offset + room, whole.lines.length);
  return {...whole, lines: [...whole.lines.slice(offset, offset + room), line(more, 'dim')]};
};

/** Which keys act, with what they do. @param last 0 when all of it is in sight. */
export const bundleKeys = (
  at: BundleState,
  locale: Locale,
  last: number,
): readonly (readonly [shown: string, label: string])[] => {
  const {upDown, scroll} = screenText(locale).keys;
  const {keys} = bundleText(locale);
  switch (at.stage) {
    case 'ask':
      return [
        ['Enter', keys.verifyKey],
        ['Esc', keys.close],
      ];
    case 'exporting':
    case 'verifying':
      return [['Esc', keys.stop]];
    case 'exported':
      return at.status === 'written'
        ? [
            ['Enter', keys.verify],
            ['Esc', keys.close],
          ]
        : [['Esc', keys.close]];
    case 'failed':
    case 'verified':
      return [...(last > 0 ? ([[upDown, scroll]] as const) : []), ['Esc', keys.close]];
  }
};
