// Which ways back there are, best first, with what each would lose: read before one is taken.

import {rollbackStepId} from '../../core/ids.ts';
import type {RankedOption} from '../../core/rollback.ts';
import type {Locale} from '../../core/text.ts';
import {adviceReasonText, adviceText, lossClaimText, lossText, madeSinceTexts} from '../text/advice.ts';
import {formatInstant} from '../text/numbers.ts';
import {predictionText} from '../text/rehearsed.ts';
import {visibleLine} from '../text/visible.ts';

const words = {
  en: {backup: 'backup of', rehearsed: 'rehearsed', next: 'Take one with'},
  ko: {backup: '백업 시각', rehearsed: '예행 연습', next: '원복 실행'},
} as const;

/** What one way back would do to the data, and how it went on the copy; every table on a line of its own. */
const optionLines = (of: RankedOption, locale: Locale, timeZone: string): readonly string[] => {
  const say = words[locale];
  const {option, advice, reasons, loss, claim, made, prediction, backupTakenAt} = of;
  const lossLines =
    loss.length === 0 ? [lossClaimText(claim, locale) ?? []].flat() : loss.map((one) => lossText(one, locale));
  const predicted = predictionText(prediction, locale);
  return [
    `${option.id}  ${option.title[locale]}  [${adviceText(advice, locale)}]`,
    ...lossLines.map((one) => `    ${one}`),
    ...(made === undefined ? [] : madeSinceTexts(made, locale).map((one) => `    ${one}`)),
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
