// What the first screen looks like: what this change is, and what can be done with it now.

import type {Locale} from '../../core/text.ts';
import {bundleText} from '../text/bundle.ts';
import {failureText} from '../text/failure.ts';
import {lockTroubleText} from '../text/lock-trouble.ts';
import {formatDuration, formatInstant, shortHash} from '../text/numbers.ts';
import {openingText} from '../text/opening.ts';
import {targetLines, tlsAdvice} from '../text/target.ts';
import {environmentText, outcomeText} from '../text/terms.ts';
import {visible, visibleLine} from '../text/visible.ts';
import type {ScreenText} from '../text/screen.ts';
import type {BundleState} from './bundle.ts';
import type {Frame} from './frame.ts';
import type {HomeEntry, HomeModel, PastRun} from './home-model.ts';
import {expectedText, type HomeOverlay, type HomeState} from './home-state.ts';
import {blank, ends, fit, line, paragraph, span, type Line} from './line.ts';
import {bundleKeys, lastOffset, shownBundle} from './panes/bundle.ts';
import {flowed} from './panes/foot.ts';
import {doctorPage} from './panes/doctor.ts';
import {clock} from './panes/head.ts';
import {helpPage} from './panes/help.ts';
import {innerWidth, panel} from './panel.ts';
import type {Size} from './scene.ts';
import {borderOf, ruleOf, type Theme} from './theme.ts';
import {typedLine} from './typed.ts';

export type HomeScene = Readonly<{
  /** Undefined until it is read. */
  model: HomeModel | undefined;
  state: HomeState;
  tool: string;
  locale: Locale;
  text: ScreenText;
  theme: Theme;
  timeZone: string;
  size: Size;
  nowMs: number;
}>;

const labelOf = ({text, locale}: HomeScene, entry: HomeEntry): Readonly<{label: string; note: string}> => {
  switch (entry.kind) {
    case 'rehearse':
      return {label: text.home.rehearse(entry.server[locale]), note: text.home.rehearseNote};
    case 'resume':
      return {
        label: text.home.resume(entry.run, environmentText(entry.environment, locale)),
        note: text.home.resumeNote(
          entry.goesBack === true ? undefined : [entry.step, entry.of],
          formatDuration(entry.stoppedAgoMs, locale),
          entry.inDoubt,
        ),
      };
    case 'start-staging':
    case 'start-production':
      return {label: text.home[entry.kind], note: text.home.startNote};
    case 'past-runs':
      return {label: entry.count === undefined ? text.home.pastTitle : text.home.past(entry.count), note: ''};
    case 'verify-bundle':
      return {label: bundleText(locale).home.entry, note: bundleText(locale).home.note};
    case 'doctor':
      return {label: text.home.doctor, note: text.home.doctorNote};
  }
};

const entryLines = (scene: HomeScene, entry: HomeEntry, isHere: boolean, columns: number): readonly Line[] => {
  const {label, note} = labelOf(scene, entry);
  const why = entry.enabled ? note : entry.because[scene.locale];
  const mark = span(isHere ? '  ▸ ' : '    ', 'strong');
  const labelColumns = Math.min(44, Math.floor(columns / 2) + 3);
  const tone = entry.enabled ? (isHere ? 'strong' : 'plain') : 'dim';
  const said = paragraph(visibleLine(why), columns - labelColumns - 6, entry.enabled ? 'plain' : 'dim');
  return [
    [mark, ...fit(line(visibleLine(label), tone), labelColumns), span(' '), ...(said[0] ?? blank)],
    ...said.slice(1).map((row): Line => [span(' '.repeat(5 + labelColumns)), ...row]),
  ];
};

const lastLines = ({model, text, locale, timeZone}: HomeScene): readonly Line[] => {
  const last = model?.last?.();
  if (last === undefined) return [];
  const outcome = last.outcome === undefined ? text.home.open : outcomeText(last.outcome, locale);
  const at = formatInstant(last.openedAt, timeZone);
  return [
    blank,
    line(`  ${visibleLine(text.home.last(last.run, environmentText(last.environment, locale), outcome, at))}`, 'dim'),
  ];
};

const pastLine = ({text, locale, timeZone}: HomeScene, run: PastRun, isHere: boolean): Line => {
  const outcome =
    run.damaged === true
      ? text.home.damaged
      : run.newer === true
        ? text.home.newer
        : run.outcome === undefined
          ? text.home.open
          : outcomeText(run.outcome, locale);
  const tone = isHere ? 'strong' : 'plain';
  return [
    span(isHere ? '▸ ' : '  ', 'strong'),
    ...fit(line(visibleLine(run.run), tone), 18),
    ...fit(line(environmentText(run.environment, locale), tone), 14),
    ...fit(line(formatInstant(run.openedAt, timeZone), tone), 26),
    span(outcome, tone),
  ];
};

const troubleLines = (
  {locale}: HomeScene,
  trouble: Extract<HomeOverlay, {kind: 'failed'}>['trouble'],
  columns: number,
): readonly Line[] => {
  if ('because' in trouble)
    return visible(trouble.because[locale])
      .split('\n')
      .flatMap((row) => paragraph(row, columns));
  const {what, where, database, now} = failureText(trouble.failure, locale, 'none');
  return [what, ...(where === undefined ? [] : [where]), database, now].flatMap((words) =>
    visible(words)
      .split('\n')
      .flatMap((row) => paragraph(row, columns)),
  );
};

/** Who it is, or who has it, and what typing means. */
const confirmLines = (
  {text, locale}: HomeScene,
  {ask, isRefused}: Extract<HomeOverlay, {kind: 'confirm'}>,
  columns: number,
): readonly Line[] => {
  const refused = isRefused ? paragraph(`! ${text.home.confirmRefused(expectedText(ask))}`, columns, 'warn', 2) : [];
  switch (ask.kind) {
    case 'pin': {
      const advice = tlsAdvice(ask.target, locale);
      return [
        ...targetLines(ask.target, locale).flatMap((row) => paragraph(visibleLine(row), columns)),
        ...(advice === undefined ? [] : paragraph(`! ${visibleLine(advice)}`, columns, 'warn', 2)),
        ...paragraph(text.home.pin, columns),
        ...refused,
      ];
    }
    case 'take-over':
      return [
        ...lockTroubleText(ask.trouble, locale).flatMap((row) => paragraph(visibleLine(row), columns)),
        ...paragraph(ask.trouble.code === 'run-locked' ? text.home.takeOverRun : text.home.takeOver, columns),
        ...refused,
      ];
  }
};

type Overlaid = Readonly<{lines: readonly Line[]; cursor?: Readonly<{x: number; y: number}>}>;

/** What is open takes the lower part of the screen; the choices stay above it. */
const overlaid = (scene: HomeScene, rows: number): Overlaid | undefined => {
  const {state, text, locale, theme, size} = scene;
  const border = borderOf(theme, false);
  const columns = innerWidth(size.columns);
  const framed = (title: string, lines: readonly Line[], height: number) =>
    panel(lines, {title, width: size.columns, height: Math.min(rows, height), border, tone: 'strong'});
  const {overlay} = state;
  switch (overlay.kind) {
    case 'none':
      return undefined;
    case 'opening': {
      const {sinceMs, stage} = overlay;
      const words = stage === undefined ? text.home.opening : `${openingText[stage][scene.locale]} ...`;
      return {lines: framed('', [line(`${words}   ${clock(scene.nowMs - sinceMs)}`)], 3)};
    }
    case 'help': {
      const lines = helpPage({text, locale, availabilityOf: () => ({acts: true})}, overlay.cursor, columns, rows - 2);
      return {lines: framed(text.help.title, lines, rows)};
    }
    case 'past': {
      const first = Math.max(0, overlay.cursor - (rows - 5));
      const lines = overlay.runs.map((run, at) => pastLine(scene, run, at === overlay.cursor));
      return {
        lines: framed(text.home.pastTitle, lines.length === 0 ? [line(text.home.noPast)] : lines.slice(first), rows),
      };
    }
    case 'doctor': {
      const lines = doctorPage({text, locale, overlay, columns, rows: rows - 2});
      return {lines: framed(text.home.doctor, lines, rows)};
    }
    case 'failed': {
      const lines = troubleLines(scene, overlay.trouble, columns);
      return {lines: framed(text.home.failed, lines, lines.length + 2)};
    }
    case 'confirm': {
      const words = confirmLines(scene, overlay, columns);
      const label = overlay.ask.kind === 'pin' ? text.home.pinLabel : text.home.takeOverLabel(overlay.ask.run);
      const typed = typedLine(label, overlay.text, columns);
      // The row to type in is never cut off: on a small screen the words above it give way.
      const lines = [...words.slice(0, Math.max(0, rows - 4)), blank, typed.line];
      const title =
        overlay.ask.kind === 'pin'
          ? text.home.pinTitle(environmentText(overlay.ask.environment, locale))
          : text.home.takeOverTitle;
      return {lines: framed(title, lines, lines.length + 2), cursor: {x: typed.cursor + 2, y: lines.length}};
    }
    case 'bundle': {
      const {title, lines, cursor} = shownBundle(overlay.at, locale, columns, rows - 2);
      return {
        lines: framed(title, lines, lines.length + 2),
        ...(cursor === undefined ? {} : {cursor: {x: cursor.column + 2, y: cursor.row + 1}}),
      };
    }
    case 'source': {
      const typed = typedLine(text.home.sourceLabel, overlay.text, columns);
      const lines = [
        ...paragraph(text.home.source, columns),
        ...(overlay.isRefused ? paragraph(`! ${text.home.sourceRefused}`, columns, 'warn', 2) : []),
        blank,
        typed.line,
      ];
      const title = text.home.sourceTitle(environmentText(overlay.asked.environment, locale));
      return {lines: framed(title, lines, lines.length + 2), cursor: {x: typed.cursor + 2, y: lines.length}};
    }
  }
};

/** Two rows of head, a rule and the foot are always there. */
const homeBodyRows = ({rows}: Size): number => rows - 4;

/** How far a verdict can be scrolled on this screen. */
export const lastBundleOffset = (at: BundleState, locale: Locale, size: Size): number =>
  lastOffset(at, locale, innerWidth(size.columns), homeBodyRows(size) - 2);

const footOf = ({state, text, size, locale}: HomeScene): Line => {
  const token = (shown: string, label: string) => ({line: [span(shown, 'strong'), span(` ${label}`)] as Line, rank: 0});
  const back = token('Esc', text.home.backKey);
  switch (state.overlay.kind) {
    case 'none':
      return flowed(
        [
          token(text.keys.upDown, text.home.chooseKey),
          token('Enter', text.home.openKey),
          token('l', text.home.languageKey),
          token('?', text.home.helpKey),
          token('q', text.home.quit),
        ],
        size.columns,
        1,
      )[0] as Line;
    case 'past':
      return flowed(
        [
          token(text.keys.upDown, text.home.chooseKey),
          token('Enter', text.home.viewKey),
          token('x', bundleText(locale).home.exportKey),
          back,
        ],
        size.columns,
        1,
      )[0] as Line;
    case 'bundle': {
      const last = lastBundleOffset(state.overlay.at, locale, size);
      const tokens = bundleKeys(state.overlay.at, locale, last).map(([shown, label]) => token(shown, label));
      return flowed(tokens, size.columns, 1)[0] as Line;
    }
    case 'confirm':
      // Enter does what was typed; alone, it goes back as Esc does.
      return flowed([token('Enter', text.home.confirmKey), back], size.columns, 1)[0] as Line;
    case 'source':
      return flowed([token('Enter', text.home.openKey), back], size.columns, 1)[0] as Line;
    case 'doctor':
      return flowed([token(text.keys.upDown, text.home.chooseKey), back], size.columns, 1)[0] as Line;
    case 'help':
    case 'failed':
      return flowed([back], size.columns, 1)[0] as Line;
    case 'opening':
      return blank;
  }
};

/** Which change this is. */
const aboutLines = ({model, text, locale, size: {columns}}: HomeScene): readonly Line[] => {
  if (model === undefined) return [line(`  ${text.home.reading}`, 'dim')];
  const title = ends(
    line(`  ${visibleLine(model.runbook.title[locale])}`, 'strong'),
    line(`  ${text.home.plan(shortHash(model.plan), model.steps)}  `, 'dim'),
    columns,
  );
  const summary = paragraph(visibleLine(model.runbook.summary[locale]), columns - 4);
  return [title, ...summary.slice(0, 5).map((row): Line => [span('  '), ...row])];
};

export const homeFrame = (scene: HomeScene): Frame => {
  const {state, text, theme, size, tool} = scene;
  const columns = size.columns;
  const rule = line(` ${ruleOf(theme).repeat(columns - 2)}`, 'dim');
  const head = [
    ends(line(` attempt-runbook ${tool}`, 'strong'), line(`${text.home.languages} `, 'dim'), columns),
    rule,
  ];
  const entries = state.entries.flatMap((entry, at) => entryLines(scene, entry, at === state.cursor, columns));
  const bodyRows = homeBodyRows(size);
  const above = [...aboutLines(scene), blank, ...entries, ...lastLines(scene)];
  const open = overlaid(scene, bodyRows);
  const openRows = open?.lines.length ?? 0;
  const visibleRows = Math.max(0, bodyRows - openRows);
  const kept = above.slice(0, visibleRows);
  const filler = Array.from({length: visibleRows - kept.length}, () => blank);
  const lines = [...head, ...kept, ...filler, ...(open?.lines ?? []), rule, footOf(scene)].map((row) =>
    fit(row, columns),
  );
  const {cursor} = open ?? {};
  return {lines, ...(cursor === undefined ? {} : {cursor: {x: cursor.x, y: cursor.y + head.length + visibleRows}})};
};
