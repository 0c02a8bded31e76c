// What has been recorded about the shown step: its receipt, its sealed files, and who said what.

import {actionOf} from '../../../core/outline.ts';
import {copyText} from '../../text/copy.ts';
import {maskedText} from '../../text/masked.ts';
import {formatBytes, formatInstant} from '../../text/numbers.ts';
import {visibleLine} from '../../text/visible.ts';
import {probeLines} from './result.ts';
import {blank, labelled, line, paragraph, type Line} from '../line.ts';
import {shownOf, stateOf, type Scene} from '../scene.ts';

export const evidenceLines = (scene: Scene, columns: number): readonly Line[] => {
  const {text, timeZone, view, locale} = scene;
  const step = shownOf(scene);
  const {opened} = view.state;
  if (opened === undefined) return [];
  const label = 12;
  const row = (name: string, words: string): readonly Line[] => labelled(name, visibleLine(words), label, columns);
  const files = view.state.artifacts.filter((sealed) => step === undefined || sealed.step === step);
  const fileLines = files.flatMap(({artifact, attempt}) => [
    line(visibleLine(artifact.path)),
    line(
      `  ${text.evidence.attempt(attempt)}  ${formatBytes(artifact.bytes)}  ${artifact.mediaType}${maskedText(artifact, locale)}`,
      'dim',
    ),
    ...paragraph(`  sha256 ${artifact.sha256}`, columns, 'dim', 2),
  ]);
  const sealed = [blank, line(text.evidence.files(files.length), 'strong'), ...fileLines];
  const copy = opened.copyOf === undefined ? [] : paragraph(visibleLine(copyText(locale).of(opened.copyOf)), columns);
  if (step === undefined) return [...row(text.evidence.plan, opened.plan), ...copy, ...sealed];
  const state = stateOf(scene, step);
  const action = actionOf(view.runbook, step);
  const items = action?.kind === 'checklist' ? action.items : [];
  const checked = view.state.items[step] ?? {};
  return [
    ...row(text.evidence.step, step),
    ...(state.attempt === 0 ? [] : row(text.evidence.attemptLabel, `${state.attempt}`)),
    ...('startedAt' in state ? row(text.evidence.started, formatInstant(state.startedAt, timeZone)) : []),
    ...('endedAt' in state ? row(text.evidence.ended, formatInstant(state.endedAt, timeZone)) : []),
    ...('receipt' in state ? row(text.evidence.session, state.receipt.applicationName) : []),
    ...('xid' in state && state.xid !== undefined ? row(text.evidence.transaction, state.xid) : []),
    ...('probe' in state && state.probe !== undefined ? [blank, ...probeLines(scene, state.probe, columns)] : []),
    ...items.flatMap((item) => {
      const by = checked[item.id];
      if (by === undefined) return [];
      const note = by.note === undefined ? '' : ` ${by.note}`;
      return row(by.by.name, `${formatInstant(by.at, timeZone)} ${item.text[locale]}${note}`);
    }),
    ...sealed,
  ];
};
