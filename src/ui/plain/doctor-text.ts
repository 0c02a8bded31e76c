// The doctor's findings as lines: sign and word, what it is about, what was found, and what mends it.

import type {DoctorCheck} from '../../core/doctor.ts';
import type {Locale} from '../../core/text.ts';
import {doctorRows, doctorSummary} from '../text/doctor.ts';
import {displayWidth, fitted} from '../text/width.ts';

export const doctorText = (checks: readonly DoctorCheck[], locale: Locale): readonly string[] => {
  const rows = doctorRows(checks, locale);
  const widthOf = (texts: readonly string[]): number => Math.max(0, ...texts.map(displayWidth));
  const word = widthOf(rows.map((row) => row.word));
  const label = widthOf(rows.map((row) => row.label));
  return [
    ...rows.flatMap((row) => [
      `${row.sign} ${fitted(row.word, word)}  ${fitted(row.label, label)}  ${row.found}`.trimEnd(),
      ...(row.fix === undefined ? [] : [`${' '.repeat(word + label + 6)}$ ${row.fix}`]),
    ]),
    '',
    doctorSummary(checks, locale),
  ];
};
