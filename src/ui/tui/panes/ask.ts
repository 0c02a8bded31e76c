// What is asked of the operator now: always in the same place, at the bottom of the body.

import {MOST_ATTACHED_BYTES} from '../../../core/attachment.ts';
import type {StepId} from '../../../core/ids.ts';
import {stepOf} from '../../../core/outline.ts';
import {waysBackTaken} from '../../../core/rollback.ts';
import {evidenceText} from '../../text/evidence.ts';
import {formatBytes} from '../../text/numbers.ts';
import {approvalScreen} from '../../text/approval-screen.ts';
import {visibleLine} from '../../text/visible.ts';
import {outsideWindowText} from '../../text/window.ts';
import {askedNow} from '../approval-ways.ts';
import {blank, paragraph, type Line} from '../line.ts';
import {interruptChoices, leavingChoices, type DialogChoice} from '../respond-overlay.ts';
import {nameOf, runningStep, windowOf, type Scene} from '../scene.ts';
import {asksByHand} from '../standing.ts';
import {signOf} from '../theme.ts';
import type {TextEdit} from '../text-edit.ts';

export type Ask = Readonly<{
  title: string;
  lines: readonly Line[];
  /** The label before the text, and the text that is being typed. */
  input?: Readonly<{label: string; text: TextEdit}>;
}>;

const choiceLines = (
  scene: Scene,
  choices: readonly DialogChoice[],
  cursor: number,
  columns: number,
): readonly Line[] =>
  choices.flatMap((choice, at) => {
    const mark = at === cursor ? `${signOf('now')} ` : '  ';
    return paragraph(
      `${mark}${at + 1} ${scene.text.ask.choice[choice]}`,
      columns,
      at === cursor ? 'strong' : 'plain',
      4,
    );
  });

const target = (scene: Scene): Readonly<{database: string; address: string; environment: string}> => {
  const {opened} = scene.view.state;
  return {
    database: visibleLine(opened?.target.database ?? ''),
    address: visibleLine(opened?.target.address ?? ''),
    environment: opened === undefined ? '' : scene.text.head.environment[opened.environment],
  };
};

/** Said where the change is about to be confirmed; it stops nothing. */
export const outsideWindow = (scene: Scene, columns: number): readonly Line[] => {
  const at = windowOf(scene);
  const words = at === undefined ? undefined : outsideWindowText(at.window, at.standing, scene.locale);
  return words === undefined ? [] : paragraph(`! ${words}`, columns, 'warn', 2);
};

export const askOf = (scene: Scene, columns: number): Ask | undefined => {
  const {text, ui} = scene;
  const {overlay} = ui;
  const said = (words: string): readonly Line[] => paragraph(words, columns);
  const name = (step: StepId): string => visibleLine(nameOf(scene, step));
  switch (overlay.kind) {
    case 'confirm': {
      const {database, address, environment} = target(scene);
      return {
        title: text.ask.confirmTitle,
        lines: [
          ...said(text.ask.confirm(name(overlay.step), database, address, environment)),
          ...said(text.ask.confirmUndo),
          ...outsideWindow(scene, columns),
        ],
        input: {label: text.ask.typeName, text: overlay.text},
      };
    }
    case 'note': {
      const step = stepOf(scene.view.runbook, overlay.step);
      const item = step?.kind === 'checklist' ? step.items.find(({id}) => id === overlay.item) : undefined;
      return {
        title: text.ask.noteTitle,
        lines: [...said(visibleLine(item?.text[scene.locale] ?? overlay.item)), ...said(text.ask.note)],
        input: {label: text.ask.noteLabel, text: overlay.text},
      };
    }
    case 'approval': {
      const say = approvalScreen[scene.locale];
      return {
        title: visibleLine(say.choice[overlay.way]),
        lines: said(say.say[overlay.way]),
        input: {label: say[askedNow(overlay)], text: overlay.text},
      };
    }
    case 'waive':
      if (asksByHand(scene)) {
        return {
          title: text.ask.byHandTitle,
          lines: said(text.ask.byHand(name(overlay.step))),
          input: {label: text.ask.noteLabel, text: overlay.text},
        };
      }
      return {
        title: text.ask.waiveTitle,
        lines: said(text.ask.waive(name(overlay.step))),
        input: {label: text.ask.reason, text: overlay.text},
      };
    case 'settle':
      return {
        title: text.step.settle[overlay.verdict],
        lines: said(text.ask.settle[overlay.verdict](name(overlay.step))),
        input: {label: text.ask.reason, text: overlay.text},
      };
    case 'cancel-orphans':
      return {
        title: text.ask.cancelOrphansTitle,
        lines: said(text.ask.cancelOrphans(name(overlay.step), target(scene).database)),
        input: {label: text.ask.typeName, text: overlay.text},
      };
    case 'abandon':
      return {
        title: text.ask.abandonTitle,
        lines: said(
          waysBackTaken(scene.view.runbook, scene.view.state).length > 0
            ? text.ask.abandonAfterWayBack
            : text.ask.abandon,
        ),
        input: {label: text.ask.reason, text: overlay.text},
      };
    case 'attach-path': {
      const words = evidenceText(scene.locale);
      const where = overlay.step === undefined ? words.attachRun : words.attachStep(name(overlay.step));
      return {
        title: words.attachTitle,
        lines: [...said(where), ...said(words.attachPath(formatBytes(MOST_ATTACHED_BYTES)))],
        input: {label: words.attachPathLabel, text: overlay.text},
      };
    }
    case 'attach-note': {
      const words = evidenceText(scene.locale);
      return {
        title: words.attachTitle,
        lines: said(words.attachNote(visibleLine(overlay.path))),
        input: {label: words.attachNoteLabel, text: overlay.text},
      };
    }
    case 'search':
      return {title: text.ask.searchTitle, lines: [], input: {label: text.ask.searchLabel, text: overlay.text}};
    case 'leaving':
      return {
        title: text.ask.leavingTitle,
        lines: [...said(text.ask.leaving), blank, ...choiceLines(scene, leavingChoices, overlay.cursor, columns)],
      };
    case 'interrupt': {
      const running = runningStep(scene);
      return {
        title: text.ask.interruptTitle,
        lines: [
          ...said(running === undefined ? text.ask.nothingRuns : text.ask.runs(name(running))),
          blank,
          ...choiceLines(scene, interruptChoices(scene), overlay.cursor, columns),
        ],
      };
    }
    case 'none':
    case 'help':
    case 'sql':
    case 'plan':
    case 'queries':
    case 'item':
    case 'bundle':
    case 'statement':
    case 'way-back':
      return undefined;
  }
};
