// Which ways back there are, best first, with what each would lose: read before one is taken.

import {rollbackStepId} from '../../core/ids.ts';
import type {RankedOption} from '../../core/rollback.ts';
import type {Locale} from '../../core/text.ts';
import {adviceReasonText, adviceText, lossText} from '../text/advice.ts';
import {formatInstant} from '../text/numbers.ts';
import {predictionText} from '../text/rehearsed.ts';
import {visibleLine} from '../text/visible.ts';

const words = {
  en: {none: 'loses no rows', backup: 'backup of', rehearsed: 'rehearsed', next: 'Take one with'},
  ko: {none: '잃는 행 없음', backup: '백업 시각', rehearsed: '예행 연습', next: '원복 실행'},
} as const;

/** What one way back would do to the data, and how it went on the copy; every table on a line of its own. */
const optionLines = (of: RankedOption, locale: Locale, timeZone: string): readonly string[] => {
  const say = words[locale];
  const {option, advice, reasons, loss, prediction, backupTakenAt} = of;
  const predicted = predictionText(prediction, locale);
  return [
    `${option.id}  ${option.title[locale]}  [${adviceText(advice, locale)}]`,
    ...(loss.length === 0 ? [`    ${say.none}`] : loss.map((one) => `    ${lossText(one, locale)}`)),
    ...(backupTakenAt === undefined ? [] : [`    ${say.backup} ${formatInstant(backupTakenAt, timeZone)}`]),
    `    ${prediction.status === 'rehearsed' ? `${say.rehearsed} ${predicted}` : predicted}`,
    ...reasons.map((reason) => `    - ${adviceReasonText(reason, locale)}`),
  ].map(visibleLine);
};

/** @param only the one that is about to be taken; all of them when absent. */
export const wayBackText = (
  options: readonly RankedOption[],
  locale: Locale,
  timeZone: string,
  only?: string,
): readonly string[] =>
  options
    .filter(({option}) => only === undefined || option.id === only || rollbackStepId(option.id) === only)
    .flatMap((of) => optionLines(of, locale, timeZone));

/** The command that takes one of them. */
export const takeText = (command: string, locale: Locale): string => `${words[locale].next}: ${command}`;
