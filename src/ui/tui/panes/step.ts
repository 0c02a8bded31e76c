// What the shown step is, what it will do, does now or has done, and what is asked about it: the first tab.

import type {Action, ChecklistStep} from '../../../core/definition.ts';
import type {Obstacle} from '../../../core/failure.ts';
import type {StepId} from '../../../core/ids.ts';
import {actionOf} from '../../../core/outline.ts';
import {faultText} from '../../text/fault.ts';
import {blockerText} from '../../text/place.ts';
import {formatDuration, formatInstant} from '../../text/numbers.ts';
import {progressText} from '../../text/progress.ts';
import {statusText} from '../../text/terms.ts';
import {brokenLineText} from '../../text/tunnel.ts';
import {visibleLine} from '../../text/visible.ts';
import {approvalLines} from './approval.ts';
import {clock} from './head.ts';
import {closedLines} from './closed.ts';
import {previewLines} from './preview.ts';
import {probeLines, resultLines} from './result.ts';
import {blank, line, paragraph, span, toned, type Line} from '../line.ts';
import {nameOf, stateOf, currentOf, type Scene} from '../scene.ts';
import {itemUnderCursor, settleChoices, standingOf, type Standing} from '../standing.ts';
import {signOf} from '../theme.ts';

const about = (scene: Scene, action: Action, columns: number): readonly Line[] => {
  const {text, locale} = scene;
  const why = action.why?.[locale];
  return [
    ...paragraph(text.kind[action.kind], columns),
    ...(why === undefined ? [] : paragraph(visibleLine(`${text.step.why}${why}`), columns, 'plain', 2)),
    blank,
  ];
};

const lastOutput = (scene: Scene, rows: number): readonly Line[] => {
  const {output, text} = scene;
  if (output.total === 0 || rows < 3) return [];
  const count = Math.min(rows - 2, 6);
  return [
    blank,
    line(text.step.lastOutput, 'dim'),
    ...output.slice(output.total - count, output.total).map(({text: row}) => line(`  ${row}`)),
  ];
};

const blockedLine = ({blockers, isUnseen}: Obstacle, {step: say}: Scene['text']): string => {
  if (blockers.length > 0) return say.blockedBy;
  return isUnseen === true ? say.blockersUnseen : say.noBlockers;
};

const runningLines = (scene: Scene, step: StepId, columns: number, rows: number): readonly Line[] => {
  const {text, locale, view, nowMs} = scene;
  const state = stateOf(scene, step);
  const elapsed = 'startedAt' in state ? clock(nowMs - Date.parse(state.startedAt)) : '';
  const {progress} = view;
  if (progress?.code === 'waiting-for-lock') {
    return [
      [span(`${signOf('blocked')} `, 'warn'), span(text.step.waitingForLock, 'strong'), span(`   ${elapsed}`)],
      line(`  ${text.step.lockTry(progress.tries, progress.of, formatDuration(progress.nextInMs, locale))}`),
      blank,
      ...paragraph(text.step.lockHarmless, columns),
      blank,
      line(blockedLine(progress, text), 'strong'),
      ...progress.blockers.flatMap((blocker) =>
        paragraph(`  ${visibleLine(blockerText(blocker, locale))}`, columns, 'plain', 4),
      ),
    ];
  }
  const said: readonly Line[] = [
    [span(`${signOf('now')} `, 'accent'), span(text.step.running, 'strong'), span(`   ${elapsed}`)],
    ...paragraph(
      `  ${visibleLine(progress === undefined ? text.step.starting : progressText(progress, locale))}`,
      columns,
      'plain',
      2,
    ),
  ];
  return [...said, ...lastOutput(scene, rows - said.length)];
};

const checklistLines = (scene: Scene, step: ChecklistStep, columns: number): readonly Line[] => {
  const {text, locale, view, isReadOnly} = scene;
  const checked = view.state.items[step.id] ?? {};
  const cursor = isReadOnly ? undefined : itemUnderCursor(scene, step);
  return step.items.flatMap((item, at): readonly Line[] => {
    const done = checked[item.id];
    const box = done === undefined ? '[ ]' : '[✓]';
    const note = done?.note ?? (item.note === 'required' && done === undefined ? text.step.noteWanted : undefined);
    const words = paragraph(visibleLine(`${box} ${at + 1} ${item.text[locale]}`), columns - 2, 'plain', 6);
    const isHere = item.id === cursor?.id;
    return [
      ...words.map(
        (row, index): Line => [
          span(isHere && index === 0 ? `${signOf('now')} ` : '  ', 'strong'),
          ...toned(row, isHere ? 'strong' : done === undefined ? 'plain' : 'dim'),
        ],
      ),
      ...(isHere && item.why !== undefined
        ? paragraph(`        ${visibleLine(item.why[locale])}`, columns, 'dim', 8)
        : []),
      ...(note === undefined ? [] : paragraph(`        ${visibleLine(note)}`, columns, 'dim', 8)),
    ];
  });
};

const settleLines = (scene: Scene, standing: Extract<Standing, {kind: 'settle'}>, columns: number): readonly Line[] => {
  const {text, ui, timeZone, locale} = scene;
  const state = stateOf(scene, standing.step);
  // What was found out names the transaction already.
  const isNamed = standing.probe.found?.xid !== undefined;
  const xid = !isNamed && 'xid' in state && state.xid !== undefined ? [line(text.step.transaction(state.xid))] : [];
  const choices = settleChoices(standing);
  const cursor = Math.min(ui.choice, choices.length - 1);
  // Whoever reads it looks at the bastion, not at the database.
  const because = state.status === 'in-doubt' ? state.because : undefined;
  const way = brokenLineText(because?.code === 'connection-lost' ? because.line : undefined, locale).trim();
  const started = 'startedAt' in state ? text.step.startedAt(formatInstant(state.startedAt, timeZone)) : '';
  return [
    // One line: what was found out, and what can be done about it, have to fit below it.
    [span(`${signOf('doubt')} ${statusText('in-doubt', locale)}`, 'strong'), span(`   ${started}`, 'dim')],
    ...(way === '' ? [] : paragraph(visibleLine(way), columns)),
    ...xid,
    blank,
    ...probeLines(scene, standing.probe, columns),
    blank,
    ...paragraph(standing.probe.verdict === 'still-running' ? text.step.stillRunning : text.step.cannotTell, columns),
    blank,
    ...choices.map(
      (choice, at): Line => [
        span(at === cursor ? `${signOf('now')} ` : '  ', 'strong'),
        span(`${at + 1} ${text.step.settle[choice]}`, at === cursor ? 'strong' : 'plain'),
      ],
    ),
  ];
};

const faultLines = (scene: Scene, standing: Extract<Standing, {kind: 'fault'}>, columns: number): readonly Line[] => {
  const {text, locale} = scene;
  const {what, database, now} = faultText(standing.fault, locale);
  return [
    [span('! ', 'bad'), span(text.fault.title, 'strong')],
    blank,
    ...paragraph(visibleLine(what), columns),
    blank,
    line(text.result.database, 'strong'),
    ...paragraph(`  ${database}`, columns, 'plain', 2),
    line(text.result.now, 'strong'),
    ...paragraph(`  ${now}`, columns, 'plain', 2),
    blank,
    ...paragraph(text.fault.readOnly, columns, 'dim'),
  ];
};

/** The text of the first tab, as long as it is; whoever draws scrolls it. */
export const stepLines = (scene: Scene, columns: number, rows: number): readonly Line[] => {
  const {text, view, ui} = scene;
  const standing = standingOf(scene);
  switch (standing.kind) {
    case 'fault':
      return faultLines(scene, standing, columns);
    case 'closed':
      return closedLines(scene, standing.outcome, columns);
    case 'closing':
      return [line(text.step.closing)];
    case 'checklist':
      return [...about(scene, standing.step, columns), ...checklistLines(scene, standing.step, columns)];
    case 'approval':
      return [
        ...(standing.wasRefused
          ? resultLines(scene, standing.step.id, stateOf(scene, standing.step.id), columns)
          : about(scene, standing.step, columns)),
        ...approvalLines(scene, standing.step, columns),
      ];
    case 'settle':
      return settleLines(scene, standing, columns);
    case 'asking':
      return [
        ...paragraph(`${signOf('doubt')} ${text.step.inDoubt}`, columns, 'strong', 2),
        blank,
        ...paragraph(text.step.askingDatabase, columns),
      ];
    case 'running':
    case 'start':
    case 'failed':
    case 'blocked':
    case 'elsewhere': {
      const action = actionOf(view.runbook, standing.step);
      if (action === undefined) return [];
      const state = stateOf(scene, standing.step);
      const head = about(scene, action, columns);
      if (standing.kind === 'running' && view.progress?.code === 'waiting-for-lock')
        return runningLines(scene, standing.step, columns, rows);
      if (standing.kind === 'running')
        return [...head, ...runningLines(scene, standing.step, columns, rows - head.length)];
      if (standing.kind === 'failed' || standing.kind === 'blocked') {
        return resultLines(scene, standing.step, state, columns);
      }
      const result = resultLines(scene, standing.step, state, columns);
      if (standing.kind === 'elsewhere' && result.length > 0) return [...result, ...nextLine(scene, columns)];
      const probe =
        state.status === 'waiting' && state.probe !== undefined
          ? [...probeLines(scene, state.probe, columns), ...paragraph(text.step.mayStartAgain, columns), blank]
          : [];
      const opening = [...probe, ...head];
      const body =
        action.kind === 'checklist'
          ? checklistLines(scene, action, columns)
          : previewLines(scene, standing.step, ui.previews[standing.step], columns, rows - opening.length);
      return [...opening, ...body];
    }
  }
};

const nextLine = (scene: Scene, columns: number): readonly Line[] => {
  const current = currentOf(scene);
  if (current === undefined) return [];
  return [blank, ...paragraph(visibleLine(scene.text.step.next(nameOf(scene, current))), columns, 'dim', 2)];
};
