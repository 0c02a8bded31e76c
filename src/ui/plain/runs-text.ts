// Which runs there are, one line a run, newest first.

import type {Environment, Instant, RunId} from '../../core/ids.ts';
import type {Locale} from '../../core/text.ts';
import {formatInstant} from '../text/numbers.ts';
import {environmentText} from '../text/terms.ts';
import {visibleLine} from '../text/visible.ts';
import {displayWidth} from '../text/width.ts';
import {standingSign, standingText, type RunPosition} from './standing.ts';

// A row needs its position; whoever builds rows finds it here as well.

export type RunRow = Readonly<{
  run: RunId;
  openedAt: Instant;
  environment: Environment;
  database: string;
  position: RunPosition;
}>;

const headings: Readonly<Record<Locale, readonly string[]>> = {
  en: ['run', 'opened', 'environment', 'database', 'steps', 'status'],
  ko: ['실행', '시작', '환경', '데이터베이스', '단계', '상태'],
};

const cells = (
  {run, openedAt, environment, database, position}: RunRow,
  locale: Locale,
  timeZone: string,
): readonly string[] => [
  run,
  formatInstant(openedAt, timeZone),
  environmentText(environment, locale),
  visibleLine(database),
  `${position.done}/${position.total}`,
  `${standingSign(position.standing)} ${standingText(position.standing, locale)}`,
];

export const runsText = (rows: readonly RunRow[], locale: Locale, timeZone = 'UTC'): readonly string[] => {
  if (rows.length === 0) return [locale === 'en' ? 'There are no runs yet.' : '아직 실행이 없습니다.'];
  const newestFirst = rows.toSorted((a, b) => (a.openedAt < b.openedAt ? 1 : a.openedAt > b.openedAt ? -1 : 0));
  const table = [headings[locale], ...newestFirst.map((row) => cells(row, locale, timeZone))];
  const widths = headings[locale].map((_, at) => Math.max(...table.map((line) => displayWidth(line[at] ?? ''))));
  return table.map((line) =>
    line
      .map((cell, at) => cell + ' '.repeat(Math.max(0, (widths[at] ?? 0) - displayWidth(cell))))
      .join('  ')
      .trimEnd(),
  );
};
