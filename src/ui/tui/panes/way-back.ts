// Which ways back there are, in which order, why, what each would lose and what exactly it would run.

import {rollbackStepId} from '../../../core/ids.ts';
import type {Loss} from '../../../core/loss.ts';
import {predictionOf} from '../../../core/rehearsed.ts';
import type {RankedOption} from '../../../core/rollback.ts';
import {adviceReasonText, adviceText, lossClaimText, lossText, madeSinceTexts} from '../../text/advice.ts';
import {formatInstant} from '../../text/numbers.ts';
import {visibleLine} from '../../text/visible.ts';
import {predictionSummary} from '../../text/rehearsed.ts';
import {cut, displayWidth} from '../../text/width.ts';
import {outsideWindow} from './ask.ts';
import {previewLines} from './preview.ts';
import {failureLines} from './result.ts';
import {blank, fit, labelled, line, paragraph, span, type Line} from '../line.ts';
import type {Scene} from '../scene.ts';
import {typedLine} from '../typed.ts';
import type {WayBack} from '../view-state.ts';

export type WayBackLines = Readonly<{
  lines: readonly Line[];
  /** The row of the text that is being typed, and its cursor's column. */
  cursor?: Readonly<{row: number; column: number}>;
}>;

/** Every table on a row of its own: this is what somebody reads before typing the name of a database. */
const lossLines = (scene: Scene, of: RankedOption, columns: number): readonly Line[] => {
  const {text, locale, timeZone} = scene;
  const {loss, claim, backupTakenAt} = of;
  if (loss.length === 0) {
    const said = claim === 'none' ? text.wayBack.losesNothing : lossClaimText(claim, locale);
    const made = of.made === undefined ? [] : madeSinceTexts(of.made, locale);
    return [...(said === undefined ? [] : [said]), ...made].flatMap((words, at) =>
      labelled(at === 0 ? text.wayBack.loses : '', visibleLine(words), LABEL, columns),
    );
  }
  const backup = backupTakenAt === undefined ? [] : [text.wayBack.backup(formatInstant(backupTakenAt, timeZone))];
  const isHarmless = ({rows, exact, deleted}: Loss): boolean => rows === 0 && exact && deleted.atMost === 0;
  const rows = loss.map((one) => ({words: lossText(one, locale), tone: isHarmless(one) ? 'plain' : 'warn'}) as const);
  const made = of.made === undefined ? [] : madeSinceTexts(of.made, locale);
  return [
    ...rows,
    ...made.map((words) => ({words, tone: 'warn'}) as const),
    ...backup.map((words) => ({words, tone: 'dim'}) as const),
  ].flatMap(({words, tone}, at) =>
    labelled(at === 0 ? text.wayBack.loses : '', visibleLine(words), LABEL, columns, tone),
  );
};

const LABEL = 12;

const optionLine = (scene: Scene, of: RankedOption, at: number, isHere: boolean, columns: number): Line => {
  const advice = adviceText(of.advice, scene.locale);
  const prediction = predictionOf(scene.view.state, rollbackStepId(of.option.id));
  // What failed on the copy is said at once; how long it takes, where it was tried.
  const tried = prediction.status === 'not-rehearsed' ? '' : predictionSummary(prediction, scene.locale);
  const right = tried === '' ? ` ${advice}` : `  ${cut(visibleLine(tried), 34)}   ${advice}`;
  const tone = of.advice === 'impossible' ? 'dim' : isHere ? 'strong' : 'plain';
  return [
    span(isHere ? '▸ ' : '  ', 'strong'),
    ...fit(line(`${at + 1} ${visibleLine(of.option.title[scene.locale])}`, tone), columns - 2 - displayWidth(right)),
    span(right, of.advice === 'recommended' ? 'good' : of.advice === 'impossible' ? 'dim' : 'plain'),
  ];
};

const detailLines = (scene: Scene, of: RankedOption, columns: number, rows: number): readonly Line[] => {
  const {text, locale, ui} = scene;
  const why = of.option.why?.[locale];
  const head = [
    [span(visibleLine(of.option.title[locale]), 'strong'), span(`   ${adviceText(of.advice, locale)}`)],
    ...lossLines(scene, of, columns),
    ...paragraph(text.kind[of.option.kind], columns),
    ...(why === undefined ? [] : paragraph(visibleLine(why), columns)),
    ...labelled(
      text.wayBack.why,
      of.reasons.map((reason) => adviceReasonText(reason, locale)).join('; '),
      LABEL,
      columns,
    ),
    blank,
  ];
  const step = rollbackStepId(of.option.id);
  return [...head, ...previewLines(scene, step, ui.previews[step], columns, Math.max(4, rows - head.length))];
};

export const wayBackLines = (scene: Scene, at: WayBack, columns: number, rows: number): WayBackLines => {
  const {text, view, locale} = scene;
  if (at.stage === 'asking') return {lines: [line(text.wayBack.asking)]};
  if (at.stage === 'unknown') {
    return {lines: [line(text.wayBack.unknown, 'strong'), blank, ...failureLines(scene, at.failure, columns)]};
  }
  const list = at.options.map((option, index) => optionLine(scene, option, index, index === at.cursor, columns));
  const chosen = at.options[at.cursor];
  if (chosen === undefined) return {lines: [line(text.wayBack.none)]};
  const above = [...list, blank];
  if (at.stage === 'choice') {
    const room = rows - above.length;
    const whole = detailLines(scene, chosen, columns, room);
    // Air gives way first.
    const details = whole.length <= room ? whole : whole.filter((row) => row.length > 0);
    const more = line(text.preview.cutShort(details.length - room + 1), 'dim');
    // What does not fit is counted: nobody takes a way back for shorter than it is.
    const shown = details.length <= room ? details : [...details.slice(0, room - 1), more];
    return {lines: [...above, ...shown]};
  }
  const title = visibleLine(chosen.option.title[locale]);
  const {opened} = view.state;
  const database = visibleLine(opened?.target.database ?? '');
  const environment = opened === undefined ? '' : text.head.environment[opened.environment];
  const reason = typedLine(text.wayBack.reason, at.reason, columns);
  const name = typedLine(text.wayBack.name, at.name, columns);
  const asked =
    at.stage === 'reason'
      ? [...paragraph(text.wayBack.reasonLead(title), columns), blank, reason.line]
      : [
          reason.line,
          blank,
          ...paragraph(text.wayBack.nameLead(title, database, environment), columns),
          ...outsideWindow(scene, columns),
          blank,
          name.line,
        ];
  // What will run stays in sight above; the place where one types is always the last row and does not wander.
  const room = Math.max(0, rows - asked.length - 1);
  const details = detailLines(scene, chosen, columns, room).slice(0, room);
  const filler = Array.from({length: room - details.length}, () => blank);
  const lines = [...details, ...filler, blank, ...asked].slice(-rows);
  return {lines, cursor: {row: lines.length - 1, column: (at.stage === 'reason' ? reason : name).cursor}};
};
