// What smoke checks and samples found, one row each under its title, with the figures in columns that do not move.

import type {Action} from '../../../core/definition.ts';
import type {CheckVerdict, Facts, FactsOf} from '../../../core/facts.ts';
import {smokeTime} from '../../../core/smoke-time.ts';
import {formatCount, formatDuration, formatMs} from '../../text/numbers.ts';
import {visibleLine} from '../../text/visible.ts';
import {displayWidth} from '../../text/width.ts';
import {ends, line, paragraph, span, type Line, type Tone} from '../line.ts';
import type {Scene} from '../scene.ts';
import {signOf} from '../theme.ts';

/** What one row says; `remark` stands under it when the row alone would claim too much. */
type Row = Readonly<{id: string; verdict: CheckVerdict; figures: readonly string[]; remark?: string}>;

const marks: Readonly<Record<CheckVerdict, Readonly<{sign: string; tone: Tone}>>> = {
  pass: {sign: signOf('done'), tone: 'good'},
  amber: {sign: signOf('amber'), tone: 'warn'},
  fail: {sign: signOf('failed'), tone: 'bad'},
};

const smokeRows = ({text, locale}: Scene, facts: FactsOf<'smoke'>): readonly Row[] =>
  facts.checks.map((check) => {
    const {id, verdict, rows, observed} = check;
    const {durationMs, checks} = smokeTime(facts, check);
    const took = formatDuration(durationMs, locale);
    return {
      id,
      verdict,
      figures: [
        text.result.rows(formatCount(rows), rows),
        checks === 1 ? took : text.result.sharedTime(took, formatCount(checks)),
      ],
      // A pass is told in full by the output and the evidence; what is not one must be read here.
      ...(verdict === 'pass' ? {} : {remark: rows === 0 ? `${text.result.vacuous} ${observed}`.trim() : observed}),
    };
  });

const sampleRows = ({text}: Scene, {samples}: FactsOf<'downstream'>): readonly Row[] =>
  samples.map(({id, verdict, rows, medianMs, budgetMs, runsMs, estimatedCost}) => {
    const isRun = runsMs.length > 0;
    const remark = isRun
      ? rows === 0
        ? text.result.vacuous
        : medianMs > budgetMs
          ? text.result.overBudget
          : undefined
      : text.result.tooExpensive(formatCount(estimatedCost));
    return {
      id,
      verdict,
      figures: isRun
        ? [text.result.rows(formatCount(rows), rows), `${formatMs(medianMs)} / ${formatMs(budgetMs)}`]
        : [`- / ${formatMs(budgetMs)}`],
      ...(remark === undefined ? {} : {remark}),
    };
  });

const titlesOf = (scene: Scene, action: Action | undefined): ReadonlyMap<string, string> => {
  const of = action?.kind === 'smoke' ? action.checks : action?.kind === 'downstream' ? action.samples : [];
  return new Map(of.map(({id, title}) => [id, title[scene.locale]]));
};

const rowLines = (row: Row, title: string, widths: readonly number[], columns: number): readonly Line[] => {
  const {sign, tone} = marks[row.verdict];
  const figures = row.figures.map((figure, at) => {
    const width = widths[row.figures.length === widths.length ? at : widths.length - 1] ?? 0;
    return `  ${' '.repeat(Math.max(0, width - displayWidth(figure)))}${figure}`;
  });
  return [
    ends([span(sign, tone), span(` ${visibleLine(title)}`)], line(figures.join(''), 'dim'), columns),
    ...(row.remark === undefined ? [] : paragraph(`    ${visibleLine(row.remark)}`, columns, 'plain', 4)),
  ];
};

/** Undefined for facts of another kind, which have no rows. */
export const checkLines = (
  scene: Scene,
  action: Action | undefined,
  facts: Facts,
  columns: number,
): readonly Line[] | undefined => {
  if (facts.kind !== 'smoke' && facts.kind !== 'downstream') return undefined;
  const rows = facts.kind === 'smoke' ? smokeRows(scene, facts) : sampleRows(scene, facts);
  const titles = titlesOf(scene, action);
  const most = Math.max(0, ...rows.map(({figures}) => figures.length));
  const widths = Array.from({length: most}, (_, at) =>
    Math.max(
      0,
      ...rows.filter(({figures}) => figures.length === most).map(({figures}) => displayWidth(figures[at] ?? '')),
    ),
  );
  return rows.flatMap((row) => rowLines(row, titles.get(row.id) ?? row.id, widths, columns));
};
