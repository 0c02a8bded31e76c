// What a step or a way back will run, exactly, before it runs: its impact, its lock, and its SQL or argv.

import {isDangerous} from '../../../core/decide.ts';
import type {StepId} from '../../../core/ids.ts';
import {actionOf} from '../../../core/outline.ts';
import {predictionOf} from '../../../core/rehearsed.ts';
import type {Locale} from '../../../core/text.ts';
import type {BackupEstimate} from '../../../core/preview.ts';
import type {Impact, Preview} from '../../../engine/session.ts';
import {estimateText} from '../../text/estimate.ts';
import {
  acceptedLines,
  changeLines,
  holdLine,
  impactHeadings,
  keptLines,
  opaqueLines,
  fallingLines,
  takenLines,
  unmetLines,
  type ImpactLine,
} from '../../text/impact.ts';
import {visible, visibleLine} from '../../text/visible.ts';
import {formatDuration, formatMs} from '../../text/numbers.ts';
import {predictionText} from '../../text/rehearsed.ts';
import {wrapped} from '../../text/width.ts';
import {blank, labelled, line, paragraph, span, type Line} from '../line.ts';
import type {Scene} from '../scene.ts';
import type {PreviewState} from '../view-state.ts';

/** Exact below a second: 150 ms is not 0.2 s. */
const waitText = (ms: number, locale: Locale): string => (ms < 1000 ? formatMs(ms) : formatDuration(ms, locale));

/** Columns of the labels 'Lock' and 'Rehearsed', in both languages. */
const LABEL = 11;

const signs = {good: ' ✓ ', warn: ' ! ', note: '   ', bad: ' ✗ '} as const;

/** Wrapped, not cut: at the end of such a line stands why. */
const signed = (lines: readonly ImpactLine[], columns: number): readonly Line[] =>
  lines.flatMap(({sign, text}) =>
    wrapped(visibleLine(text), Math.max(20, columns - 3)).map(
      (row, at): Line => [span(at === 0 ? signs[sign] : '   ', sign === 'note' ? 'dim' : sign), span(row)],
    ),
  );

const section = (heading: string, lines: readonly ImpactLine[], columns: number): readonly Line[] =>
  lines.length === 0 ? [] : [line(heading, 'strong'), ...signed(lines, columns)];

const impactLines = (scene: Scene, impact: Impact, columns: number): readonly Line[] => {
  const {text, locale} = scene;
  const privileges = text.preview.privileges(impact.grants, impact.comments, impact.options);
  // What cannot be put back comes first: the end of a long list is not shown.
  const [barred, fine] = ['bad', 'good'].map((wanted) => fallingLines(impact).filter(({sign}) => sign === wanted));
  const taken: readonly ImpactLine[] = [
    ...(barred ?? []),
    ...(fine ?? []),
    ...(privileges === '' ? [] : [{sign: 'good' as const, text: privileges}]),
  ];
  const mostShown = 4;
  const shown = taken.length > mostShown + 1 ? taken.slice(0, mostShown) : taken;
  const rest = taken.length - shown.length;
  const lock =
    impact.lock === 'none'
      ? text.preview.noLock
      : text.preview.lock(
          impact.lock,
          (impact.locked ?? impact.objects).join(', '),
          waitText(impact.lockTimeoutMs, locale),
        );
  const hold = holdLine(impact, locale);
  return [
    ...section(impactHeadings[locale].unmet, unmetLines(impact, locale), columns),
    ...section(impactHeadings[locale].opaque, opaqueLines(impact, locale), columns),
    line(impactHeadings[locale].taken, 'strong'),
    ...shown.map(
      ({sign, text: what}): Line => [span(signs[sign], sign === 'bad' ? 'bad' : 'good'), span(visibleLine(what))],
    ),
    ...(rest > 0 ? [line(`   ${text.preview.more(rest)}`, 'dim')] : []),
    ...signed([...keptLines(impact, locale), ...takenLines(impact, locale)], columns),
    ...impact.notReplayable.map(
      (what): Line => [span(' ! ', 'warn'), span(`${visibleLine(what)}  ${text.preview.notReplayable}`)],
    ),
    ...section(impactHeadings[locale].changes, changeLines(impact, locale), columns),
    ...section(impactHeadings[locale].accepted, acceptedLines(impact, locale), columns),
    ...labelled(text.preview.lockLabel, visibleLine(lock), LABEL, columns),
    ...(hold === undefined
      ? []
      : labelled('', visibleLine(hold.text), LABEL, columns, hold.sign === 'warn' ? 'warn' : 'plain')),
  ];
};

/** How it went on the copy; the same place says when there was no copy. */
export const predictionLines = (scene: Scene, step: StepId, columns: number): readonly Line[] => {
  const {text, locale, view} = scene;
  const action = actionOf(view.runbook, step);
  if (action === undefined || !isDangerous(action)) return [];
  const prediction = predictionOf(view.state, step);
  if (prediction.status === 'not-rehearsed' && prediction.because === undefined) {
    return [line(text.preview.notRehearsed, 'dim')];
  }
  const tone = prediction.status === 'failed' ? 'warn' : 'plain';
  return labelled(text.preview.rehearsed, visibleLine(predictionText(prediction, locale)), LABEL, columns, tone);
};

const estimateLines = ({locale}: Scene, estimate: BackupEstimate, columns: number): readonly Line[] =>
  estimateText(estimate, locale).flatMap((said) => paragraph(said, columns, 'plain', 2));

/** Every line of every part, a title above each. Long lines are cut by whoever draws. */
export const partLines = (preview: Preview): readonly Line[] =>
  preview.parts.flatMap((part, at): readonly Line[] => [
    ...(at === 0 ? [] : [blank]),
    line(visibleLine(part.title), 'strong'),
    ...visible(part.text.trimEnd())
      .split('\n')
      .map((row) => line(`  ${row}`)),
  ]);

/** As much of the statements as `rows` allows, and how many lines there are in all. */
export const previewLines = (
  scene: Scene,
  step: StepId,
  state: PreviewState | undefined,
  columns: number,
  rows: number,
): readonly Line[] => {
  const {text} = scene;
  const predicted = predictionLines(scene, step, columns);
  if (state === undefined || state.status === 'loading') return [...predicted, line(text.preview.loading, 'dim')];
  if (state.status === 'failed') {
    return [...predicted, line(visibleLine(text.preview.unavailable(state.message)), 'warn')];
  }
  const {preview} = state;
  const known = [
    ...(preview.impact === undefined ? [] : impactLines(scene, preview.impact, columns)),
    ...(preview.estimate === undefined ? [] : estimateLines(scene, preview.estimate, columns)),
    ...predicted,
  ];
  const impact = known.length === 0 ? [] : [...known, blank];
  const parts = partLines(preview);
  const room = Math.max(3, rows - impact.length);
  if (parts.length <= room) return [...impact, ...parts];
  return [...impact, ...parts.slice(0, room - 1), line(`  ${text.preview.showsAll(parts.length)}`, 'dim')];
};
